import { TextDecoder } from 'node:util';
import type { Token } from '../base/types.js';
import { LlamaModel } from './model.js';
import { SpecialTokens } from './special-tokens.js';
export interface TokenizeOptions {
    /**
     * Add the tokens that the model wants around a text (beginning, end). A text that itself names the beginning
     * at its beginning has it already.
     */
    readonly addSpecial?: boolean;
    /** Read `<|im_start|>` and the like as the special tokens they name. */
    readonly parseSpecial?: boolean;
}
/** Special tokens of models that were trained to fill gaps ("fill in the middle"). */
export interface InfillTokens {
    readonly prefix: number;
    readonly suffix: number;
    readonly middle: number;
}
export declare class Vocabulary {
    #private;
    readonly size: number;
    /** Special tokens; undefined where the model has none. */
    readonly bos: Token | undefined;
    readonly eos: Token | undefined;
    readonly eot: Token | undefined;
    readonly separator: Token | undefined;
    /** A text begins with `bos`. */
    readonly addBos: boolean;
    /** A text ends with `eos`. */
    readonly addEos: boolean;
    /** `separator` stands between two texts. */
    readonly addSeparator: boolean;
    private constructor();
    /** The vocabulary of a model file, without its weights. */
    static open(modelPath: string): Vocabulary;
    /** The same, read on another thread, so that this one goes on meanwhile. */
    static openInBackground(modelPath: string): Promise<Vocabulary>;
    /** The vocabulary of a loaded model. */
    static of(model: LlamaModel): Vocabulary;
    /** False for a vocabulary that only counts: it has ids and no text, and no text can be made tokens. */
    get hasWords(): boolean;
    tokenize(text: string, options?: TokenizeOptions): Int32Array;
    /** The tokens' text: their bytes in a row, U+FFFD where these are no UTF-8. */
    detokenize(tokens: Iterable<number>): string;
    /** UTF-8 bytes of a token as it appears in text, not always whole characters; most special tokens are empty. */
    tokenBytes(token: number): Uint8Array;
    isEndOfGeneration(token: number): boolean;
    /** The token as the vocabulary spells it, such as `▁the`, `Ġthe` or `<|im_end|>`. */
    text(token: number): string;
    /** Bits of LLAMA_TOKEN_ATTR: normal, control, user-defined, byte ... */
    attributes(token: number): number;
    /** Names of special tokens, to find in texts. */
    get specialTokens(): SpecialTokens;
    /** Tokens in front of what stands before a gap, what stands behind it, and what fills it; undefined where there are none. */
    get infill(): InfillTokens | undefined;
    /** The model's own chat template. */
    get chatTemplate(): string | undefined;
    /** Value of a metadata key of the model file as text. */
    metadata(key: string): string | undefined;
    /** Trained context length of the model. */
    get contextTrain(): number;
    /** Kind of tokenizer: LLAMA_VOCAB_TYPE (1 SentencePiece, 2 byte-pair ...). */
    get type(): number;
    /** Equal for vocabularies in which `vocabularyDifference` finds no difference. */
    fingerprint(): string;
    dispose(): void;
}
/** UTF-8 with U+FFFD for what is none, and a byte-order mark kept as the character it is. */
export declare function newUtf8Decoder(): TextDecoder;
/**
 * In what two vocabularies differ, in words; undefined when a draft with the one can guess for a target with
 * the other, which takes the same token for every index.
 */
export declare function vocabularyDifference(target: Vocabulary, draft: Vocabulary): string | undefined;
