/**
 * What a benchmark run is asked and what it answers, in plain records. Words as in vLLM's `bench serve`:
 * TTFT time to first token, ITL inter-token latency, TPOT time per output token after the first, E2EL
 * end-to-end latency. All times are of the client's clock, in milliseconds.
 */
export interface BenchmarkMessage {
    readonly role: string;
    readonly content: string;
}
/** One request's text: exactly one of `messages` and `prompt` is there. */
export interface BenchmarkPrompt {
    readonly task: string;
    readonly messages: readonly BenchmarkMessage[] | undefined;
    readonly prompt: string | undefined;
    /** Undefined: no limit is sent, the server's own holds. */
    readonly maxTokens: number | undefined;
}
export interface RampUp {
    readonly strategy: 'linear' | 'exponential';
    /** Requests a second of the first and of the last request; the rate may also fall. */
    readonly startRps: number;
    readonly endRps: number;
}
export interface BenchmarkOptions {
    /** Without the endpoint: `http://127.0.0.1:8080`. */
    readonly baseUrl: string;
    /** Ends in `/chat/completions` or `/completions`. */
    readonly endpoint: string;
    /** Undefined: the first that the server lists under `/v1/models`. */
    readonly model: string | undefined;
    readonly apiKey?: string;
    /** One request each, in this order. */
    readonly prompts: readonly BenchmarkPrompt[];
    /** Requests a second; Infinity: all at once. */
    readonly requestRate: number;
    /** Shape of the gamma distribution between arrivals; 1 is a Poisson process, larger is more even. */
    readonly burstiness: number;
    /** Most requests under way at once; arrivals beyond wait at the client. Undefined: no limit. */
    readonly maxConcurrency: number | undefined;
    /** Instead of `requestRate`. */
    readonly rampUp?: RampUp;
    /** [request] when it arrives, ascending, from the start; instead of all of these. */
    readonly arrivalsMs?: readonly number[];
    /** Requests sent before the run and not counted: the first prompt again and again. */
    readonly warmups: number;
    readonly seed: number;
    readonly temperature: number;
    readonly ignoreEos: boolean;
    /** More fields for every request's body, such as `speculation`; they win over those made here. */
    readonly extraBody?: Readonly<Record<string, unknown>>;
    /** Ends the run early; what is not done is an error of its request. */
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
}
export interface RequestOutcome {
    readonly task: string;
    /** When it was sent, from the run's start. */
    readonly startMs: number;
    /** From arrival to sending: waiting for `maxConcurrency`, and lateness of the client itself. */
    readonly queueMs: number;
    /** From sending to the first event with text; of an answer without text, to its end. */
    readonly ttftMs: number;
    /** Between events with text. A server that commits several tokens at a time may send them in one. */
    readonly itlMs: readonly number[];
    /** From sending to the answer's last event. */
    readonly e2eMs: number;
    /** 0 where the server told no usage. */
    readonly inputTokens: number;
    /** From `usage`; where the server tells none, the number of events with text. */
    readonly outputTokens: number;
    readonly text: string;
    /** What went wrong; a request with an error counts as failed, its other figures as far as they came. */
    readonly error?: string;
    /** As the server sent it. */
    readonly usage?: unknown;
    /** llama-server's count of tokens drafted and accepted for this request. */
    readonly draft?: {
        readonly draftTokens: number;
        readonly acceptedTokens: number;
    };
}
/** What speculation did in the whole server during the run. */
export interface SpeculationCounts {
    /** 0 where the server counts tokens only. */
    readonly drafts: number;
    readonly draftTokens: number;
    readonly acceptedTokens: number;
    /** [p] = drafts whose token at position p was accepted; empty where the server does not tell. */
    readonly acceptedPerPosition: readonly number[];
}
export interface BenchmarkRun {
    /** The model that was asked. */
    readonly model: string;
    /** In the order of the prompts. */
    readonly outcomes: readonly RequestOutcome[];
    /** From the start to the last answer's end. */
    readonly durationMs: number;
    /** Undefined where the server tells nothing of it. */
    readonly speculation?: SpeculationCounts;
    /** Most requests under way at once. */
    readonly maxConcurrentRequests: number;
    /** What went wrong in warm-up requests. */
    readonly warmupErrors: readonly string[];
}
