/** A number with what it counts, in words. */

/** `1 prompt`, `2 prompts`, `1 entry`, `2 entries`; `many` where it is not `one` with an s. */
export const countText = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
