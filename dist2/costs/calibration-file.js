/**
 * Calibrations on disk, so that only the first start with a model on a machine measures: one small JSON file for
 * each combination of models, library, processor, threads and layout. A file is believed only when every field
 * is as it must be; anything else is measured anew and overwritten.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { distrust, preparePrivateFolder } from '../base/private-folder.js';
import { writeFileWhole } from '../base/write-file.js';
/** Counts the layouts of the file. */
const FORMAT = 5;
/** A calibration is about 2 KB. */
const MOST_BYTES = 64 * 1024;
const MOST_POINTS = 64;
const MOST_TOKENS = 1_000_000;
/** Ten minutes a decode: more is no measurement. */
const MOST_MS = 600_000;
/**
 * What must be equal for a calibration to be used again, as one hash. Files count by size and content (of a large
 * one its beginning, with all shapes and types, and samples of the rest), not by name and time.
 * @throws Error when a file cannot be read
 */
export function calibrationKey(subject) {
    const { modelPath, draftPath, loraPaths, ...settings } = subject;
    const hash = createHash('sha256');
    const parts = [
        FORMAT,
        fingerprint(modelPath),
        draftPath === undefined ? null : fingerprint(draftPath),
        loraPaths.map(fingerprint),
        Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)),
        [process.platform, process.arch, os.cpus()[0]?.model ?? '', os.cpus().length],
    ];
    return hash.update(JSON.stringify(parts)).digest('hex');
}
const HEAD_BYTES = 64 * 1024;
const SAMPLES = 16;
const SAMPLE_BYTES = 4096;
function fingerprint(file) {
    const handle = openSync(file, 'r');
    try {
        const { size } = fstatSync(handle);
        const hash = createHash('sha256').update(`${size}\n`);
        const read = (at, bytes) => {
            const buffer = Buffer.alloc(Math.min(bytes, Math.max(size - at, 0)));
            hash.update(buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, at)));
        };
        read(0, HEAD_BYTES);
        for (let sample = 1; sample <= SAMPLES; sample++)
            read(Math.max(HEAD_BYTES, Math.floor((size * sample) / SAMPLES) - SAMPLE_BYTES), SAMPLE_BYTES);
        return hash.digest('hex');
    }
    finally {
        closeSync(handle);
    }
}
export function calibrationPath(directory, key) {
    return path.join(directory, `costs-${key.slice(0, 24)}.json`);
}
/** The table of a file; undefined when there is no file, or it is about another model or machine. */
export function readCalibration(file, key) {
    const problem = (what) => ({
        problem: `The calibration ${file} ${what}; measuring anew.`,
    });
    const distrusted = distrust(path.dirname(file));
    if (distrusted !== undefined)
        return problem(`is not believed, since ${distrusted}`);
    let content;
    try {
        if (statSync(file).size > MOST_BYTES)
            return problem('is far too large');
        content = JSON.parse(readFileSync(file, 'utf8'));
    }
    catch (error) {
        if (error.code === 'ENOENT')
            return undefined;
        if (error instanceof SyntaxError)
            return problem('is damaged or half-written');
        return problem(`cannot be read (${error.message})`);
    }
    if (!isRecord(content) || !hasFields(content, ['format', 'key', 'costs']))
        return problem('is no calibration');
    if (content['format'] !== FORMAT || content['key'] !== key)
        return undefined;
    const wrong = problemOf(content['costs']);
    if (wrong !== undefined)
        return problem(`has impossible costs (${wrong})`);
    const costs = content['costs'];
    return { ...costs, draft: costs.draft };
}
/**
 * Writes a file that is whole or as it was before.
 * @returns in words what went wrong, if anything: the next start measures again, nothing worse
 */
export function writeCalibration(file, key, costs) {
    try {
        preparePrivateFolder(path.dirname(file));
        writeFileWhole(file, JSON.stringify({ format: FORMAT, key, costs: { ...costs, version: 0 } }));
        return undefined;
    }
    catch (error) {
        return `The calibration cannot be kept in ${file} (${error.message}); the next start measures again. FORETOKEN_CACHE_DIR names another folder.`;
    }
}
const AMOUNTS = [
    'targetMsPerTokenCell',
    'targetMsPerOutput',
    'targetResizeMs',
    'targetAfterDraftMs',
    'draftMsPerTokenCell',
    'draftAfterTargetMs',
    'overheadMs',
    'overheadMsPerRow',
    'overheadMsGuessing',
];
/** What is wrong with costs from outside; undefined when they can be used. */
function problemOf(costs) {
    if (!isRecord(costs))
        return 'not an object';
    const fields = ['version', 'target', ...AMOUNTS];
    // Without a draft model JSON has no such field.
    if (!hasFields(costs, 'draft' in costs ? [...fields, 'draft'] : fields))
        return 'other fields than expected';
    if (costs['version'] !== 0)
        return 'version';
    const bad = AMOUNTS.find((name) => !isNumber(costs[name], 0, MOST_MS));
    if (bad !== undefined)
        return bad;
    if (!isCurve(costs['target']))
        return 'target';
    return 'draft' in costs && !isCurve(costs['draft']) ? 'draft' : undefined;
}
function isCurve(value) {
    if (!isRecord(value) || !hasFields(value, ['tokens', 'ms']))
        return false;
    const { tokens, ms } = value;
    if (!Array.isArray(tokens) || !Array.isArray(ms))
        return false;
    if (tokens.length === 0 || tokens.length > MOST_POINTS || tokens.length !== ms.length)
        return false;
    return (tokens[0] === 1 &&
        tokens.every((count, i) => Number.isInteger(count) && count <= MOST_TOKENS && (i === 0 || count > tokens[i - 1])) &&
        ms.every((time, i) => isNumber(time, i === 0 ? Number.MIN_VALUE : ms[i - 1], MOST_MS)));
}
function isRecord(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function hasFields(value, names) {
    return Object.keys(value).length === names.length && names.every((name) => name in value);
}
function isNumber(value, least, most) {
    return typeof value === 'number' && value >= least && value <= most;
}
//# sourceMappingURL=calibration-file.js.map