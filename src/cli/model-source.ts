/** Where the model of `serve` and `generate` comes from: a file, or the Hugging Face hub with its cache. */
import { ForetokenError } from '../base/errors.js';
import { sizeText } from '../base/size-text.js';
import { getModel, type FoundModel, type WantedModel } from '../hub/get-model.js';
import { parseModelName } from '../hub/names.js';
import { hubSettings, type HubSettings } from '../hub/settings.js';
import { engineSetup, type EngineFlags } from './engine-flags.js';
import { note } from './failure.js';
import { ProgressBar } from './terminal.js';

/** Says what contradicts itself before anything is fetched. @throws ForetokenError `invalid_option` */
export function checkFlags(flags: EngineFlags, concurrency: Parameters<typeof engineSetup>[1]): void {
  refuseContradictions(flags);
  if (flags.hfRepo !== undefined) parseModelName(flags.hfRepo, '--hf-repo');
  if (flags.hfRepoDraft !== undefined) parseModelName(flags.hfRepoDraft, '--hf-repo-draft');
  const draft = flags.draft ?? flags.hfRepoDraft;
  engineSetup({ ...flags, ...(draft === undefined ? {} : { draft }) }, concurrency);
}

/**
 * The same flags with files for what they name on the hub, which is fetched where it is not in the cache.
 * @throws ForetokenError as `getModel`
 */
export async function withModels<Flags extends EngineFlags>(flags: Flags): Promise<Flags> {
  const { hfRepo, hfFile, hfRepoDraft } = flags;
  const wanted = hfRepo === undefined ? undefined : { ...parseModelName(hfRepo, '--hf-repo'), file: hfFile };
  const draft = hfRepoDraft === undefined ? undefined : parseModelName(hfRepoDraft, '--hf-repo-draft');
  if (wanted === undefined && draft === undefined) return flags;
  const settings = settingsOf(flags);
  return {
    ...flags,
    ...(wanted === undefined ? {} : { model: (await fetchVisibly(settings, wanted)).path }),
    ...(draft === undefined ? {} : { draft: (await fetchVisibly(settings, draft)).path }),
  };
}

function settingsOf({ offline }: EngineFlags): HubSettings {
  const settings = hubSettings();
  return offline === true ? { ...settings, offline } : settings;
}

/** `getModel`, with a line that says what is fetched, and a bar on a terminal. */
export async function fetchVisibly(settings: HubSettings, wanted: WantedModel): Promise<FoundModel> {
  const bar = new ProgressBar();
  try {
    return await getModel(settings, wanted, {
      onNote: note,
      onProgress: (file, done, total) => {
        bar.update(
          'fetching',
          total === 0 ? 1 : done / total,
          `${sizeText(done)} of ${sizeText(total)} · ${file}`,
        );
      },
    });
  } finally {
    bar.clear();
  }
}

function refuseContradictions({ model, hfRepo, hfFile, draft, hfRepoDraft }: EngineFlags): void {
  if (hfRepo !== undefined && model !== undefined)
    throw contradiction(
      'hf-repo',
      `--model ${model} and --hf-repo ${hfRepo} name a model each; leave one out.`,
    );
  if (hfFile !== undefined && hfRepo === undefined)
    throw contradiction(
      'hf-file',
      '--hf-file is a file of the repository that --hf-repo names; name it, too.',
    );
  if (hfRepoDraft !== undefined && draft !== undefined)
    throw contradiction(
      'hf-repo-draft',
      `--draft ${draft} and --hf-repo-draft ${hfRepoDraft} name a draft each; leave one out.`,
    );
}

const contradiction = (param: string, message: string): ForetokenError =>
  new ForetokenError('invalid_option', message, { param });
