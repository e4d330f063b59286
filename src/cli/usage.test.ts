/** The command line itself: help, version, mistakes, environment, and the page that documents it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import { normaliseArguments, otherSpellings } from './arguments.js';
import { buildProgram } from './program.js';
import { run } from './test-command.js';

const program = buildProgram(() => undefined);
/** Commands that do something: those without others below them, and those with flags of their own. */
const runnable = (command: Command, path = ''): (readonly [string, Command])[] => [
  ...(path !== '' && (command.commands.length === 0 || command.options.length > 0)
    ? [[path, command] as const]
    : []),
  ...command.commands.flatMap((child) => runnable(child, `${path} ${child.name()}`.trim())),
];
const commands = runnable(program);

describe('help and version', () => {
  it('every command explains every flag and its environment variable', async () => {
    assert.ok(commands.length >= 3);
    for (const [path, command] of commands) {
      const { code, out, err } = await run([...path.split(' '), '--help']);
      assert.equal(code, 0, err);
      for (const line of out.split('\n')) assert.ok(line.length <= 80, `${path} --help: ${line}`);
      for (const option of command.options) {
        assert.ok(out.includes(option.long!), `${path} --help lacks ${option.long!}`);
        if (option.envVar !== undefined)
          assert.ok(out.replace(/\s+/g, ' ').includes(option.envVar), option.envVar);
      }
    }
  });

  it('the whole program lists its commands', async () => {
    const { code, out } = await run(['--help']);
    assert.equal(code, 0);
    for (const [path] of commands) assert.ok(out.includes(path.split(' ')[0]!));
  });

  it('--version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    assert.deepEqual(await run(['--version']), { code: 0, out: `${version}\n`, err: '' });
  });
});

describe('mistakes are answered with exit code 2 and one line', () => {
  const mistake = async (args: string[], words: RegExp, env: Record<string, string> = {}): Promise<void> => {
    const { code, out, err } = await run(args, { env });
    assert.equal(code, 2, `${args.join(' ')}: ${err}`);
    assert.equal(out, '');
    assert.match(err, words);
    assert.equal(err.trim().split('\n').length, 1, err);
  };

  it('unknown commands and options, with the nearest', async () => {
    await mistake(
      ['serv'],
      /^foretoken: unknown command 'serv' \(Did you mean serve\?\) \(see foretoken --help\)$/m,
    );
    await mistake(
      ['serve', '--prot', '1'],
      /unknown option '--prot' \(Did you mean --port\?\) \(see foretoken serve --help\)/,
    );
    await mistake(['generate', 'a', 'b'], /too many arguments for 'generate'/);
    await mistake(['serve', 'x'], /too many arguments for 'serve'/);
  });

  it('bad values, with what is allowed', async () => {
    await mistake(
      ['serve', '--port', '70000'],
      /^foretoken: --port must be a whole number from 0 to 65535 .* got "70000"\.$/m,
    );
    await mistake(
      ['serve', '--parallel', 'many'],
      /--parallel must be a whole number from 1 to 256; got "many"/,
    );
    await mistake(['serve', '-np', '0'], /--parallel must be a whole number/);
    await mistake(
      ['serve', '--allowed-host', 'http://x'],
      /--allowed-host must be a name or address .* got "http:/,
    );
    await mistake(
      ['serve', '--cors-origin', 'app.example'],
      /--cors-origin must be an origin, such as https/,
    );
    await mistake(['serve', '--gpu', 'cud'], /--gpu must be one of none, cuda, vulkan, metal; got "cud"/);
    await mistake(['serve', '--body-limit', '8 parsecs'], /--body-limit must be a number of bytes/);
    await mistake(['serve', '--port'], /option '--port <number>' argument missing/);
    await mistake(['generate', '--temp', 'hot', 'x'], /--temp must be a number from 0 to 10/);
    await mistake(
      ['generate', '--speculation', 'maybe', 'x'],
      /--speculation must be auto, off or fixed:K with K from 1 to 64; got "maybe"/,
    );
    await mistake(['serve', '--speculation', 'fixed:0'], /for no guesses say off/);
    await mistake(['serve', '--speculation', 'draft'], /what may guess is said by proposers/);
    await mistake(
      ['serve', '--proposers', 'lookup,oracle'],
      /--proposers must be one or several of lookup, suffix, grammar, draft, tree, .* got "lookup,oracle"/,
    );
    await mistake(['serve', '--proposers', ''], /--proposers must be one value, or several/);
    await mistake(['serve', '--draft-max', '65'], /--draft-max must be a whole number from 1 to 64/);
    await mistake(['serve', '--suffix-mib', '0'], /--suffix-mib must be a whole number from 1/);
    await mistake(['serve', '--calibration', 'never'], /--calibration must be one of auto, fresh, off/);
    await mistake(['generate', '-n', '0', 'x'], /--predict must be at least 1/);
    await mistake(['serve', '--api-key', ''], /--api-key must be one value, or several/);
  });

  it('flags that contradict each other', async () => {
    for (const [args, words] of [
      ['--speculation fixed:4 --draft-max 8', /--draft-max bounds what auto chooses; .*fixed:4 out/],
      ['--speculation off --draft-max 8', /--draft-max says how to guess, and --speculation off/],
      ['--speculation off --proposers lookup', /--proposers says how to guess/],
      ['--speculation off --draft x.gguf', /--draft says how to guess/],
      ['--proposers lookup --draft x.gguf', /--draft x\.gguf has nothing to do: --proposers lookup/],
      [
        '--proposers lookup,draft --draft none',
        /--proposers draft needs a draft model; name one with --draft/,
      ],
      ['--proposers tree --draft none', /--proposers tree needs a draft model/],
      ['--proposers lookup --proposers tree', /--proposers tree needs one pool .* add --kv-unified/],
    ] as const)
      await mistake(['serve', ...args.split(' ')], words);
    await mistake(
      ['serve', '-b', '64', '-ub', '128'],
      /--ubatch-size 128 must not be larger than --batch-size 64/,
    );
    await mistake(['generate', '--compare', '--speculation', 'off', 'x'], /--compare needs speculation/);
    await mistake(
      ['serve', '--redact', 'a+'],
      /--redact takes something out of the journal, .* add --journal/,
    );
    await mistake(['generate', '--raw', '--system', 'y', 'x'], /--system needs the chat template/);
  });

  it('no command at all shows the help', async () => {
    const { code, err } = await run([]);
    assert.equal(code, 2);
    assert.match(err, /^Usage: foretoken/);
  });
});

describe('environment variables', () => {
  it('stand for flags, and are named when they are wrong', async () => {
    const { code, err } = await run(['serve'], { env: { FORETOKEN_PORT: '99999' } });
    assert.equal(code, 2);
    assert.match(err, /FORETOKEN_PORT must be a whole number/);
  });

  it('give flags without a value yes or no', async () => {
    const pooled = async (value: string): Promise<string> => {
      const env = { FORETOKEN_KV_UNIFIED: value };
      return (await run(['serve', '--proposers', 'tree', '-b', '1'], { env })).err;
    };
    assert.match(await pooled('off'), /add --kv-unified/);
    // One mistake further on.
    assert.match(await pooled('on'), /--ubatch-size 512 must not be larger than --batch-size 1/);
    assert.match(await pooled('perhaps'), /FORETOKEN_KV_UNIFIED must be true or false/);
    const overruled = await run(['serve', '--proposers', 'tree', '--no-kv-unified'], {
      env: { FORETOKEN_KV_UNIFIED: 'yes' },
    });
    assert.match(overruled.err, /add --kv-unified/);
  });

  it('of lists are lists, which the command line replaces', async () => {
    const env = { FORETOKEN_PROPOSERS: 'lookup,tree' };
    assert.match((await run(['serve'], { env })).err, /--proposers tree needs one pool/);
    const overruled = await run(['serve', '--proposers', 'lookup', '-b', '1'], { env });
    assert.match(overruled.err, /--ubatch-size/);
  });

  it('that are no flags are warned of', async () => {
    const { err } = await run(['serve', '--port', 'x'], {
      env: { FORETOKEN_PROT: '1', FORETOKEN_DEBUG: '0' },
    });
    assert.match(err, /warning: FORETOKEN_PROT is no known variable; did you mean FORETOKEN_PORT\?/);
    assert.doesNotMatch(err, /FORETOKEN_DEBUG/);
  });

  it('FORETOKEN_DEBUG=1 shows where an error comes from', async () => {
    const { code, err } = await run(['serve', '--port', 'x'], { env: { FORETOKEN_DEBUG: '1' } });
    assert.equal(code, 2);
    assert.match(err, /\n {4}at /);
  });
});

describe("llama.cpp's spellings", () => {
  it('become our own', () => {
    assert.deepEqual(normaliseArguments(['serve', '-np', '2', '--model-draft=x', '-md', 'd', '--', '-np']), [
      'serve',
      '--parallel',
      '2',
      '--draft=x',
      '--draft',
      'd',
      '--',
      '-np',
    ]);
    assert.ok(otherSpellings('--draft').includes('-md'));
  });
});

describe('the pages of the command line', () => {
  const page = [
    'cli.md',
    'cli-serve.md',
    'cli-bench.md',
    'cli-compare.md',
    'cli-draft.md',
    'journal.md',
    'networks.md',
    'predict-gguf.md',
    'predict.md',
    'schedule.md',
    'tasks.md',
  ]
    .map((name) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'))
    .join('\n');

  it('describes every command and flag, and no others', () => {
    const described = new Set([...page.matchAll(/`(--[a-z][a-z0-9-]*)/g)].map(([, flag]) => flag!));
    const spellings = new Set<string>();
    for (const [path, command] of commands) {
      assert.ok(page.includes(`## foretoken ${path}`), `docs/cli.md lacks ${path}`);
      for (const option of command.options) {
        assert.ok(described.has(option.long!), `docs/cli.md lacks ${option.long!} of ${path}`);
        for (const name of [option.long!, ...otherSpellings(option.long!)]) spellings.add(name);
      }
    }
    const unknown = [...described].filter(
      (flag) => !spellings.has(flag) && !['--help', '--version'].includes(flag),
    );
    assert.deepEqual(unknown, []);
  });

  it('gives the defaults that are in force', () => {
    for (const [path, command] of commands)
      for (const option of command.options) {
        const initial: unknown = option.defaultValue;
        if (typeof initial !== 'number' || option.defaultValueDescription !== undefined) continue;
        const own = page
          .split(/^(?=## )/m)
          .filter((section) => section.startsWith(`## foretoken ${path}\n`))
          .join('\n');
        const rows = `${own}\n${page}`.split('\n').filter((line) => line.startsWith('|'));
        const row = rows.find((line) => line.includes(`\`${option.long!} `));
        assert.ok(row?.includes(String(initial)), `${option.long!} of ${path} defaults to ${initial}`);
      }
  });
});
