import type { Layout } from '../operations.js';

/** Keras's words for where the channels are. */
export const layoutOf = (format: string): Layout =>
  format === 'channels_first' ? 'channels-first' : 'channels-last';
