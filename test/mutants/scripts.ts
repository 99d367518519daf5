/** Faults in the scripts of this checkout. */
import { faultsIn, type Mutant } from './mutant.ts';

export const scriptMutants: readonly Mutant[] = [
  ...faultsIn(
    'scripts/build.mjs',
    ['runner/code/code-closure', 'package/scripts'],
    [
      {
        id: 'X1',
        what: 'what was deleted lives on in dist/',
        find: "rmSync(join(root, 'dist', path));\n",
        replace: 'void path;\n',
      },
    ],
  ),
  ...faultsIn(
    'scripts/schemas.mjs',
    ['stages/params-schema', 'package/scripts'],
    [
      {
        id: 'X2',
        what: 'pages that say something else pass the check',
        find: 'process.exitCode = 1;',
        replace: 'process.exitCode = 0;',
      },
      {
        id: 'X3',
        what: 'the check writes what it checks',
        find: "if (!process.argv.includes('--check')) {",
        replace: "if (process.argv.includes('--check')) {",
      },
    ],
  ),
  ...faultsIn(
    'scripts/mutants.mjs',
    ['package/scripts'],
    [
      {
        id: 'X4',
        what: 'a list that does not fit the code passes',
        find: 'process.exit(2);\n  }\n  for (const name',
        replace: 'process.exit(0);\n  }\n  for (const name',
      },
    ],
  ),
];
