/**
 * Other spellings of flags. llama.cpp has short flags of two letters, which commander takes for two flags of
 * one letter, and like vLLM's benchmark a few long names for the same thing; all become Foretoken's own names
 * before parsing.
 */
const SPELLINGS = {
    '-np': '--parallel',
    '-hf': '--hf-repo',
    '-hfr': '--hf-repo',
    '-hff': '--hf-file',
    '-hfd': '--hf-repo-draft',
    '-hfrd': '--hf-repo-draft',
    '--spec-draft-hf': '--hf-repo-draft',
    '-md': '--draft',
    '--model-draft': '--draft',
    '--spec-draft-model': '--draft',
    '--draft-n': '--draft-max',
    '--spec-draft-n-max': '--draft-max',
    '-ub': '--ubatch-size',
    '-ngl': '--gpu-layers',
    '--n-gpu-layers': '--gpu-layers',
    '-fa': '--flash-attn',
    '-ctk': '--cache-type-k',
    '-ctv': '--cache-type-v',
    '-sys': '--system',
    '--system-prompt': '--system',
    '--n-predict': '--predict',
    '--temperature': '--temp',
    '--input-len': '--random-input-len',
    '--custom-output-len': '--output-len',
    '--random-output-len': '--output-len',
    '--sharegpt-output-len': '--output-len',
    '--spec-bench-output-len': '--output-len',
};
/** Arguments with other spellings replaced; what follows `--` is text. */
export function normaliseArguments(args) {
    const end = args.indexOf('--');
    return args.map((argument, index) => {
        if (end !== -1 && index > end)
            return argument;
        const [name, ...value] = argument.split('=');
        const own = Object.hasOwn(SPELLINGS, name) ? SPELLINGS[name] : undefined;
        return own === undefined ? argument : [own, ...value].join('=');
    });
}
/** The other spellings of a flag, for its help. */
export const otherSpellings = (flag) => Object.keys(SPELLINGS).filter((spelling) => SPELLINGS[spelling] === flag);
//# sourceMappingURL=arguments.js.map