import { type Pointer } from './declarations.js';
import { NativeHandle } from './handle.js';
import type { Library } from './library.js';
export declare class ThreadPool {
    #private;
    readonly threads: number;
    readonly handle: NativeHandle;
    private constructor();
    /** One pool can serve several contexts that decode in turn. Undefined where the backend has no pools. */
    static create(library: Library, threads: number, poll?: number): ThreadPool | undefined;
    /** The context's handle must need the pool's. */
    attach(context: Pointer): void;
    /** For decodes with one thread; the pool's threads sleep. */
    detach(context: Pointer): void;
    dispose(): void;
}
