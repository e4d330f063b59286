/**
 * When requests arrive: a gamma process as in vLLM's `bench serve`, worked out before the run, so that neither
 * slow answers nor the sampling itself move an arrival (an open loop).
 */
import { ForetokenError } from '../base/errors.js';
import { Random } from './random.js';
/**
 * Arrival of each request in milliseconds from the start, ascending. At a constant rate all times are stretched
 * so that the last one is `count / requestRate`: every seed then offers the same load.
 */
export function arrivalTimesMs(options) {
    const { count, requestRate, burstiness, rampUp, seed } = options;
    const rates = rampUp === undefined ? [requestRate] : [rampUp.startRps, rampUp.endRps];
    for (const value of [...rates, burstiness])
        if (!(value > 0))
            throw new ForetokenError('invalid_option', `Request rates and burstiness must be above 0; got ${value}.`, {
                param: 'request-rate',
            });
    const random = new Random(seed);
    const times = [];
    let timeMs = 0;
    for (let index = 0; index < count; index += 1) {
        const rate = rampUp === undefined ? requestRate : rampRate(rampUp, index / Math.max(1, count - 1));
        // A scale of 1 / (rate * shape) keeps the mean gap at 1 / rate whatever the shape.
        if (rate !== Infinity)
            timeMs +=
                1000 * (burstiness === Infinity ? 1 / rate : random.gamma(burstiness, 1 / (rate * burstiness)));
        times.push(timeMs);
    }
    if (rampUp !== undefined || timeMs === 0)
        return times;
    const stretch = (1000 * count) / requestRate / timeMs;
    return times.map((time) => time * stretch);
}
/** Requests a second at `progress` (0 to 1, over the requests) of a ramp. */
function rampRate({ strategy, startRps, endRps }, progress) {
    return strategy === 'linear'
        ? startRps + (endRps - startRps) * progress
        : startRps * (endRps / startRps) ** progress;
}
//# sourceMappingURL=arrivals.js.map