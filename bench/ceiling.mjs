/**
 * The replay tool: what speculation can give on this machine, with this target, draft and text.
 *
 * (a) measures the cost of n tokens in one decode and of k guesses; (b) records along the target's own greedy
 * answers to held-out prompts how many guesses would stand at every position; (c) replays both: the speed-up of
 * every fixed length, and the ceiling, with lengths chosen in hindsight. See lib/replay.mjs for the rules.
 *
 *   node bench/ceiling.mjs
 */
import path from 'node:path';
import {
  acceptanceTable,
  byTask,
  costTables,
  MOST_GUESSES,
  replayTask,
  speedUpTable,
} from './lib/ceiling-report.mjs';
import { CostMeter } from './lib/costs.mjs';
import { loadModels } from './lib/engine-models.mjs';
import { describeMachine, machineLine, progress, readResults, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { readPrompts } from './lib/prompts.mjs';
import { othersLine, undisturbed } from './lib/quiet.mjs';
import { batchedDifferences, draftRuns, greedyText, LONG_CONTEXT, lookupRuns } from './lib/recording.mjs';
import { costFunctions } from './lib/replay.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

const options = readOptions('Costs, recorded acceptances, and the speed-up that they allow.', {
  ...MODEL_OPTIONS,
  'per-task': { type: 'number', default: 20, help: 'answers recorded of each task' },
  'max-tokens': { type: 'number', default: 160, help: 'longest answer' },
  'lookup-min-ngram': { type: 'number', default: 2, help: 'shortest n-gram that prompt lookup trusts' },
  lengths: { type: 'numbers', default: [1, 2, 3, 4, 5, 6, 8], help: 'fixed lengths to replay' },
  contexts: { type: 'numbers', default: [64, 384], help: 'tokens in the cache while costs are measured' },
  runs: { type: 'number', default: 8, help: 'runs of each size and context' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
  'costs-from': { type: 'string', help: 'take the costs from bench/results/NAME.json instead of measuring' },
  name: { type: 'string', default: 'ceiling', help: 'name of the result files' },
});

const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 17, 20, 24, 28, 32];
await takeTurn();
const machine = describeMachine();
const files = modelPaths(options);
const models = await loadModels({ ...files, threads: options.threads, context: 1024 });
const hasDraft = models.draft !== undefined;
/** @type {{ others: number }[]} */
const disturbances = [];
const rawCosts = await readCosts();
const recordings = await record();
models.dispose();

const costs = costFunctions(rawCosts);
const tasks = byTask(recordings.records);
const results = new Map(
  [...tasks].map(([task, records]) => [
    task,
    replayTask(records, costs, { lengths: options.lengths, hasDraft }),
  ]),
);
writeResults(
  options.name,
  { machine, options, files, costs: rawCosts, ...recordings, results: Object.fromEntries(results) },
  report(),
);

async function readCosts() {
  const earlier = options['costs-from'];
  if (earlier !== undefined)
    return readResults(earlier)?.costs ?? fail(`No costs in bench/results/${earlier}.json.`);
  progress('measuring costs ...');
  const lengths = [...new Set([...options.lengths, 12, MOST_GUESSES])].filter((k) => k > 0);
  const meter = new CostMeter(models, {
    contexts: options.contexts,
    sizes: SIZES,
    lengths: lengths.sort((a, b) => a - b),
  });
  for (let run = 0; run < options.runs; run += 1) {
    const { result, others } = await undisturbed(() => meter.measure(1));
    meter.add([result]);
    disturbances.push({ others });
  }
  return meter.costs('median');
}

/** @returns {Promise<{ records: import('./lib/replay.mjs').Recording[], differences: Record<string, number> }>} */
async function record() {
  const { LookupProposer } = await import('../dist/speculation/lookup.js');
  const { Proposal } = await import('../dist/speculation/proposal.js');
  const proposer = new LookupProposer(options['lookup-min-ngram']);
  const records = [];
  /** @type {Record<string, number>} */
  const differences = {};
  const chosen = readPrompts(options.prompts).filter(({ index }) => index < options['per-task']);
  for (const { task, index, prompt } of chosen) {
    const tokens = models.vocabulary.tokenize(prompt, { addSpecial: true, parseSpecial: true });
    const output = greedyText(models, tokens, options['max-tokens']);
    const counts = batchedDifferences(models, tokens, output);
    for (const [name, count] of Object.entries(counts)) differences[name] = (differences[name] ?? 0) + count;
    records.push({
      task,
      index,
      promptTokens: tokens.length,
      length: output.length,
      limited: !models.vocabulary.isEndOfGeneration(output[output.length - 1]),
      draft: hasDraft ? draftRuns(models.draft, tokens, output) : output.map(() => 0),
      ...lookupRuns(proposer, () => new Proposal(), tokens, output, 32),
    });
    if (records.length % 50 === 0) progress(`recorded ${records.length} of ${chosen.length} answers`);
  }
  return { records, differences };
}

function report() {
  const { differences } = recordings;
  return [
    `Machine: ${machineLine(machine)}. Target ${path.basename(files.model)}, draft ` +
      `${files.draft ? path.basename(files.draft) : 'none'}, ${options.threads} threads.`,
    ...costTables(rawCosts),
    ...(disturbances.length > 0 ? [othersLine(disturbances)] : []),
    'Acceptance along the target’s own greedy text:',
    acceptanceTable(tasks, hasDraft),
    `Verified six at a time, the target chooses another token at ${differences.short} of ${differences.shortTokens} ` +
      `positions with up to ${LONG_CONTEXT} tokens in the cache, and at ${differences.long} of ` +
      `${differences.longTokens} beyond.`,
    ...(hasDraft
      ? ['Replayed speed-up, draft model, by tokens guessed a step:', speedUpTable(results, 'draft')]
      : []),
    'Replayed speed-up, prompt lookup:',
    speedUpTable(results, 'lookup'),
  ].join('\n\n');
}
