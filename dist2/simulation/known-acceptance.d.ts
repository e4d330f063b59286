import type { DraftTruth } from './draft-truth.js';
import type { SimRequest } from './workload.js';
import type { AcceptanceSource, RequestRates } from '../acceptance/acceptance-source.js';
export declare class KnownAcceptance implements AcceptanceSource {
    #private;
    constructor(requests: readonly SimRequest[], truth: DraftTruth);
    request(label: number, id: number): RequestRates;
}
