/** What discovery found, for a person to read: tasks, and how they fit labels where there are some. */
import { countText } from '../../base/count-text.js';
import type { Discovery } from './discover.js';
import { adjustedRandIndex, contingency, purity } from './agreement.js';

/** @param labels of the prompts; those without one are left out of the comparison */
export function discoveryReport(discovery: Discovery, labels: readonly (string | undefined)[]): string {
  const { model, assignments, distinct, accuracy, calibrationError, notes } = discovery;
  const counts = new Map<string, number>();
  for (const { task } of assignments) counts.set(task, (counts.get(task) ?? 0) + 1);
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  const lines = [
    `${countText(assignments.length, 'prompt')}, ${distinct} of them different: ${tasksText(model.tasks.length)}.`,
  ];
  if (rows.length > 0) {
    const named = rows.map(([task, count]) => [
      task,
      String(count),
      model.tasks.find(({ id }) => id === task)?.name ?? 'whatever is unsure',
    ]);
    lines.push('', ...table([['task', 'prompts', 'telling words'], ...named]));
  }
  if (model.tasks.length > 1 && accuracy < 1)
    lines.push(
      '',
      `The classifier is right for ${(100 * accuracy).toFixed(1)} % of prompts that it did not learn from, half of them ` +
        `disturbed (calibration error ${calibrationError.toFixed(3)}).`,
    );
  lines.push(...notes.map((note) => `Note: ${note}`));
  const known = labels.flatMap((label, i) =>
    label === undefined ? [] : [{ label, task: assignments[i]!.task }],
  );
  if (known.length > 0)
    lines.push(
      '',
      ...comparison(
        known.map(({ task }) => task),
        known.map(({ label }) => label),
      ),
    );
  return `${lines.join('\n')}\n`;
}

const tasksText = (count: number): string =>
  count === 0 ? 'no tasks' : `${count} ${count === 1 ? 'task' : 'tasks'}`;

/** Rows of the confusion table: the commonest labels. */
const MOST_LABELS = 40;

function comparison(found: readonly string[], labels: readonly string[]): string[] {
  const confusion = [...contingency(labels, found)].sort(([a], [b]) => (a < b ? -1 : 1));
  const columns = [...new Set(found)].sort();
  const rows = confusion
    .slice(0, MOST_LABELS)
    .map(([label, row]) => [label, ...columns.map((task) => String(row.get(task) ?? '.'))]);
  return [
    `Compared with ${countText(confusion.length, 'label')} of ${countText(labels.length, 'prompt')}: adjusted Rand index ` +
      `${adjustedRandIndex(labels, found).toFixed(3)}, purity ${purity(found, labels).toFixed(3)}.`,
    '',
    ...table([['label', ...columns], ...rows]),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
