/** SmolLM2-135M-Instruct as it was fetched, the same in Q8_0, and Gemma 3 270M (base, without a chat template). */
export declare const SMOLLM2_Q4_1: string;
export declare const SMOLLM2_Q8_0: string;
export declare const GEMMA: string;
/** Why a test over `model` cannot run; false when it can. */
export declare function absent(model: string): string | false;
