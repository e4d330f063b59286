/** The request field `speculation`: a mode, or an object that also says what may guess and how far. */
import { asDraftId } from '../base/draft-id.js';
import { ForetokenError } from '../base/errors.js';
import { allowedModes, MOST_GUESSES, parseMode, type WrittenMode } from '../engine/speculation-mode.js';
import { AS_THE_ENGINE, PROPOSERS, type ProposerName, type SpeculationWish } from '../engine/types.js';
import { Fields, invalid, isObject } from './fields.js';

/** @param available what can guess on this server */
export function readSpeculation(fields: Fields, available: readonly ProposerName[]): SpeculationWish {
  const value = fields.raw('speculation');
  if (value === undefined) return AS_THE_ENGINE;
  const path = fields.path('speculation');
  if (!isObject(value)) return { ...readMode(value, path), proposers: undefined };
  const options = Fields.ofObject(value, path);
  options.refuseUnknown(['mode', 'proposers', 'max_tokens', 'draft']);
  const written = options.raw('mode');
  const mode = written === undefined ? undefined : readMode(written, options.path('mode'));
  const most = options.number('max_tokens', { integer: true, min: 1, max: MOST_GUESSES });
  const proposers = readProposers(options, available);
  const named = readDraft(options);
  if (mode?.mode === 'off' && named.draft !== undefined)
    throw contradiction(options.path('draft'), "mode 'off' lets nothing guess; leave one of them out.");
  if (mode?.mode === 'off' && proposers !== undefined)
    throw contradiction(options.path('proposers'), "mode 'off' lets nothing guess; leave one of them out.");
  if (mode !== undefined && mode.mode !== 'auto' && most !== undefined)
    throw contradiction(
      options.path('max_tokens'),
      `it bounds what mode 'auto' chooses, and the mode is '${String(written)}'; leave one of them out.`,
    );
  // A bound on what is chosen asks for choosing, also where the server's own mode is a fixed number.
  if (most !== undefined) return { mode: 'auto', length: most, proposers, ...named };
  return { mode: mode?.mode, length: mode?.length, proposers, ...named };
}

function readMode(value: unknown, path: string): WrittenMode {
  const mode = typeof value === 'string' ? parseMode(value) : undefined;
  if (mode !== undefined) return mode;
  const orObject = path === 'speculation' ? ', or an object with mode, proposers, max_tokens or draft' : '';
  throw invalid(path, `${allowedModes(value)}${orObject}`, value);
}

/** Whether there is such a draft is known when the request begins. */
function readDraft(options: Fields): Pick<SpeculationWish, 'draft'> {
  const value = options.raw('draft');
  if (value === undefined) return {};
  try {
    return { draft: asDraftId(value) };
  } catch (error) {
    throw new ForetokenError('invalid_request', (error as Error).message, { param: options.path('draft') });
  }
}

function readProposers(
  options: Fields,
  available: readonly ProposerName[],
): readonly ProposerName[] | undefined {
  const value = options.raw('proposers');
  if (value === undefined) return undefined;
  const path = options.path('proposers');
  const allowed = `an array of ${PROPOSERS.map((name) => `'${name}'`).join(', ')}`;
  if (!Array.isArray(value)) throw invalid(path, allowed, value);
  if (value.length === 0) throw invalid(path, `${allowed}, at least one (for none say mode 'off')`, value);
  const chosen = value.map((given: unknown, index) => {
    const name = PROPOSERS.find((candidate) => candidate === given);
    if (name === undefined) throw invalid(`${path}[${index}]`, `one of ${PROPOSERS.join(', ')}`, given);
    if (!available.includes(name)) throw unavailable(`${path}[${index}]`, name, available);
    return name;
  });
  return [...new Set(chosen)];
}

function unavailable(path: string, name: ProposerName, available: readonly ProposerName[]): ForetokenError {
  const here =
    available.length > 0
      ? `it has ${available.join(', ')}.`
      : 'it has none, by the choice of its operator or because its model cannot take guesses back.';
  return new ForetokenError('invalid_request', `'${path}': ${name} cannot guess on this server; ${here}`, {
    param: path,
  });
}

const contradiction = (path: string, why: string): ForetokenError =>
  new ForetokenError('invalid_request', `'${path}' contradicts 'speculation.mode': ${why}`, { param: path });
