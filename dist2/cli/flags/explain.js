import { valued, yesOrNo } from './flag.js';
import { nonEmpty, wholeNumber } from './values.js';
const MOST = Number.MAX_SAFE_INTEGER;
export function addExplainFlags(command) {
    return command
        .addOption(valued('--step <number>', 'only the step of this number', wholeNumber('--step', { min: 1, max: MOST })))
        .addOption(valued('--request <id>', 'only steps in which this request took part', wholeNumber('--request', { min: 1, max: MOST })))
        .addOption(valued('--last <count>', 'so many of the latest steps', wholeNumber('--last', { min: 1, max: MOST }), 1))
        .addOption(valued('--api-key <key>', 'key of the server that is asked', nonEmpty('--api-key')))
        .addOption(yesOrNo('--json', 'print the records as they are, one JSON object a line'));
}
//# sourceMappingURL=explain.js.map