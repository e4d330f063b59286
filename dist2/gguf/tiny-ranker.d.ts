/** @param options `template`: text of `tokenizer.chat_template.rerank`; `ranks: false`: the same without its pooling */
export declare function writeTinyRanker(file: string, { template, ranks }?: {
    readonly template?: string;
    readonly ranks?: boolean;
}): void;
/** [class × width], the first class being the one that fits. */
export declare const rankerHead: () => Float32Array;
