/** Faults in the remotes: what is believed, what is fetched, what a dead one costs. */
import { faultsIn, type Mutant } from './mutant.ts';

export const remoteMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/runner/remote/signature.ts',
    ['e2e/remote'],
    [
      {
        id: 'RM1',
        titled: 'takes those of a trusted key',
        what: 'a signature does not cover the key that the result is served under',
        find: '\\n${key}\\n${record}`',
        replace: '\\n${record}`',
        lives: 'the record names its key too, and that is held against the one asked for: two locks on one door',
      },
      {
        id: 'RM2',
        titled: 'takes those of a trusted key',
        what: 'what is not signed is believed where signatures are asked for',
        find: "if (signature === undefined) return { why: 'it is not signed' };",
        replace: 'if (signature === undefined) return { record };',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/remote/download.ts',
    ['e2e/remote'],
    [
      {
        id: 'RM3',
        titled: 'with other bytes than a name says',
        what: 'the bytes of an object are not held against its name',
        find: "return part.digest() === digest ? 'kept' : part.refuse();",
        replace: "void digest;\n  return 'kept';",
        lives: 'who takes an object out of the cache reads it once more: then it is set aside and asked for again',
      },
      {
        id: 'RM4',
        titled: 'breaks off in the middle',
        what: 'a broken download is not gone on from',
        find: 'breaks === maxBreaks) throw error;',
        replace: 'breaks <= maxBreaks) throw error;',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/run/left-there.ts',
    ['e2e/remote'],
    [
      {
        id: 'RM5',
        titled: 'is asked for the bytes of what was asked for',
        what: 'every need is fetched, whether a stage reads it or not',
        find: 'if (this.asked?.has(stage.id) !== false',
        replace: 'if (this.asked?.has(stage.id) !== undefined',
      },
      {
        id: 'RM6',
        titled: 'that lost the bytes of a need',
        what: 'a stage whose need came out otherwise is run under its old key',
        find: "return changed ? 'changed' : 'here';",
        replace: "return 'here';",
        lives: 'after a stage ran its inputs are looked at once more: then it runs again under its new key',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/run/frozen.ts',
    ['e2e/reproduce'],
    [
      {
        id: 'RM8',
        titled: 'restores everything and runs nothing',
        what: 'a program that is not here is an error where the lock knows its version',
        find: 'tool: (name) => locked(`tool ${name}`, name),',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/provenance/ro-crate.ts',
    ['e2e/provenance'],
    [
      {
        id: 'RM10',
        titled: 'says of each result what it was made of',
        what: 'the crate leaves out the terms of the data',
        find: 'terms === undefined ? {}',
        replace: 'terms !== undefined ? {}',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/provenance/against-crate.ts',
    ['e2e/provenance'],
    [
      {
        id: 'RM11',
        titled: 'shows against a crate why another run differs',
        what: 'a record of a crate is believed without a look at its key',
        find: "if (typeof record === 'string')",
        replace: "if (typeof record === 'string' && record === '')",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/remote/foreign-record.ts',
    ['runner/remote/foreign-record'],
    [
      {
        id: 'RM9',
        what: 'a path of a foreign result may lead out of its output',
        find: "part !== '.' && part !== '..'",
        replace: "part !== '.'",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/remote/patience.ts',
    ['e2e/remote'],
    [
      {
        id: 'RM7',
        titled: 'that is dead, or does not answer',
        what: 'a dead remote is asked again and again',
        find: 'this.end(wordsOf(',
        replace: 'void (wordsOf(',
      },
    ],
  ),
];
