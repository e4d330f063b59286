/** What is wrong with a file's content, collected by the checks of this folder, and their view of its metadata. */
import { plainLine } from '../base/plain-line.js';
/** Of a key, in characters. */
const MOST_SHOWN = 100;
/** A damaged file can be wrong in a million places; nobody reads more than these. */
const MOST_FINDINGS = 20;
export class Findings {
    metadata;
    list = [];
    constructor(metadata) {
        this.metadata = metadata;
    }
    error(text) {
        if (this.list.length < MOST_FINDINGS)
            this.list.push({ severity: 'error', text });
    }
    warning(text) {
        if (this.list.length < MOST_FINDINGS)
            this.list.push({ severity: 'warning', text });
    }
    /** Text under a key; another type than text is an error. */
    text(key) {
        const entry = this.metadata.get(key);
        if (entry === undefined)
            return undefined;
        if (entry.type === 'string')
            return entry.value;
        this.error(`${plainLine(key, MOST_SHOWN)} is of type ${entry.type} instead of text`);
        return undefined;
    }
    /** Texts under a key; anything else is an error. */
    texts(key) {
        const entry = this.metadata.get(key);
        if (entry === undefined)
            return undefined;
        if (entry.type === 'array' && entry.itemType === 'string')
            return entry.value;
        this.error(`${plainLine(key, MOST_SHOWN)} is no list of texts`);
        return undefined;
    }
    /** A whole number from `least` to `most`; anything else is an error. */
    integer(key, least, most) {
        const entry = this.metadata.get(key);
        if (entry === undefined)
            return undefined;
        const { value } = entry;
        if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
            return value;
        this.error(`${plainLine(key, MOST_SHOWN)} is ${shown(entry)} instead of a whole number from ${least} to ${most}`);
        return undefined;
    }
    /** As `integer`, or one number for each layer. */
    integers(key, least, most) {
        const entry = this.metadata.get(key);
        if (entry?.type !== 'array')
            return this.integer(key, least, most);
        if (entry.itemType === 'string' || entry.itemType === 'array' || entry.value.length === 0) {
            this.error(`${plainLine(key, MOST_SHOWN)} is no list of numbers`);
            return undefined;
        }
        const values = Array.from(entry.value, Number);
        const wrong = values.find((value) => !Number.isInteger(value) || value < least || value > most);
        if (wrong === undefined)
            return values;
        this.error(`${plainLine(key, MOST_SHOWN)} has a ${wrong} instead of whole numbers from ${least} to ${most}`);
        return undefined;
    }
    /** A finite number from `least` to `most`; anything else is an error. */
    number(key, least = -Infinity, most = Infinity) {
        const entry = this.metadata.get(key);
        // Some of them are given layer by layer.
        if (entry === undefined || entry.type === 'array')
            return undefined;
        const { value } = entry;
        if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most)
            return value;
        const range = least === -Infinity ? '' : most === Infinity ? ` from ${least}` : ` from ${least} to ${most}`;
        this.error(`${plainLine(key, MOST_SHOWN)} is ${shown(entry)} instead of a finite number${range}`);
        return undefined;
    }
}
function shown(entry) {
    if (entry.type === 'string')
        return `"${plainLine(entry.value, 40)}"`;
    return entry.type === 'array' ? `a list of ${entry.value.length}` : String(entry.value);
}
//# sourceMappingURL=findings.js.map