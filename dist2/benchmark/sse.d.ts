export declare class EventStreamParser {
    #private;
    /** @param onData gets the data of each event, lines joined by line feeds. */
    constructor(onData: (data: string) => void);
    /** @throws Error on an event without end */
    push(bytes: Uint8Array): void;
}
