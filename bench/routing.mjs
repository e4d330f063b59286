/**
 * Routing without a model: how much token goodput the policy loses against the best draft for each prompt in hindsight,
 * and how soon it is back after an abrupt change of traffic.
 *
 *   node bench/routing.mjs [--seeds 20] [--requests 2000]
 *
 * Seven tasks, six specialists and a general draft. Of each prompt every draft has an acceptance of its own: that of its
 * task with a deviation of 0.5 in log-odds. The classifier is right in 97 % of prompts and unsure of some. Costs are those
 * of the demo target on EPYC Milan. Goodput is tokens over time, over all requests; the drafts' figures of acceptance that
 * the policy begins with are off by as much as 40 guesses are.
 */
import { parseArgs } from 'node:util';
import { quantile } from '../dist/base/quantile.js';
import { median } from '../dist/base/statistics.js';
import { normalNumber, randomNumbers } from '../dist/base/random.js';
import { bestGoodput, bestLength } from '../dist/tasks/router/goodput.js';
import { Router } from '../dist/tasks/router/router.js';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '20' }, requests: { type: 'string', default: '2000' } },
});
const SEEDS = Number(values.seeds);
const REQUESTS = Number(values.requests);
const COSTS = { oneTokenMs: 1.35, eightTokensMs: 5.4 };
const TASKS = ['arithmetic', 'sql', 'translation', 'extraction', 'lists', 'code', 'summary'];
const DRAFTS = ['general', ...TASKS.slice(0, 6)];
const TOKENS = 100;

const logistic = (x) => 1 / (1 + Math.exp(-x));
const logit = (p) => Math.log(p / (1 - p));
const clamp = (p) => Math.min(0.98, Math.max(0.02, p));

/** [task][draft] mean acceptance: the specialist 0.75 to 0.9, the general one 0.5 to 0.7, others 0.15 to 0.45. */
function world(random) {
  const between = (a, b) => a + (b - a) * random();
  return Object.fromEntries(
    TASKS.map((task) => [
      task,
      Object.fromEntries(
        DRAFTS.map((draft) => [
          draft,
          draft === task ? between(0.75, 0.9) : draft === 'general' ? between(0.5, 0.7) : between(0.15, 0.45),
        ]),
      ),
    ]),
  );
}

const ratesOf = (p) => ({ first: clamp(p), later: clamp(p + 0.05) });
const TOKEN_MS = { general: 0.3 };
const tokenMs = (draft) => TOKEN_MS[draft] ?? 0.2;

function scenario(seed, change) {
  const random = randomNumbers(seed * 7919 + 13);
  let truth = world(random);
  const measured = structuredClone(truth);
  const drafts = DRAFTS.map((id) => ({
    id,
    tokenMs: tokenMs(id),
    measured: Object.fromEntries(
      TASKS.map((task) => {
        const p = measured[task][id];
        return [task, ratesOf(p + Math.sqrt((p * (1 - p)) / 40) * normalNumber(random))];
      }),
    ),
  }));
  const router = new Router(() => undefined, { seed });
  let said;
  router.reload({ tasks: TASKS.map((id) => ({ id })), classify: () => said }, drafts);
  let mix = change === 'mix' ? TASKS.slice(0, 3) : TASKS.slice(0, 6);
  let isNew = false;
  const spent = [];
  const half = change === undefined ? REQUESTS : REQUESTS / 2;
  for (let at = 0; at < half + (change === undefined ? 0 : 300); at++) {
    if (at === half) {
      if (change === 'mix') mix = TASKS.slice(3);
      // Two tasks' texts become such as the other's specialist guesses.
      if (change === 'task') {
        const [a, b] = ['sql', 'code'];
        truth = { ...truth, [a]: truth[b], [b]: truth[a] };
        mix = [a, b];
      }
      // Texts that the classifier does not know, and that one of the specialists happens to guess well.
      if (change === 'new') isNew = true;
    }
    const task = isNew ? 'lists' : mix[Math.floor(random() * mix.length)];
    const luck = random();
    said = isNew
      ? { task: 'general', confidence: 0.3 * random() }
      : luck < 0.03
        ? { task: TASKS[Math.floor(random() * TASKS.length)], confidence: 0.4 + 0.5 * random() }
        : luck < 0.08
          ? { task, confidence: 0.3 + 0.19 * random() }
          : { task, confidence: 0.7 + 0.3 * random() };
    const mood = 0.5 * normalNumber(random);
    const own = Object.fromEntries(
      DRAFTS.map((draft) => [
        draft,
        ratesOf(logistic(logit(truth[task][draft]) + mood + 0.1 * normalNumber(random))),
      ]),
    );
    const best = Math.max(...DRAFTS.map((draft) => bestGoodput(own[draft], tokenMs(draft), COSTS)));
    const route = router.route('', undefined, COSTS);
    router.began(at, route);
    const rates = own[route.draft];
    const goodput = bestGoodput(rates, tokenMs(route.draft), COSTS);
    spent.push({ ms: TOKENS / goodput, bestMs: TOKENS / best, explored: route.explored });
    // Guesses are also made where they do not pay, now and then, as the engine's probes are.
    const length = Math.max(bestLength(rates, tokenMs(route.draft), COSTS), 2);
    const drafted = new Array(length).fill(0);
    const accepted = new Array(length).fill(0);
    for (let written = 0; written < TOKENS;) {
      let right = 0;
      while (right < length && random() < (right === 0 ? rates.first : rates.later)) right += 1;
      for (let k = 0; k < length; k++) drafted[k] += 1;
      for (let k = 0; k < right; k++) accepted[k] += 1;
      written += right + 1;
    }
    router.ended({ id: at, draft: route.draft, guesses: { draft: { drafted, accepted } } });
  }
  return { spent, half, router };
}

const share = (items) =>
  items.reduce((sum, { bestMs }) => sum + bestMs, 0) / items.reduce((sum, { ms }) => sum + ms, 0);
const percent = (value) => `${(100 * value).toFixed(2)} %`;
const spread = (all) =>
  `${percent(median(all))} (${percent(quantile(all, 0))} to ${percent(quantile(all, 1))})`;
const seeds = Array.from({ length: SEEDS }, (_, at) => at + 1);

const regrets = [];
const explored = [];
for (const seed of seeds) {
  const { spent, router } = scenario(seed, undefined);
  regrets.push(1 - share(spent));
  explored.push(router.explored / router.requests);
}
console.log(`${SEEDS} seeds, ${REQUESTS} requests each; median (least to most)`);
console.log(`routing regret            ${spread(regrets)}, goal under 3 %`);
console.log(`requests that explored    ${spread(explored)}, bound 3 % and a trial of each draft at a change`);
for (const [change, words] of [
  ['mix', 'other tasks than before'],
  ['task', 'two tasks exchange their kinds of text'],
  ['new', 'texts of no known task'],
]) {
  const recovered = [];
  const after = [];
  let noticed = 0;
  for (const seed of seeds) {
    const { spent, half, router } = scenario(seed, change);
    const later = spent.slice(half);
    recovered.push(share(later.slice(0, 50)));
    after.push(share(later.slice(50)));
    noticed += router.changed + router.newTasks > 0 ? 1 : 0;
  }
  console.log(
    `${words}: of hindsight goodput in requests 1-50 after it ${spread(recovered)}, from the 51st ${spread(after)}, ` +
      `goal 95 %; a change was told with ${noticed} of ${SEEDS} seeds`,
  );
}
