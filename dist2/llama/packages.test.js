import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { findLibraries, libraryFile, packageFor } from './packages.js';
import { temporaryFolder } from './test-models.js';
it('names the package of each platform', () => {
    const cases = [
        ['linux', 'x64', 'none', 'linux-x64'],
        ['linux', 'x64', 'cuda', 'linux-x64-cuda'],
        ['linux', 'x64', 'vulkan', 'linux-x64-vulkan'],
        ['linux', 'arm64', 'none', 'linux-arm64'],
        ['darwin', 'arm64', 'none', 'mac-arm64-metal'],
        ['darwin', 'arm64', 'metal', 'mac-arm64-metal'],
        ['darwin', 'x64', 'none', 'mac-x64'],
        ['win32', 'x64', 'cuda', 'win-x64-cuda'],
        ['win32', 'arm64', 'none', 'win-arm64'],
    ];
    for (const [platform, arch, gpu, name] of cases)
        assert.equal(packageFor(platform, arch, gpu), `@node-llama-cpp/${name}`);
    assert.equal(packageFor('linux', 'arm64', 'cuda'), undefined);
    assert.equal(packageFor('sunos', 'x64', 'none'), undefined);
});
it('knows the library files by their names on every platform', () => {
    const linux = ['libllama-common.so', 'libllama.v0.5.0.so', 'libggml.v0.5.0.so', 'libggml-base.so'];
    assert.equal(libraryFile(linux, 'llama'), 'libllama.v0.5.0.so');
    assert.equal(libraryFile(linux, 'ggml'), 'libggml.v0.5.0.so');
    assert.equal(libraryFile(linux, 'ggml-base'), 'libggml-base.so');
    assert.equal(libraryFile(['libllama.so.0', 'libggml-cpu.so'], 'llama'), 'libllama.so.0');
    assert.equal(libraryFile(['libllama.dylib', 'libggml.0.dylib'], 'ggml'), 'libggml.0.dylib');
    assert.equal(libraryFile(['llama.dll', 'ggml-base.dll', 'llama-addon.node'], 'llama'), 'llama.dll');
    assert.equal(libraryFile(['libggml-cpu-haswell.so', 'llama-addon.node'], 'ggml'), undefined);
});
/**
 * What the packages hold beside libggml-cpu-*, as listed from the registry: 3.22.1 for Linux, 3.21.1 for the others
 * (the newest that could be had), whose names only differ by the version.
 */
const RECORDED = {
    'linux-x64': ['libggml-base.so', 'libggml.v0.5.0.so', 'libllama-common.so', 'libllama.v0.5.0.so'],
    'linux-arm64': ['libggml-base.so', 'libggml.v0.5.0.so', 'libllama-common.so', 'libllama.v0.5.0.so'],
    'linux-x64-vulkan': [
        'libggml-base.so',
        'libggml-vulkan.so',
        'libggml.vulkan.v0.5.0.so',
        'libllama-common.so',
        'libllama.vulkan.v0.5.0.so',
    ],
    'linux-x64-cuda': [
        'libggml-base.so',
        'libggml-cuda.so',
        'libggml.cuda.v0.5.0.so',
        'libllama-common.so',
        'libllama.cuda.v0.5.0.so',
    ],
    'mac-arm64-metal': [
        'libggml-base.dylib',
        'libggml-blas.so',
        'libggml-metal.so',
        'libggml.metal.v0.4.0.dylib',
        'libllama-common.dylib',
        'libllama.metal.v0.4.0.dylib',
    ],
    'mac-x64': [
        'libggml-base.dylib',
        'libggml-blas.so',
        'libggml.v0.4.0.dylib',
        'libllama-common.dylib',
        'libllama.v0.4.0.dylib',
    ],
    'win-x64': ['ggml-base.dll', 'ggml.v0.4.0.dll', 'llama-addon.lib', 'llama-common.dll', 'llama.v0.4.0.dll'],
    'win-x64-vulkan': [
        'ggml-base.dll',
        'ggml-vulkan.dll',
        'ggml.vulkan.v0.4.0.dll',
        'llama-addon.lib',
        'llama-common.dll',
        'llama.vulkan.v0.4.0.dll',
    ],
    'win-x64-cuda': [
        'ggml-base.dll',
        'ggml-cuda.dll',
        'ggml.cuda.v0.4.0.dll',
        'llama-addon.exp',
        'llama-addon.lib',
        'llama-common.dll',
        'llama.cuda.v0.4.0.dll',
    ],
    'win-arm64': ['ggml-base.dll', 'ggml-cpu.dll', 'ggml.v0.4.0.dll', 'llama-common.dll', 'llama.v0.4.0.dll'],
};
it('finds the libraries of every package as it is', () => {
    const folder = temporaryFolder();
    for (const [name, names] of Object.entries(RECORDED)) {
        const bins = path.join(folder, name, 'bins', name);
        mkdirSync(bins, { recursive: true });
        for (const file of [...names, '_nlcBuildMetadata.json', 'llama-addon.node'])
            writeFileSync(path.join(bins, file), '');
    }
    const rootOf = (name) => {
        const root = path.join(folder, name.replace('@node-llama-cpp/', ''));
        return existsSync(root) ? root : undefined;
    };
    const machines = [
        ['linux', 'x64', 'none'],
        ['linux', 'x64', 'vulkan'],
        ['linux', 'x64', 'cuda'],
        ['linux', 'arm64', 'none'],
        ['darwin', 'arm64', 'none'],
        ['darwin', 'arm64', 'metal'],
        ['darwin', 'x64', 'none'],
        ['win32', 'x64', 'none'],
        ['win32', 'x64', 'vulkan'],
        ['win32', 'x64', 'cuda'],
        ['win32', 'arm64', 'none'],
    ];
    for (const [platform, arch, gpu] of machines) {
        const found = findLibraries(gpu, platform, arch, rootOf);
        const ending = String.raw `\.(so|dylib|dll)$`;
        assert.match(path.basename(found.llama), new RegExp(String.raw `^(lib)?llama\.((cuda|vulkan|metal)\.)?v0\..*${ending}`));
        assert.match(path.basename(found.ggml), new RegExp(String.raw `^(lib)?ggml\.((cuda|vulkan|metal)\.)?v0\..*${ending}`));
        assert.match(path.basename(found.ggmlBase), new RegExp(`^(lib)?ggml-base${ending}`));
    }
});
it('finds the installed libraries', () => {
    const files = findLibraries('none');
    for (const file of [files.llama, files.ggml, files.ggmlBase])
        assert.ok(path.isAbsolute(file) && existsSync(file), file);
});
it('says how to install what is missing', () => {
    assert.throws(() => findLibraries('cuda', 'linux', 'x64', () => undefined), (error) => {
        assert.equal(error.code, 'library_unavailable');
        assert.match(error.message, /npm install @node-llama-cpp\/linux-x64-cuda@3\.22\.1/);
        return true;
    });
    assert.throws(() => findLibraries('metal', 'linux', 'x64'), {
        code: 'library_unavailable',
        message: /use one of: none, cuda, vulkan/,
    });
    assert.throws(() => findLibraries('none', 'aix', 'ppc64'), {
        code: 'library_unavailable',
        message: /no prebuilt llama\.cpp for aix on ppc64/,
    });
});
it('says that a package is broken, and finds the backends of a package beside it', () => {
    const folder = temporaryFolder();
    const bins = path.join(folder, 'main', 'bins', 'linux-x64-cuda');
    // As in linux-x64-cuda-ext@3.22.1.
    const extra = path.join(folder, 'ext', 'bins', 'linux-x64-cuda', 'fallback');
    mkdirSync(bins, { recursive: true });
    mkdirSync(extra, { recursive: true });
    const rootOf = (name) => path.join(folder, name.endsWith('-ext') ? 'ext' : 'main');
    assert.throws(() => findLibraries('cuda', 'linux', 'x64', rootOf), {
        code: 'library_unavailable',
        message: /lacks the llama\.cpp libraries/,
    });
    for (const name of ['libggml-base.so', 'libggml.cuda.v0.5.0.so', 'libllama.cuda.v0.5.0.so'])
        writeFileSync(path.join(bins, name), '');
    writeFileSync(path.join(extra, 'libggml-cuda.so'), '');
    writeFileSync(path.join(extra, 'notes.txt'), '');
    const files = findLibraries('cuda', 'linux', 'x64', rootOf);
    assert.equal(files.directory, bins);
    assert.deepEqual(files.extraBackends, [path.join(extra, 'libggml-cuda.so')]);
});
//# sourceMappingURL=packages.test.js.map