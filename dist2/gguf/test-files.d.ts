import type { MetadataValue } from './types.js';
import type { GgufContent } from './writer.js';
/** A folder that is gone after the tests of the file. */
export declare function temporaryFolder(): string;
export declare const metadataOfEveryType: () => Map<string, MetadataValue>;
export declare const numbers: (length: number) => Float32Array;
export declare const smallContent: () => GgufContent;
