/** What the engine thread does at the word of messages about drafts: loads, unloads and lists them, and answers each. */
import { ForetokenError } from '../base/errors.js';
import type { LlamaEngineModel } from '../llama/engine-model.js';
import type { EngineCore } from './core.js';
import type { KnownCosts } from './known-costs.js';
import type { FromThread, ToThread } from './messages.js';

type Command = Extract<ToThread, { readonly type: 'loadDraft' | 'unloadDraft' | 'drafts' }>;

export class DraftCommands {
  readonly #model: LlamaEngineModel;
  readonly #core: EngineCore;
  readonly #costs: KnownCosts;
  readonly #send: (message: FromThread) => void;
  /** Messages whose draft still has to go, and its key. */
  readonly #leaving = new Map<number, string>();

  constructor(
    model: LlamaEngineModel,
    core: EngineCore,
    costs: KnownCosts,
    send: (message: FromThread) => void,
  ) {
    this.#model = model;
    this.#core = core;
    this.#costs = costs;
    this.#send = send;
  }

  receive(command: Command): void {
    try {
      if (command.type === 'loadDraft') this.#load(command);
      if (command.type !== 'unloadDraft') this.#tell(command.id);
      else this.#unload(command);
    } catch (thrown) {
      this.#tell(command.id, ForetokenError.from(thrown));
    }
    this.settle();
  }

  /** Answers those whose drafts have gone since; to be called after each step. */
  settle(): void {
    if (this.#leaving.size === 0) return;
    const keys = new Set(this.#core.speculator.drafts.all.map(({ key }) => key));
    for (const [id, key] of this.#leaving) if (!keys.has(key)) this.#gone(id);
  }

  /**
   * Blocks the engine while weights are mapped and rearranged, the context is made and a token computed twice; its
   * costs are measured only where no request waits.
   */
  #load({ draft: id, file, version, forTask }: Extract<Command, { type: 'loadDraft' }>): void {
    const { speculator } = this.#core;
    if (speculator.drafts.revive(id, version, forTask)) {
      for (const [call, key] of this.#leaving)
        if (key === id || key === `${id}@${version}`)
          this.#gone(
            call,
            new ForetokenError('cancelled', `The draft '${id}' was loaded again before it had gone.`),
          );
      return;
    }
    const draft = this.#model.loadDraft(id, file, {
      checkedVersion: version,
      admit: (bytes) => {
        speculator.drafts.makeRoom(id, bytes, forTask);
      },
    });
    try {
      speculator.addDraft(
        draft,
        this.#costs.ofDraft(draft, speculator.timing.latency.table.target, this.#core.idle),
        forTask,
      );
    } catch (error) {
      this.#model.unloadDraft(draft);
      throw error;
    }
  }

  #unload({ id, draft, forTask }: Extract<Command, { type: 'unloadDraft' }>): void {
    const { drafts } = this.#core.speculator;
    drafts.assertThere(draft);
    if (forTask && drafts.isNamed(draft)) {
      this.#tell(id);
      return;
    }
    this.#leaving.set(id, drafts.leave(draft)!);
  }

  #gone(id: number, error?: ForetokenError): void {
    this.#leaving.delete(id);
    this.#tell(id, error);
  }

  #tell(id: number, error?: ForetokenError): void {
    const { drafts, names } = this.#core.speculator.proposers;
    this.#send({ type: 'drafts', drafts: drafts.statuses(), proposers: names });
    this.#send({ type: 'answer', id, error: error?.toPlain() });
  }
}
