/** Trained network → the files of a self-contained PyNN project, as bytes by name. Knows no file system and runs nothing. */

import type { Digest } from '../../base/digest.ts';
import type { Trial } from '../../odour/odour-task.ts';
import type { Model } from '../../snn/network/network.ts';
import type { QuantisedNetwork } from '../quantise/quantise.ts';
import type { InputSpikes } from '../simulators/integer-simulator.ts';
import type { Raster } from '../simulators/raster.ts';
import { boardConfig } from './board-config.ts';
import { firmwarePy } from './generated/firmware-py.ts';
import { runPy } from './generated/run-py.ts';
import { virtualPy } from './generated/virtual-py.ts';
import { type BoardSettings, encodeNetworkData } from './network-data.ts';
import { pinnedRequirements } from './python-environment.ts';
import { readmeOf } from './readme.ts';
import { encodeInputs, encodeSpikes } from './trial-data.ts';

export interface ProjectParts {
  readonly model: Model;
  /** Of the model's file. */
  readonly modelDigest: Digest;
  readonly quantised: QuantisedNetwork;
  readonly trials: readonly Trial[];
  readonly inputs: readonly InputSpikes[];
  /** What this project's simulators say the backends will do, by backend. */
  readonly expected: Readonly<Record<'spiNNaker' | 'nest' | 'brian2', readonly Raster[]>>;
  readonly settings: BoardSettings;
}

/** File name → content. Deterministic. Throws RangeError where a part does not fit. */
export function pynnProject(parts: ProjectParts): Record<string, string | Uint8Array> {
  const { model, modelDigest, quantised, trials, inputs, expected, settings } = parts;
  const requirements = (['spiNNaker', 'nest', 'brian2', 'firmware'] as const).map(
    (backend) => [`requirements-${backend}.txt`, `${pinnedRequirements[backend].join('\n')}\n`] as const,
  );
  return {
    'run.py': runPy,
    'virtual.py': virtualPy,
    'firmware.py': firmwarePy,
    'network.safetensors': encodeNetworkData(model, quantised, settings),
    'inputs.safetensors': encodeInputs(trials, inputs),
    'expected.safetensors': encodeSpikes(expected),
    'spynnaker.cfg': boardConfig(settings.board),
    'README.md': readmeOf(model, modelDigest, quantised, trials.length, settings),
    'provenance.json': `${JSON.stringify(model.provenance, null, 2)}\n`,
    ...Object.fromEntries(requirements),
  };
}
