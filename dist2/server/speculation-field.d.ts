import { type ProposerName, type SpeculationWish } from '../engine/types.js';
import { Fields } from './fields.js';
/** @param available what can guess on this server */
export declare function readSpeculation(fields: Fields, available: readonly ProposerName[]): SpeculationWish;
