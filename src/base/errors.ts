/**
 * The one registry of errors that a user can meet: code, HTTP status, type in OpenAI's sense.
 * `docs/errors.md` lists the same codes (a test holds both together).
 */
export const ERRORS = {
  // The request.
  invalid_request: { status: 400, type: 'invalid_request_error' },
  invalid_json: { status: 400, type: 'invalid_request_error' },
  invalid_schema: { status: 400, type: 'invalid_request_error' },
  invalid_grammar: { status: 400, type: 'invalid_request_error' },
  context_length_exceeded: { status: 400, type: 'invalid_request_error' },
  invalid_api_key: { status: 401, type: 'authentication_error' },
  origin_not_allowed: { status: 403, type: 'permission_error' },
  model_not_found: { status: 404, type: 'invalid_request_error' },
  draft_not_found: { status: 404, type: 'invalid_request_error' },
  draft_unusable: { status: 422, type: 'invalid_request_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  host_not_allowed: { status: 421, type: 'invalid_request_error' },
  // The server.
  not_supported: { status: 501, type: 'not_supported_error' },
  no_slot_free: { status: 503, type: 'server_error' },
  queue_full: { status: 429, type: 'rate_limit_error' },
  too_many_readers: { status: 429, type: 'rate_limit_error' },
  reader_stalled: { status: 408, type: 'request_cancelled' },
  cancelled: { status: 499, type: 'request_cancelled' },
  internal_error: { status: 500, type: 'server_error' },
  decode_failed: { status: 500, type: 'server_error' },
  shutting_down: { status: 503, type: 'server_error' },
  engine_stopped: { status: 503, type: 'server_error' },
  engine_stalled: { status: 503, type: 'server_error' },
  // Start-up: models, drafts, native library, options.
  file_not_found: { status: 500, type: 'server_error' },
  invalid_gguf: { status: 500, type: 'server_error' },
  unsupported_architecture: { status: 500, type: 'server_error' },
  vocabulary_mismatch: { status: 500, type: 'server_error' },
  library_unavailable: { status: 500, type: 'server_error' },
  gpu_unavailable: { status: 500, type: 'server_error' },
  out_of_memory: { status: 500, type: 'server_error' },
  invalid_option: { status: 500, type: 'server_error' },
  address_in_use: { status: 500, type: 'server_error' },
  journal_unusable: { status: 500, type: 'server_error' },
  disposed: { status: 500, type: 'server_error' },
  // What is kept on disk.
  locked: { status: 409, type: 'server_error' },
  storage_failed: { status: 500, type: 'server_error' },
  // Models from the Hugging Face hub.
  hub_not_found: { status: 500, type: 'server_error' },
  hub_denied: { status: 500, type: 'server_error' },
  hub_unreachable: { status: 500, type: 'server_error' },
  download_failed: { status: 500, type: 'server_error' },
  // Networks whose cost is predicted.
  invalid_network: { status: 500, type: 'server_error' },
  unknown_device: { status: 500, type: 'server_error' },
  // Benchmarks: the prompts, and the server that is asked.
  invalid_dataset: { status: 500, type: 'server_error' },
  server_unreachable: { status: 500, type: 'server_error' },
} as const satisfies Record<string, { status: number; type: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** A form of `ForetokenError` that survives being sent between threads. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly param?: string | undefined;
}

/**
 * An error with a place in the registry. The message says what is wrong, where, and how to mend it.
 * `param` names the request field or option at fault.
 */
export class ForetokenError extends Error {
  override readonly name = 'ForetokenError';
  readonly code: ErrorCode;
  readonly param: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { param?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.param = details.param;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  toPlain(): PlainError {
    return { code: this.code, message: this.message, param: this.param };
  }

  static fromPlain(plain: PlainError): ForetokenError {
    return new ForetokenError(plain.code, plain.message, { param: plain.param });
  }

  /**
   * Any thrown value as a `ForetokenError`: what the system says of a file or folder becomes `storage_failed`, all else that
   * is unknown `internal_error`. Both keep their cause.
   */
  static from(thrown: unknown): ForetokenError {
    if (thrown instanceof ForetokenError) return thrown;
    if (isOfFiles(thrown))
      return new ForetokenError(
        'storage_failed',
        /^E[MN]FILE$/.test(String(thrown.code))
          ? `Too many files are open (${thrown.message}); let the system allow more (ulimit -n).`
          : `A file or folder cannot be used: ${thrown.message}. See that it is there, that this user may write it, ` +
              'and that its disk has room.',
        { cause: thrown },
      );
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new ForetokenError('internal_error', message, { cause: thrown });
  }
}

const OF_FILES =
  /^(EACCES|EDQUOT|EFBIG|EIO|EISDIR|ELOOP|EMFILE|ENAMETOOLONG|ENFILE|ENOENT|ENOSPC|ENOTDIR|EPERM|EROFS|ETXTBSY)$/;

/** Errors of the file system; those of the network have the same codes, and no file. */
function isOfFiles(thrown: unknown): thrown is NodeJS.ErrnoException {
  if (!(thrown instanceof Error)) return false;
  const { code, path } = thrown as NodeJS.ErrnoException;
  return OF_FILES.test(String(code)) && (path !== undefined || code === 'ENOSPC' || code === 'ENOTDIR');
}

/** For identities that hold unless the code is wrong. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ForetokenError('internal_error', `Broken invariant: ${message}`);
}
