/**
 * `npm run fuzz:grammars [-- --cases 1000000 --seed 1 --schemas 0.02]`: random grammars and schemas, each refused in
 * words or followed at random with what must hold at every step (`src/constraints/fuzz.ts`); texts of schemas are
 * judged by ajv. Fails at the first thing that does not hold, at a case that takes more than a second of the
 * processor, and where memory grows.
 */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { fuzzGrammars } from '../dist/constraints/fuzz.js';

const MOST_MS = 1_000;
const MOST_GROWTH_BYTES = 256 * 1024 * 1024;
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    schemas: { type: 'string', default: '0.02' },
  },
});
const cases = Number(values.cases);
const seed = Number(values.seed);
const schemas = Number(values.schemas);
assert.ok(Number.isInteger(cases) && cases > 0 && Number.isInteger(seed) && schemas >= 0 && schemas <= 1);

/** ajv takes no notice of properties called __proto__; this name has the same characters to every pattern. */
const renamed = (json) => json.replaceAll('__proto__', '__prot0__');
let asked = 0;
function validate(schema) {
  // A validator takes longer to make than all the rest: one schema in ten gets one.
  if (asked++ % 10 !== 0) return undefined;
  const ajv = new Ajv2020({ strict: false, logger: false, multipleOfPrecision: 1, ownProperties: true });
  addFormats.default(ajv);
  const holds = ajv.compile(JSON.parse(renamed(JSON.stringify(schema))));
  return (text) => holds(JSON.parse(renamed(text)));
}

let firstRss = 0;
let mostRss = 0;
let toldAt = performance.now();
const startMs = performance.now();
const report = fuzzGrammars({
  cases,
  seed,
  schemas,
  validate,
  onCase: (now) => {
    if (now.cases % 1000 !== 0) return;
    const { rss } = process.memoryUsage();
    // What the first tenth has needed, the rest may need too.
    if (now.cases <= Math.max(2000, cases / 10)) firstRss = Math.max(firstRss, rss);
    mostRss = Math.max(mostRss, rss);
    if (performance.now() - toldAt < 10_000) return;
    toldAt = performance.now();
    console.error(
      `${now.cases} of ${cases}: ${now.read} read, ${now.refused} refused, slowest ${now.slowestMs.toFixed(0)} ms`,
    );
  },
});
const megabytes = (bytes) => `${(bytes / 1024 ** 2).toFixed(0)} MB`;
console.log(
  `${report.cases} cases from seed ${seed} in ${((performance.now() - startMs) / 1000).toFixed(0)} s: no crash`,
);
console.log(
  `  ${report.read} read, ${report.refused} refused in words, ${report.exceeded} walks ended by a bound`,
);
console.log(`  ${report.judged} texts judged alike by an independent recogniser or validator`);
console.log(`  slowest ${report.slowestMs.toFixed(0)} ms of the processor: ${report.slowest}`);
console.log(
  `  automata at most ${megabytes(report.mostBytes)}; resident at most ${megabytes(mostRss)}, ${megabytes(firstRss)} in the first tenth`,
);
assert.ok(report.slowestMs < MOST_MS, `a case took ${report.slowestMs} ms`);
assert.ok(
  mostRss - firstRss < MOST_GROWTH_BYTES,
  `memory grew from ${megabytes(firstRss)} to ${megabytes(mostRss)}`,
);
