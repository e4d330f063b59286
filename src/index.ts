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
  ProposerName,
  RequestEvent,
  RequestRecord,
  RequestStatistics,
  RequestStream,
  SpeculationMode,
  SpeculationWish,
  StepReport,
} from './engine/types.js';
export { Vocabulary } from './llama/vocabulary.js';
export { StreamingDetokenizer } from './llama/detokenizer.js';
export { ChatTemplate } from './llama/chat-template.js';
export { jsonSchemaToGbnf } from './grammar/json-schema.js';
export { compileGbnf } from './constraints/compile.js';
export type { CompiledGrammar } from './constraints/network.js';
export { createDraft } from './drafts/create.js';
export { generateCorpus } from './drafts/generate.js';
export { trainDraft } from './drafts/train.js';
export { evaluateDraft } from './drafts/evaluate.js';
export { inspectGguf } from './gguf/summary.js';
export { buildServer } from './server/server.js';
export { Model, openModel } from './library/model.js';
export type { Answer, ChatOptions, Message, OpenHooks, ToolCall } from './library/model.js';
export type { OpenOptions } from './library/options.js';
