/** `foretoken serve` as a child on a free port of this machine, for as long as a comparison lasts. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from '../base/errors.js';

const main = fileURLToPath(new URL('./main.js', import.meta.url));

/** What the environment may say for other servers, but would spoil this one. */
const LEFT_OUT = /^FORETOKEN_(PORT|HOST|API_KEY|API_KEY_FILE|SPECULATION|PROPOSERS|QUEUE_LIMIT|JOURNAL)$/;
const KEPT_CHARACTERS = 4000;
/** A server with nothing in flight ends at once. */
const END_MS = 5000;

export class ChildServer {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #said: () => string;

  private constructor(url: string, child: ChildProcess, said: () => string) {
    this.url = url;
    this.#child = child;
    this.#said = said;
  }

  /** @throws ForetokenError with what the server said, where it does not start */
  static start(args: readonly string[], signal: AbortSignal): Promise<ChildServer> {
    const environment = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !LEFT_OUT.test(name)),
    );
    const own = ['--host', '127.0.0.1', '--port', '0', '--queue-limit', '1000000'];
    const child = spawn(process.execPath, [main, 'serve', ...own, ...args], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Whatever ends this process must not leave a server behind.
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    let out = '';
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_CHARACTERS);
    });
    return new Promise((resolve, reject) => {
      const onAbort = (): void => void child.kill('SIGTERM');
      signal.addEventListener('abort', onAbort, { once: true });
      child.once('error', (cause) => {
        reject(
          new ForetokenError('server_unreachable', `The server cannot be started: ${cause.message}.`, {
            cause,
          }),
        );
      });
      child.once('exit', (code, killedBy) => {
        signal.removeEventListener('abort', onAbort);
        reject(ended(code, killedBy, said));
      });
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out = (out + text).slice(-KEPT_CHARACTERS);
        const [, url] = /listening on (http:\/\/\S+)/.exec(out) ?? [];
        if (url === undefined) return;
        signal.removeEventListener('abort', onAbort);
        resolve(new ChildServer(url, child, () => said));
      });
    });
  }

  /** Why it is no longer there; undefined while it runs. */
  get failure(): ForetokenError | undefined {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null ? undefined : ended(exitCode, signalCode, this.#said());
  }

  /** Warnings of the server. */
  get said(): string {
    return this.#said().trim();
  }

  async end(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
      child.once('exit', () => {
        clearTimeout(late);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }
}

function ended(code: number | null, signal: NodeJS.Signals | null, said: string): ForetokenError {
  const how = signal === null ? `with code ${code ?? 'unknown'}` : `by ${signal}`;
  const last =
    said
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^foretoken: /, '') ?? '';
  return new ForetokenError('server_unreachable', `The server ended ${how}${last === '' ? '' : `: ${last}`}`);
}
