/** @throws ForetokenError `file_not_found` when the package came without models. */
export declare function bundledTarget(): string;
/** What `--model` says instead of a file for the bundled model. */
export declare const DEMO = "demo";
/** The file that `--model` means. @throws ForetokenError `file_not_found` when the package came without models. */
export declare const modelFile: (model: string | undefined) => string;
/** The general draft for the bundled target; undefined where there is none, or the model is another one. */
export declare function bundledDraft(modelPath: string): string | undefined;
/** Prompts by task that the bundled models never saw, with the answers of the bundled target. */
export declare const bundledPrompts: () => string;
