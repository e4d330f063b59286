/** How the next token is chosen: one record shared by requests, sampler and drafts. */
/** The model's own distribution, as OpenAI's API has it. */
export const PLAIN_SAMPLING = {
    temperature: 1,
    topK: 0,
    topP: 1,
    minP: 0,
    repeatPenalty: 1,
    repeatLastN: 64,
};
/** The likeliest token, always; a start for other settings too (`{ ...GREEDY, temperature: 0.7 }`). */
export const GREEDY = {
    temperature: 0,
    topK: 0,
    topP: 1,
    minP: 0,
    presencePenalty: 0,
    frequencyPenalty: 0,
    repeatPenalty: 1,
    repeatLastN: 64,
    logitBias: [],
    seed: 0,
};
//# sourceMappingURL=sampling-options.js.map