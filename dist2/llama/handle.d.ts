import type { Pointer } from './declarations.js';
export declare class NativeHandle {
    #private;
    /**
     * @param what names the object in errors.
     * @param needs are kept alive for as long as this object's memory is.
     */
    constructor(what: string, pointer: Pointer, free: (pointer: Pointer) => void, ...needs: readonly NativeHandle[]);
    /** @throws ForetokenError `disposed` */
    get pointer(): Pointer;
    get disposed(): boolean;
    /** True while the native memory is there: until `dispose` of this handle and of all dependents. */
    get alive(): boolean;
    assertUsable(): void;
    /** Idempotent. */
    dispose(): void;
}
