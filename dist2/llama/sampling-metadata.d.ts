/** How a model's makers want words to be chosen, where its file says so (llama.cpp's `general.sampling.*`). */
import type { SamplingDefaults } from '../base/sampling-options.js';
/** @param metadata the value of a key of the model's file as text. Values that make no sense are passed over. */
export declare function samplingMetadata(metadata: (key: string) => string | undefined): Partial<SamplingDefaults>;
