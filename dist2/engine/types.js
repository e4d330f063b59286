import { recordOfRefused } from './request-record.js';
export { AS_THE_ENGINE, PROPOSERS, } from './speculation-mode.js';
/** The one event of a request that ends in an error before anything was done for it. */
export function refusalOf(id, error, { label, prompt } = {}) {
    const record = recordOfRefused(id, error, label, prompt?.length);
    return { id, tokens: [], accepted: 0, finish: { ...record, stopTrimBytes: 0 } };
}
//# sourceMappingURL=types.js.map