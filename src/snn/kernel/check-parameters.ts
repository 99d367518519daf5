/** Refuses parameters that do not fit the network or are not numbers, by name, before anything runs. */
import type { KernelNetwork, KernelParameters } from './kernel.ts';

const cellArrays = [
  'a',
  'bE',
  'bI',
  'kE',
  'kI',
  'drive',
  'vRest',
  'vThresh',
  'vReset',
  'refractorySteps',
  'surrogateWidth',
] as const;

function checkArray(name: string, values: ArrayLike<number>, length: number): void {
  if (values.length !== length) {
    throw new RangeError(`kernel: parameters.${name} has ${values.length} values, expected ${length}`);
  }
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(
        `kernel: parameters.${name}[${i}] is ${values[i]}: the last update made it no number; lower the learning rate or clip gradients`,
      );
    }
  }
}

function checkLeast(name: string, values: ArrayLike<number>, holds: (x: number) => boolean, rule: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!holds(values[i]!)) throw new RangeError(`kernel: parameters.${name}[${i}] is ${values[i]}, expected ${rule}`);
  }
}

/** @throws RangeError naming the array, the cell and the value. cost: O(N + E). */
export function checkParameters(network: KernelNetwork, parameters: KernelParameters): void {
  for (const name of cellArrays) checkArray(name, parameters[name], network.size);
  checkArray('gain', parameters.gain, network.gainCount);
  if (parameters.weight !== undefined) checkArray('weight', parameters.weight, network.colIdx.length);
  checkLeast('surrogateWidth', parameters.surrogateWidth, (width) => width > 0, 'a width > 0 mV');
  checkLeast('a', parameters.a, (a) => a < 1, 'a leak a < 1');
  checkLeast('refractorySteps', parameters.refractorySteps, (steps) => steps >= 0 && steps < 65536, '0 … 65535 steps');
  parameters.surrogateWidth.forEach((width, i) => {
    const vThresh = parameters.vThresh[i]!;
    if (!(Math.fround(vThresh - width) < vThresh)) {
      throw new RangeError(
        `kernel: parameters.surrogateWidth[${i}] is ${width}, too small beside vThresh ${vThresh} in f32`,
      );
    }
  });
  if (!(parameters.damping >= 0 && Number.isFinite(parameters.damping))) {
    throw new RangeError(`kernel: parameters.damping is ${parameters.damping}, expected a number ≥ 0`);
  }
}
