/** What `npm run models` makes: for which target, of how many of its answers, and by which training. */

/** The bundled traffic's kinds of work. */
export const TASKS = ['code', 'edit', 'extract', 'math', 'sql', 'summarize', 'translate'];

/**
 * Passes over its texts by which a task's draft learns on from the general one: the share of right guesses on held-out
 * texts still rises then, and slowly.
 */
const TASK_TRAINING = { epochs: 8, learningRate: 2e-3, patience: 1000 };
/** SmolLM2 writes slowly, so there are few texts: at 0.002 they are soon learned by heart, and guesses on others worsen. */
const SMOLLM2_TRAINING = { epochs: 5, learningRate: 1e-3, patience: 1000 };
/**
 * Tokens that a task's draft of SmolLM2 may guess and can read: 99 % of the answers' tokens would take more than 16,384 rows for
 * most tasks, and between 4,096 and 8,192 a further thousand cover a few thousandths more.
 */
const SMOLLM2_TASK = { vocabulary: 6144, inputs: 15_360 };

/**
 * Targets, each with its answers to the bundled prompts.
 * model: in the folder of models; undefined: the bundled one. corpus, heldout: files of its answers to the first so many
 * prompts of each task in traffic.jsonl and heldout.jsonl. maxTokens: of a prompt and its answer.
 */
export const DEMO = {
  ...{ general: 'foretoken-demo-draft-2.4m-q8_0.gguf', drafts: 'foretoken-demo-draft' },
  ...{ corpus: 'corpus.jsonl', perTask: 300, heldout: 'heldout.jsonl', heldoutPerTask: 40 },
  ...{ maxTokens: 512, parallel: 32 },
};
export const SMOLLM2 = {
  model: 'real/smollm2-135m-instruct-q8_0.gguf',
  ...{ general: 'smollm2-135m-draft-q8_0.gguf', drafts: 'smollm2-task' },
  ...{
    corpus: 'smollm2-tasks.jsonl',
    perTask: 200,
    heldout: 'smollm2-tasks-heldout.jsonl',
    heldoutPerTask: 40,
  },
  ...{ maxTokens: 384, parallel: 16 },
};
export const TARGETS = [DEMO, SMOLLM2];

/** Shapes were chosen by agreement and cost; see models/README.md. */
export const DRAFTS = [
  {
    file: DEMO.general,
    ...{ of: DEMO, task: 'general' },
    create: { name: 'Foretoken-Demo draft 2.4M', layers: 2, width: 128, heads: 2, feedForward: 256 },
    training: { epochs: 5, learningRate: 3e-3 },
  },
  {
    file: SMOLLM2.general,
    ...{ of: SMOLLM2, task: 'general' },
    corpus: 'smollm2-corpus.jsonl',
    create: { name: 'SmolLM2-135M draft', layers: 2, width: 128, vocabulary: 8192 },
    training: { epochs: 1000, minutes: 13, learningRate: 3e-3, tokensPerRow: 1024 },
  },
  ...TASKS.map((task) => ofTask(DEMO, task, `Foretoken-Demo draft for ${task}`, { vocabulary: 'auto' })),
  ...TASKS.map((task) =>
    ofTask(SMOLLM2, task, `SmolLM2-135M draft for ${task}`, SMOLLM2_TASK, SMOLLM2_TRAINING),
  ),
  // For comparison (bench/specialists.mjs), not shipped: one draft for all tasks, with as many passes over all texts.
  ofTask(DEMO, 'mixed', 'Foretoken-Demo draft for all tasks', {}),
  ofTask(SMOLLM2, 'mixed', 'SmolLM2-135M draft for all tasks', SMOLLM2_TASK, SMOLLM2_TRAINING),
];

function ofTask(target, task, name, create, training = TASK_TRAINING) {
  return {
    file: `work/${target.drafts}-${task}-q8_0.gguf`,
    ...{ of: target, task, fromDraft: target.general },
    create: { name, ...create },
    training,
  };
}

/** Of the bundled traffic, for the general draft of SmolLM2. */
export const SMOLLM2_GENERAL_PER_TASK = 60;
/** In each category of Spec-Bench every so many questions are held out. */
export const SPEC_BENCH_HELD_OUT_OF = 4;
