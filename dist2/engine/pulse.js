const QUIET = ['loading the model', 'waiting for work'];
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
];
const DOINGS = [...QUIET, ...BUSY];
const MESSAGES = 0;
const BEATS = 1;
const DOING = 2;
const WORDS = 3;
export class Pulse {
    memory;
    #words;
    constructor(memory = new SharedArrayBuffer(4 * WORDS)) {
        this.memory = memory;
        this.#words = new Int32Array(memory);
    }
    get messages() {
        return Atomics.load(this.#words, MESSAGES);
    }
    /** A message has been posted. */
    announce() {
        Atomics.add(this.#words, MESSAGES, 1);
        Atomics.notify(this.#words, MESSAGES);
    }
    /** Sleeps unless a message has come since `messages` was `seen`, until one comes or for `mostMs`. */
    sleep(seen, mostMs = Infinity) {
        this.beat('waiting for work');
        Atomics.wait(this.#words, MESSAGES, seen, mostMs);
    }
    /** The engine thread moves, and says what it does from here on. */
    beat(doing) {
        Atomics.store(this.#words, DOING, DOINGS.indexOf(doing));
        Atomics.add(this.#words, BEATS, 1);
    }
    get beats() {
        return Atomics.load(this.#words, BEATS);
    }
    get doing() {
        return DOINGS[Atomics.load(this.#words, DOING)];
    }
    /** It does nothing, or what may take any time. */
    get quiet() {
        return Atomics.load(this.#words, DOING) < QUIET.length;
    }
}
//# sourceMappingURL=pulse.js.map