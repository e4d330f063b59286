import type { SimulateFlags } from './flags/simulate.js';
export type StudyFlags = Pick<SimulateFlags, 'ablate' | 'peers' | 'shifts' | 'seeds'>;
export declare function simulateStudy(flags: StudyFlags): Promise<Record<string, unknown>>;
