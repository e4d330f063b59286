/** `foretoken predict` for networks: time and memory of a step before it runs, for people or as JSON. */
import { readNetworkLazily } from '../abacus/graph/read-lazily.js';
import { readCosts, SHIPPED_COSTS } from '../abacus/model-file.js';
import { type CostPrediction, NetworkCosts } from '../abacus/network-costs.js';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
import { sizeText } from '../base/size-text.js';
import { warn } from './failure.js';
import type { PredictNetworkFlags } from './flags/predict-network.js';
import { table } from './terminal.js';

const SHOWN_OPERATORS = 5;

export async function predictNetwork(file: string, flags: PredictNetworkFlags): Promise<void> {
  if (flags.device === undefined)
    throw new ForetokenError(
      'invalid_option',
      '--device is needed: which device is the network to run on? foretoken devices lists those that are known.',
      { param: 'device' },
    );
  const prediction = new NetworkCosts(readCosts(SHIPPED_COSTS)).predict(await readNetworkLazily(file), {
    device: flags.device,
    batch: flags.batch,
    phase: flags.phase,
    optimizer: flags.optimizer,
    precision: flags.precision,
    searching: flags.searching === true,
    ...(flags.image === undefined ? {} : { imageSize: flags.image }),
    ...(flags.sequence === undefined ? {} : { sequenceLength: flags.sequence }),
    ...(flags.framework === undefined ? {} : { framework: flags.framework }),
  });
  process.stdout.write(
    flags.json === true ? `${JSON.stringify(json(prediction), null, 2)}\n` : `${describe(prediction)}\n`,
  );
  if (flags.json !== true) for (const text of prediction.warnings) warn(text);
}

const json = (prediction: CostPrediction): unknown => ({
  network: prediction.graph.name,
  format: prediction.graph.format,
  device: prediction.device.id,
  device_name: prediction.device.name,
  batch: prediction.graph.batch,
  image_size: prediction.graph.imageSize,
  phase: prediction.step.phase,
  optimizer: prediction.step.optimizer,
  precision: prediction.step.precision,
  framework: prediction.step.framework,
  time_ms: prediction.timeMs,
  time_interval_ms: prediction.timeIntervalMs,
  roofline_ms: prediction.rooflineMs,
  host_bound: prediction.hostBound,
  memory_bytes: prediction.memoryBytes,
  memory_interval_bytes: prediction.memoryIntervalBytes,
  context_bytes: prediction.contextBytes,
  device_memory_bytes: prediction.device.memoryBytes,
  fits: prediction.fits,
  largest_batch: prediction.largestBatch,
  parameters: prediction.graph.totals.parameters,
  flops: prediction.graph.totals.flops,
  operators: prediction.costliest,
  unknown_operators: prediction.graph.notes.unknownOperators,
  warnings: prediction.warnings,
});

function describe(prediction: CostPrediction): string {
  const { graph, device, step, timeIntervalMs, memoryIntervalBytes } = prediction;
  const image = graph.imageSize === undefined ? '' : `, ${graph.imageSize[0]} x ${graph.imageSize[1]}`;
  const optimizer = step.phase === 'train' ? ` with ${step.optimizer}` : '';
  const perSecond = (1e3 * graph.batch) / prediction.timeMs;
  const rows: [string, string][] = [
    [
      'network',
      `${graph.name}, ${count(graph.totals.parameters)} parameters, ${count(graph.totals.flops)} FLOP a forward pass`,
    ],
    ['step', `${step.phase}${optimizer}, batch ${graph.batch}${image}, ${step.precision}, ${step.framework}`],
    ['device', device.name],
    [
      'time',
      `${milliseconds(prediction.timeMs)} a step (90 %: ${milliseconds(timeIntervalMs[0])} to ${milliseconds(timeIntervalMs[1])}), ` +
        `${figure(perSecond)} examples/s`,
    ],
    [
      'memory',
      `${sizeText(prediction.memoryBytes)} (90 %: ${sizeText(memoryIntervalBytes[0])} to ${sizeText(memoryIntervalBytes[1])}), ` +
        `and about ${sizeText(prediction.contextBytes)} for the process`,
    ],
    [
      'fits',
      `${prediction.fits ? 'yes' : 'no'}, of ${sizeText(device.memoryBytes)}; largest batch that fits: ${prediction.largestBatch}`,
    ],
    [
      'bound by',
      prediction.hostBound > 0.5 ? 'the host, which starts the operators one by one' : 'the device',
    ],
  ];
  const operators = prediction.costliest
    .slice(0, SHOWN_OPERATORS)
    .map(({ name, operator, share }) => [
      `  ${(100 * share).toFixed(1)} %`,
      `${operator} ${plainLine(name)}`,
    ]);
  return `${table(
    rows.map(([label, text]) => [label, plainLine(text)]),
    'left',
  )}\nmost time goes into\n${table(operators, 'left')}`;
}

/** Three digits, without an exponent. */
const figure = (value: number): string =>
  value >= 1000 ? String(Number(value.toPrecision(3))) : value.toPrecision(3);

const milliseconds = (value: number): string =>
  value >= 1e4 ? `${(value / 1e3).toPrecision(3)} s` : `${figure(value)} ms`;

function count(value: number): string {
  const [size, unit] =
    value >= 1e12 ? [1e12, 'T'] : value >= 1e9 ? [1e9, 'G'] : value >= 1e6 ? [1e6, 'M'] : [1, ''];
  return `${Number((value / size).toPrecision(3))}${unit === '' ? '' : ` ${unit}`}`;
}
