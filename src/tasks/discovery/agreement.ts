/** How well two ways of sorting the same things into groups agree, and how well found groups fit known ones. */

/** How often each pair of groups occurs. */
export function contingency<A, B>(a: readonly A[], b: readonly B[]): Map<A, Map<B, number>> {
  const table = new Map<A, Map<B, number>>();
  a.forEach((group, i) => {
    let row = table.get(group);
    if (row === undefined) table.set(group, (row = new Map<B, number>()));
    row.set(b[i]!, (row.get(b[i]!) ?? 0) + 1);
  });
  return table;
}

const pairs = (count: number): number => (count * (count - 1)) / 2;

/** Adjusted Rand index (Hubert and Arabie 1985): 1 for the same groups, about 0 for groups that know nothing of each other. */
export function adjustedRandIndex(a: readonly unknown[], b: readonly unknown[]): number {
  const table = contingency(a, b);
  const columns = new Map<unknown, number>();
  let together = 0;
  let inA = 0;
  for (const row of table.values()) {
    let size = 0;
    for (const [group, count] of row) {
      together += pairs(count);
      size += count;
      columns.set(group, (columns.get(group) ?? 0) + count);
    }
    inA += pairs(size);
  }
  let inB = 0;
  for (const count of columns.values()) inB += pairs(count);
  const expected = (inA * inB) / Math.max(1, pairs(a.length));
  const greatest = (inA + inB) / 2;
  return greatest === expected ? 1 : (together - expected) / (greatest - expected);
}

/** Share of things whose label is the commonest one of their group. */
export function purity(groups: readonly unknown[], labels: readonly unknown[]): number {
  let right = 0;
  for (const row of contingency(groups, labels).values()) right += Math.max(...row.values());
  return groups.length === 0 ? 1 : right / groups.length;
}
