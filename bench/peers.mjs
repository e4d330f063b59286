/**
 * Foretoken beside its peers, without speculation: the same model file, shared libraries, threads and prompts,
 * greedy, a fixed number of output tokens, at several numbers of concurrent streams. All peers are alive, one at a
 * time is loaded (idle ones sleep): short rounds in rotating order, so that a drift of the machine's pace, which may
 * be a third within a minute, reaches all alike. The same round uses the same prompts for all, and no prompt twice;
 * a round that others on the machine disturbed is measured again.
 *
 *   node bench/peers.mjs --llama-server ~/llama-server/build/bin/llama-server
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeMachine, machineLine, progress, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { checkPromptTokens } from './lib/pairing.mjs';
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
  sessions: {
    type: 'number',
    default: 2,
    help: 'times that the peers are started for each number of streams',
  },
  rounds: { type: 'number', default: 4, help: 'rounds of a session, each with every peer once' },
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
  'node-llama-cpp': () => nodeLlamaCpp(),
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
let used = 0;
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
  for (const streams of options.streams) {
    for (let session = 0; session < options.sessions; session += 1) {
      records.push(...(await measureSession(streams, session)));
    }
  }
  return records;
}

/** Starts all peers for so many streams, measures rounds, stops them. @param {number} streams @param {number} session */
async function measureSession(streams, session) {
  /** @type {{ peer: (typeof peers)[number], running: import('./lib/peers/peers.mjs').RunningPeer }[]} */
  const started = [];
  try {
    for (const peer of peers) {
      const settings = { model, streams, contextPerStream: options.context, threads: peer.threads };
      const running = await peer.start(settings);
      started.push({ peer, running });
      await running.run(prompts.slice(-Math.max(2, streams)).map(bodyOf));
    }
    const records = [];
    for (let index = 0; index < options.rounds; index += 1) {
      const round = session * options.rounds + index;
      const order = started.map((_, at) => started[(at + round) % started.length]);
      const { result, others } = await leastDisturbed(
        () => measureRound(order, streams),
        order.map(({ running }) => running.pid),
      );
      checkPromptTokens(result);
      records.push(...result.map((record) => ({ round, streams, roundOthers: others, ...record })));
      const speeds = result.map((record) => `${record.peer} ${figure(record.tokensPerSecond)}`);
      progress(`${streams} streams, round ${round + 1}: ${speeds.join(', ')} tokens/s`);
    }
    return records;
  } finally {
    for (const { running } of started) await running.stop();
  }
}

/** Every peer once, with the same new prompts. @param {{ peer: any, running: any }[]} order @param {number} streams */
async function measureRound(order, streams) {
  const bodies = takePrompts(Math.max(options.requests, 2 * streams)).map(bodyOf);
  const result = [];
  for (const { peer, running } of order) {
    // Threads of the one before may spin for up to 160 ms.
    await sleep(250);
    const watch = watchOthers(order.map((one) => one.running.pid));
    const { answers, wallMs } = await running.run(bodies);
    result.push({ peer: peer.name, others: watch(), ...figuresOf(peer.name, answers, wallMs) });
  }
  return { result, others: Math.max(...result.map((record) => record.others)) };
}

/** Prompts that no peer has seen; warm-up takes the last ones, again and again. @param {number} count */
function takePrompts(count) {
  const taken = Array.from({ length: count }, (_, index) => prompts[(used + index) % (prompts.length - 64)]);
  used += count;
  return taken;
}

/** @param {{ prompt: string }} prompt */
function bodyOf({ prompt }) {
  return {
    prompt,
    parse_special: true,
    max_tokens: options['output-tokens'],
    temperature: 0,
    ignore_eos: true,
  };
}

/** @param {string} name @param {import('./lib/http.mjs').Answer[]} answers @param {number} wallMs */
function figuresOf(name, answers, wallMs) {
  for (const answer of answers) {
    if (answer.outputTokens !== options['output-tokens']) {
      throw new Error(`${name} gave ${answer.outputTokens} tokens, not ${options['output-tokens']}`);
    }
  }
  return {
    tokensPerSecond: (sum(answers.map((answer) => answer.outputTokens)) / wallMs) * 1000,
    ttftMs: median(answers.map((answer) => answer.ttftMs)),
    tpotMs: median(answers.map((answer) => answer.tpotMs)),
    promptTokens: sum(answers.map((answer) => answer.promptTokens)),
    cachedTokens: sum(answers.map((answer) => answer.cachedTokens)),
    texts: answers.map((answer) => answer.text),
  };
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
    `Output tokens/s, median (min-max) of ${options.sessions * options.rounds} alternating rounds; ${options.threads} threads, ` +
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
