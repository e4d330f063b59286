import { valued, yesOrNo } from './flag.js';
import { wholeNumber } from './values.js';
export function addInspectFlags(command) {
    return command
        .addOption(valued('-c, --ctx-size <tokens>', 'context for which the memory need is worked out', wholeNumber('--ctx-size', { min: 0, max: 2 ** 24, note: "0 for the model's own" }), 0, "0: the model's own"))
        .addOption(yesOrNo('--json', 'print as JSON, for programs'));
}
//# sourceMappingURL=inspect.js.map