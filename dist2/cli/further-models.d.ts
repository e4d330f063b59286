import type { FurtherModel } from '../server/further-models.js';
import type { ServeFlags } from './flags/serve.js';
/** The first model file of `--models-dir`, which is served first where nothing else is named. */
export declare function firstOfFolder(folder: string): string;
/** @throws ForetokenError `file_not_found`, `invalid_gguf`, `invalid_option` */
export declare function furtherModels(flags: ServeFlags, firstPath: string): FurtherModel[];
/** What further models may take: the bound less what the first takes, or most of what is free now. */
export declare function boundFor(flags: ServeFlags, firstPath: string): number;
