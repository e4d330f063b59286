import type { Findings } from './findings.js';
import { type TensorInfo } from './types.js';
export declare function checkNetwork(findings: Findings, tensors: readonly TensorInfo[]): void;
