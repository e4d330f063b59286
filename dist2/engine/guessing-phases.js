import { Proposal } from '../speculation/proposal.js';
/** The task with which a proposer is asked. */
export function taskOf({ state }, maxTokens, more = {}) {
    return {
        ...textOf(state),
        label: state.request.label,
        maxTokens,
        sampler: state.sampler,
        grammar: state.grammar,
        window: more.window,
        alternatives: more.alternatives ?? false,
        worth: more.worth,
        pays: more.pays,
        proposal: new Proposal(),
    };
}
export function textOf({ id, slot, tokens, known }) {
    return { requestId: id, sequence: slot.sequence, tokens, length: known };
}
const NO_SURVIVAL = [];
export function planRecordOf(step, { drafts, proposals, committed, stepMs }, { input, plan }, predictedMs) {
    const guesses = proposals.map((proposal, at) => {
        const offer = drafts?.chosen[at];
        return {
            source: offer?.source,
            drafted: offer?.proposal.length ?? 0,
            verified: proposal.length,
            survival: offer?.survival ?? NO_SURVIVAL,
        };
    });
    const tokens = committed.reduce((sum, each) => sum + (each?.length ?? 0), 0);
    return { step, input, plan, guesses, outcome: { predictedMs, ms: stepMs, committed: tokens } };
}
//# sourceMappingURL=guessing-phases.js.map