/** The flags of `bench compare`, and what they mean together. */
import { Command, Option } from 'commander';
import { DEMO } from '../../base/bundled.js';
import { ForetokenError } from '../../base/errors.js';
import { DEFAULT_RATES, type RateWish } from '../../benchmark/compare/plan.js';
import { parseSetting, type Setting } from '../../benchmark/compare/settings.js';
import { checkedBaseUrl } from '../../benchmark/target.js';
import { addComputeFlags, addModelFlags } from './engine.js';
import { longName, valued, yesOrNo } from './flag.js';
import { addServerFlags } from './serve.js';
import { addSpeculationFlags } from './speculation.js';
import { decimalNumber, listOf, nonEmpty, refuse, wholeNumber } from './values.js';

export interface BenchCompareFlags {
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly settings?: readonly Setting[];
  readonly requestRates?: readonly RateWish[];
  readonly repeats?: number;
  readonly secondsPerRun?: number;
  readonly ramp?: boolean;
  readonly rampSeconds?: number;
  readonly quick?: boolean;
  readonly datasetPath?: string;
  readonly task: readonly string[];
  readonly outputLen?: number;
  readonly temp: number;
  readonly seed: number;
  readonly withSuffix?: boolean;
  readonly resultDir?: string;
  readonly resultFilename?: string;
}

/** What a comparison takes of how `serve` serves; it decides the rest for itself. */
const OF_SERVING = ['--parallel', '--tasks-dir'];
/** These are what is compared. */
const COMPARED = ['--speculation', '--proposers'];

export function addBenchCompareFlags(command: Command): Command {
  addMatrixFlags(command);
  addPromptFlags(command);
  addResultFlags(command);
  command.optionsGroup('The server that is started, as of serve:');
  for (const option of serverOptions()) command.addOption(option);
  return command;
}

const addMatrixFlags = (command: Command): Command =>
  command
    .optionsGroup('Matrix:')
    .addOption(
      valued(
        '--base-url <url>',
        'a Foretoken server that runs already, used by nobody else (default: one is started)',
        checkedUrl,
      ),
    )
    .addOption(valued('--api-key <key>', 'key that this server asks for', nonEmpty('--api-key')))
    .addOption(
      valued(
        '--settings <list>',
        'what to compare: off, auto, draft:K (or fixed:K), lookup:K, and control, which is off once more: what ' +
          'these two differ by says nothing (default: off, control, draft:1, 2, 3, 5, 8, lookup:3, 8, auto; without ' +
          'a draft off, control, lookup:1, 2, 3, 5, 8, auto)',
        settingList,
      ),
    )
    .addOption(
      valued(
        '--request-rates <list>',
        'requests a second, or shares such as 50% of what the server can do without speculation; inf: all at once ' +
          '(default: 5%,25%,50%,75%,90%,110%)',
        rateList,
      ),
    )
    .addOption(
      valued(
        '--repeats <count>',
        'how often everything is measured (default: 3)',
        wholeNumber('--repeats', { min: 1, max: 1000 }),
      ),
    )
    .addOption(
      valued(
        '--seconds-per-run <number>',
        'how long requests arrive in each run (default: 8)',
        decimalNumber('--seconds-per-run', { min: 0.1, max: 3600 }),
      ),
    )
    .addOption(yesOrNo('--ramp', 'and ramps from idle past saturation and back, with off and auto'))
    .addOption(
      valued(
        '--ramp-seconds <number>',
        'how long a ramp takes (default: 30)',
        decimalNumber('--ramp-seconds', { min: 1, max: 3600 }),
      ),
    )
    .addOption(
      yesOrNo(
        '--quick',
        'only look whether all works: off, a fixed length and auto, three rates, once, short; says nothing about speed',
      ),
    );

const addPromptFlags = (command: Command): Command =>
  command
    .optionsGroup('Prompts:')
    .addOption(
      valued(
        '--dataset-path <file>',
        'prompts as JSON lines, with their tasks (default: the bundled ones)',
        nonEmpty('--dataset-path'),
      ),
    )
    .addOption(
      valued('--task <name>', 'only prompts of this task; may be repeated', listOf('--task'), [], 'all'),
    )
    .addOption(
      valued(
        '--output-len <tokens>',
        'most tokens of an answer (default: 128)',
        wholeNumber('--output-len', { min: 1, max: 2 ** 24 }),
      ),
    )
    .addOption(
      valued(
        '--temp <number>',
        'randomness of the answers; 0: none (also --temperature)',
        decimalNumber('--temp', { min: 0, max: 10 }),
        0,
      ),
    )
    .addOption(
      valued(
        '--seed <number>',
        'the same seed gives the same order, arrivals and prompts',
        wholeNumber('--seed', { min: 0, max: 2 ** 32 - 1 }),
        0,
      ),
    )
    .addOption(
      yesOrNo(
        '--with-suffix',
        'let suffix guess, too, although it knows the answers from the setting before, which flatters it',
      ),
    );

const addResultFlags = (command: Command): Command =>
  command
    .optionsGroup('Results:')
    .addOption(
      valued(
        '--result-dir <folder>',
        'where JSON and HTML are written (default: the current folder)',
        nonEmpty('--result-dir'),
      ),
    )
    .addOption(
      valued(
        '--result-filename <name>',
        'their name, with or without .json (default: made of model and date)',
        nonEmpty('--result-filename'),
      ),
    );

/** Flags of `serve` that are handed on as they were written; they are checked here, too, before anything starts. */
function serverOptions(): Option[] {
  const engine = addComputeFlags(addSpeculationFlags(addModelFlags(new Command()))).options;
  const serving = addServerFlags(new Command()).options;
  return [
    ...engine.filter(({ flags }) => !COMPARED.includes(longName(flags))),
    ...serving.filter(({ flags }) => OF_SERVING.includes(longName(flags))),
  ].map((option) => {
    if (!option.required && !option.optional) return yesOrNo(option.flags, option.description);
    const initial = option.defaultValueDescription ?? (option.defaultValue as string | number | undefined);
    const usual = initial === undefined ? '' : ` (default: ${String(initial)})`;
    return valued(option.flags, option.description + usual, (value, previous?: readonly string[]) => {
      option.parseArg?.(value, undefined);
      return [...(previous ?? []), value];
    });
  });
}

/** What the command line and the environment say of the server, as flags of `serve`. */
export function serveArguments(command: Command): string[] {
  const names = new Set(serverOptions().map(({ flags }) => longName(flags)));
  const own: unknown = command.getOptionValue('model') ?? command.getOptionValue('hfRepo');
  // Nothing is fetched for a comparison that names no model.
  const usual = own === undefined ? ['--model', DEMO] : [];
  const given = command.options.flatMap((option) => {
    const flag = longName(option.flags);
    const value: unknown = command.getOptionValue(option.attributeName());
    if (!names.has(flag) || value === undefined) return [];
    // `--kv-unified` and `--no-kv-unified` share a value.
    if (typeof value === 'boolean') return value === option.negate ? [] : [flag];
    return (value as readonly string[]).flatMap((text) => [flag, text]);
  });
  return [...usual, ...given];
}

const checkedUrl = (value: string): string =>
  URL.canParse(value) && /^https?:/.test(value)
    ? checkedBaseUrl(value)
    : refuse('--base-url', value, 'the URL of a server, such as http://127.0.0.1:8080');

function settingList(value: string, previous: readonly Setting[] = []): readonly Setting[] {
  const named = listOf('--settings')(value).map(
    (text) =>
      parseSetting(text) ??
      refuse(
        '--settings',
        value,
        'off, control, auto, draft:K, lookup:K or suffix:K with K from 1 to 64, with commas',
      ),
  );
  const known = new Map([...previous, ...named].map((setting) => [setting.name, setting]));
  return [...known.values()];
}

function rateList(value: string, previous: readonly RateWish[] = []): readonly RateWish[] {
  const rates = listOf('--request-rates')(value).map((text): RateWish => {
    if (text.toLowerCase() === 'inf') return { requestsPerSecond: Infinity };
    const number = Number(text.replace(/%$/, ''));
    if (!(number > 0 && number <= 1e6) || !/^[\d.]+(e-?\d+)?%?$/i.test(text))
      return refuse('--request-rates', value, 'numbers above 0, shares such as 50%, or inf, with commas');
    return text.endsWith('%') ? { shareOfSaturation: number / 100 } : { requestsPerSecond: number };
  });
  return [...previous, ...rates];
}

export interface BenchCompareSetup {
  readonly settings: readonly Setting[] | undefined;
  readonly rates: readonly RateWish[];
  readonly repeats: number;
  readonly secondsPerRun: number;
  readonly rampSeconds: number | undefined;
  readonly outputTokens: number;
}

const USUAL = { repeats: 3, secondsPerRun: 8, rampSeconds: 30, outputTokens: 128 };
const QUICK = { repeats: 1, secondsPerRun: 1, rampSeconds: 4, outputTokens: 24 };
const QUICK_SETTINGS = ['off', 'lookup:3', 'auto'].map((name) => parseSetting(name)!);
const QUICK_RATES = [0.25, 0.75, 1.1].map((shareOfSaturation) => ({ shareOfSaturation }));

/** @throws ForetokenError `invalid_option` where flags contradict each other */
export function benchCompareSetup(flags: BenchCompareFlags, command: Command): BenchCompareSetup {
  const source = (flag: string): string | undefined =>
    command.getOptionValueSource(new Option(flag).attributeName());
  const forOwn = serverOptions()
    .map(({ flags: names }) => longName(names))
    .find((flag) => source(flag) === 'cli');
  if (flags.baseUrl !== undefined && forOwn !== undefined)
    throw contradiction(
      'base-url',
      `${forOwn} is for a server that is started here, and --base-url names one that runs.`,
    );
  if (flags.baseUrl === undefined && source('--api-key') === 'cli')
    throw contradiction(
      'api-key',
      '--api-key is for --base-url; a server that is started here asks for none.',
    );
  if (flags.rampSeconds !== undefined && flags.ramp !== true)
    throw contradiction('ramp-seconds', '--ramp-seconds needs --ramp.');
  const usual = flags.quick === true ? QUICK : USUAL;
  return {
    settings: flags.settings ?? (flags.quick === true ? QUICK_SETTINGS : undefined),
    rates: flags.requestRates ?? (flags.quick === true ? QUICK_RATES : DEFAULT_RATES),
    repeats: flags.repeats ?? usual.repeats,
    secondsPerRun: flags.secondsPerRun ?? usual.secondsPerRun,
    rampSeconds: flags.ramp === true ? (flags.rampSeconds ?? usual.rampSeconds) : undefined,
    outputTokens: flags.outputLen ?? usual.outputTokens,
  };
}

const contradiction = (param: string, message: string): ForetokenError =>
  new ForetokenError('invalid_option', message, { param });
