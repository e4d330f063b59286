import type { InspectFlags } from './flags/inspect.js';
export declare function inspect(file: string, flags: InspectFlags): void;
