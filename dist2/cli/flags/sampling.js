import { valued } from './flag.js';
import { decimalNumber, wholeNumber } from './values.js';
/** @param temperature where neither flag nor model's file says one */
export function addSamplingFlags(command, temperature) {
    const otherwise = (value) => `default: as the model's file says, else ${value}`;
    return command
        .optionsGroup('Sampling:')
        .addOption(valued('--temp <number>', `randomness; 0: always the likeliest token (also --temperature; ${otherwise(temperature)})`, decimalNumber('--temp', { min: 0, max: 10, note: '0 for always the likeliest token' })))
        .addOption(valued('--top-k <count>', `choose among the likeliest tokens only; 0: off (${otherwise(0)})`, wholeNumber('--top-k', { min: 0, max: 10_000_000, note: '0 for off' })))
        .addOption(valued('--top-p <share>', `choose among the likeliest tokens that make up this share; 1: off (${otherwise(1)})`, decimalNumber('--top-p', { min: 0.000001, max: 1, note: '1 for off' })))
        .addOption(valued('--min-p <share>', `drop tokens less likely than this share of the likeliest; 0: off (${otherwise(0)})`, decimalNumber('--min-p', { min: 0, max: 1, note: '0 for off' })))
        .addOption(valued('--repeat-penalty <factor>', `make tokens of the last 64 less likely; 1: off (${otherwise(1)})`, decimalNumber('--repeat-penalty', { min: 0.000001, max: 10, note: '1 for off' })));
}
/** What the flags say of how words are chosen. */
export function givenSampling({ temp: temperature, topK, topP, minP, repeatPenalty, }) {
    const given = { temperature, topK, topP, minP, repeatPenalty };
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
//# sourceMappingURL=sampling.js.map