/** Every `npm run NAME` that documents, scripts and continuous integration name is there. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
const root = new URL('../../', import.meta.url);
const read = (name) => readFileSync(new URL(name, root), 'utf8');
const filesIn = (folder, ending) => readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => `${folder}${name}`);
it('every script of npm that is named anywhere exists', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const files = [
        ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'models/README.md', '.ci/run'],
        ...filesIn('docs/', /\.md$/),
        ...filesIn('bench/', /\.(mjs|md)$/),
        ...filesIn('scripts/', /\.mjs$/),
        ...filesIn('src/', /\.ts$/),
    ];
    const named = files.flatMap((file) => [...read(file).matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name]) => ({ file, name })));
    assert.ok(named.length > 20, 'found hardly any');
    const absent = named.filter(({ name }) => name !== undefined && scripts[name] === undefined);
    assert.deepEqual(absent, []);
});
//# sourceMappingURL=npm-scripts.test.js.map