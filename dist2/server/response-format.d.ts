import { type GrammarSource } from '../constraints/grammar-source.js';
import type { Fields } from './fields.js';
export declare function readGrammar(fields: Fields): GrammarSource | undefined;
