/** A real `foretoken serve` in a process of its own, for scripts that attack it from outside. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Starts the server on a free port and waits until it listens.
 * @param {string[]} args further arguments of `serve`
 */
export async function startServer(args) {
  const child = spawn(
    process.execPath,
    [path.join(root, 'dist/cli/main.js'), 'serve', '--port', '0', ...args],
    {
      // Without a word about the model, the bundled one: nothing is fetched for a test.
      env: { FORETOKEN_MODEL: 'demo', ...process.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const url = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      log = (log + chunk).slice(-20_000);
      const at = /listening on (http:\/\/\S+)/.exec(log);
      if (at) resolve(new URL(at[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then((how) => reject(new Error(`the server ended with ${how}: ${log}`)));
  });
  return {
    url,
    pid: child.pid,
    ended,
    /** What it printed last. */
    log: () => log,
    alive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** Resident memory of a process in MiB; undefined where /proc is not to be had. */
export function residentMiB(pid) {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return kib ? Number(kib[1]) / 1024 : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One request; resolves with status and body whatever they are, rejects when there was no answer.
 * @param {URL} url of the server
 * @param {{ method?: string, path: string, body?: string | Buffer, headers?: Record<string, string>, agent?: http.Agent }} request
 * @returns {Promise<{ status: number, body: string, headers: http.IncomingHttpHeaders }>}
 */
export function send(url, { method = 'POST', path: route, body, headers = {}, agent }) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: url.hostname, port: url.port, method, path: route, headers, agent },
      (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(parts).toString('utf8'),
            headers: response.headers,
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** A value of the server's Prometheus metrics, with its labels as they are written there. */
export async function metric(url, name) {
  const { body } = await send(url, { method: 'GET', path: '/metrics' });
  const line = body.split('\n').find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}
