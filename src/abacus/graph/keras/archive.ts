/** `.keras` archives: ZIP files whose `config.json` is the model. Weights in them are not unpacked. */
import { unzipSync, strFromU8 } from 'fflate';
import { ForetokenError } from '../../../base/errors.js';

/** Largest configuration that is unpacked, in bytes. */
const MOST_CONFIG_BYTES = 64 * 2 ** 20;

/** The parsed `config.json` of an archive. Throws `invalid_network`. */
export function configOfArchive(bytes: Uint8Array, name: string): unknown {
  let found: Uint8Array | undefined;
  try {
    found = unzipSync(bytes, {
      filter: (entry) => {
        if (entry.name !== 'config.json') return false;
        if (entry.originalSize > MOST_CONFIG_BYTES) throw new RangeError('its config.json is too large');
        return true;
      },
    })['config.json'];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unreadable';
    throw new ForetokenError('invalid_network', `${name} is no readable .keras archive: ${reason}.`, {
      cause,
    });
  }
  if (found === undefined)
    throw new ForetokenError(
      'invalid_network',
      `${name} is a ZIP archive without config.json: no Keras model.`,
    );
  return parseJson(strFromU8(found), name);
}

export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unreadable';
    throw new ForetokenError('invalid_network', `${name} is no JSON: ${reason}.`, { cause });
  }
}
