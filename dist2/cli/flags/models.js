import { yesOrNo } from './flag.js';
export function addModelsFlags(command) {
    return command.addOption(yesOrNo('--json', 'print as JSON, for programs'));
}
//# sourceMappingURL=models.js.map