/**
 * One token tree of what several proposers guess for the same place, after SpecInfer's merging of candidate
 * sequences (Miao et al., ASPLOS 2024): what they agree on is verified once, where they differ the tree forks,
 * and where a draft model hesitated its second choice is a leaf of its own (a shape as in Medusa, Cai et al.,
 * ICML 2024, and EAGLE, Li et al., ICML 2024). Which of the nodes are worth verifying is the planner's matter.
 */
import { Proposal, ROOT } from './proposal.js';
/** Side branches of a tree when nothing else limits them. */
export const MOST_BRANCHES = 4;
/**
 * @param drafted a draft's chain, with its second choices as side nodes; may be empty
 * @param copied chains that lookup and suffix drafting found, the better first
 * @param branches most side branches
 * @returns a tree whose main chain is the draft's, or the first of the others where the draft has none
 */
export function growTree(drafted, copied, branches = MOST_BRANCHES) {
    const tree = new Proposal();
    graft(tree, drafted, branches);
    // What goes on where the main chain ends belongs to it, and stands before all side branches.
    const chains = copied.map((chain) => ({ chain, longer: startsAlike(chain, tree) }));
    for (const { chain } of chains.filter(({ longer }) => longer).slice(0, 1))
        graft(tree, chain, branches);
    for (const { chain } of chains)
        graft(tree, chain, branches);
    const seconds = drafted.tokens.map((_, node) => node).filter((node) => node >= mainLength(drafted));
    // The less the draft preferred its first choice, the likelier is the second.
    for (const node of seconds.sort((a, b) => drafted.signals[a] - drafted.signals[b]))
        addSecond(tree, drafted, node, branches);
    return tree;
}
/** Nodes of the main chain, which come first. */
function mainLength({ parents }) {
    const end = parents.findIndex((parent, node) => parent !== node - 1);
    return end === -1 ? parents.length : end;
}
/** Whether the main chain of `tree` is a beginning of `chain`. */
function startsAlike(chain, tree) {
    return tree.tokens.every((token, node) => chain.tokens[node] === token);
}
/** Adds the main chain of `from`: shares nodes for as long as the tokens are the same, then forks. */
function graft(tree, from, branches) {
    let parent = ROOT;
    let forked = false;
    for (let node = 0; node < mainLength(from); node++) {
        const token = from.tokens[node];
        let next = tree.child(parent, token);
        if (next === undefined) {
            if (!forked && forks(tree, parent) && isFull(tree, branches))
                return;
            forked = true;
            next = tree.add(token, parent, from.signals[node], from.sources[node]);
        }
        parent = next;
    }
}
/** Adds one side node of the draft, whose chain is the beginning of the tree's, node by node. */
function addSecond(tree, drafted, node, branches) {
    const parent = drafted.parents[node];
    const token = drafted.tokens[node];
    if (tree.child(parent, token) !== undefined || (forks(tree, parent) && isFull(tree, branches)))
        return;
    tree.add(token, parent, drafted.signals[node], drafted.sources[node]);
}
/** Whether one more child of `parent` makes one more leaf. */
function forks(tree, parent) {
    return tree.parents.includes(parent);
}
function isFull(tree, branches) {
    return tree.leaves().length > branches;
}
//# sourceMappingURL=tree.js.map