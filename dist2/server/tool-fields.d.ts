import type { ToolCall } from './codec.js';
import { Fields } from './fields.js';
/** A function that the model may call. */
export interface FunctionTool {
    readonly name: string;
    readonly description?: string;
    /** JSON schema of its arguments, as it came. */
    readonly parameters?: unknown;
    /** The request's field that holds the schema, for errors. */
    readonly param: string;
}
export interface ToolRequest {
    /** What the model is told of. */
    readonly definitions: readonly FunctionTool[];
    /** `{ name }`: this one must be called. */
    readonly choice: 'auto' | 'required' | {
        readonly name: string;
    };
    /** Several calls in one answer. */
    readonly parallel: boolean;
}
/** Undefined where nothing can be called: there are no tools, or `tool_choice` is `none`. */
export declare function readTools(fields: Fields): ToolRequest | undefined;
/** The definitions as chat templates read them: OpenAI's shape. */
export declare function toolVariables(definitions: readonly FunctionTool[]): readonly unknown[];
/** The calls of an assistant's earlier turn. */
export declare function readToolCalls(fields: Fields): readonly ToolCall[] | undefined;
