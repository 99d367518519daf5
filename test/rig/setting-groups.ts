/** Wrong settings told several in one run of the binary, where they do not concern the same key: a run for each would take minutes. */

/** The key of `key=value`. */
function keyOf(set: string): string {
  return set.slice(0, set.indexOf('='));
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Cases in groups, as few as come of it, in which no setting's key is, holds or lies in another's. */
export function settingGroups<Case extends readonly [set: string, message: unknown]>(
  cases: readonly Case[],
): readonly (readonly Case[])[] {
  const groups: Case[][] = [];
  for (const one of cases) {
    const fits = groups.find((group) => group.every(([set]) => !overlap(keyOf(set), keyOf(one[0]))));
    if (fits === undefined) groups.push([one]);
    else fits.push(one);
  }
  return groups;
}
