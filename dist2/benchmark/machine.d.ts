import type { MachineRecord } from './compare/types.js';
export declare const describeMachine: () => MachineRecord;
