/** Log-probabilities of the model's own distribution (before penalties, truncation and temperature). */
/**
 * @param logits [vocabularySize]
 * @param top how many of the likeliest tokens to list
 */
export function logprobsOf(logits, token, top) {
    let highest = -Infinity;
    for (const logit of logits)
        if (logit > highest)
            highest = logit;
    let sum = 0;
    for (const logit of logits)
        sum += Math.exp(logit - highest);
    const normaliser = highest + Math.log(sum);
    return {
        token,
        logprob: logits[token] - normaliser,
        top: likeliest(logits, top).map((id) => ({ token: id, logprob: logits[id] - normaliser })),
    };
}
/** Ids of the `count` highest logits, best first; insertion into a short sorted list. */
function likeliest(logits, count) {
    const best = [];
    if (count === 0)
        return best;
    for (let token = 0; token < logits.length; token++) {
        const logit = logits[token];
        if (best.length === count && logit <= logits[best[count - 1]])
            continue;
        let rank = best.length;
        while (rank > 0 && logit > logits[best[rank - 1]])
            rank -= 1;
        best.splice(rank, 0, token);
        if (best.length > count)
            best.pop();
    }
    return best;
}
//# sourceMappingURL=logprobs.js.map