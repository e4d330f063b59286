import type { CodePoints } from './code-points.js';
/** The set of a property; undefined when there is none of that name. */
export declare function propertySet(name: string): CodePoints | undefined;
