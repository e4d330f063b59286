import { type SimulateFlags } from './flags/simulate.js';
export declare function simulateCommand(flags: SimulateFlags): Promise<void>;
