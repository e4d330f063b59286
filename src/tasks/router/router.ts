/**
 * Says for every request its task and its draft: classifies the text, asks the policy, and learns from the request's
 * record. Requests whose task is unsure are `general`, label 0. Texts never depend on any of this.
 */
import type { RequestRecord } from '../../engine/request-record.js';
import { GENERAL, RoutingPolicy, type RoutedDraft, type RoutingOptions, type TaskChange } from './policy.js';
import type { RoutingCosts } from './goodput.js';
import { UnsureShare } from './unsure.js';

/** What the router needs of the classifier of prompts. */
export interface PromptClassifier {
  readonly tasks: readonly { readonly id: string }[];
  classify(text: string): { readonly task: string; readonly confidence: number };
}

export interface RouterOptions extends RoutingOptions {
  /** Below it a task is unsure. */
  readonly leastConfidence: number;
  /** Output tokens between two looks at what an answer is about. */
  readonly reclassifyTokens: number;
}

export interface Route {
  readonly task: string;
  readonly confidence: number;
  readonly label: number;
  /** Undefined: the first that there is. */
  readonly draft: string | undefined;
  readonly reason: string;
  readonly explored: boolean;
}

export type Drift =
  | ({ readonly kind: 'task changed'; readonly atMs: number } & TaskChange)
  | { readonly kind: 'new task'; readonly atMs: number; readonly unsureShare: number };

/** A task that is less sure is none. */
export const LEAST_CONFIDENCE = 0.5;
/** An answer's text must be surer of another task than a prompt: the classifier has learned from prompts. */
const SURE_OF_OUTPUT = 0.8;
/** Characters of an answer's end that are looked at. */
const OUTPUT_TAIL = 1500;
const MOST_DRIFTS = 32;

interface Running {
  route: Route;
  text: string;
  lookedAt: number;
}

export class Router {
  readonly policy: RoutingPolicy;
  readonly #options: RouterOptions;
  readonly #labels = new Map<string, number>([[GENERAL, 0]]);
  readonly #taskOfLabel: string[] = [GENERAL];
  readonly #running = new Map<number, Running>();
  readonly #unsure = new UnsureShare();
  readonly #relabel: (id: number, label: number) => void;
  #classifier: PromptClassifier | undefined;
  /** The newest last. */
  drifts: readonly Drift[] = [];
  requests = 0;
  explored = 0;
  unsure = 0;
  relabelled = 0;
  changed = 0;
  newTasks = 0;
  /** [task][draft] */
  readonly routed = new Map<string, Map<string, number>>();

  /** @param relabel tells the engine that a running request is another kind of work */
  constructor(relabel: (id: number, label: number) => void, options: Partial<RouterOptions> = {}) {
    const {
      leastConfidence = LEAST_CONFIDENCE,
      reclassifyTokens = 128,
      explorationShare = 0.03,
      seed = 1,
    } = options;
    this.#options = { leastConfidence, reclassifyTokens, explorationShare, seed };
    this.policy = new RoutingPolicy(this.#options);
    this.#relabel = relabel;
  }

  /** Takes up other tasks and drafts; what was learned of those that stay is kept, and so are labels. */
  reload(classifier: PromptClassifier | undefined, drafts: readonly RoutedDraft[]): void {
    this.#classifier = classifier;
    for (const { id } of classifier?.tasks ?? []) this.labelOf(id);
    this.policy.setDrafts(drafts);
  }

  labelOf(task: string): number {
    let label = this.#labels.get(task);
    if (label === undefined) {
      label = this.#taskOfLabel.push(task) - 1;
      this.#labels.set(task, label);
    }
    return label;
  }

  taskOf(label: number): string | undefined {
    return this.#taskOfLabel[label];
  }

  /** @param wished the draft that the client names, which then has it */
  route(text: string, wished: string | undefined, costs: RoutingCosts | undefined): Route {
    if (costs !== undefined) this.policy.setCosts(costs);
    const { task: found, confidence } = this.#classifier?.classify(text) ?? { task: GENERAL, confidence: 0 };
    const isUnsure = found === GENERAL || confidence < this.#options.leastConfidence;
    const task = isUnsure ? GENERAL : found;
    if (this.#classifier !== undefined && this.#unsure.push(isUnsure)) {
      this.newTasks += 1;
      this.#tell({ kind: 'new task', atMs: Date.now(), unsureShare: this.#unsure.lately });
      this.policy.reconsider(GENERAL);
    }
    this.requests += 1;
    if (isUnsure) this.unsure += 1;
    const choice =
      wished === undefined
        ? this.policy.choose(task)
        : { draft: wished, reason: 'the request names it', explored: false };
    if (choice.explored) this.explored += 1;
    return { task, confidence, label: this.labelOf(task), ...choice };
  }

  /** A request has been submitted with what `route` said. */
  began(id: number, route: Route): void {
    this.#running.set(id, { route, text: '', lookedAt: 0 });
    const drafts = this.routed.get(route.task) ?? new Map<string, number>();
    const draft = route.draft ?? '';
    drafts.set(draft, (drafts.get(draft) ?? 0) + 1);
    this.routed.set(route.task, drafts);
  }

  /** A running request has written more; now and then its task is looked at anew. */
  wrote(id: number, text: string, outputTokens: number): void {
    const running = this.#running.get(id);
    if (running === undefined || this.#classifier === undefined) return;
    running.text = (running.text + text).slice(-OUTPUT_TAIL);
    if (outputTokens - running.lookedAt < this.#options.reclassifyTokens) return;
    running.lookedAt = outputTokens;
    const { task, confidence } = this.#classifier.classify(running.text);
    if (confidence < SURE_OF_OUTPUT || task === running.route.task || task === GENERAL) return;
    const label = this.labelOf(task);
    const reason = `${running.route.reason}; its answer became '${task}'`;
    running.route = { ...running.route, task, confidence, label, reason };
    this.relabelled += 1;
    this.#relabel(id, label);
  }

  /** What was said of a request that runs, or is just ending. */
  routeOf(id: number): Route | undefined {
    return this.#running.get(id)?.route;
  }

  /** A request has ended: its guesses are learned from. */
  ended({ id, draft, guesses }: Pick<RequestRecord, 'id' | 'draft' | 'guesses'>): void {
    const route = this.#running.get(id)?.route;
    this.#running.delete(id);
    if (route === undefined || draft === undefined || guesses.draft === undefined) return;
    const change = this.policy.observe(route.task, draft, guesses.draft);
    if (change === undefined) return;
    this.changed += 1;
    this.#tell({ kind: 'task changed', atMs: Date.now(), ...change });
  }

  #tell(drift: Drift): void {
    this.drifts = [...this.drifts, drift].slice(-MOST_DRIFTS);
  }
}
