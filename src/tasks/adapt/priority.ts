/** Makes this process give way to every other, a server beside it before all. */
import { readdirSync } from 'node:fs';
import os from 'node:os';

/** The lowest there is. */
const LOWEST = 19;

/**
 * On Linux priorities are of threads, and new threads have that of the one that starts them; those that run already get
 * theirs one by one.
 */
export function giveWay(): void {
  let threads: string[] = [];
  try {
    threads = readdirSync('/proc/self/task');
  } catch {
    // Elsewhere the process has one for all.
  }
  for (const id of [0, ...threads.map(Number)])
    try {
      os.setPriority(id, LOWEST);
    } catch {
      // The thread has ended.
    }
}
