/** Names of draft models, as the operator, requests and statistics use them. */
import path from 'node:path';
import { ForetokenError } from './errors.js';

declare const brand: unique symbol;
/** 1 to 64 of the letters, digits, `.`, `_` and `-`. */
export type DraftId = string & { readonly [brand]: 'DraftId' };

const MOST_LETTERS = 64;

/** @throws ForetokenError `invalid_request` */
export function asDraftId(value: unknown): DraftId {
  if (typeof value === 'string' && value.length <= MOST_LETTERS && /^[A-Za-z0-9._-]+$/.test(value))
    return value as DraftId;
  throw new ForetokenError(
    'invalid_request',
    `A draft's id is 1 to ${MOST_LETTERS} of the letters A-Z and a-z, digits, '.', '_' and '-'; got ` +
      `${typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value}.`,
  );
}

/** The id of a draft that nobody has named: that of its file. */
export function draftIdOf(file: string): DraftId {
  const name = path.basename(file, '.gguf').replace(/[^A-Za-z0-9._-]/g, '-');
  return (name.slice(0, MOST_LETTERS) || 'draft') as DraftId;
}
