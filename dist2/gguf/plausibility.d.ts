import { type Finding } from './findings.js';
import type { GgufFile } from './types.js';
/**
 * @param parts the files of one model, the first with its metadata
 * @returns errors and warnings, a few of each kind; none for a sound file
 */
export declare function findingsIn(parts: readonly [GgufFile, ...GgufFile[]]): readonly Finding[];
/**
 * All files of the model that `file` is or begins, read and found plausible.
 * @throws ForetokenError `file_not_found`, `invalid_gguf`
 */
export declare function readPlausibleModel(file: string): readonly [GgufFile, ...GgufFile[]];
/** @throws ForetokenError `file_not_found` when a part of a split model is not there, `invalid_gguf` */
export declare function readModelFiles(file: string): readonly [GgufFile, ...GgufFile[]];
/** The files of a split model ("name-00001-of-00003.gguf"), in order; none for a whole model. */
export declare function splitFilesOf(file: string): string[];
