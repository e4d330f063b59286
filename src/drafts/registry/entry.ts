/** What the registry says of drafts and tasks, and how it is checked when it is read: a file is believed only when every field is as it must be. */
import { isObject } from '../../base/shape.js';

/** Draft of whatever no other draft is for. */
export const GENERAL = 'general';

/** How guesses along texts fared that nobody was trained on. */
export interface MeasuredAcceptance {
  readonly texts: number;
  /** Tokens compared. */
  readonly tokens: number;
  /** Share of them that were guessed. */
  readonly rate: number;
  /** [k] share of places at which the next k + 1 tokens were all guessed. */
  readonly survival: readonly number[];
}

export interface DraftEntry {
  /** What the server calls it; unique in the registry. */
  readonly id: string;
  readonly sha256: string;
  /** In the folder of drafts. */
  readonly file: string;
  readonly bytes: number;
  /** Vocabulary and shape of the target. */
  readonly target: string;
  /** Size and content of the target's file, which its answers came from. */
  readonly targetFile: string;
  /** The task it was aligned with, or `general`. */
  readonly task: string;
  readonly shape: { readonly layers: number; readonly width: number; readonly vocabulary: number };
  readonly data: {
    readonly texts: number;
    readonly answerTokens: number;
    /** Of the texts, in the order of their training. */
    readonly sha256: string;
    /** Of them, how many answers had been served, and how many were written for this. */
    readonly served: number;
    readonly generated: number;
  };
  /** As training was asked for. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** [task] */
  readonly acceptance: Readonly<Record<string, MeasuredAcceptance>>;
  /** Milliseconds of one token on the machine that measured it. */
  readonly tokenMs: number;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
}

/** One way of guessing for a task, as it was compared with others. */
export interface Candidate {
  /** Id of a draft, `lookup` or `none`. */
  readonly draft: string;
  /** Share of first guesses that are right; undefined where none are made. */
  readonly right: number | undefined;
  /** Guesses in a row that promise most. */
  readonly length: number;
  /** Expected tokens a second of one stream. */
  readonly tokenGoodput: number;
}

export interface Assignment {
  /** Id of a draft; null for none. */
  readonly draft: string | null;
  /** All that were compared, best first. */
  readonly candidates: readonly Candidate[];
  readonly reason: string;
  readonly at: number;
}

/** Whether a draft of its own was thought to pay for a task, and what came of it. */
export interface Decision {
  readonly task: string;
  readonly train: boolean;
  readonly reason: string;
  /** Share of first guesses right: before, as expected after, and as measured after. */
  readonly before: number;
  readonly expected: number;
  readonly after?: number | undefined;
  /** Minutes of training, expected and real. */
  readonly minutes: number;
  readonly spentMinutes?: number | undefined;
  /** Minutes that a day of this traffic saves, expected and, with what was measured, real; undefined: traffic unknown. */
  readonly savedMinutes?: number | undefined;
  readonly reallySavedMinutes?: number | undefined;
  /** Whether the decision proved right; undefined where it cannot be known. */
  readonly right?: boolean | undefined;
  readonly at: number;
}

export interface RegistryContent {
  readonly target: string;
  readonly drafts: readonly DraftEntry[];
  /** [task] */
  readonly assignments: Readonly<Record<string, Assignment>>;
  /** Latest last. */
  readonly decisions: readonly Decision[];
}

/** Counts the layouts of the file. */
export const REGISTRY_FORMAT = 1;
const MOST_DRAFTS = 256;
/** Bounds the file only: a classifier tells far fewer tasks apart (`tasks/classifier/model.ts`). */
const MOST_ASSIGNMENTS = 1024;
const MOST_DECISIONS = 512;
const ID = /^[A-Za-z0-9._-]{1,64}$/;
const SHA256 = /^[0-9a-f]{64}$/;

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with the content of a file, in words; or what it says. */
export function parseRegistry(value: unknown): RegistryContent | string {
  if (!isObject(value)) return 'it is no JSON object';
  if (value['format'] !== REGISTRY_FORMAT)
    return `its format is ${String(value['format']).slice(0, 20)}, not ${REGISTRY_FORMAT}`;
  const { target, drafts, assignments, decisions } = value;
  if (!isText(target)) return 'it does not say for which target';
  if (!Array.isArray(drafts) || drafts.length > MOST_DRAFTS)
    return `"drafts" is no list of up to ${MOST_DRAFTS}`;
  const ids = new Set<string>();
  for (const [index, draft] of drafts.entries()) {
    const wrong = draftProblem(draft);
    if (wrong !== undefined) return `draft ${index + 1} has a wrong "${wrong}"`;
    ids.add((draft as DraftEntry).id);
  }
  if (ids.size < drafts.length) return 'two drafts have the same id';
  if (!isObject(assignments) || Object.keys(assignments).length > MOST_ASSIGNMENTS)
    return '"assignments" is wrong';
  for (const [task, assignment] of Object.entries(assignments))
    if (!ID.test(task) || !isAssignment(assignment))
      return `the assignment of "${task.slice(0, 64)}" is wrong`;
  if (!Array.isArray(decisions) || decisions.length > MOST_DECISIONS || !decisions.every(isDecision))
    return '"decisions" is wrong';
  return { target, drafts, assignments, decisions } as unknown as RegistryContent;
}

/** Older decisions are forgotten when there are too many. */
export const latestDecisions = (decisions: readonly Decision[]): readonly Decision[] =>
  decisions.slice(-MOST_DECISIONS);

/** Name of the field that is wrong. */
function draftProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'shape';
  const checks: readonly (readonly [string, boolean])[] = [
    ['id', isId(value['id'])],
    ['sha256', typeof value['sha256'] === 'string' && SHA256.test(value['sha256'])],
    ['file', value['file'] === `drafts/${String(value['sha256'])}.gguf`],
    ['bytes', isCount(value['bytes'])],
    ['target', isText(value['target'])],
    ['targetFile', isText(value['targetFile'])],
    ['task', isId(value['task'])],
    [
      'shape',
      isObject(value['shape']) &&
        ['layers', 'width', 'vocabulary'].every((name) => isCount((value['shape'] as Fields)[name])),
    ],
    [
      'data',
      isObject(value['data']) &&
        ['texts', 'answerTokens', 'served', 'generated'].every((name) =>
          isCount((value['data'] as Fields)[name]),
        ) &&
        isText(value['data']['sha256']),
    ],
    [
      'settings',
      isObject(value['settings']) &&
        Object.values(value['settings']).every((each) =>
          ['string', 'number', 'boolean'].includes(typeof each),
        ),
    ],
    [
      'acceptance',
      isObject(value['acceptance']) &&
        Object.entries(value['acceptance']).every(([task, each]) => ID.test(task) && isAcceptance(each)),
    ],
    ['tokenMs', isAmount(value['tokenMs'])],
    ['madeAt', isAmount(value['madeAt'])],
  ];
  return checks.find(([, holds]) => !holds)?.[0];
}

function isAcceptance(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { texts, tokens, rate, survival } = value;
  return (
    isCount(texts) &&
    isCount(tokens) &&
    isShare(rate) &&
    Array.isArray(survival) &&
    survival.length <= 64 &&
    survival.every((share, k) => isShare(share) && (k === 0 || share <= (survival[k - 1] as number) + 0.05))
  );
}

function isAssignment(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { draft, candidates, reason, at } = value;
  return (
    (draft === null || isId(draft)) &&
    typeof reason === 'string' &&
    isAmount(at) &&
    Array.isArray(candidates) &&
    candidates.length <= 64 &&
    candidates.every(
      (each: unknown) =>
        isObject(each) &&
        isId(each['draft']) &&
        (each['right'] === undefined || isShare(each['right'])) &&
        isCount(each['length']) &&
        isAmount(each['tokenGoodput']),
    )
  );
}

function isDecision(value: unknown): boolean {
  if (!isObject(value)) return false;
  const optional = (name: string, holds: (one: unknown) => boolean): boolean =>
    value[name] === undefined || holds(value[name]);
  return (
    isId(value['task']) &&
    typeof value['train'] === 'boolean' &&
    typeof value['reason'] === 'string' &&
    isShare(value['before']) &&
    isShare(value['expected']) &&
    optional('after', isShare) &&
    isAmount(value['minutes']) &&
    optional('spentMinutes', isAmount) &&
    optional('savedMinutes', isFinite) &&
    optional('reallySavedMinutes', isFinite) &&
    optional('right', (one) => typeof one === 'boolean') &&
    isAmount(value['at'])
  );
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 256;
const isId = (value: unknown): boolean => typeof value === 'string' && ID.test(value);
const isFinite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isAmount = (value: unknown): value is number => isFinite(value) && value >= 0;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isShare = (value: unknown): value is number => isAmount(value) && value <= 1;
