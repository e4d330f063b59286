/** Folders are floors: a file imports only from its own folder or from folders further down, and never in a circle. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Lowest first; folders on one floor do not import each other. */
const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['gguf', 'grammar', 'decoder'],
  ['llama', 'abacus'],
  ['sampling', 'constraints', 'hub'],
  ['speculation'],
  ['costs', 'acceptance'],
  ['planning'],
  ['engine'],
  ['simulation'],
  ['drafts'],
  ['tasks'],
  ['server'],
  ['benchmark'],
  ['cli'],
  ['library'],
];
const source = fileURLToPath(new URL('../../src/', import.meta.url));
const floorOf = (folder: string): number => FLOORS.findIndex((floor) => floor.includes(folder));

it('imports only downwards', () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    const folder = file.split(path.sep)[0]!;
    if (!file.endsWith('.ts') || file === folder) continue;
    assert.notEqual(floorOf(folder), -1, `src/${folder} stands on no floor; add it to FLOORS`);
    const text = readFileSync(path.join(source, file), 'utf8');
    for (const [, specifier] of text.matchAll(/from '(\.[^']+)'/g)) {
      const target = path.relative(source, path.resolve(source, path.dirname(file), specifier!));
      const targetFolder = target.split(path.sep)[0]!;
      seen += 1;
      if (targetFolder !== folder && floorOf(targetFolder) >= floorOf(folder))
        wrong.push(`${file} -> ${target}`);
    }
  }
  assert.ok(seen > 10, 'found hardly any imports: the pattern no longer matches the sources');
  assert.deepEqual(wrong, []);
});

it('imports nothing in a circle', () => {
  const imports = new Map<string, string[]>();
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(path.join(source, file), 'utf8');
    const targets = [...text.matchAll(/from '(\.[^']+)\.js'/g)].map(([, specifier]) =>
      path.relative(source, path.resolve(source, path.dirname(file), `${specifier!}.ts`)),
    );
    imports.set(file, targets);
  }
  assert.ok([...imports.values()].flat().length > 10, 'found hardly any imports');
  const circles: string[] = [];
  /** Files whose imports have all been followed. */
  const done = new Set<string>();
  const follow = (file: string, chain: readonly string[]): void => {
    if (chain.includes(file)) circles.push([...chain.slice(chain.indexOf(file)), file].join(' -> '));
    if (done.has(file) || chain.includes(file)) return;
    for (const target of imports.get(file) ?? []) follow(target, [...chain, file]);
    done.add(file);
  };
  for (const file of imports.keys()) follow(file, []);
  assert.deepEqual(circles, []);
});
