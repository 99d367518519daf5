/** Faults in how the runner works: what it believes, runs, keeps, leaves behind, says. What it reads and judges first: plan.ts. */
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
