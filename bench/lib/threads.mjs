/** The number of compute threads that the product itself would choose: physical cores, as far as allowed. */
import os from 'node:os';

/** @returns {Promise<number>} */
export async function physicalCores() {
  try {
    const { defaultThreads } = await import('../../dist/llama/threads.js');
    return defaultThreads();
  } catch {
    return os.availableParallelism();
  }
}
