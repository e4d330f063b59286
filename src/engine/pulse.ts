/**
 * Memory that the engine thread shares with the main thread: how many messages have come, so that it can sleep
 * without missing one, and a heartbeat with what it is doing, so that a thread that hangs is noticed.
 */

const QUIET = ['loading the model', 'loading a draft', 'waiting for work'] as const;
const BUSY = [
  'reading messages',
  'admitting',
  'planning',
  'drafting',
  'computing prompts',
  'decoding',
  'sampling',
  'embedding',
  'warming up',
  'ending',
] as const;
const DOINGS = [...QUIET, ...BUSY] as const;
/** What the engine thread does, in words for `EngineStall`. */
export type Doing = (typeof DOINGS)[number];

const MESSAGES = 0;
const BEATS = 1;
const DOING = 2;
const WORDS = 3;

export class Pulse {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory = new SharedArrayBuffer(4 * WORDS)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  get messages(): number {
    return Atomics.load(this.#words, MESSAGES);
  }

  /** A message has been posted. */
  announce(): void {
    Atomics.add(this.#words, MESSAGES, 1);
    Atomics.notify(this.#words, MESSAGES);
  }

  /** Sleeps unless a message has come since `messages` was `seen`, until one comes or for `mostMs`. */
  sleep(seen: number, mostMs = Infinity): void {
    this.beat('waiting for work');
    Atomics.wait(this.#words, MESSAGES, seen, mostMs);
  }

  /** The engine thread moves, and says what it does from here on. */
  beat(doing: Doing): void {
    Atomics.store(this.#words, DOING, DOINGS.indexOf(doing));
    Atomics.add(this.#words, BEATS, 1);
  }

  get beats(): number {
    return Atomics.load(this.#words, BEATS);
  }

  get doing(): Doing {
    return DOINGS[Atomics.load(this.#words, DOING)]!;
  }

  /** It does nothing, or what may take any time. */
  get quiet(): boolean {
    return Atomics.load(this.#words, DOING) < QUIET.length;
  }
}
