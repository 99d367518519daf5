/** Faults in what the runner reads and judges before anything runs: pipeline.yaml, code, keys, verdicts. */
import { faultsIn, type Mutant } from './mutant.ts';

export const planMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/runner/model/ingredients.ts',
    ['runner/ingredients'],
    [
      {
        id: 'R2',
        what: 'the value of an environment variable is not in the key',
        find: "value === undefined ? 'unset' : digestOf(value)",
        replace: "value === undefined ? 'unset' : 'set'",
      },
      {
        id: 'R20',
        what: 'tool versions are not in the key',
        find: "for (const name of sortedKeys(facts.tools)) list.push(['tool', name, facts.tools[name]!]);",
        replace: '',
      },
      {
        id: 'R21',
        what: 'the declared outputs are not in the key',
        find: "for (const name of sortedKeys(stage.outputs)) list.push(['output', name, declaration(stage, name, folder)]);",
        replace: 'void [declaration, folder];',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/select.ts',
    ['e2e/commands', 'runner/load/'],
    [
      {
        id: 'R7',
        titled: 'is what a bare run makes',
        tests: ['e2e/commands'],
        what: '--from and --until are cut with the default list',
        find: 'toMake === true && !cut && Object.hasOwn',
        replace: 'toMake === true && Object.hasOwn',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/resolve-import.ts',
    ['runner/code/code-closure'],
    [
      {
        id: 'R8',
        what: 'packages of packages are not in the closure',
        find: 'if (dependency !== undefined) addPackage(walk, dependency);',
        replace: 'void dependency;',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/code-closure.ts',
    ['runner/code/code-closure'],
    [
      {
        id: 'R25',
        what: 'a source edited after the build is not noticed',
        find: 'if (source !== undefined) checkFresh(walk, source, file);',
        replace: 'void checkFresh;',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/params.ts',
    ['runner/load/'],
    [
      {
        id: 'R12',
        titled: 'for a value of another kind',
        tests: ['runner/load/load-errors'],
        what: '--set may change the type of a value in silence',
        find: 'if (takesAny || kindOf(present) === kindOf(value)) return ok({ value });',
        replace: 'if (takesAny || kindOf(present) !== undefined) return ok({ value });',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/verdict/judge-stage.ts',
    ['e2e/staleness', 'e2e/control'],
    [
      {
        id: 'R27',
        titled: 'never takes a tampered output',
        tests: ['e2e/staleness'],
        what: 'a tampered output is taken for the own',
        find: 'else if (tree.digest !== wanted[name] || tree.folder',
        replace: 'else if (tree.folder',
      },
      {
        id: 'R28',
        titled: 'always runs a stage with cache: false',
        tests: ['e2e/control'],
        what: 'a stage with cache: false is taken from the cache',
        find: "if (!stage.cache) return { kind: 'stale'",
        replace: "if (stage.cache === undefined) return { kind: 'stale'",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/key/read-sources.ts',
    ['e2e/sources'],
    [
      {
        id: 'R41',
        what: 'the content of files that a parameter points at is not in the key',
        find: "return readTree(path, stats, 'source')?.digest ?? 'absent';",
        replace: "return 'absent';",
        titled: 'are read though they lie outside',
      },
      {
        id: 'R42',
        titled: 'are asked for again when the parameters change',
        what: 'a stage is not asked again for its files when its parameters change',
        find: 'const asked = digestOfJson([closureDigest(closure), stage.params]);',
        replace: 'const asked = digestOfJson([closureDigest(closure)]);',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/compiled-from.ts',
    ['runner/code/typescript-stage'],
    [
      {
        id: 'R46',
        what: 'a source is not held against the text in its source map',
        find: '=== withoutMark(compiled) ? [] : [source];',
        replace: '=== withoutMark(compiled) ? [] : [];',
        titled: 'are held against the text in the source map',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/package-exports.ts',
    ['runner/code/package-exports'],
    [
      {
        id: 'R47',
        what: 'the most general pattern of a package wins',
        find: "b.indexOf('*') - a.indexOf('*')",
        replace: "a.indexOf('*') - b.indexOf('*')",
      },
      {
        id: 'R48',
        what: 'an import may lead out of its package by what * stands for',
        find: " || outside.test(star ?? '')) return null;",
        replace: ') return null;',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/expand-command.ts',
    ['runner/load/expand-command'],
    [
      {
        id: 'R53',
        what: 'a single quote in a value ends the shell word',
        find: "return `'${text.replaceAll(\"'\", \"'\\\\''\")}'`;",
        replace: "return `'${text}'`;",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/order.ts',
    ['runner/load/order'],
    [
      {
        id: 'R54',
        what: 'the path of a circle is told with its way in',
        find: 'cycles.push(trail.slice(back));',
        replace: 'cycles.push(trail);',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/plan-surroundings.ts',
    ['e2e/surrounds'],
    [
      {
        id: 'R60',
        what: 'a variable may enter the key and not enter it',
        find: 'if (raw.env?.includes(name) === true)',
        replace: 'if (raw.env?.includes(`${name}=`) === true)',
        titled: 'are told with their place and the way out',
      },
      {
        id: 'R61',
        what: 'a stage may ask for more of a slot than there is',
        find: 'else if (wanted > there)',
        replace: 'else if (wanted > there + 1)',
        titled: 'are told with their place and the way out',
      },
      {
        id: 'R62',
        what: 'a sandbox may see the whole file system',
        find: "if (written === '/' || written === '~' || written === '~/') return 'is everything there is';",
        replace: "if (written === '~') return 'is everything there is';",
        titled: 'are told with their place and the way out',
      },
      {
        id: 'R63',
        what: 'a stage may work in the folder of artifacts',
        find: 'else if (isWithin(folder, artifactsFolder) || isWithin(folder, cacheFolder))',
        replace: 'else if (isWithin(folder, cacheFolder))',
        titled: 'are told with their place and the way out',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/path-rules.ts',
    ['runner/load/quantities', 'runner/load/load-errors', 'runner/load/load-fuzz'],
    [
      {
        id: 'R64',
        what: 'a path may lead out of the project',
        find: "if (segments.includes('..')) return",
        replace: "if (segments[0] === '.' && segments.includes('..')) return",
      },
      {
        id: 'R65',
        what: 'a folder that begins like another lies in it',
        find: 'inner.startsWith(`${folder}/`);',
        replace: 'inner.startsWith(folder);',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/quantities.ts',
    ['runner/load/quantities', 'runner/load/load-errors', 'runner/parts'],
    [
      {
        id: 'R66',
        what: '4GB are 4 GiB',
        find: 'GB: 1e9,',
        replace: 'GB: 2 ** 30,',
      },
      {
        id: 'R67',
        what: '1h30m is 30 minutes',
        find: 'ms += Number(part[1])',
        replace: 'ms = Number(part[1])',
      },
      {
        id: 'R68',
        what: 'a time-out longer than a timer can hold is taken, and is over at once',
        find: 'whole >= 1 && whole <= longestMs',
        replace: 'whole >= 1',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/matrix.ts',
    ['runner/load/load-plan'],
    [
      {
        id: 'R69',
        what: 'the first axis of a matrix runs fastest',
        find: 'of axes)\n    instances',
        replace: 'of [...axes].reverse())\n    instances',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/include.ts',
    ['runner/load/include'],
    [
      {
        id: 'R120',
        what: 'a kept plan does not see that another file is included now',
        find: 'return same && now.size === files.length;',
        replace: 'return same;',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/verdict/seal.ts',
    ['e2e/experiments'],
    [
      {
        id: 'R123',
        what: 'a seal does not hold the plan',
        find: "if (seal.plan !== now.plan) differences.push('the plan');",
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/axes.ts',
    ['runner/load/axes'],
    [
      {
        id: 'R121',
        what: 'a reference to null lays null over a shared parameter',
        find: 'if (meant === undefined || (reference !== undefined && meant === null)) continue;',
        replace: 'if (meant === undefined) continue;',
      },
      {
        id: 'R122',
        what: 'one name may mean two things in stages that are joined by it',
        find: 'else if (other.settings !== text)',
        replace: 'else if (other.stage === stage && other.settings !== text)',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/select.ts',
    ['runner/parts', 'e2e/command-line'],
    [
      {
        id: 'R70',
        what: '--force takes a stage that does not run',
        find: 'if (chosen.length === 0)',
        replace: 'if (chosen.length < 0)',
      },
      {
        id: 'R71',
        what: 'a list of targets that contains itself is followed for ever',
        find: 'if (within.includes(target)) return',
        replace: 'if (within.length > 1e9) return',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/plan-stage.ts',
    ['runner/load/load-errors', 'runner/load/load-plan'],
    [
      {
        id: 'R72',
        what: 'two outputs may lie in one another',
        find: 'isWithin(path, other.path) || isWithin(other.path, path)',
        replace: 'path === other.path',
      },
      {
        id: 'R73',
        what: 'metrics may be a file that the stage does not make',
        find: "    if (!known)\n      problems.report(\n        ['stages', name, 'metrics', i],",
        replace: "    if (!known && path === '')\n      problems.report(\n        ['stages', name, 'metrics', i],",
      },
      {
        id: 'R74',
        what: 'an unreadable duration is no time-out',
        find: 'if (raw.timeout !== undefined && timeoutMs === undefined)',
        replace: "if (raw.timeout === '' && timeoutMs === undefined)",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/artifact-inputs.ts',
    ['runner/load/load-plan', 'runner/load/load-errors'],
    [
      {
        id: 'R75',
        what: 'an instance reads the first instance of the stage before it',
        find: 'axes.every((axis) => String(theirs[axis]) === String(readerAxes[axis])),',
        replace: "axes.every((axis) => String(theirs[axis]) !== ''),",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/check-contracts.ts',
    ['runner/code/check-modules'],
    [
      {
        id: 'R76',
        what: 'a required input may be left out',
        find: 'if (port.optional === true || Object.hasOwn(declared, name)) continue;',
        replace: 'if (port.optional !== false || Object.hasOwn(declared, name)) continue;',
      },
      {
        id: 'R77',
        what: 'a folder may be declared as a file',
        find: 'isFolderKind(ports[name]!.kind) && !stage',
        replace: 'isFolderKind(ports[name]!.kind) && stage',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/code/check-modules.ts',
    ['runner/code/check-modules'],
    [
      {
        id: 'R78',
        what: 'what was found once is not looked for again with other parameters',
        find: 'return [stage.id, codes.get(module), stage.params, inputs, outputs];',
        replace: 'return [stage.id, codes.get(module), inputs, outputs];',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/load/problems.ts',
    ['runner/load/load-errors'],
    [
      {
        id: 'R79',
        what: 'the same mistake is told for every instance of a matrix',
        find: 'if (seen.has(key) || (',
        replace: 'if ((',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/verdict/judge-stage.ts',
    ['e2e/commands'],
    [
      {
        id: 'R96',
        what: 'a result without its files in the cache counts as kept',
        find: 'stored: record !== undefined && record.kept !== false',
        replace: 'stored: record !== undefined',
        titled: 'whatever the parameters',
      },
    ],
  ),
];
