/** Trained network → the files of a self-contained PyNN project, as bytes by name. Knows no file system and runs nothing. */

import type { Digest } from '../../base/digest.ts';
import { encodeStoredZip } from '../../formats/zip.ts';
import type { Trial } from '../../odour/odour-task.ts';
import type { Model } from '../../snn/network/network.ts';
import type { QuantisedNetwork } from '../quantise/quantise.ts';
import type { InputSpikes } from '../simulators/integer-simulator.ts';
import type { Raster } from '../simulators/raster.ts';
import { boardConfig } from './board-config.ts';
import { citationOf } from './citation.ts';
import { firmwarePy } from './generated/firmware-py.ts';
import { readoutPy } from './generated/readout-py.ts';
import { runPy } from './generated/run-py.ts';
import { virtualPy } from './generated/virtual-py.ts';
import { type BoardSettings, encodeNetworkData } from './network-data.ts';
import { pinnedRequirements } from './python-environment.ts';
import { readmeOf } from './readme.ts';
import { encodeInputs, encodeSpikes } from './trial-data.ts';

export interface ProjectParts {
  /** As quantised: with its readout's cells where the board has them. */
  readonly model: Model;
  /** Of the model's file. */
  readonly modelDigest: Digest;
  readonly quantised: QuantisedNetwork;
  readonly trials: readonly Trial[];
  readonly inputs: readonly InputSpikes[];
  /** What this project's simulators say the backends will do, by backend. */
  readonly expected: Readonly<Record<'spiNNaker' | 'nest' | 'brian2', readonly Raster[]>>;
  /** [K][C] s1615 bits that the readout's cells will hold on the board; none where the host reads out. */
  readonly readoutVoltages?: readonly Int32Array[];
  readonly settings: BoardSettings;
}

/** File name → content. Deterministic. Throws RangeError where a part does not fit. */
export function pynnProject(parts: ProjectParts): Record<string, string | Uint8Array> {
  const { model, modelDigest, quantised, trials, inputs, expected, readoutVoltages, settings } = parts;
  const requirements = (['spiNNaker', 'nest', 'brian2', 'firmware'] as const).map(
    (backend) => [`requirements-${backend}.txt`, `${pinnedRequirements[backend].join('\n')}\n`] as const,
  );
  const job = {
    'run.py': runPy,
    'readout.py': readoutPy,
    'network.safetensors': encodeNetworkData(model, quantised, settings),
    'inputs.safetensors': encodeInputs(trials, inputs),
    'expected.safetensors': encodeSpikes(expected, readoutVoltages === undefined ? {} : { spiNNaker: readoutVoltages }),
    'README.md': readmeOf(model, modelDigest, quantised, trials.length, settings),
    'provenance.json': `${JSON.stringify(model.provenance, null, 2)}\n`,
  };
  return {
    ...job,
    'CITATION.cff': citationOf(model, modelDigest),
    'virtual.py': virtualPy,
    'firmware.py': firmwarePy,
    'spynnaker.cfg': boardConfig(settings.board),
    'nmpi-job.zip': jobArchive(job),
    ...Object.fromEntries(requirements),
  };
}

/** What a job service unpacks and runs by `run.py {system}`; without a configuration, for the service has its own. */
function jobArchive(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const bytes = (content: string | Uint8Array) =>
    typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return encodeStoredZip(Object.fromEntries(Object.entries(files).map(([name, content]) => [name, bytes(content)])));
}
