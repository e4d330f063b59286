export interface SimTask {
    readonly name: string;
    /** Weight among the requests. */
    readonly share: number;
    /** Mean probability that the draft's next token stands when all before it stood. */
    readonly acceptance: number;
    /** Factor on it for each guess further ahead in one step; 1: as likely as the first. */
    readonly decay: number;
    /** How far requests differ: standard deviation of their log-odds of acceptance. */
    readonly spread: number;
    /** How much the draft's margin tells whether it is right: 0 nothing, 1 nearly all. */
    readonly confidence: number;
    /** Probability that the draft's second choice is right when its first is wrong. */
    readonly second: number;
    /** Share of the output copied from earlier in the same text, in runs of `copyRun` tokens on average. */
    readonly copy: number;
    /** Share of the output copied from what all texts of the task have in common. */
    readonly common: number;
    readonly copyRun: number;
    /** Half-open ranges. */
    readonly promptTokens: readonly [from: number, to: number];
    readonly outputTokens: readonly [from: number, to: number];
}
/** A text that repeats nothing, guessed by a draft that is right in four of five cases. */
export declare const PLAIN_TASK: SimTask;
/**
 * Mixes by name. `demo` follows the bundled model's tasks as recorded (docs/benchmarks.md: share of next tokens
 * that draft and lookup had right), `copy` is work that mostly quotes, such as editing a file.
 */
export declare const MIXES: {
    readonly plain: readonly [SimTask];
    readonly copy: readonly [{
        readonly name: "copy";
        readonly acceptance: 0.8;
        readonly copy: 0.9;
        readonly copyRun: 32;
        readonly promptTokens: readonly [128, 256];
        /** Weight among the requests. */
        readonly share: number;
        /** Factor on it for each guess further ahead in one step; 1: as likely as the first. */
        readonly decay: number;
        /** How far requests differ: standard deviation of their log-odds of acceptance. */
        readonly spread: number;
        /** How much the draft's margin tells whether it is right: 0 nothing, 1 nearly all. */
        readonly confidence: number;
        /** Probability that the draft's second choice is right when its first is wrong. */
        readonly second: number;
        /** Share of the output copied from what all texts of the task have in common. */
        readonly common: number;
        readonly outputTokens: readonly [from: number, to: number];
    }];
    readonly demo: readonly [{
        readonly name: "math";
        readonly acceptance: 0.91;
        readonly copy: 0.2;
        readonly copyRun: 4;
        /** Weight among the requests. */
        readonly share: number;
        /** Factor on it for each guess further ahead in one step; 1: as likely as the first. */
        readonly decay: number;
        /** How far requests differ: standard deviation of their log-odds of acceptance. */
        readonly spread: number;
        /** How much the draft's margin tells whether it is right: 0 nothing, 1 nearly all. */
        readonly confidence: number;
        /** Probability that the draft's second choice is right when its first is wrong. */
        readonly second: number;
        /** Share of the output copied from what all texts of the task have in common. */
        readonly common: number;
        /** Half-open ranges. */
        readonly promptTokens: readonly [from: number, to: number];
        readonly outputTokens: readonly [from: number, to: number];
    }, {
        readonly name: "translate";
        readonly acceptance: 0.66;
        readonly copy: 0;
        /** Weight among the requests. */
        readonly share: number;
        /** Factor on it for each guess further ahead in one step; 1: as likely as the first. */
        readonly decay: number;
        /** How far requests differ: standard deviation of their log-odds of acceptance. */
        readonly spread: number;
        /** How much the draft's margin tells whether it is right: 0 nothing, 1 nearly all. */
        readonly confidence: number;
        /** Probability that the draft's second choice is right when its first is wrong. */
        readonly second: number;
        /** Share of the output copied from what all texts of the task have in common. */
        readonly common: number;
        readonly copyRun: number;
        /** Half-open ranges. */
        readonly promptTokens: readonly [from: number, to: number];
        readonly outputTokens: readonly [from: number, to: number];
    }, {
        readonly name: "code";
        readonly acceptance: 0.92;
        readonly copy: 0.25;
        readonly copyRun: 5;
        /** Weight among the requests. */
        readonly share: number;
        /** Factor on it for each guess further ahead in one step; 1: as likely as the first. */
        readonly decay: number;
        /** How far requests differ: standard deviation of their log-odds of acceptance. */
        readonly spread: number;
        /** How much the draft's margin tells whether it is right: 0 nothing, 1 nearly all. */
        readonly confidence: number;
        /** Probability that the draft's second choice is right when its first is wrong. */
        readonly second: number;
        /** Share of the output copied from what all texts of the task have in common. */
        readonly common: number;
        /** Half-open ranges. */
        readonly promptTokens: readonly [from: number, to: number];
        readonly outputTokens: readonly [from: number, to: number];
    }, {
        readonly name: "edit";
        readonly acceptance: 0.91;
        readonly copy: 0.8;
        readonly copyRun: 16;
        readonly promptTokens: readonly [96, 192];
        /** Weight among the requests. */
        readonly share: number;
        /** Factor on it for each guess further ahead in one step; 1: as likely as the first. */
        readonly decay: number;
        /** How far requests differ: standard deviation of their log-odds of acceptance. */
        readonly spread: number;
        /** How much the draft's margin tells whether it is right: 0 nothing, 1 nearly all. */
        readonly confidence: number;
        /** Probability that the draft's second choice is right when its first is wrong. */
        readonly second: number;
        /** Share of the output copied from what all texts of the task have in common. */
        readonly common: number;
        readonly outputTokens: readonly [from: number, to: number];
    }, {
        readonly name: "summarize";
        readonly acceptance: 0.9;
        readonly copy: 0.4;
        readonly copyRun: 6;
        readonly promptTokens: readonly [128, 256];
        /** Weight among the requests. */
        readonly share: number;
        /** Factor on it for each guess further ahead in one step; 1: as likely as the first. */
        readonly decay: number;
        /** How far requests differ: standard deviation of their log-odds of acceptance. */
        readonly spread: number;
        /** How much the draft's margin tells whether it is right: 0 nothing, 1 nearly all. */
        readonly confidence: number;
        /** Probability that the draft's second choice is right when its first is wrong. */
        readonly second: number;
        /** Share of the output copied from what all texts of the task have in common. */
        readonly common: number;
        readonly outputTokens: readonly [from: number, to: number];
    }];
};
export type MixName = keyof typeof MIXES;
export declare const MIX_NAMES: MixName[];
/** From a point of the workload on, the draft of all tasks (or one) is as good as this. */
export interface Shift {
    /** Share of the workload's output tokens after which it happens, 0 to 1: the same work for every policy. */
    readonly at: number;
    readonly acceptance: number;
}
/** @throws ForetokenError `invalid_option` naming the task and the field that cannot be. */
export declare function checkTask(task: SimTask): void;
/** Tokens at the beginning of a prompt that say whose it is. */
export declare const PROMPT_HEAD = 4;
