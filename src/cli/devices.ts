/** `foretoken devices`: the devices that costs are predicted for, by their data sheets. */
import { DEVICES } from '../abacus/devices.js';
import { sizeText } from '../base/size-text.js';
import { table } from './terminal.js';

export interface DevicesFlags {
  readonly json?: boolean;
}

const tera = (rate: number | undefined): string =>
  rate === undefined ? '-' : String(Number((rate / 1e12).toPrecision(3)));

export function devices(flags: DevicesFlags): void {
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(DEVICES, null, 2)}\n`);
    return;
  }
  const head = ['id', 'name', 'year', 'memory', 'GB/s', 'fp64', 'fp32', 'tf32', 'fp16', 'bf16 TFLOP/s'];
  const rows = DEVICES.map(({ id, name, year, memoryBytes, bandwidth, peak }) => [
    id,
    name,
    String(year),
    sizeText(memoryBytes),
    String(bandwidth / 1e9),
    tera(peak.fp64),
    tera(peak.fp32),
    tera(peak.tf32),
    tera(peak.fp16),
    tera(peak.bf16),
  ]);
  process.stdout.write(
    `${table([head, ...rows])}\nAny other: --device mine.json, a file that describes it (docs/predict.md).\n`,
  );
}
