/**
 * What the engine says, in the words of who asks over HTTP: the field of the request that is at fault, and the flags
 * that give more room. The engine itself knows neither; its errors name the fields of its own requests.
 */
import { ForetokenError, type PlainError } from '../base/errors.js';
import type { EngineInfo } from '../engine/types.js';
export declare function inWordsOfTheApi(error: PlainError): ForetokenError;
/**
 * Why a text is too long and what can be done: what the server gives each request, and what the model was trained for.
 * @param tokens how many the text has, in words
 */
export declare function tooLongText(info: Pick<EngineInfo, 'sequenceCapacity' | 'contextTrain' | 'parallel'>, what: string, tokens: string): string;
