/** Counts guesses by who made them and by their place in the draft: of a step, of a request, of all of them. */
import { sum } from '../base/statistics.js';
/** Adds what was verified. @param path the accepted nodes of the proposal, from the root on */
export function countGuesses(counts, proposal, path) {
    const { sources, depths } = proposal;
    for (let node = 0; node < proposal.length; node++)
        add(of(counts, sources[node]).drafted, depths[node], 1);
    for (const node of path)
        add(of(counts, sources[node]).accepted, depths[node], 1);
}
export function addGuesses(sum, more) {
    for (const source of Object.keys(more)) {
        const { drafted, accepted } = of(sum, source);
        more[source].drafted.forEach((count, position) => {
            add(drafted, position, count);
        });
        more[source].accepted.forEach((count, position) => {
            add(accepted, position, count);
        });
    }
}
/** Over all who guess; what nobody guessed (`padding`) does not count. */
export function guessTotals(counts) {
    const all = { drafted: [], accepted: [] };
    for (const source of Object.keys(counts))
        if (source !== 'padding')
            addGuesses({ draft: all }, { draft: counts[source] });
    return {
        draftTokens: sum(all.drafted),
        acceptedTokens: sum(all.accepted),
        acceptedPerPosition: all.accepted,
    };
}
const of = (counts, source) => (counts[source] ??= { drafted: [], accepted: [] });
function add(counts, position, count) {
    while (counts.length <= position)
        counts.push(0);
    counts[position] += count;
}
//# sourceMappingURL=guess-counts.js.map