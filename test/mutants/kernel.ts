/** Faults in the code that steps cells: the reference, the WebAssembly kernel and what both share. */
import { faultsIn, type Mutant } from './mutant.ts';

export const kernelMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/snn/kernel/wasm/chunk-store.ts',
    ['snn/kernel/wasm-equality', 'snn/kernel/draw-input'],
    [
      {
        id: 'K1',
        what: 'spikes drawn for one task are taken for those of the next',
        find: 'this.drawnTrials.length = 0;',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/check-parameters.ts',
    ['snn/kernel/kernel-errors'],
    [
      {
        id: 'K2',
        what: 'a refractory time one step too long is accepted',
        find: 'steps >= 0 && steps < 65536',
        replace: 'steps >= 0 && steps <= 65536',
      },
      {
        id: 'K10',
        what: 'a NaN among the parameters is accepted',
        find: 'if (!Number.isFinite(values[i])) {',
        replace: 'if (values[i] === undefined) {',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/reference/backward.ts',
    ['snn/kernel/gradient-check', 'snn/kernel/torch-golden', 'snn/kernel/wasm-equality'],
    [
      {
        id: 'K3',
        what: 'the jump at a reset has no gradient (reference)',
        find: 'round(spikeGradient(model, i, state) + jump)',
        replace: 'round(spikeGradient(model, i, state))',
      },
      {
        id: 'K11',
        what: 'input spikes add nothing to the gradients of their gains (reference)',
        find: 'collectRow(model, cell[k]!, 1, state, sums);',
        replace: 'void cell;',
      },
      {
        id: 'K12',
        what: 'a cell that is held passes its gradient on as if it leaked (reference)',
        find: 'if (!held) state.x[i] = round(model.parameters.a[i]! * lambda);',
        replace: 'state.x[i] = round(model.parameters.a[i]! * state.x[i]!);',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/reference/forward.ts',
    ['snn/kernel/wasm-equality', 'snn/kernel/torch-golden'],
    [
      {
        id: 'K13',
        what: 'the refractory time is a step too short (reference)',
        find: 'fires ? parameters.refractorySteps[i]! :',
        replace: 'fires ? Math.max(0, parameters.refractorySteps[i]! - 1) :',
      },
      {
        id: 'K14',
        what: 'input spikes arrive in the step in which they are fired (reference)',
        find: 'if (t > 0) events += deliverStep(model, input, t - 1, state.s, current);',
        replace: 'events += deliverStep(model, input, t, state.s, current);',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/gradient-sums.ts',
    ['snn/kernel/gradient-check', 'snn/chain-rule'],
    [
      {
        id: 'K4',
        what: 'sign of the gradient by kI (both kernels share it)',
        find: 'map((x) => 0 - x)',
        replace: 'map((x) => x)',
      },
      {
        id: 'K15',
        what: 'free inhibitory weights have the gradient of excitatory ones',
        find: 'sums.edge[e]! * targetFactor(parameters, model.plan.target[e]!, sums.a.length)',
        replace: 'sums.edge[e]! * Math.abs(targetFactor(parameters, model.plan.target[e]!, sums.a.length))',
      },
      {
        id: 'K25',
        what: 'the gradient by drive forgets what reaches the start of a trial',
        find: '(vThresh[i]! + vReset[i]! + start[i]!)',
        replace: '(vThresh[i]! + vReset[i]!)',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/spike-function.ts',
    ['snn/kernel/kernel-errors', 'snn/kernel/torch-golden', 'snn/kernel/gradient-check'],
    [
      {
        id: 'K16',
        what: 'a cell at its threshold does not fire',
        find: '(v >= cell.vThresh ? 1 : 0)',
        replace: '(v > cell.vThresh ? 1 : 0)',
      },
      {
        id: 'K17',
        what: 'the surrogate is flat on its top',
        find: 'cell.height * Math.max(0, round(1 - distance))',
        replace: 'cell.height * Math.min(0.9, Math.max(0, round(1 - distance)))',
      },
    ],
  ),
  ...faultsIn(
    'src/base/draw-spikes.ts',
    ['base/draw-spikes', 'odour/draw-trial'],
    [
      {
        id: 'K18',
        what: 'the longest duration is never drawn',
        find: '(word * (max - min + 1))',
        replace: '(word * (max - min))',
      },
      {
        id: 'O11',
        what: 'the odour stays on for one step too long',
        find: 't + s < onSteps ?',
        replace: 't + s <= onSteps ?',
      },
      {
        id: 'K24',
        what: 'a tie of bytes always fires: chances are 1 / 512 too high',
        find: 'if (tie[0]! >>> 8 >= threshold % 16777216) continue;',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/wasm/wasm-kernel.ts',
    ['snn/kernel/wasm-equality', 'snn/kernel/kernel-errors'],
    [
      {
        id: 'K19',
        what: 'the tape of other parameters may be gone back through',
        find: 'this.model = model;\n    this.taped = undefined;',
        replace: 'this.model = model;',
      },
      {
        id: 'K20',
        what: 'the trials of all batches are those of the first odour',
        find: 'on.set(task.onThreshold.subarray(c * inputs, (c + 1) * inputs), c * padded)',
        replace: 'on.set(task.onThreshold.subarray(0, inputs), c * padded)',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/assembly/backward.ts',
    ['snn/kernel/wasm-equality'],
    [
      {
        id: 'K21',
        what: 'the sum of an edge is that of its first spike alone (WebAssembly)',
        find: 'store<f32>(sum, load<f32>(sum) + load<f32>(p + <usize>load<u32>(edge)));',
        replace: 'store<f32>(sum, load<f32>(p + <usize>load<u32>(edge)));',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/assembly/forward.ts',
    ['snn/kernel/wasm-equality'],
    [
      {
        id: 'K22',
        what: 'the refractory time is a step too short (WebAssembly)',
        find: 'const last = i32x4.splat(t + refractory);',
        replace: 'const last = i32x4.splat(t + refractory - 1);',
      },
      {
        id: 'K26',
        what: 'U = dV/da goes on through a reset (WebAssembly)',
        find: 'v128.store(u, v128.andnot(v128.load(u), low));',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/kernel/assembly/draw.ts',
    ['snn/kernel/wasm-equality'],
    [
      {
        id: 'K23',
        what: 'a trial of an odd number of steps has one step too many (WebAssembly)',
        find: 'const count = min(DRAWN_STEPS, steps - t);',
        replace: 'const count = min(DRAWN_STEPS, steps + (steps & 1) - t);',
      },
    ],
  ),
  ...faultsIn(
    'src/snn/brain/brain-simulation.ts',
    ['snn/brain/brain-simulation'],
    [
      {
        id: 'K27',
        what: 'what arrives at a refractory cell is not lost',
        find: '      if (t < brain.ready[i]!) continue;\n      brain.advance(i, t);\n      brain.g[i]!',
        replace: '      brain.advance(i, t);\n      brain.g[i]!',
      },
      {
        id: 'K28',
        what: 'a cell that will cross its threshold later is not watched',
        find: 'const lift = this.g[i]! > 0 ? this.g[i]! * this.decays.peak : 0;',
        replace: 'const lift = 0;',
      },
    ],
  ),
];
