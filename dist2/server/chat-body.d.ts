import { type ChatRequest } from './chat-request.js';
import { Fields } from './fields.js';
import type { ModelLimits } from './model-limits.js';
/** Fields of ours that every API takes, as they are. */
export declare const COMMON_FIELDS: readonly ["min_p", "presence_penalty", "frequency_penalty", "repeat_penalty", "repetition_penalty", "repeat_last_n", "logit_bias", "seed", "stop_token_ids", "include_stop_str_in_output", "min_tokens", "skip_special_tokens", "ignore_eos", "grammar", "speculation", "chat_template_kwargs"];
/** Those of `names` that the body has. */
export declare function taken(fields: Fields, names: readonly string[]): Record<string, unknown>;
/**
 * The tools of a body, as a chat completion has them. Those of a type that only another's servers have are left out,
 * with a warning: clients send them to whoever they talk to.
 * @param own types of functions of the client's own
 * @param translate writes one of these anew
 * @param strict refuse the others
 * @param warnings told of those that are left out
 * @returns undefined where the body has no such field
 */
export declare function ownTools<Tool>(fields: Fields, own: readonly unknown[], translate: (tool: Fields) => Tool, strict: boolean, warnings: string[]): Tool[] | undefined;
/** [place in the body of a chat completion, what it is called where it came from], for errors. */
export type FieldNames = readonly (readonly [RegExp, string])[];
/**
 * @param body of a chat completion
 * @param warnings of fields that were not translated
 */
export declare function readTranslated(body: Readonly<Record<string, unknown>>, names: FieldNames, limits: ModelLimits, warnings: readonly string[]): ChatRequest;
