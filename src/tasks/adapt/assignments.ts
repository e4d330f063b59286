/** Gives each task of a round what has the highest predicted goodput, of all that was measured on its held-out texts. */
import type { ModelCosts } from '../../costs/cost-table.js';
import type { SplitTexts } from '../../drafts/align.js';
import { assign } from '../../drafts/assign.js';
import { measureLookup } from '../../drafts/measure-on.js';
import { type Assignment, GENERAL, type RegistryContent } from '../../drafts/registry/entry.js';
import type { Measured } from './measure-all.js';

/** @param only the only task that was aligned; undefined: all, and what belongs to none is assigned, too */
export function assignAll(
  texts: ReadonlyMap<string, SplitTexts>,
  measured: Measured,
  target: ModelCosts,
  only: string | undefined,
): Record<string, Assignment> {
  const at = Date.now();
  const assignments: Record<string, Assignment> = {};
  for (const [task, { held }] of texts) {
    if (held.length === 0) continue;
    const candidates = measured
      .of(task)
      .sort((a, b) => Number(b.id === GENERAL) - Number(a.id === GENERAL))
      .map(({ id, agreement, costs }) => ({ id, survival: agreement.survival, costs }));
    assignments[task] = assign(target, candidates, measureLookup(held), at);
  }
  const general = measured.over(GENERAL);
  if (only === undefined && assignments[GENERAL] === undefined && general !== undefined) {
    const held = [...texts.values()].flatMap((split) => split.held);
    assignments[GENERAL] = assign(target, [general], measureLookup(held), at);
  }
  return assignments;
}

/** The registry with what was measured of its drafts, and these assignments in the place of those of the same tasks. */
export function withMeasured(
  content: RegistryContent,
  measured: Measured,
  assignments: Readonly<Record<string, Assignment>>,
): RegistryContent {
  const byId = measured.acceptanceById();
  return {
    ...content,
    drafts: content.drafts.map((entry) => {
      const { acceptance = {}, tokenMs = entry.tokenMs } = byId.get(entry.id) ?? {};
      return { ...entry, acceptance: { ...entry.acceptance, ...acceptance }, tokenMs };
    }),
    assignments: { ...content.assignments, ...assignments },
  };
}
