/** Training jobs and machines as a JSON file gives them, checked: what each job takes on each machine, in time and memory. */
import { isObject } from '../../base/shape.js';
import { ForetokenError } from '../../base/errors.js';

export interface MachineToUse {
  readonly name: string;
  readonly memoryBytes: number;
}

export interface JobToRun {
  readonly name: string;
  /** [machine] milliseconds alone on it; Infinity where it cannot run. */
  readonly timeMs: readonly number[];
  /** [machine] most memory that it takes. */
  readonly memoryBytes: readonly number[];
}

export interface Workload {
  readonly machines: readonly MachineToUse[];
  readonly jobs: readonly JobToRun[];
}

/** A job given as a network, for whoever can predict it. */
export interface NetworkJob {
  readonly name: string;
  readonly network: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface PredictedJob {
  readonly timeMs: number;
  readonly memoryBytes: number;
}

/** @param device of the machine, as the file names it */
export type PredictJob = (job: NetworkJob, device: string) => Promise<PredictedJob>;

const MOST_MACHINES = 64;
const MOST_JOBS = 1000;
const MOST_NAME = 200;
const MOST_VALUE = 1e15;

/**
 * @param text of the file
 * @param predict for jobs that name a network instead of figures; undefined: such jobs are refused
 * @throws ForetokenError `invalid_option`, saying which job or machine is wrong, and what `predict` throws
 */
export async function readWorkload(text: string, file: string, predict?: PredictJob): Promise<Workload> {
  const wrong = (what: string): ForetokenError =>
    new ForetokenError('invalid_option', `${file}: ${what} (docs/schedule.md has an example).`, {
      param: 'jobs',
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(`it is no JSON: ${(error as Error).message}`);
  }
  const root = record(value) ?? {};
  const given = listed(root['machines']);
  const jobsGiven = listed(root['jobs']);
  if (given === undefined || given.length === 0 || given.length > MOST_MACHINES)
    throw wrong(`"machines" must be a list of 1 to ${MOST_MACHINES}`);
  if (jobsGiven === undefined || jobsGiven.length === 0 || jobsGiven.length > MOST_JOBS)
    throw wrong(`"jobs" must be a list of 1 to ${MOST_JOBS}`);
  const devices: (string | undefined)[] = [];
  const machines = given.map((one, at): MachineToUse => {
    const entry = record(one);
    const name = entry?.['name'];
    const memoryBytes = entry?.['memory_bytes'];
    if (entry === undefined || !isName(name)) throw wrong(`machine ${at + 1} has no name`);
    refuseOthers(entry, ['name', 'memory_bytes', 'device'], `machine ${name}`, wrong);
    if (!isAmount(memoryBytes)) throw wrong(`memory_bytes of machine ${name} must be a number above 0`);
    devices.push(isName(entry['device']) ? entry['device'] : undefined);
    return { name, memoryBytes };
  });
  unique(machines, 'machine', wrong);
  const jobs: JobToRun[] = [];
  for (const [at, one] of jobsGiven.entries()) {
    const entry = record(one);
    const name = entry?.['name'] ?? `job ${at + 1}`;
    if (entry === undefined || !isName(name)) throw wrong(`job ${at + 1} is no object with a name`);
    jobs.push(
      'network' in entry
        ? await predictedJob(name, entry, machines, devices, wrong, predict)
        : figuresOf(name, entry, machines, wrong),
    );
  }
  unique(jobs, 'job', wrong);
  for (const { name, timeMs, memoryBytes } of jobs)
    if (!machines.some((machine, at) => timeMs[at]! < Infinity && memoryBytes[at]! <= machine.memoryBytes))
      throw new ForetokenError(
        'out_of_memory',
        `${file}: job ${name} fits no machine: it takes ${Math.min(...memoryBytes)} bytes, and the largest has ` +
          `${Math.max(...machines.map((machine) => machine.memoryBytes))}.`,
        { param: 'jobs' },
      );
  return { machines, jobs };
}

function figuresOf(
  name: string,
  entry: Readonly<Record<string, unknown>>,
  machines: readonly MachineToUse[],
  wrong: (what: string) => ForetokenError,
): JobToRun {
  refuseOthers(entry, ['name', 'time_ms', 'memory_bytes'], `job ${name}`, wrong);
  const of = (key: 'time_ms' | 'memory_bytes', otherwise?: number): number[] => {
    const value = entry[key];
    if (isAmount(value)) return machines.map(() => value);
    const each = record(value);
    if (each !== undefined) {
      const known = machines.map((machine) => machine.name);
      refuseOthers(each, known, `${key} of job ${name}`, wrong);
      const values = machines.map((machine) => each[machine.name] ?? otherwise);
      if (values.every((one) => isAmount(one) || one === Infinity)) return values;
    }
    throw wrong(`${key} of job ${name} must be a number above 0, or one for each machine`);
  };
  // Where a machine has no time, the job does not run there.
  return { name, timeMs: of('time_ms', Infinity), memoryBytes: of('memory_bytes', Infinity) };
}

async function predictedJob(
  name: string,
  { name: _, network, ...settings }: Readonly<Record<string, unknown>>,
  machines: readonly MachineToUse[],
  devices: readonly (string | undefined)[],
  wrong: (what: string) => ForetokenError,
  predict: PredictJob | undefined,
): Promise<JobToRun> {
  if (!isName(network)) throw wrong(`network of job ${name} must be the name of a file`);
  if (predict === undefined)
    throw wrong(`job ${name} names a network, and here only time_ms and memory_bytes can be given`);
  const timeMs: number[] = [];
  const memoryBytes: number[] = [];
  for (const [at, device] of devices.entries()) {
    if (device === undefined)
      throw wrong(`machine ${machines[at]!.name} needs a "device", as job ${name} is to be predicted for it`);
    const predicted = await predict({ name, network, settings }, device);
    timeMs.push(predicted.timeMs);
    memoryBytes.push(predicted.memoryBytes);
  }
  return { name, timeMs, memoryBytes };
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  isObject(value) ? value : undefined;
const listed = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= MOST_NAME;
const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && value <= MOST_VALUE;

function refuseOthers(
  entry: Readonly<Record<string, unknown>>,
  known: readonly string[],
  what: string,
  wrong: (what: string) => ForetokenError,
): void {
  const other = Object.keys(entry).find((key) => !known.includes(key));
  if (other !== undefined)
    throw wrong(
      `${what} has the unknown field ${JSON.stringify(other.slice(0, 60))}; known are ${known.slice(0, 10).join(', ')}`,
    );
}

function unique(
  items: readonly { readonly name: string }[],
  what: string,
  wrong: (what: string) => ForetokenError,
): void {
  const names = new Set<string>();
  for (const { name } of items) {
    if (names.has(name)) throw wrong(`two ${what}s are called ${JSON.stringify(name)}`);
    names.add(name);
  }
}
