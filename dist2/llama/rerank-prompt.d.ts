import type { Vocabulary } from './vocabulary.js';
export declare class RerankPrompt {
    #private;
    constructor(vocabulary: Vocabulary);
    tokenize(query: string, document: string): Int32Array;
}
