/**
 * Where the prebuilt llama.cpp libraries lie: one npm package `@node-llama-cpp/<platform>` for each operating
 * system, processor and GPU, of which npm installs the one that fits the machine.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
/** The release of the packages whose libraries are declared in `declarations.ts`. */
export const PACKAGE_VERSION = '3.22.1';
const PACKAGES = {
    'linux-x64': { none: 'linux-x64', cuda: 'linux-x64-cuda', vulkan: 'linux-x64-vulkan' },
    'linux-arm64': { none: 'linux-arm64' },
    // The Metal build also runs on the processor alone.
    'darwin-arm64': { none: 'mac-arm64-metal', metal: 'mac-arm64-metal' },
    'darwin-x64': { none: 'mac-x64' },
    'win32-x64': { none: 'win-x64', cuda: 'win-x64-cuda', vulkan: 'win-x64-vulkan' },
    'win32-arm64': { none: 'win-arm64' },
};
/** Name of the package for a machine, or undefined when none is made for it. */
export function packageFor(platform, arch, gpu) {
    const name = PACKAGES[`${platform}-${arch}`]?.[gpu];
    return name === undefined ? undefined : `@node-llama-cpp/${name}`;
}
/**
 * The library files among a folder's names: `libllama.v0.5.0.so`, `libllama.vulkan.v0.5.0.so`, `libllama.so`,
 * `libllama.dylib`, `llama.dll`, but not `libllama-common.so`.
 */
export function libraryFile(names, library) {
    const pattern = new RegExp(`^(lib)?${library}(\\.(cuda|vulkan|metal))?(\\.v?[0-9][0-9.]*)?\\.(so|dylib|dll)(\\.[0-9.]+)?$`);
    return names.filter((name) => pattern.test(name)).sort((a, b) => a.length - b.length)[0];
}
/** The installed library files for this machine. */
export function findLibraries(gpu, platform = process.platform, arch = process.arch, packageRoot = installedAt) {
    const name = packageFor(platform, arch, gpu);
    if (name === undefined) {
        const known = Object.keys(PACKAGES[`${platform}-${arch}`] ?? {});
        throw new ForetokenError('library_unavailable', known.length === 0
            ? `There is no prebuilt llama.cpp for ${platform} on ${arch}; there is one for ${Object.keys(PACKAGES).join(', ')}.`
            : `There is no prebuilt llama.cpp with GPU support "${gpu}" for ${platform} on ${arch}; use one of: ${known.join(', ')}.`, { param: 'gpu' });
    }
    const install = `npm install ${name}@${PACKAGE_VERSION}`;
    const root = packageRoot(name);
    if (root === undefined)
        throw new ForetokenError('library_unavailable', `The llama.cpp library for this machine is not installed. Install it with: ${install}`, { param: 'gpu' });
    for (const directory of binaryFolders(root)) {
        const names = readdirSync(directory);
        const [ggmlBase, ggml, llama] = ['ggml-base', 'ggml', 'llama'].map((library) => {
            const file = libraryFile(names, library);
            return file === undefined ? undefined : path.join(directory, file);
        });
        if (ggmlBase !== undefined && ggml !== undefined && llama !== undefined)
            return { directory, ggmlBase, ggml, llama, extraBackends: extraBackends(packageRoot(`${name}-ext`)) };
    }
    throw new ForetokenError('library_unavailable', `The package ${name} at ${root} lacks the llama.cpp libraries. Install it anew with: ${install}`, { param: 'gpu' });
}
function binaryFolders(root) {
    const bins = path.join(root, 'bins');
    if (!existsSync(bins))
        return [];
    return readdirSync(bins, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => path.join(bins, entry.name));
}
function extraBackends(root) {
    if (root === undefined)
        return [];
    return binaryFolders(root)
        .flatMap((folder) => [folder, path.join(folder, 'fallback')])
        .filter((folder) => existsSync(folder))
        .flatMap((folder) => readdirSync(folder)
        .filter((name) => /^(lib)?ggml-[a-z]+\.(so|dylib|dll)$/.test(name))
        .map((name) => path.join(folder, name)));
}
/** Folder of an installed package. Its `exports` hide package.json, so the folders are looked through. */
function installedAt(name) {
    const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
    return folders
        .map((folder) => path.join(folder, name))
        .find((folder) => existsSync(path.join(folder, 'package.json')));
}
//# sourceMappingURL=packages.js.map