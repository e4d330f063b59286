/** Runs the real, built command as a child process. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.js', import.meta.url));

/** The environment of the tests without what their caller has set for the command itself. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      (!name.startsWith('FORETOKEN_') || name === 'FORETOKEN_CACHE_DIR') &&
      name !== 'NO_COLOR' &&
      name !== 'FORCE_COLOR',
  );
  // One thread: test files run side by side, and more threads than cores would only wait for each other.
  // The bundled model: a test fetches none. Nothing is measured, but where a test is about that, and what is kept
  // lies in the folder of the whole run.
  const all = {
    ...Object.fromEntries(inherited),
    FORETOKEN_MODEL: 'demo',
    FORETOKEN_THREADS: '1',
    FORETOKEN_CALIBRATION: 'off',
    ...extra,
  };
  // An empty one is how a test takes a variable away.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** What a command said without the warning of processors on which texts of the bundled model are not exactly the same. */
export const apartFromRounding = (err: string): string =>
  err.replace(/^foretoken: warning: texts are equal up to rounding: .*\n/gm, '');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export class Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  out = '';
  err = '';

  constructor(args: readonly string[], { env = {}, input }: RunOptions = {}) {
    this.child = spawn(process.execPath, [main, ...args], { env: environment(env) });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.child.stdin.on('error', () => undefined);
    if (input !== undefined) this.child.stdin.end(input);
    this.finished = new Promise((resolve) => {
      this.child.on('close', (code) => {
        resolve({ code, out: this.out, err: this.err });
      });
    });
  }

  /** Waits until standard output matches. @returns the match */
  async output(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out);
      if (match) return match;
      if (this.child.exitCode !== null)
        throw new Error(`the command ended without ${String(pattern)}:\n${this.out}${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal);
  }
}

export const run = (args: readonly string[], options?: RunOptions): Promise<Finished> =>
  new Running(args, options).finished;

/** `foretoken serve` on a free port, once it listens. */
export async function serving(
  args: readonly string[] = [],
  options?: RunOptions,
): Promise<{ readonly server: Running; readonly url: string }> {
  const server = new Running(['serve', '--port', '0', ...args], options);
  const [, url] = await server.output(/listening on (http:\/\/\S+)/);
  return { server, url: url! };
}
