/** Who needs whom: topological order and cycles. Knows names only. */

/** Ids such that each comes after all it needs; among the ready ones, the given order. Ids in a cycle are left out. */
export function topologicalOrder(needs: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const rank = new Map([...needs.keys()].map((id, i) => [id, i]));
  const ids = [...needs.keys()];
  const waiting = ids.map((id) => new Set(needs.get(id)).size);
  const dependents: number[][] = ids.map(() => []);
  for (const [id, before] of needs)
    for (const need of new Set(before)) dependents[rank.get(need)!]!.push(rank.get(id)!);
  const ready = new MinHeap();
  for (const [i, count] of waiting.entries()) if (count === 0) ready.push(i);
  const order: string[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    order.push(ids[next]!);
    for (const dependent of dependents[next]!) if (--waiting[dependent]! === 0) ready.push(dependent);
  }
  return order;
}

/** One cycle through each group of names that reach each other, as a path `a b c` (c needs a); none twice. */
export function findCycles(needs: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Set(topologicalOrder(needs));
  const left = new Set([...needs.keys()].filter((name) => !order.has(name)));
  const cycles: string[][] = [];
  const visited = new Set<string>();
  for (const start of left) {
    const trail: string[] = [];
    const onTrail = new Map<string, number>();
    let name: string | undefined = start;
    // From a name in or behind a cycle, following an unordered need always ends in a cycle.
    while (name !== undefined && !visited.has(name)) {
      visited.add(name);
      onTrail.set(name, trail.length);
      trail.push(name);
      name = needs.get(name)!.find((need) => left.has(need));
    }
    const back = name === undefined ? undefined : onTrail.get(name);
    if (back !== undefined) cycles.push(trail.slice(back));
  }
  return cycles;
}

/** Numbers, smallest first. */
class MinHeap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (items[child]! >= last) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return top;
  }
}
