/**
 * What a benchmark run is asked and what it answers, in plain records. Words as in vLLM's `bench serve`:
 * TTFT time to first token, ITL inter-token latency, TPOT time per output token after the first, E2EL
 * end-to-end latency. All times are of the client's clock, in milliseconds.
 */
export {};
//# sourceMappingURL=types.js.map