/**
 * Memory that the engine thread shares with the main thread: how many messages have come, so that it can sleep
 * without missing one, and a heartbeat with what it is doing, so that a thread that hangs is noticed.
 */
import type { Phase } from './core.js';
declare const DOINGS: readonly ["loading the model", "waiting for work", "reading messages", "admitting", "planning", "drafting", "computing prompts", "decoding", "sampling", "embedding", "warming up", "ending"];
export type Doing = (typeof DOINGS)[number] | Phase;
export declare class Pulse {
    #private;
    readonly memory: SharedArrayBuffer;
    constructor(memory?: SharedArrayBuffer);
    get messages(): number;
    /** A message has been posted. */
    announce(): void;
    /** Sleeps unless a message has come since `messages` was `seen`, until one comes or for `mostMs`. */
    sleep(seen: number, mostMs?: number): void;
    /** The engine thread moves, and says what it does from here on. */
    beat(doing: Doing): void;
    get beats(): number;
    get doing(): Doing;
    /** It does nothing, or what may take any time. */
    get quiet(): boolean;
}
export {};
