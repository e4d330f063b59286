/**
 * The guessing side of a step, a phase a method: ask the free proposers, plan, run the draft model, select what is
 * verified, learn from what was accepted. The decisions are made in `planning/`; here requests become its records
 * and its choices become guesses.
 */
import { AcceptanceModel } from '../acceptance/acceptance-model.js';
import { ForetokenError } from '../base/errors.js';
import { Ring } from '../base/ring.js';
import { paysTogether, worthOf } from '../planning/draft-continuation.js';
import { Exploration } from '../planning/exploration.js';
import { planGuesses, selectGuesses } from '../planning/planner.js';
import { ProposerBackoff } from '../planning/proposer-backoff.js';
import { SearchBackoff } from '../planning/search-backoff.js';
import { splitsIntoUbatches } from '../planning/search.js';
import { DraftModelProposer } from '../speculation/draft-model.js';
import { GrammarProposer } from '../speculation/grammar.js';
import { LookupProposer } from '../speculation/lookup.js';
import { Proposal } from '../speculation/proposal.js';
import { SuffixProposer } from '../speculation/suffix.js';
import { growTree } from '../speculation/tree.js';
import { RequestSpeculation } from './request-speculation.js';
import { planRecordOf, taskOf, textOf, } from './guessing-phases.js';
import { StepTiming } from './step-timing.js';
import { allowedSpeculation } from './speculation-mode.js';
/** Tokens of a prompt that are stored with the output, so that its beginning is found. */
const LEAD_IN = 8;
/** A long catch-up must promise so many times what it costs: half of them turn out not to have been worth it. */
const CATCH_UP_RISK = 2;
/** A probe drafts so many tokens: what it is to teach is whether the draft has become any better. */
const PROBE_LENGTH = 2;
/**
 * Tokens that a probe computes at most: catching up on a long text would cost more than many probes. It must be
 * enough to guess as well as with all of the text, or probes speak against the draft: of the demo's held-out answers,
 * .87 of the guesses were accepted with all, .85 with 128, .69 with 64 and .56 with 32 tokens.
 */
export const PROBE_WINDOW = 128;
/** Plans that can be asked for. */
const KEPT_PLANS = 256;
export class Speculator {
    timing;
    acceptance;
    /** What can guess at all. */
    proposers;
    canTruncate;
    /** The latest plans, for logs and explanations. */
    records = new Ring(KEPT_PLANS);
    #options;
    #unified;
    #without;
    #onFailure;
    #draft;
    #suffix;
    /** Those whose guesses cost next to nothing. */
    #free;
    #requests = new Map();
    #exploration = new Exploration();
    #search = new SearchBackoff();
    #backoff = new ProposerBackoff();
    #steps = 0;
    /** Tokens that a request is expected to write; follows those that have ended. */
    #usualOutput = 128;
    constructor(model, options, costs, now, onFailure, acceptance = new AcceptanceModel()) {
        this.acceptance = acceptance;
        this.#options = options;
        this.#without = new Set(options.without);
        this.#unified = model.decoder.unified;
        this.#onFailure = onFailure;
        this.canTruncate = model.decoder.canTruncate;
        const able = options.mode !== 'off' && this.canTruncate ? options.proposers : [];
        if (model.draft && (able.includes('draft') || able.includes('tree'))) {
            this.#draft = new DraftModelProposer(model.draft, (token) => model.isEndOfGeneration(token), (tokens, tokenCells, ms) => {
                this.timing.drafted(tokens, tokenCells, ms);
            }, now);
        }
        if (able.includes('suffix'))
            this.#suffix = new SuffixProposer({ maxBytes: options.suffixBytes });
        this.#free = [
            able.includes('lookup') ? new LookupProposer({ minNgram: options.lookupMinNgram }) : undefined,
            this.#suffix,
            able.includes('grammar') ? new GrammarProposer() : undefined,
        ].filter((proposer) => proposer !== undefined);
        const trees = model.decoder.branchSequences > 0 && this.#draft !== undefined;
        this.proposers = able.filter((name) => name === 'tree' ? trees : this.#all().some((proposer) => proposer.name === name));
        const learns = this.proposers.length > 0 && !this.#without.has('cost learning');
        this.timing = new StepTiming(costs, this.#unified, learns);
    }
    /** Asks the proposers whose guesses cost next to nothing; undefined where nobody guesses in this step. */
    propose({ prefill, decode }) {
        this.#steps += 1;
        // Who fixes a number of guesses gets them in every step.
        const fixed = decode.some(({ state }) => state.request.speculation.mode === 'fixed');
        const covered = !fixed && this.#search.covers(decode.length, prefill.length > 0);
        const paused = covered && !this.#without.has('search backoff');
        this.timing.begin(paused);
        if (paused || this.proposers.length === 0)
            return undefined;
        const requests = decode.map(({ state }) => this.#speculationOf(state));
        const most = requests.map(({ length }, at) => Math.min(decode[at].room, length));
        const offered = requests.map(() => []);
        for (const proposer of this.#free) {
            const asked = requests
                .map((_, at) => at)
                .filter((at) => most[at] > 0 && requests[at].may(proposer.name))
                .filter((at) => proposer.name !== 'grammar' || requests[at].state.grammar !== undefined);
            const tasks = asked.map((at) => taskOf(requests[at], most[at]));
            if (!this.#ask(proposer, tasks))
                continue;
            tasks.forEach(({ proposal }, index) => {
                const at = asked[index];
                if (proposal.length > 0)
                    offered[at].push(requests[at].offer(proposer.name, proposal));
            });
        }
        return { items: decode, requests, most, offered };
    }
    /** Decides who guesses how much by what. */
    plan({ prefill }, offers) {
        if (offers === undefined || offers.most.every((most) => most === 0))
            return undefined;
        let prefillTokenCells = 0;
        for (const { state, count } of prefill)
            prefillTokenCells += count * state.computed + (count * (count + 1)) / 2;
        const input = {
            requests: offers.requests.map(({ state, mode }, at) => ({
                id: state.id,
                sequence: state.slot.sequence,
                context: state.known,
                fixed: mode === 'fixed',
                options: this.#optionsOf(offers, at),
            })),
            prefill: prefill.map(({ state, count }) => ({ sequence: state.slot.sequence, tokens: count })),
            prefillTokenCells,
            unified: this.#unified,
            costs: this.timing.latency.table,
        };
        return { input, plan: planGuesses(input) };
    }
    #optionsOf({ requests, most, offered }, at) {
        if (most[at] === 0)
            return [];
        const request = requests[at];
        const options = offered[at].map(({ source, survival }) => {
            return { source, survival, catchUp: 0, catchUpShare: 1 };
        });
        if (this.#draft !== undefined && request.may('draft') && !this.#backoff.has('draft', this.#steps)) {
            const { state } = request;
            const catchUp = this.#draft.catchUp(textOf(state));
            const optimistic = !this.#without.has('optimism');
            const survival = request.draftSurvival(catchUp, most[at], optimistic);
            // Who has written more than is usual is likely to go on for long.
            const left = Math.max(this.#usualOutput - state.outputTokens, state.outputTokens / 2);
            const steps = Math.min(left, state.limit - state.known) / (1 + survival[0]);
            const catchUpShare = Math.min(1, CATCH_UP_RISK / Math.max(1, steps));
            options.push({ source: 'draft', survival, catchUp, catchUpShare });
        }
        // What a request fixes is done by the best that it allows: the draft model, then earlier outputs, then lookup.
        return request.mode === 'fixed' ? options.slice(-1) : options;
    }
    /** Runs the draft model for those whose plan says so, or for a few from whom there is something to learn. */
    draft(offers, planned) {
        if (offers === undefined || planned === undefined)
            return undefined;
        const { requests, most } = offers;
        const { input, plan } = planned;
        const sources = plan.choices.map(({ option }, at) => input.requests[at].options[option]?.source);
        const drafting = sources.flatMap((source, at) => (source === 'draft' ? [at] : []));
        const fixedLengths = splitsIntoUbatches(input) || this.#without.has('continuation');
        const terms = {
            costs: input.costs,
            price: plan.price,
            drafting: drafting.length,
        };
        const tasks = new Map();
        for (const at of drafting) {
            const request = requests[at];
            const { length } = plan.choices[at];
            const alternatives = request.may('tree');
            // In ubatches requests verify equally many; elsewhere each goes on for as long as that pays.
            if (request.mode === 'fixed')
                tasks.set(at, taskOf(request, most[at], { alternatives }));
            else if (fixedLengths)
                tasks.set(at, taskOf(request, Math.min(most[at], length), { alternatives }));
            else {
                const others = plan.forecast.batchTokens - length;
                const worth = worthOf(terms, request.acceptance, most[at], request.state.known, others);
                tasks.set(at, taskOf(request, most[at], { alternatives, worth, pays: paysTogether(terms) }));
            }
        }
        const probed = requests.map(() => false);
        if (drafting.length > 0)
            this.#exploration.rest();
        else
            for (const at of this.#probed(offers, input)) {
                probed[at] = true;
                tasks.set(at, this.#probe(requests[at], most[at]));
            }
        return this.#drafted(offers, sources, tasks, probed);
    }
    #drafted({ requests, offered }, sources, tasks, probed) {
        const done = this.#draft !== undefined && this.#ask(this.#draft, [...tasks.values()]);
        const all = offered.map((offers, at) => {
            const drafted = done ? tasks.get(at)?.proposal : undefined;
            if (drafted === undefined)
                return offers;
            const others = offers.map(({ proposal }) => proposal);
            const proposal = requests[at].may('tree') ? growTree(drafted, others) : drafted;
            return proposal.length === 0 ? offers : [...offers, requests[at].offer('draft', proposal)];
        });
        const chosen = all.map((offers, at) => {
            const source = sources[at] ?? (probed[at] === true ? 'draft' : undefined);
            return offers.find((offer) => offer.source === source);
        });
        return { offered: all, chosen, probed };
    }
    /** The requests for which the draft model is tried although nobody expects it to pay; mostly none. */
    #probed({ requests, most }, input) {
        const draft = this.#draft;
        if (draft === undefined || this.#without.has('exploration'))
            return [];
        const probed = this.#exploration.choose(input, (at) => draft.catchUpWithin(textOf(requests[at].state), this.#probeWindow));
        return probed.filter((at) => most[at] > 0);
    }
    get #probeWindow() {
        return Math.min(PROBE_WINDOW, this.#draft?.batchSize ?? 0);
    }
    #probe(request, most) {
        const more = { alternatives: request.may('tree'), window: this.#probeWindow };
        return taskOf(request, Math.min(most, PROBE_LENGTH), more);
    }
    /** [decode item] of all that was guessed, what is worth a place in the batch. */
    select({ decode }, offers, planned, drafts) {
        if (offers === undefined || planned === undefined || drafts === undefined)
            return decode.map(() => new Proposal());
        const { input, plan } = planned;
        const split = splitsIntoUbatches(input);
        const drafted = offers.requests.map(({ mode }, at) => {
            const { sequence, context } = input.requests[at];
            const offer = drafts.chosen[at];
            // What a probe guesses is judged without being verified: beside others in ubatches it seldom pays.
            const unwanted = split && drafts.probed[at] === true && offer?.source === 'draft';
            const survival = offer === undefined || unwanted ? [] : offer.survival;
            return { sequence, context, survival, fixed: mode === 'fixed' };
        });
        const spentMs = this.timing.draftMs;
        const kept = selectGuesses({ ...input, price: plan.price, spentMs }, drafted);
        return offers.requests.map(({ mode, state }, at) => {
            const offer = drafts.chosen[at];
            const proposal = offer === undefined
                ? new Proposal()
                : this.#without.has('selection')
                    ? offer.proposal
                    : offer.proposal.select(kept.nodes[at]);
            if (mode === 'auto')
                proposal.pad(kept.padTo, state.tokens[state.known - 1]);
            // A tree may have more nodes than there is room in the batch; side branches are at its end.
            const { room, padRoom } = decode[at];
            proposal.cut(Math.min(proposal.length, kept.padTo > 0 ? padRoom : room));
            return proposal;
        });
    }
    /**
     * Learns from a step that is over: acceptance, costs, and whether looking for guesses pays.
     * @returns what the step was predicted to take, milliseconds; undefined where it was not looked at
     */
    learn(record) {
        const { offers, planned, drafts, proposals, committed, stepMs } = record;
        const guesses = proposals.some((proposal) => proposal.guesses > 0);
        const predictedMs = this.timing.ended(guesses, stepMs);
        this.#exploration.earn(stepMs);
        if (offers === undefined)
            return predictedMs;
        const offered = drafts?.offered ?? offers.offered;
        offers.requests.forEach((request, at) => {
            const tokens = committed[at];
            if (tokens !== undefined)
                request.learn(offered[at], tokens);
            if (planned === undefined || offers.most[at] === 0 || proposals[at].guesses > 0)
                return;
            const { options } = planned.input.requests[at];
            request.state.passedOver(options.length > 0 ? planned.plan.gain : undefined);
        });
        // After a probe comes another one while the draft's cache is up to date, or what was spent on that is lost.
        const probed = drafts?.probed.includes(true) === true;
        if (guesses || probed || offers.requests.some(({ mode }) => mode === 'fixed'))
            this.#search.end();
        else {
            const oneMs = this.timing.latency.table.target.ms[0];
            this.#search.lengthen(this.timing.lookMs, planned?.plan.without.ms ?? oneMs);
        }
        if (planned !== undefined)
            this.records.push(planRecordOf(this.#steps, record, planned, predictedMs));
        return predictedMs;
    }
    /** What the request may have guessed for it here. */
    allow(request) {
        return allowedSpeculation(request.speculation, this.#options, this);
    }
    /** A request has ended: what it wrote is stored for later ones of its label. */
    requestEnded({ tokens, label, statistics: { promptTokens, outputTokens } }) {
        if (outputTokens === 0 || tokens === undefined)
            return;
        this.#usualOutput += 0.1 * (outputTokens - this.#usualOutput);
        this.#suffix?.learn(tokens, Math.max(0, promptTokens - LEAD_IN), tokens.length, label);
    }
    /** A request leaves its place: it has ended or is to come back. */
    forgetRequest(id) {
        this.#requests.delete(id);
        for (const proposer of this.#all())
            proposer.forgetRequest(id);
    }
    forgetSequence(sequence) {
        for (const proposer of this.#all())
            proposer.forgetSequence(sequence);
    }
    #all() {
        return this.#draft === undefined ? this.#free : [...this.#free, this.#draft];
    }
    /** The request's own part, made when first asked for. */
    #speculationOf(state) {
        let own = this.#requests.get(state.id);
        if (own === undefined) {
            own = new RequestSpeculation(state, this.acceptance);
            this.#requests.set(state.id, own);
        }
        return own;
    }
    /** Guesses are optional: when a proposer fails, the step is slower and the text the same. */
    #ask(proposer, tasks) {
        if (tasks.length === 0 || this.#backoff.has(proposer.name, this.#steps))
            return false;
        try {
            proposer.propose(tasks);
            return true;
        }
        catch (thrown) {
            this.#backoff.begin(proposer.name, this.#steps);
            this.#onFailure(proposer.name, ForetokenError.from(thrown));
            return false;
        }
    }
}
//# sourceMappingURL=speculator.js.map