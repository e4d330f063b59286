/** The library's public face: what `import 'foretoken'` gives. */
export { ForetokenError, type ErrorCode } from './base/errors.js';
export { GREEDY, type SamplingOptions } from './base/sampling-options.js';
export { startEngine } from './engine/engine.js';
export type {
  EngineHandle,
  EngineInfo,
  EngineOptions,
  EngineRequest,
  FinishReason,
  ModelOptions,
  RequestEvent,
  RequestStatistics,
  RequestStream,
  SpeculationMode,
  StepReport,
} from './engine/types.js';
export { Vocabulary } from './llama/vocabulary.js';
export { StreamingDetokenizer } from './llama/detokenizer.js';
export { ChatTemplate } from './llama/chat-template.js';
export { jsonSchemaToGbnf } from './grammar/json-schema.js';
