/** One message of a conversation, as chat templates take it. */
export interface ChatMessage {
    readonly role: string;
    readonly content: string;
    /** Whatever else a template may read, such as `name` and `tool_calls`. */
    readonly [field: string]: unknown;
}
