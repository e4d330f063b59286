/**
 * Ownership of native memory: each native object has one handle, freed by `dispose`.
 *
 * Native objects point at each other (a context at its model), and the order in which their handles are
 * disposed of must not matter. So a dependent keeps what it needs alive: a disposed handle refuses further use
 * at once, and its memory is freed when its last dependent has been.
 */
import { ForetokenError } from '../base/errors.js';
import type { Pointer } from './declarations.js';

export class NativeHandle {
  readonly #what: string;
  readonly #needs: readonly NativeHandle[];
  readonly #free: (pointer: Pointer) => void;
  #pointer: Pointer | undefined;
  #dependents = 0;
  #disposed = false;

  /**
   * @param what names the object in errors.
   * @param needs are kept alive for as long as this object's memory is.
   */
  constructor(
    what: string,
    pointer: Pointer,
    free: (pointer: Pointer) => void,
    ...needs: readonly NativeHandle[]
  ) {
    this.#what = what;
    this.#pointer = pointer;
    this.#free = free;
    this.#needs = needs;
    for (const needed of needs) needed.assertUsable();
    for (const needed of needs) needed.#dependents += 1;
  }

  /** @throws ForetokenError `disposed` */
  get pointer(): Pointer {
    if (this.#disposed) this.assertUsable();
    return this.#pointer!;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** True while the native memory is there: until `dispose` of this handle and of all dependents. */
  get alive(): boolean {
    return this.#pointer !== undefined;
  }

  assertUsable(): void {
    if (this.#disposed) throw new ForetokenError('disposed', `The ${this.#what} has been disposed of.`);
  }

  /** Idempotent. */
  dispose(): void {
    this.#disposed = true;
    this.#freeWhenUnused();
  }

  #freeWhenUnused(): void {
    const pointer = this.#pointer;
    if (!this.#disposed || this.#dependents > 0 || pointer === undefined) return;
    this.#pointer = undefined;
    this.#free(pointer);
    for (const needed of this.#needs) {
      needed.#dependents -= 1;
      needed.#freeWhenUnused();
    }
  }
}
