/** `foretoken bench` as a command: against `foretoken serve` with the bundled model, and with mistakes in it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run, Running, serving, type Finished } from './test-command.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-cli-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Keys of vLLM's result files, as far as they have a meaning here. */
const KEYS = [
  ...['date', 'backend', 'model_id', 'num_prompts', 'request_rate', 'burstiness', 'max_concurrency'],
  ...['duration', 'completed', 'failed', 'total_input_tokens', 'total_output_tokens', 'request_throughput'],
  ...['request_goodput', 'output_throughput', 'total_token_throughput', 'max_concurrent_requests'],
  'max_output_tokens_per_s',
  ...['ttft', 'tpot', 'itl', 'e2el'].flatMap((metric) =>
    ['mean', 'median', 'std', 'p99'].map((figure) => `${figure}_${metric}_ms`),
  ),
];
const SPECULATION_KEYS = ['acceptance_rate', 'acceptance_length', 'num_drafts', 'draft_tokens'].map(
  (key) => `spec_decode_${key}`,
);

describe('foretoken bench', () => {
  let server: Running;
  let url: string;
  before(async () => {
    ({ server, url } = await serving(['--alias', 'demo', '-np', '2', '--speculation', 'fixed:2']));
  });
  after(() => {
    server.kill();
  });
  const bench = (args: readonly string[]): Promise<Finished> => run(['bench', '--base-url', url, ...args]);
  const saved = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Record<string, unknown>;

  it("measures our own server and writes vLLM's keys", async () => {
    const results = path.join(folder, 'results');
    const { code, out, err } = await bench([
      ...['--num-prompts', '7', '--request-rate', '50', '--max-concurrency', '2', '--output-len', '12'],
      ...[
        '--goodput',
        'ttft:60000',
        'e2el:60000',
        '--num-warmups',
        '1',
        '--ignore-eos',
        '--temperature',
        '0',
      ],
      ...['--save-result', '--save-detailed', '--result-dir', results],
    ]);
    assert.equal(code, 0, err);
    assert.equal(err, '');
    assert.match(out, /^=+ Serving Benchmark Result =+\nSuccessful requests: +7\nFailed requests: +0\n/);
    const [name] = readdirSync(results);
    assert.match(name!, /^openai-chat-50qps-concurrency2-demo-\d{8}-\d{6}\.json$/);
    const record = saved(path.join('results', name!));
    for (const key of [...KEYS, ...SPECULATION_KEYS]) assert.ok(key in record, `no ${key}`);
    const { model_id, num_prompts, completed, total_output_tokens, request_rate } = record;
    assert.deepEqual([model_id, num_prompts, completed, request_rate], ['demo', 7, 7, 50]);
    assert.equal(total_output_tokens, 7 * 12);
    assert.equal(record['request_goodput'], record['request_throughput']);
    assert.deepEqual(
      record['output_lens'],
      Array.from({ length: 7 }, () => 12),
    );
    assert.deepEqual(new Set(record['tasks'] as string[]).size, 7);
    const texts = record['generated_texts'] as string[];
    assert.ok(texts.every((text) => text.length > 0));
    // The command's own figures against each other: TPOT of its definition.
    const [latency, ttft] = ['latencies', 'ttfts'].map((key) => (record[key] as number[])[0]!);
    assert.ok(latency! > ttft! && ttft! > 0);
  });

  it('gets the same texts with speculation off, and no figures of speculation then', async () => {
    const texts: unknown[] = [];
    // A number of guesses, as `auto` makes some or none by what they cost here; without any there are no figures.
    for (const mode of ['fixed:3', 'off']) {
      const { code, err } = await bench([
        ...['--task', 'math,sql', '--num-prompts', '4', '--output-len', '16', '--speculation', mode],
        ...[
          '--save-result',
          '--save-detailed',
          '--result-dir',
          folder,
          '--result-filename',
          `${mode.slice(0, 3)}.json`,
        ],
      ]);
      assert.equal(code, 0, err);
      const record = saved(`${mode.slice(0, 3)}.json`);
      texts.push(record['generated_texts']);
      assert.deepEqual(record['tasks'], ['math', 'sql', 'math', 'sql']);
      assert.equal('spec_decode_num_drafts' in record, mode !== 'off');
      assert.equal(record['request_goodput'], null);
    }
    assert.deepEqual(texts[0], texts[1]);
  });

  it('reports what was asked for only, of completions of random words', async () => {
    const { code, out, err } = await bench([
      ...['--dataset-name', 'random', '--input-len', '20', '--random-output-len', '4', '--num-prompts', '3'],
      ...['--endpoint', '/v1/completions', '--percentile-metrics', 'e2el', '--metric-percentiles', '50,99.9'],
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /^P99\.9 E2EL \(ms\): +\d+\.\d\d$/m);
    assert.doesNotMatch(out, /TTFT|TPOT|ITL/);
  });

  it('ends with code 1 and all errors, each once, when requests fail', async () => {
    const { code, out, err } = await bench(['--num-prompts', '3', '--model', 'another']);
    assert.equal(code, 1);
    assert.match(out, /^Failed requests: +3$/m);
    assert.match(err, /^foretoken: 3 of 3 requests failed:\n {2}3 × status 404: .*another.*\n$/);
  });

  it('warns when prompts are repeated', async () => {
    const file = path.join(folder, 'few.jsonl');
    writeFileSync(file, '{"prompt":"One"}\n{"prompt":"Two"}\n');
    const custom = ['--dataset-name', 'custom', '--dataset-path', file, '--output-len', '1'];
    const { code, out, err } = await bench([...custom, '--num-prompts', '3']);
    assert.equal(code, 0, err);
    assert.match(out, /^Successful requests: +3$/m);
    assert.match(err, /^foretoken: warning: there are 2 prompts; they are repeated to make 3/);
    assert.match((await bench(custom)).out, /^Successful requests: +2$/m);
  });

  it('reports what is done when it is interrupted', async () => {
    const running = new Running([
      ...['bench', '--base-url', url, '--num-prompts', '50', '--request-rate', '1', '--output-len', '1'],
      ...['--burstiness', 'inf'],
    ]);
    const requests = async (): Promise<number> => {
      const page = await (await fetch(`${url}/metrics`)).text();
      return Number(/^foretoken_requests_total\{finish_reason="length"\} (\d+)/m.exec(page)?.[1] ?? 0);
    };
    const before = await requests();
    while ((await requests()) === before && running.child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    running.kill('SIGINT');
    const { code, out, err } = await running.finished;
    assert.equal(code, 130, err);
    assert.match(out, /Benchmark Result/);
    assert.match(err, /stopping; what is done is reported/);
    assert.match(err, /\d+ × ended early by the user/);
  });
});

describe('foretoken bench with mistakes', () => {
  it('says in one line what is wrong, with code 2', async () => {
    for (const [args, words] of [
      [['--base-url', 'localhost:1'], /^foretoken: --base-url must be the URL of a server/],
      [['--base-url', 'http://x/v1'], /ends in \/v1 and --endpoint begins with it/],
      [['--endpoint', '/v1/embeddings'], /ends in \/chat\/completions or \/completions/],
      [['--endpoint', '/v1/ü/completions'], /ends in \/chat\/completions or \/completions/],
      [['--api-key', 'schlüssel'], /The API key \(--api-key\) must be of .* ASCII/],
      [['--dataset-name', 'gsm'], /must be one of heldout, spec-bench, sharegpt, custom, random; got "gsm"/],
      [['--dataset-name', 'sharegpt'], /needs its file: --dataset-path/],
      [['--dataset-name', 'random', '--dataset-path', 'x'], /leave --dataset-path out/],
      [['--dataset-name', 'random', '--task', 'x'], /have no tasks/],
      [['--random-input-len', '5'], /--random-… is for random ones/],
      [['--task', 'maths'], /has no task "maths"; did you mean math\?/],
      [['--num-prompts', '0'], /--num-prompts must be a whole number from 1/],
      [['--request-rate', '0'], /--request-rate must be a number above 0, to 1000000, or inf; got "0"/],
      [['--request-rate', 'fast'], /--request-rate must be a number above 0/],
      [['--burstiness', '2'], /--burstiness shapes arrivals; it needs --request-rate/],
      [['--ramp-up-strategy', 'linear'], /A ramp needs .*--ramp-up-start-rps and --ramp-up-end-rps/],
      [['--ramp-up-strategy', 'steep'], /must be one of linear, exponential/],
      [
        '--ramp-up-strategy linear --ramp-up-start-rps 5 --ramp-up-end-rps 2'.split(' '),
        /--ramp-up-start-rps 5 must be below --ramp-up-end-rps 2/,
      ],
      [
        '--request-rate 1 --ramp-up-strategy linear --ramp-up-start-rps 1 --ramp-up-end-rps 2'.split(' '),
        /contradict each other/,
      ],
      [['--percentile-metrics', 'ttft,ttlt'], /must be one of ttft, tpot, itl, e2el; got "ttlt"/],
      [['--metric-percentiles', '50,101'], /must be a number from 0 to 100; got "101"/],
      [['--goodput', 'ttft=5'], /--goodput must be of ttft:MS, tpot:MS and e2el:MS; got "ttft=5"/],
      [['--goodput', 'itl:5'], /--goodput must be of/],
      [['--goodput', 'ttft:5', 'ttft:6'], /given once for ttft/],
      [['--speculation', '{"mode"'], /--speculation must be a mode, or an object in JSON/],
      [['--save-detailed'], /--save-detailed needs --save-result/],
      [['--result-dir', 'x'], /--result-dir needs --save-result/],
      [['--save-result', '--result-dir', path.join(import.meta.filename, 'x')], /nothing can be written/],
    ] as const) {
      const { code, out, err } = await run(['bench', ...args]);
      assert.equal(code, 2, `${args.join(' ')}: ${err}`);
      assert.equal(out, '');
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1, err);
    }
  });

  it('names broken files and servers that are not there, with code 1', async () => {
    const file = path.join(folder, 'broken.jsonl');
    writeFileSync(file, '{"prompt":"fine"}\n{"prompt":5}\n');
    for (const [args, words] of [
      [['--dataset-name', 'custom', '--dataset-path', file], /Line 2 of .*broken\.jsonl has no text under/],
      [['--dataset-path', path.join(folder, 'none')], /The dataset cannot be read: ENOENT/],
      [['--base-url', 'http://127.0.0.1:1'], /names no model \(connection refused.*Start the server/],
    ] as const) {
      const { code, err } = await run(['bench', ...args]);
      assert.equal(code, 1, err);
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1, err);
    }
  });

  it('takes flags from the environment', async () => {
    const env = { FORETOKEN_GOODPUT: 'ttft:5,itl:6', FORETOKEN_MODEL: 'x.gguf' };
    const { code, err } = await run(['bench'], { env });
    assert.equal(code, 2);
    assert.match(err, /^foretoken: FORETOKEN_GOODPUT must be of ttft:MS/);
  });
});
