/** [our name] the file's key, and which values make sense. */
const KEYS = {
    temperature: ['temp', (value) => value >= 0 && value <= 10],
    topK: ['top_k', (value) => Number.isInteger(value) && value >= 0],
    topP: ['top_p', (value) => value > 0 && value <= 1],
    minP: ['min_p', (value) => value >= 0 && value <= 1],
    repeatPenalty: ['penalty_repeat', (value) => value > 0 && value <= 10],
    repeatLastN: ['penalty_last_n', (value) => Number.isInteger(value) && value >= 0],
};
/** @param metadata the value of a key of the model's file as text. Values that make no sense are passed over. */
export function samplingMetadata(metadata) {
    const found = {};
    for (const [name, [key, makesSense]] of Object.entries(KEYS)) {
        const text = metadata(`general.sampling.${key}`);
        // Files have 32-bit floats, whose text has digits that nobody meant.
        const value = text === undefined || text.trim() === '' ? NaN : Number(Number(text).toPrecision(6));
        if (makesSense(value))
            found[name] = value;
    }
    return found;
}
//# sourceMappingURL=sampling-metadata.js.map