/** Events that may lie here untaken before the engine is asked to pause, and at how few it goes on. */
const MOST_EVENTS = 32;
const FEW_EVENTS = 4;
export class EventStream {
    id;
    #ask;
    #events = [];
    #wake;
    #ended = false;
    #cancelled = false;
    #paused = false;
    constructor(id, ask) {
        this.id = id;
        this.#ask = ask;
    }
    /** Adds an event; true when it was the last. */
    push(event) {
        this.#events.push(event);
        this.#ended = event.finish !== undefined;
        this.#wake?.();
        this.#wake = undefined;
        this.#balance();
        return this.#ended;
    }
    cancel() {
        if (this.#cancelled || this.#ended)
            return;
        this.#cancelled = true;
        this.#ask('cancel');
    }
    /** Whoever does not take its events makes the engine wait instead of filling memory. */
    #balance() {
        if (this.#ended || this.#cancelled)
            return;
        const { length } = this.#events;
        if (this.#paused ? length > FEW_EVENTS : length < MOST_EVENTS)
            return;
        this.#paused = !this.#paused;
        this.#ask(this.#paused ? 'pause' : 'resume');
    }
    async *[Symbol.asyncIterator]() {
        try {
            for (;;) {
                const event = this.#events.shift();
                if (event !== undefined) {
                    this.#balance();
                    yield event;
                    if (event.finish !== undefined)
                        return;
                    continue;
                }
                await new Promise((resolve) => (this.#wake = resolve));
            }
        }
        finally {
            this.cancel();
        }
    }
}
//# sourceMappingURL=request-stream.js.map