/** A small fault to plant in the code, to see whether a test notices. Knows no faults. */

export interface Mutant {
  /** Short and unique; never given again to another fault. */
  readonly id: string;
  /** From the project's root. */
  readonly file: string;
  /** The fault in words. */
  readonly what: string;
  /** Stands exactly once in the file … */
  readonly find: string;
  /** … and becomes this. */
  readonly replace: string;
  /** Tests that should fail first, below test/: `snn/homeostasis` is a file, `snn/kernel/` a folder. */
  readonly tests: readonly string[];
  /** Of these tests only those whose title holds this: where the files take long. */
  readonly titled?: string;
  /** Why no test can or need notice, where that is so. */
  readonly lives?: string;
}

/** A fault in a file that is named once for several. */
export type Fault = Omit<Mutant, 'file' | 'tests'> & { readonly tests?: readonly string[] };

/** Faults of one file; `tests` are those of each fault that names none. */
export function faultsIn(file: string, tests: readonly string[], faults: readonly Fault[]): readonly Mutant[] {
  return faults.map((fault) => ({ tests, ...fault, file }));
}

/** What keeps a mutant from being planted in the text of its file; undefined where nothing does. */
export function staleness({ find, replace }: Mutant, text: string): string | undefined {
  if (find === replace) return 'find and replace are the same';
  const places = text.split(find).length - 1;
  return places === 1 ? undefined : `its text stands ${places} times in the file, expected once`;
}

/** The text with the fault in it. */
export function planted({ find, replace }: Mutant, text: string): string {
  return text.replace(find, () => replace);
}
