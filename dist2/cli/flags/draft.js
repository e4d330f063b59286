import { valued, yesOrNo } from './flag.js';
import { decimalNumber, layerList, listOf, nonEmpty, oneOf, wholeNumber } from './values.js';
const MOST_SEED = 2 ** 32 - 1;
const addTargetFlag = (command) => command.addOption(valued('-m, --model <file>', 'GGUF file of the model to guess for (default: the bundled one)', nonEmpty('--model')));
const addOutputFlag = (command) => command.addOption(valued('-o, --output <file>', 'GGUF file to write', nonEmpty('--output')).makeOptionMandatory());
const addVerdictFlag = (command) => command.addOption(yesOrNo('--no-verdict', 'do not measure at the end what the draft is worth on this machine'));
const addSeedFlag = (command) => command.addOption(valued('--seed <number>', 'the same seed gives the same draft', wholeNumber('--seed', { min: 0, max: MOST_SEED }), 1));
export function addDraftCreateFlags(command) {
    addOutputFlag(addTargetFlag(command))
        .addOption(valued('--name <text>', 'name in the file', nonEmpty('--name')))
        .addOption(valued('--from-layers <list>', 'cut these layers out of the model, such as 2,6,8 or 0-3, instead of making new ones', layerList('--from-layers')).conflicts(['layers', 'width', 'heads', 'feedForward']))
        .addOption(valued('--layers <count>', 'new layers (default: 2)', wholeNumber('--layers', { min: 1, max: 64 })))
        .addOption(valued('--width <count>', 'numbers a token is held in, a multiple of 32 (default: 128)', wholeNumber('--width', { min: 32, max: 8192 })))
        .addOption(valued('--heads <count>', 'attention heads of each layer (default: width / 64)', wholeNumber('--heads', { min: 1, max: 256 })))
        .addOption(valued('--feed-forward <count>', 'width of the feed-forward part, a multiple of 32 (default: twice the width)', wholeNumber('--feed-forward', { min: 32, max: 65536 })))
        .addOption(yesOrNo('--no-copy-circuit', 'do not build in the circuit that copies from the prompt'));
    return addVerdictFlag(addSeedFlag(command));
}
export function addDraftTrainFlags(command) {
    addOutputFlag(addTargetFlag(command))
        .addOption(valued('-d, --draft <file>', 'GGUF file of the draft to start from', nonEmpty('--draft')).makeOptionMandatory())
        .addOption(valued('--corpus <file>', "the model's answers from an earlier run; may be repeated", listOf('--corpus'), [], 'none'))
        .addOption(valued('--prompts <file>', 'prompts for the model to answer first: lines of text, or of JSON with "prompt" and perhaps "task"; the ' +
        'answers are kept beside the output as .corpus.jsonl', nonEmpty('--prompts')))
        .addOption(valued('--answer-tokens <count>', 'most tokens of a prompt and its answer', wholeNumber('--answer-tokens', { min: 16, max: 65536 }), 512))
        .addOption(valued('--type <type>', 'number format of the output: Q8_0, F16, F32', oneOf('--type', ['Q8_0', 'F16', 'F32']), 'Q8_0'))
        .addOption(valued('--epochs <number>', 'passes over the text', decimalNumber('--epochs', { min: 0.01, max: 10000 }), 8))
        .addOption(valued('--minutes <number>', 'end after this time, where --epochs would take longer', decimalNumber('--minutes', { min: 0.001, max: 1e6 })))
        .addOption(valued('--learning-rate <number>', 'highest step of the training', decimalNumber('--learning-rate', { min: 1e-7, max: 1 }), 0.002))
        .addOption(valued('--rows <count>', 'texts of a step (default: 2, or 1 where a large vocabulary fills memory)', wholeNumber('--rows', { min: 1, max: 256 })))
        .addOption(valued('--tokens-per-row <count>', 'tokens of each', wholeNumber('--tokens-per-row', { min: 16, max: 8192 }), 512))
        .addOption(valued('-t, --threads <count>', 'threads that compute', wholeNumber('--threads', { min: 0, max: 1024, note: '0 for the physical cores' }), 0, '0: physical cores'));
    return addVerdictFlag(addSeedFlag(command));
}
//# sourceMappingURL=draft.js.map