/**
 * What the proposers without a model cost, in nanoseconds of processor time a token: suffix drafting at several
 * sizes of its store (learning with and without forgetting, a step's proposal for a text that the store knows
 * and for one that it does not), and prompt lookup in one context (indexing, then a step's proposal). And what suffix
 * drafting gains on the last half of the held-out answers, in random order, after it has learned the first.
 *
 *   node bench/proposers.mjs
 */
import { describeMachine, machineLine, progress, writeResults } from './lib/machine.mjs';
import { readFileSync } from 'node:fs';
import { bundledTarget } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { figure, median, table } from './lib/statistics.mjs';
import { takeTurn } from './lib/turn.mjs';

const options = readOptions('Cost of prompt lookup and suffix drafting.', {
  tokens: { type: 'numbers', default: [10_000, 100_000, 1_000_000], help: 'tokens in the store' },
  context: { type: 'number', default: 4096, help: 'tokens of the text that prompt lookup searches' },
  length: { type: 'number', default: 8, help: 'most guesses of a proposal' },
  runs: { type: 'number', default: 7, help: 'runs of each; the median is told' },
  name: { type: 'string', default: 'proposers', help: 'name of the result files' },
});

/** Tokens of an output, and proposals that are timed in a run. */
const OUTPUT = 500;
const PROPOSALS = 2000;
/** Bytes of store for each token: it takes a power of two of them. */
const BYTES_PER_TOKEN = 32;

const { SuffixProposer } = await import('../dist/speculation/suffix.js');
const { OutputStore } = await import('../dist/speculation/output-store.js');
const { LookupProposer } = await import('../dist/speculation/lookup.js');
const { Proposal } = await import('../dist/speculation/proposal.js');

await takeTurn();
const machine = describeMachine();
let state = 1;
const suffix = options.tokens.map(measureSuffix);
const lookup = measureLookup();
const gain = await measureGain();
writeResults(options.name, { machine, options, suffix, lookup, gain }, report());

/** @param {number} limit */
function random(limit) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % limit;
}

/** Text like answers: rare and frequent tokens, and pieces of what was written before. @param {Int32Array[]} earlier @param {number} length */
function text(earlier, length) {
  const tokens = [];
  while (tokens.length < length) {
    const source = earlier[random(earlier.length * 2 + 1)];
    if (source === undefined) {
      for (let count = 0; count < 10; count += 1) tokens.push(Math.floor(8000 ** (random(1e6) / 1e6)));
    } else {
      const at = random(source.length);
      tokens.push(...source.subarray(at, at + random(60)));
    }
  }
  return Int32Array.from(tokens.slice(0, length));
}

/** @param {Int32Array} tokens @param {number} length @param {number} requestId */
function taskOf(tokens, length, requestId) {
  const proposal = new Proposal();
  return /** @type {any} */ ({ requestId, label: 0, tokens, length, maxTokens: options.length, proposal });
}

/** Processor time of this process, milliseconds: what others do on the machine is not in it. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Median over the runs of nanoseconds for each of `count`. @param {number} count @param {(run: number) => void} work */
function nanoseconds(count, work) {
  const times = [];
  for (let run = -1; run < options.runs; run += 1) {
    const started = processorMs();
    work(run);
    // The first run warms up.
    if (run >= 0) times.push(((processorMs() - started) * 1e6) / count);
  }
  return median(times);
}

/** @param {any} proposer @param {Int32Array} tokens @param {number} from */
function proposalTime(proposer, tokens, from) {
  let guesses = 0;
  const ns = nanoseconds(PROPOSALS, (run) => {
    for (let step = 0; step < PROPOSALS; step += 1) {
      const task = taskOf(tokens, from + (step % (tokens.length - from)), run);
      proposer.propose([task]);
      guesses += task.proposal.length;
    }
    proposer.forgetRequest?.(run);
  });
  return { ns, guesses: guesses / PROPOSALS / (options.runs + 1) };
}

/** @param {number} tokens */
function measureSuffix(tokens) {
  const bytes = Math.max(2 ** 16, tokens * BYTES_PER_TOKEN);
  /** @type {Int32Array[]} */
  const outputs = [];
  while (outputs.length * OUTPUT < tokens * 1.2) outputs.push(text(outputs, OUTPUT));
  const half = outputs.slice(0, Math.floor(outputs.length / 2));
  const fill = nanoseconds(half.length * OUTPUT, () => learn(new OutputStore(bytes), half));
  const store = new OutputStore(bytes);
  learn(store, outputs);
  const more = Array.from({ length: options.runs + 1 }, () => [text(outputs, 4000)]);
  const full = nanoseconds(4000, (run) => learn(store, more[run + 1] ?? []));
  const proposer = new SuffixProposer(bytes);
  for (const output of outputs) {
    proposer.learn(output, 0, output.length, 0);
    while (proposer.statistics.pending > 0) proposer.propose([]);
  }
  const known = text(outputs.slice(-10), 2000);
  const unknown = Int32Array.from({ length: 2000 }, (_, at) => 100_000 + at);
  progress(`suffix, ${tokens} tokens`);
  return {
    tokens: proposer.statistics.tokens,
    bytes,
    fill,
    full,
    hit: proposalTime(proposer, known, 100),
    miss: proposalTime(proposer, unknown, 100),
  };
}

/** @param {any} store @param {Int32Array[]} outputs */
function learn(store, outputs) {
  for (const output of outputs) {
    store.learn(output, 0, output.length, 0);
    store.work(Infinity);
  }
}

function measureLookup() {
  const known = text([text([], 300)], options.context + 1000);
  const unknown = Int32Array.from({ length: options.context + 1000 }, (_, at) => at);
  const index = nanoseconds(options.context, () => {
    new LookupProposer(2).propose([taskOf(known, options.context, 1)]);
  });
  const proposer = new LookupProposer(2);
  progress('lookup');
  return {
    index,
    hit: stepTime(known),
    miss: stepTime(unknown),
  };

  /** Proposals while a text grows by one token a step. @param {Int32Array} tokens */
  function stepTime(tokens) {
    let guesses = 0;
    const steps = tokens.length - options.context;
    const times = [];
    for (let run = 0; run <= options.runs; run += 1) {
      proposer.propose([taskOf(tokens, options.context, run)]);
      const started = processorMs();
      for (let length = options.context + 1; length <= tokens.length; length += 1) {
        const task = taskOf(tokens, length, run);
        proposer.propose([task]);
        guesses += task.proposal.length;
      }
      if (run > 0) times.push(((processorMs() - started) * 1e6) / steps);
      proposer.forgetRequest(run);
    }
    return { ns: median(times), guesses: guesses / steps / (options.runs + 1) };
  }
}

/** Held-out answers as they stand, not the target's own; each is learned when it has ended. */
async function measureGain() {
  const { randomNumbers, shuffled } = await import('../dist/base/random.js');
  const { LlamaModel } = await import('../dist/llama/model.js');
  const { Vocabulary } = await import('../dist/llama/vocabulary.js');
  const model = LlamaModel.load(/** @type {string} */ (bundledTarget()));
  const vocabulary = Vocabulary.of(model);
  const lines = readFileSync(new URL('../models/heldout.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const texts = shuffled(
    lines.map((line) => JSON.parse(line)),
    randomNumbers(1),
  );
  const labels = [...new Set(texts.map(({ task }) => task))];
  const proposer = new SuffixProposer(2 ** 25);
  let [steps, written, guesses, accepted] = [0, 0, 0, 0];
  texts.forEach(({ task, messages }, request) => {
    const prompt = vocabulary.tokenize(messages[0].content);
    const tokens = Int32Array.from([...prompt, ...vocabulary.tokenize(messages.at(-1).content)]);
    const label = labels.indexOf(task);
    for (let at = prompt.length; at < tokens.length && 2 * request >= texts.length; steps += 1) {
      const asked = { ...taskOf(tokens, at, request), label };
      proposer.propose([asked]);
      let right = 0;
      while (right < asked.proposal.length && asked.proposal.tokens[right] === tokens[at + right]) right += 1;
      const got = Math.min(right + 1, tokens.length - at);
      at += got;
      written += got;
      guesses += asked.proposal.length;
      accepted += right;
    }
    proposer.learn(tokens, Math.max(0, prompt.length - 8), tokens.length, label);
    while (proposer.statistics.pending > 0) proposer.propose([]);
  });
  vocabulary.dispose();
  model.dispose();
  return { tokensPerStep: written / steps, guessesPerStep: guesses / steps, accepted: accepted / guesses };
}

function report() {
  const cell = (/** @type {{ ns: number, guesses: number }} */ { ns, guesses }) =>
    `${figure(ns)} (${figure(guesses)})`;
  return [
    `Machine: ${machineLine(machine)}. Nanoseconds of processor time, medians of ${options.runs} runs; in brackets guesses a proposal, at most ${options.length}.`,
    table(
      [
        'suffix: tokens in the store',
        'MiB',
        'learn a token',
        'learn one, forget one',
        'propose, known text',
        'unknown text',
      ],
      suffix.map(({ tokens, bytes, fill, full, hit, miss }) => [
        tokens,
        figure(bytes / 2 ** 20),
        figure(fill),
        figure(full),
        cell(hit),
        cell(miss),
      ]),
    ),
    table(
      ['lookup: tokens of context', 'index a token', 'propose, known text', 'unknown text'],
      [[options.context, figure(lookup.index), cell(lookup.hit), cell(lookup.miss)]],
    ),
    `Suffix drafting on held-out answers: ${gain.tokensPerStep.toFixed(3)} tokens a step with ${figure(gain.guessesPerStep)} guesses, of which ${figure(100 * gain.accepted)} % are accepted.`,
  ].join('\n\n');
}
