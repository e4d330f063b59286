import { type ServeFlags } from './flags/serve.js';
/** @param keyOnCommandLine a key was given as a flag, where every user of the machine can read it */
export declare function serve(given: ServeFlags, keyOnCommandLine?: boolean): Promise<void>;
