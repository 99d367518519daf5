/** What `import … from 'cc-snn'` gives: a name that goes or comes is a decision, so it must be entered here. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { StageDefinition } from '../../src/stage.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const manifest = JSON.parse(read('package.json')) as { readonly exports: Readonly<Record<string, string>> };

const values = [
  ...['UserError', 'decodeModel', 'decodeOdourTask', 'decodePathway', 'decodeSafetensors', 'defineStage', 'drawTrial'],
  ...['durationSteps', 'encodeModel', 'encodeOdourTask', 'encodePathway', 'encodeSafetensors', 'kernelNetworkOf'],
  ...['kernelParametersOf', 'kernelTaskOf', 'kernelTrialsOf', 'openKernel', 'populationOf', 'readoutLogits'],
  ...['restTrials', 'runProject', 'simulateTrial', 'spikeCounts', 'tensor', 'trialsOf'],
];
const types = [
  ...[
    'ArtifactKind',
    'CellParameters',
    'Diagnostic',
    'Headline',
    'JsonSchema',
    'Kernel',
    'KernelCounts',
    'KernelGradients',
    'KernelInput',
  ],
  ...[
    'KernelNetwork',
    'KernelOptions',
    'KernelParameters',
    'KernelRecord',
    'KernelTask',
    'KernelTrial',
    'Location',
    'Model',
  ],
  ...[
    'Odour',
    'OdourTask',
    'Pathway',
    'Population',
    'PopulationSlice',
    'PortContract',
    'ProjectRun',
    'Projection',
    'Readout',
  ],
  ...[
    'RunEvent',
    'SpikeEvents',
    'SpikingNetwork',
    'Split',
    'StageContext',
    'StageDefinition',
    'StageEvent',
    'StagePermissions',
  ],
  ...['StageStatus', 'Summary', 'Tensor', 'TensorData', 'TensorFile', 'Topology', 'TrialRecord', 'Trial'],
];
const stages = [
  'agree',
  'apl',
  'baseline',
  'compare',
  'download',
  'evaluate',
  'export',
  'gunzip',
  'learning',
  'mixtures',
  'orn-spikes',
  'overlap',
  'paper',
  'prep-pathway',
  'rates',
  'record',
  'recorded-task',
  'report',
  'score',
  'spinnaker-run',
  'train',
  'tuning',
  'valence',
  'whitening',
];

/** Names in `export { … }` and `export type { … }` lines, → the file that declares them. */
function exportedNames(text: string, what: 'export' | 'export type'): Map<string, string> {
  const lists = text.matchAll(new RegExp(`^${what} \\{([^}]*)\\} from '([^']+)';`, 'gm'));
  return new Map(
    [...lists].flatMap(([, names, file]) =>
      names!
        .split(',')
        .map((name): [string, string] => [name.trim(), file!])
        .filter(([name]) => name !== ''),
    ),
  );
}

describe('the package', () => {
  it('exports these values, and no others', async () => {
    const door = (await import('cc-snn' as string)) as object;
    assert.deepEqual(Object.keys(door).sort(), [...values].sort());
    const contract = (await import('cc-snn/stage' as string)) as object;
    assert.deepEqual(Object.keys(contract), ['artifactKinds', 'defineStage']);
  });

  it('exports these types, and no others', () => {
    const text = read('dist/src/index.d.ts');
    assert.deepEqual([...exportedNames(text, 'export type').keys()].sort(), [...types].sort());
    assert.deepEqual([...exportedNames(text, 'export').keys()].sort(), [...values].sort());
  });

  it('exports every stage that it ships by name, and nothing of their insides', async () => {
    const shipped = readdirSync(new URL('stages/', root)).filter((name) => name.endsWith('.ts'));
    assert.deepEqual(shipped.map((name) => name.slice(0, -3)).sort(), stages);
    for (const name of stages) {
      const { default: stage } = (await import(`cc-snn/stages/${name}`)) as { readonly default: StageDefinition };
      assert.equal(typeof stage.run, 'function', name);
    }
    await assert.rejects(import('cc-snn/stages/download/params' as string), /not exported|not defined by "exports"/);
    await assert.rejects(import('cc-snn/dist/src/cli.js' as string), /not exported|not defined by "exports"/);
  });

  it('has a built file and a declaration behind each of its exports', () => {
    for (const [name, path] of Object.entries(manifest.exports)) {
      if (!path.startsWith('./dist/')) continue;
      assert.ok(existsSync(new URL(path, root)), `${name}: ${path}`);
      assert.ok(existsSync(new URL(path.replace(/\.js$/, '.d.ts'), root)), `${name}: its declaration`);
    }
  });

  it('keeps comments in declarations, where people read them, and out of JavaScript, which enters keys', () => {
    const text = read('dist/src/index.d.ts');
    const all = [...exportedNames(text, 'export'), ...exportedNames(text, 'export type')];
    const bare = all.filter(([name, file]) => {
      const declaration = read(`dist/src/${file.slice(2).replace(/\.ts$/, '.d.ts')}`);
      const at = declaration.search(
        new RegExp(`^export (?:declare )?(?:function|const|class|interface|type) ${name}\\b`, 'm'),
      );
      return !declaration.slice(0, at).trimEnd().endsWith('*/');
    });
    assert.deepEqual(
      bare.map(([name]) => name),
      [],
    );
    for (const path of ['dist/src/stage.js', 'dist/src/snn/kernel/kernel.js', 'dist/stages/train.js'])
      assert.doesNotMatch(read(path), /\/\*\*/);
  });
});
