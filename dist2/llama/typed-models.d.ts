import { type TinyModelOptions } from '../gguf/tiny-model.js';
import { FileType } from './declarations.js';
declare const RANDOM_BLOCKS: readonly ["IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "MXFP4", "NVFP4"];
export type WeightType = keyof typeof FileType | (typeof RANDOM_BLOCKS)[number];
/** All of them; those of a mixture, such as Q4_K_M, have matrices of several types. */
export declare const WEIGHT_TYPES: readonly WeightType[];
export declare function writeTypedModel(file: string, type: WeightType, options?: TinyModelOptions): void;
export {};
