/**
 * An engine without a model, for tests of the server: requests are answered by a script, or by the test
 * itself event by event. Text is bytes: token t < 256 is byte t, `END` ends a generation.
 */
import { type PlainError } from '../base/errors.js';
import type { CellCounts, EngineHandle, EngineInfo, EngineRequest, EngineStall, FinishReason, RequestEvent, RequestRecord, RequestStatistics, RequestStream, StepReport } from '../engine/types.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { CallSyntax } from '../grammar/answer.js';
import type { ChatEnding, ChatFallback, ChatMessage, TextCodec } from './codec.js';
/** Without text, as special tokens are. */
export declare const END = 256;
export declare class FakeCodec implements TextCodec {
    readonly vocabularySize = 257;
    readonly beginning: undefined;
    readonly infill: undefined;
    readonly chatFallback: ChatFallback | undefined;
    readonly facts: {
        chatTemplate: string;
        bos: string;
        eos: string;
    };
    readonly thinks: boolean;
    /** Of the latest conversation. */
    asked: {
        readonly extra: Readonly<Record<string, unknown>>;
        readonly ending: ChatEnding;
    } | undefined;
    constructor(chatFallback?: ChatFallback, thinks?: boolean);
    tokenize(text: string): Int32Array;
    tokenBytes(token: number): Uint8Array;
    detokenize(tokens: readonly number[]): string;
    encodeChat(messages: readonly ChatMessage[], extra: Readonly<Record<string, unknown>>, _gone?: AbortSignal, ending?: ChatEnding): Int32Array;
    encodePair(query: string, document: string): Int32Array;
    callSyntax(): CallSyntax;
}
export declare const bytesOf: (text: string) => number[];
/** One request as the engine got it, with the means to answer it. */
export declare class FakeStream implements RequestStream {
    #private;
    readonly id: number;
    readonly request: Omit<EngineRequest, 'id'>;
    cancelled: boolean;
    ended: boolean;
    /** Events that somebody has taken out. */
    consumed: number;
    constructor(id: number, request: Omit<EngineRequest, 'id'>, onEnd: (record: RequestRecord) => void);
    tokens(tokens: readonly number[], more?: Partial<RequestEvent>): void;
    text(text: string): void;
    finish(reason: FinishReason, more?: {
        readonly tokens?: readonly number[];
        readonly stopTrimBytes?: number;
        readonly stop?: string;
        readonly error?: PlainError;
        readonly statistics?: Partial<RequestStatistics>;
        readonly record?: Partial<RequestRecord>;
        readonly logprobs?: RequestEvent['logprobs'];
    }): void;
    cancel(): void;
    [Symbol.asyncIterator](): AsyncGenerator<RequestEvent, void, undefined>;
}
export declare class FakeEngine implements EngineHandle {
    #private;
    readonly info: EngineInfo;
    readonly streams: FakeStream[];
    readonly embedded: Int32Array[];
    /** What `plans` gives. */
    planned: readonly PlanRecord[];
    closedWith: {
        readonly graceMs: number;
    } | undefined;
    /** Requests taken at the same time before `queue_full`. */
    capacity: number;
    /** Answers a request once it is submitted; tests that drive streams themselves leave it out. */
    onSubmit: ((stream: FakeStream) => void) | undefined;
    stall: EngineStall | undefined;
    cells: CellCounts | undefined;
    /** Told by tests. */
    readonly booksListeners: ((problem: string) => void)[];
    /** Whether anybody asked for the tokens of ended requests. */
    wantsTokens: boolean;
    constructor(info?: Partial<EngineInfo>);
    get inFlight(): number;
    /** The latest request. */
    get last(): FakeStream;
    submit(request: Omit<EngineRequest, 'id'>): RequestStream;
    embed(tokens: Int32Array): Promise<Float32Array>;
    plans(): Promise<readonly PlanRecord[]>;
    onStep(listener: (report: StepReport) => void): void;
    onBooksMended(listener: (problem: string) => void): void;
    onRequestEnd(listener: (record: RequestRecord) => void, wants?: {
        tokens: boolean;
    }): () => void;
    step(report: Partial<StepReport>): void;
    close({ graceMs }: {
        readonly graceMs: number;
    }): Promise<void>;
}
