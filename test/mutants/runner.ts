/** Faults in the runner: what is stale, what is believed, what is run, what is left behind, what is said. */
import { faultsIn, type Mutant } from './mutant.ts';

export const runnerMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/runner/store/stat-cache.ts',
    ['runner/store/stat-cache'],
    [
      {
        id: 'R1',
        what: 'a file changed a moment ago is believed to rest',
        find: 'return s.ctimeNs + tick > at;',
        replace: 'return s.ctimeNs > at + tick;',
      },
    ],
  ),
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
    'src/runner/execute/run-action.ts',
    ['e2e/control', 'e2e/surroundings'],
    [
      {
        id: 'R3',
        titled: 'does not keep a result whose input changed',
        tests: ['e2e/control'],
        what: 'inputs are not looked at again after a stage ran',
        find: 'if (overtaken !== undefined) return overtaken;',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/store/objects.ts',
    ['e2e/together', 'runner/store/'],
    [
      {
        id: 'R4',
        titled: 'bytes of its name',
        tests: ['runner/store/records'],
        what: 'an object is not verified on the way out',
        find: 'if ((await hashFile(target, statSync(target).size)) === digest) {',
        replace: 'if ((await hashFile(target, statSync(target).size)) !== undefined) {',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/store/sealed-json.ts',
    ['runner/store/records'],
    [
      {
        id: 'R22',
        what: 'a damaged record is believed',
        find: '!== digestOf(body))',
        replace: '=== undefined)',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/run/admission.ts',
    ['runner/parts'],
    [
      {
        id: 'R5',
        what: 'the scheduler ignores memory',
        find: 'cpus > this.cpus || memory > this.memory',
        replace: 'cpus > this.cpus',
      },
      {
        id: 'R23',
        what: 'a slot may be taken twice',
        find: '.filter((i) => !this.taken.has(`${slot} ${i}`))',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/locks/key-lock.ts',
    ['e2e/leftovers'],
    [
      {
        id: 'R6b',
        titled: 'of a run that was killed in another checkout',
        what: 'the stage of a killed run is never ended',
        find: 'if (before !== undefined) endOrphan(before);',
        replace: 'void endOrphan;',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/locks/process-identity.ts',
    ['runner/locks'],
    [
      {
        id: 'R24',
        what: 'a process is taken for an earlier one of the same number',
        find: "if (identity.start !== '') return startOf(identity.pid) === identity.start;",
        replace: "if (identity.start !== '') return startOf(identity.pid) !== '';",
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
    'src/runner/inspect/garbage.ts',
    ['e2e/pipeline-lock', 'e2e/commands'],
    [
      {
        id: 'R9',
        titled: 'keeps from gc what it names',
        tests: ['e2e/pipeline-lock'],
        what: 'gc takes what pipeline.lock names',
        find: 'for (const stage of Object.values(readLockFile({ ...project, lock }))) keys.add(stage.key);',
        replace: 'void [readLockFile, lock];',
      },
      {
        id: 'R26',
        titled: 'gc keeps what the last runs made',
        tests: ['e2e/commands'],
        what: 'gc takes what the last runs made',
        find: 'for (const stage of record.stages) keys.add(stage.key);',
        replace: 'void record;',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/run/frozen.ts',
    ['e2e/pipeline-lock', 'e2e/commands'],
    [
      {
        id: 'R10',
        titled: 'that contradicts itself',
        tests: ['e2e/pipeline-lock'],
        what: '--frozen accepts a lock that contradicts itself',
        find: '...tornInputs(stage, entry, locked, ids).map(',
        replace: '...tornInputs(stage, entry, locked, ids).slice(9).map(',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/execute/module-stage.ts',
    ['e2e/control'],
    [
      {
        id: 'R11',
        titled: 'and no network unless it says so',
        what: 'module stages keep the network',
        find: 'moduleSandbox(permissions.network === true)',
        replace: 'moduleSandbox(true)',
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
    'src/runner/state/pipeline-lock.ts',
    ['e2e/pipeline-lock'],
    [
      {
        id: 'R13',
        titled: 'is not written where',
        what: 'pipeline.lock is written anew though it says the same',
        find: 'if (readTextIfPresent(path) !== text) writeFileAtomic(path, text);',
        replace: 'writeFileAtomic(path, text);',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/execute/process-group.ts',
    ['e2e/leftovers'],
    [
      {
        id: 'R14',
        titled: 'of a stage that ended at once',
        what: 'what a stage leaves running goes on',
        find: "if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');",
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/views/plain-view.ts',
    ['e2e/plain-output'],
    [
      {
        id: 'V1',
        what: 'each step of progress is a line of the log',
        find: 'if (now - last < progressMs && event.done < event.total) return undefined;',
        replace: '',
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
    'src/runner/store/outputs.ts',
    ['e2e/control', 'e2e/surroundings'],
    [
      {
        id: 'R29',
        titled: 'refuses a module stage what it did not declare',
        tests: ['e2e/control'],
        what: 'files that are not declared are let pass',
        find: 'if (stray !== undefined)',
        replace: 'if (stray === null)',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/store/tree.ts',
    ['runner/store/tree'],
    [
      {
        id: 'R31',
        what: 'execute bits of files in a folder are not in its digest',
        find: "...(file.executable === true ? ['x'] : [])",
        replace: '',
      },
      {
        id: 'R30',
        what: 'the names of files in a folder are not in its digest',
        find: '...files.map((file) => [file.path, file.digest, ',
        replace: '...files.map((file) => [file.digest, ',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/store/ignore.ts',
    ['e2e/identity'],
    [
      {
        id: 'R40',
        what: 'a project cannot take a default of what is ignored back',
        find: '.map(ruleOf).reverse();',
        replace: '.map(ruleOf);',
        titled: 'is what the project says, beside the defaults',
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
    'src/runner/execute/keep-aside.ts',
    ['e2e/what-is-yours'],
    [
      {
        id: 'R43',
        what: 'an output edited by hand is overwritten',
        find: 'if (this.quick.has(name, digest)) return;',
        replace: 'if (name !== digest) return;',
        titled: 'an output edited by hand',
      },
      {
        id: 'R44',
        what: 'what a killed run made is taken for a person’s work',
        find: 'if (this.all.has(name, digest)) return;',
        replace: '',
        titled: 'a result that the cache knows is not kept aside',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/inspect/made-artifacts.ts',
    ['e2e/what-is-yours'],
    [
      {
        id: 'R45',
        what: 'clean deletes what no stage made',
        find: 'if (digest !== undefined && known.has(path, digest)) {',
        replace: 'if (digest !== undefined) {',
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
    'src/runner/run/walk.ts',
    ['e2e/control'],
    [
      {
        id: 'R49',
        what: 'a stage begins though one that it needs failed',
        find: '!this.selected.has(need) || isGood(this.ended.get(need)));',
        replace: '!this.selected.has(need) || this.ended.has(need));',
        titled: 'leaves nothing of a failed stage',
      },
      {
        id: 'R50',
        what: 'a run goes on after a failure unasked',
        find: '(this.failed !== undefined && !this.keepGoing)',
        replace: '(this.failed === null && !this.keepGoing)',
        titled: 'begins nothing after a failure',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/run/bring-up-to-date.ts',
    ['e2e/control'],
    [
      {
        id: 'R51',
        what: 'one retry too few',
        find: 'if (++own > stage.retries) return end;',
        replace: 'if (++own >= stage.retries) return end;',
        titled: 'tries again as often as it may',
      },
      {
        id: 'R52',
        what: 'a stage that another run made meanwhile runs once more',
        find: "if (now.kind !== 'stale') return now;",
        replace: '',
        tests: ['e2e/together'],
        titled: 'runners on one checkout share the work',
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
    'src/base/canonical-json.ts',
    ['base/canonical-json'],
    [
      {
        id: 'R55',
        what: 'JSON that is hashed has its keys as they were written',
        find: '.sort(compareText);',
        replace: ';',
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
    'src/runner/locks/folder-claims.ts',
    ['runner/folder-claims'],
    [
      {
        id: 'R90',
        what: 'what two runs would put into one folder is not compared',
        find: 'return theirs !== one[folder] || (path !== folder && theirs !== asItIs);',
        replace: 'return path !== folder && theirs !== asItIs;',
      },
      {
        id: 'R91',
        what: 'a stage whose needs are made otherwise counts as made the same',
        find: 'const needs = stage.needs.map((need) => versions.get(need) ?? null);',
        replace: 'const needs: string[] = [];',
      },
      {
        id: 'R92',
        what: 'a claim does not hold for what lies in the folder',
        find: '[folder, ...foldersAbove(folder)].some(',
        replace: '[folder, ...foldersAbove(folder).slice(0, 0)].some(',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/locks/checkout-lock.ts',
    ['e2e/side-by-side'],
    [
      {
        id: 'R93',
        what: 'what a killed run left stays while another goes on',
        find: 'clear(join(staging, number));',
        replace: 'void number;',
        titled: 'do not suffer from one that is killed',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/run/run.ts',
    ['e2e/side-by-side'],
    [
      {
        id: 'R94',
        what: 'what was found in place before a wait is believed after it',
        find: 'if (workspace.stats.isAsSeen(artifactsDir(workspace.project))) return first;',
        replace: 'if (workspace !== undefined) return first;',
        titled: 'look again when their turn comes',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/state/checkout-state.ts',
    ['e2e/side-by-side'],
    [
      {
        id: 'R95',
        what: 'a run writes over what another noted while it went on',
        find: 'if (entry !== before[name] || !(name in theirs)) result[name] = entry;',
        replace: 'result[name] = entry;',
        titled: 'keep what the other noted',
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
  ...faultsIn(
    'src/runner/inspect/watch.ts',
    ['e2e/watch'],
    [
      {
        id: 'R97',
        what: 'what links lead to is not watched',
        find: 'for (const path of linkedPlaces(workspace)) add(',
        replace: 'for (const path of [...linkedPlaces(workspace)].slice(0, 0)) add(',
        titled: 'follows links',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/state/read-log.ts',
    ['e2e/logs-and-metrics'],
    [
      {
        id: 'R98',
        what: 'the last lines of a log begin with the piece that holds them',
        find: 'this.at = missing > 0 ? begin : begin + place + 1;',
        replace: 'this.at = begin;',
        titled: 'last lines alone',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/inspect/metrics.ts',
    ['e2e/logs-and-metrics'],
    [
      {
        id: 'R99',
        what: 'metrics that stay are told as a difference',
        find: '(name) => before.get(name) !== after.get(name)',
        replace: '(name) => before.has(name)',
        titled: 'of two runs are told',
      },
    ],
  ),
  ...faultsIn(
    'src/runner/execute/slurm/fate.ts',
    ['runner/slurm'],
    [
      {
        id: 'R151',
        what: 'a stage that Slurm stopped is taken to have failed by itself',
        find: '!end.ok && (stopped !== undefined ||',
        replace: 'end.ok && (stopped !== undefined ||',
      },
      {
        id: 'R152',
        what: 'an exit file is not believed where the node failed later',
        find: 'if (exit?.end.ok === true) return',
        replace: "if (exit?.end.ok === true && task?.state !== 'NODE_FAIL') return",
      },
    ],
  ),
  ...faultsIn(
    'src/runner/execute/slurm/slurm-executor.ts',
    ['e2e/slurm'],
    [
      {
        id: 'R153',
        what: 'a job whose inputs were changed and changed back is believed',
        find: 'const untouched = (): boolean => seenBy(workspace, stage, gathered) === seen;',
        replace: "const untouched = (): boolean => seen !== '';",
        titled: 'does not take a result whose inputs',
      },
      {
        id: 'R154',
        what: 'jobs that run are submitted again after a killed run',
        find: 'return (task !== undefined && isGoing(task.state)) || ended();',
        replace: 'return task === null || ended();',
        titled: 'takes up what a killed run left',
      },
    ],
  ),
];
