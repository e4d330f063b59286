import type { Findings } from './findings.js';
export declare function checkTokenizer(findings: Findings): void;
