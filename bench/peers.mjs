/**
 * Foretoken beside its peers, without speculation: the same model file, shared libraries, threads and prompts,
 * greedy, a fixed number of output tokens, at several numbers of concurrent streams. Every round starts each
 * peer anew, in rotating order; the same round uses the same prompts for all, no prompt is used twice.
 *
 *   node bench/peers.mjs --llama-server ~/llama-server/build/bin/llama-server
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeMachine, machineLine, progress, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { foretoken, llamaServer, nodeLlamaCpp } from './lib/peers/peers.mjs';
import { readPrompts } from './lib/prompts.mjs';
import { leastDisturbed, othersLine, watchOthers } from './lib/quiet.mjs';
import { figure, median, spread, sum, summarize, table, times } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

/**
 * Only beginnings can be compared: after the end of a turn Foretoken and node-llama-cpp go on as the model would,
 * while llama-server forbids that end from the start.
 */
const COMPARED_CHARACTERS = 60;

const options = readOptions('Output tokens/s of Foretoken, llama-server and node-llama-cpp.', {
  model: MODEL_OPTIONS.model,
  prompts: MODEL_OPTIONS.prompts,
  peers: {
    type: 'words',
    default: ['foretoken', 'llama-server', 'node-llama-cpp'],
    help: 'which to compare; NAME@THREADS runs one with another number of threads',
  },
  'llama-server': { type: 'string', help: 'path of a llama-server binary' },
  'llama-args': { type: 'string', help: 'more arguments for llama-server, separated by spaces' },
  'foretoken-args': { type: 'string', help: 'more arguments for foretoken serve, separated by spaces' },
  streams: { type: 'numbers', default: [1, 4, 8, 16], help: 'numbers of concurrent streams' },
  rounds: { type: 'number', default: 5, help: 'rounds, each with every peer once' },
  'output-tokens': { type: 'number', default: 128, help: 'tokens of every answer' },
  requests: { type: 'number', default: 12, help: 'requests of one measurement; at least 2 a stream' },
  context: { type: 'number', default: 512, help: 'context tokens of one stream' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads of each peer' },
  name: { type: 'string', default: 'peers', help: 'name of the result files' },
});

/** @type {Record<string, () => import('./lib/peers/peers.mjs').Peer>} */
const makers = {
  foretoken: () => foretoken(words(options['foretoken-args'])),
  'llama-server': () => llamaServer(llamaBinary(), words(options['llama-args'])),
  'node-llama-cpp': nodeLlamaCpp,
};
const peers = options.peers.map((/** @type {string} */ word) => {
  const [name = '', threads] = word.split('@');
  const make = makers[name] ?? fail(`No peer "${name}"; there are ${Object.keys(makers).join(', ')}.`);
  const peer = make();
  if (threads === undefined) return { ...peer, threads: options.threads };
  if (!/^[1-9]\d*$/.test(threads)) fail(`"${word}" does not name a number of threads.`);
  return {
    ...peer,
    name: `${peer.name}, ${threads} thread${threads === '1' ? '' : 's'}`,
    threads: Number(threads),
  };
});
const { model } = modelPaths({ model: options.model });
await takeTurn();
const machine = describeMachine();
const prompts = readPrompts(options.prompts);
const measured = await measureAll();
writeResults(options.name, { machine, options, measured }, report());

/** @param {string | undefined} text */
function words(text) {
  return (text ?? '').split(' ').filter(Boolean);
}

function llamaBinary() {
  const binary = options['llama-server'] ?? fail('Give --llama-server PATH, or leave it out with --peers.');
  if (!existsSync(binary)) fail(`No llama-server at ${binary}.`);
  return path.resolve(binary);
}

/** @returns {Promise<any[]>} one record a (round, streams, peer) */
async function measureAll() {
  const records = [];
  let used = 0;
  const take = (/** @type {number} */ count) => {
    const bodies = [];
    // Warm-up prompts come from the far end and may repeat; measured ones do not.
    for (let index = 0; index < count; index += 1)
      bodies.push(bodyOf(prompts[(used + index) % prompts.length]));
    used += count;
    return bodies;
  };
  for (let round = 0; round < options.rounds; round += 1) {
    for (const streams of options.streams) {
      const bodies = take(Math.max(options.requests, 2 * streams));
      const order = peers.map((_, index) => peers[(index + round) % peers.length]);
      for (const peer of order) {
        const record = { round, streams, peer: peer.name, ...(await measureOne(peer, streams, bodies)) };
        records.push(record);
        progress(
          `round ${round + 1}, ${streams} streams, ${peer.name}: ${figure(record.tokensPerSecond)} tokens/s`,
        );
      }
      checkPromptTokens(records.slice(-peers.length));
    }
  }
  return records;
}

/** @param {{ prompt: string }} prompt */
function bodyOf({ prompt }) {
  return { prompt, max_tokens: options['output-tokens'], temperature: 0, ignore_eos: true };
}

/**
 * Starts the peer anew for every attempt: a repeated prompt would be cached.
 * @param {import('./lib/peers/peers.mjs').Peer & { threads: number }} peer
 * @param {number} streams
 * @param {Record<string, any>[]} bodies
 */
async function measureOne(peer, streams, bodies) {
  const settings = { model, streams, contextPerStream: options.context, threads: peer.threads };
  const { result, others } = await leastDisturbed(async () => {
    const running = await peer.start(settings);
    try {
      await running.run(prompts.slice(-Math.max(2, streams)).map(bodyOf));
      const watch = watchOthers([running.pid]);
      const measurement = await running.run(bodies);
      return { result: measurement, others: watch() };
    } finally {
      await running.stop();
    }
  });
  const { answers, wallMs } = result;
  for (const answer of answers) {
    if (answer.outputTokens !== options['output-tokens']) {
      throw new Error(`${peer.name} gave ${answer.outputTokens} tokens, not ${options['output-tokens']}`);
    }
  }
  return {
    others,
    tokensPerSecond: (sum(answers.map((answer) => answer.outputTokens)) / wallMs) * 1000,
    ttftMs: median(answers.map((answer) => answer.ttftMs)),
    tpotMs: median(answers.map((answer) => answer.tpotMs)),
    promptTokens: sum(answers.map((answer) => answer.promptTokens)),
    cachedTokens: sum(answers.map((answer) => answer.cachedTokens)),
    texts: answers.map((answer) => answer.text),
  };
}

/** The comparison is void when one peer reads the prompts differently. @param {any[]} records */
function checkPromptTokens(records) {
  const counts = new Set(records.map((record) => record.promptTokens));
  if (counts.size > 1) {
    const seen = records.map((record) => `${record.peer} ${record.promptTokens}`).join(', ');
    throw new Error(`the peers do not compute the same prompt tokens: ${seen}`);
  }
}

function report() {
  const of = (/** @type {number} */ streams, /** @type {string} */ peer) =>
    measured.filter((record) => record.streams === streams && record.peer === peer);
  const names = peers.map((/** @type {any} */ peer) => peer.name);
  const others = names.filter((/** @type {string} */ name) => name !== 'Foretoken');
  const hasOurs = others.length < names.length;
  const perSecond = options.streams.map((/** @type {number} */ streams) => [
    String(streams),
    ...names.map((/** @type {string} */ name) =>
      spread(summarize(of(streams, name).map((r) => r.tokensPerSecond))),
    ),
    ...(hasOurs
      ? others.map((/** @type {string} */ other) => ratio(of(streams, 'Foretoken'), of(streams, other)))
      : []),
  ]);
  const latency = options.streams.map((/** @type {number} */ streams) => [
    String(streams),
    ...names.map((/** @type {string} */ name) =>
      [median(of(streams, name).map((r) => r.ttftMs)), median(of(streams, name).map((r) => r.tpotMs))]
        .map(figure)
        .join(' / '),
    ),
  ]);
  return [
    `Machine: ${machineLine(machine)}.`,
    `Output tokens/s, median (min-max) of ${options.rounds} alternating rounds; ${options.threads} threads, ` +
      `${options['output-tokens']} tokens an answer, prefill included. Ratios: median of the rounds' own ratios.`,
    table(
      [
        'streams',
        ...names,
        ...(hasOurs ? others.map((/** @type {string} */ other) => `Foretoken / ${other}`) : []),
      ],
      perSecond,
    ),
    'Time to first token / time per output token, ms (median of the rounds’ medians):',
    table(['streams', ...names], latency),
    othersLine(measured),
    `Answers whose first ${COMPARED_CHARACTERS} characters are those of ${names[0]}: ${sameText()}.`,
  ].join('\n\n');
}

/** Rounds are paired, as a machine's pace drifts. @param {any[]} ours @param {any[]} theirs */
function ratio(ours, theirs) {
  const ratios = ours.map((one) => {
    const other = theirs.find((record) => record.round === one.round);
    return one.tokensPerSecond / other.tokensPerSecond;
  });
  return spread(summarize(ratios), times);
}

/** How many answers of each peer begin as those of the first, to the byte. */
function sameText() {
  const [first, ...rest] = peers.map((/** @type {any} */ peer) =>
    measured.filter((r) => r.peer === peer.name),
  );
  if (rest.length === 0) return 'nothing to compare';
  return rest
    .map((/** @type {any[]} */ records) => {
      let same = 0;
      let all = 0;
      for (const record of records) {
        const twin = first.find(
          (/** @type {any} */ r) => r.round === record.round && r.streams === record.streams,
        );
        record.texts.forEach((/** @type {string} */ text, /** @type {number} */ index) => {
          all += 1;
          if (beginning(text) === beginning(twin.texts[index])) same += 1;
        });
      }
      return `${records[0].peer} ${same} of ${all}`;
    })
    .join(', ');
}

/** @param {string} text */
function beginning(text) {
  return text.slice(0, COMPARED_CHARACTERS);
}
