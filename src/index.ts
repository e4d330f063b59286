/** The library's public face. */
export { ForetokenError, type ErrorCode } from './base/errors.js';
