/**
 * The servers and libraries that are compared, behind one face: started for a number of streams, given
 * prompts, stopped. Their idle threads spin, so only one is alive at a time, or the others are halted (`resting`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendAll, streamCompletion } from '../http.mjs';
import { root } from '../machine.mjs';
import { endWithUs, startForetoken, startLlamaServer } from '../servers.mjs';

const JOB_LIMIT_MS = 180_000;
const SETTLE_MS = 1500;

/**
 * @typedef {import('../http.mjs').Answer} Answer
 * @typedef {{ model: string, streams: number, contextPerStream: number, threads: number }} Settings
 * @typedef {{ run: (bodies: Record<string, any>[]) => Promise<{ answers: Answer[], wallMs: number }>,
 *   pid: number, stop: () => Promise<void> }} RunningPeer
 * @typedef {{ name: string, start: (settings: Settings) => Promise<RunningPeer> }} Peer
 * @typedef {{ kind: 'draft', model: string, minTokens: number, maxTokens: number, minConfidence: number } |
 *   { kind: 'lookup', maxTokens: number, minPattern: number }} Predictor of node-llama-cpp
 */

/**
 * The server's own setting decides, requests say nothing of it.
 * @param {string[]} [extra] more flags of `foretoken serve`
 * @param {string} [speculation] as in `--speculation`
 * @returns {Peer}
 */
export function foretoken(extra = [], speculation = 'off') {
  return {
    name: 'Foretoken',
    start: async (settings) =>
      overHttp(
        await startForetoken({ ...settings, extra: ['--speculation', speculation, ...extra] }),
        settings.streams,
      ),
  };
}

/** @param {string} binary @param {string[]} [extra] @returns {Peer} */
export function llamaServer(binary, extra = []) {
  return {
    name: 'llama-server',
    start: async (settings) =>
      overHttp(await startLlamaServer({ binary, ...settings, extra }), settings.streams),
  };
}

/** @param {Predictor} [predictor] none: no speculation @returns {Peer} */
export function nodeLlamaCpp(predictor) {
  return {
    name: 'node-llama-cpp',
    start: (settings) => startNodeLlamaCpp({ ...settings, ...(predictor && { predictor }) }),
  };
}

/**
 * A peer that is halted by the system but while it is asked, so that many can be alive without disturbing.
 * @param {Peer} peer @returns {Peer}
 */
export function resting(peer) {
  return {
    name: peer.name,
    start: async (settings) => {
      const running = await peer.start(settings);
      const signal = (/** @type {NodeJS.Signals} */ name) => process.kill(running.pid, name);
      // What a server does after its start, while nobody asks, is left to it.
      await sleep(SETTLE_MS);
      signal('SIGSTOP');
      return {
        pid: running.pid,
        run: async (bodies) => {
          signal('SIGCONT');
          try {
            return await running.run(bodies);
          } finally {
            signal('SIGSTOP');
          }
        },
        stop: () => {
          signal('SIGCONT');
          return running.stop();
        },
      };
    },
  };
}

/** @param {import('../servers.mjs').Server} server @param {number} streams */
function overHttp(server, streams) {
  return {
    run: (/** @type {Record<string, any>[]} */ bodies) =>
      sendAll((body) => streamCompletion(server.baseUrl, body), bodies, streams),
    pid: server.pid,
    stop: server.stop,
  };
}

/** @param {Settings & { predictor?: Predictor }} settings @returns {Promise<RunningPeer>} */
async function startNodeLlamaCpp(settings) {
  const script = path.join(root, 'bench', 'lib', 'peers', 'node-llama-cpp-child.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  endWithUs(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const limit = setTimeout(() => child.kill('SIGKILL'), JOB_LIMIT_MS);
    const { value, done } = await lines.next();
    clearTimeout(limit);
    if (done) throw new Error('node-llama-cpp ended early; is it installed (npm --prefix bench install)?');
    return JSON.parse(value);
  };
  await nextLine();
  return {
    pid: child.pid ?? 0,
    run: async (bodies) => {
      child.stdin.write(`${JSON.stringify(bodies)}\n`);
      return nextLine();
    },
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
