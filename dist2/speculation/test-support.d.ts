import type { DraftTask } from './proposer.js';
export declare function taskOf(text: readonly number[], options?: Partial<DraftTask>): DraftTask;
