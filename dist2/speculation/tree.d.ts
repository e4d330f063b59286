/**
 * One token tree of what several proposers guess for the same place, after SpecInfer's merging of candidate
 * sequences (Miao et al., ASPLOS 2024): what they agree on is verified once, where they differ the tree forks,
 * and where a draft model hesitated its second choice is a leaf of its own (a shape as in Medusa, Cai et al.,
 * ICML 2024, and EAGLE, Li et al., ICML 2024). Which of the nodes are worth verifying is the planner's matter.
 */
import { Proposal } from './proposal.js';
/** Side branches of a tree when nothing else limits them. */
export declare const MOST_BRANCHES = 4;
/**
 * @param drafted a draft's chain, with its second choices as side nodes; may be empty
 * @param copied chains that lookup and suffix drafting found, the better first
 * @param branches most side branches
 * @returns a tree whose main chain is the draft's, or the first of the others where the draft has none
 */
export declare function growTree(drafted: Proposal, copied: readonly Proposal[], branches?: number): Proposal;
