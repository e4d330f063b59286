/** The library's public face: what `import 'foretoken'` gives. */
export { ForetokenError } from './base/errors.js';
export { GREEDY } from './base/sampling-options.js';
export { startEngine } from './engine/engine.js';
export { Vocabulary } from './llama/vocabulary.js';
export { StreamingDetokenizer } from './llama/detokenizer.js';
export { ChatTemplate } from './llama/chat-template.js';
export { jsonSchemaToGbnf } from './grammar/json-schema.js';
export { compileGbnf } from './constraints/compile.js';
export { createDraft } from './drafts/create.js';
export { generateCorpus } from './drafts/generate.js';
export { trainDraft } from './drafts/train.js';
export { evaluateDraft } from './drafts/evaluate.js';
export { inspectGguf } from './gguf/summary.js';
export { buildServer } from './server/server.js';
//# sourceMappingURL=index.js.map