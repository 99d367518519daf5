/** Which Python environment a target needs and how it is made: names and command lines only; starts no process and reads no file. */
import { digestOfJson } from '../../base/digest.ts';

/** The exact releases that every comparison of this project was made with. */
export const pinnedRequirements = {
  nest: ['PyNN==0.13.0', 'nest-simulator==3.10.0', 'numpy==2.4.6', 'neo==0.14.6'],
  brian2: ['PyNN==0.13.0', 'Brian2==2.9.0', 'numpy==2.2.6', 'neo==0.14.6'],
  spiNNaker: ['sPyNNaker==1!7.4.1', 'PyNN==0.13.0', 'numpy==2.4.6', 'neo==0.14.6'],
  firmware: ['sPyNNaker==1!7.4.1', 'unicorn==2.1.4', 'numpy==2.4.6'],
  loihi: ['brian2-loihi==0.5.2', 'Brian2==2.9.0', 'numpy==2.2.6'],
  nirReaders: [
    'nir==1.0.8',
    'nirtorch==2.6',
    'snntorch==1.0.0',
    'spikingjelly==2.0.0',
    'torch==2.13.0',
    'numpy==2.4.6',
  ],
  nir: ['nir==1.0.8', 'norse==1.1.0', 'nirtorch==2.6', 'torch==2.13.0', 'h5py==3.16.0', 'numpy==2.4.6'],
} as const;

export interface PythonEnvironment {
  /** Where it lies: one folder a set of requirements. */
  readonly folder: string;
  /** Its interpreter; there exactly when the environment is complete. */
  readonly python: string;
  /** Command lines that make it in `staging`, which is then renamed to `folder`. */
  readonly commands: readonly (readonly string[])[];
  readonly staging: string;
}

/** The environment of some requirements under a cache folder; `tag` keeps two makers at one time apart. */
export function pythonEnvironment(
  requirements: readonly string[],
  cache: string,
  tag: string,
  python = 'python3',
): PythonEnvironment {
  const folder = `${cache}/${digestOfJson({ requirements, python }).slice(0, 16)}`;
  const staging = `${folder}.${tag}`;
  const pip = [`${staging}/bin/python`, '-m', 'pip', '--disable-pip-version-check', 'install', '--quiet'];
  return {
    folder,
    staging,
    python: `${folder}/bin/python`,
    commands: [
      [python, '-m', 'venv', staging],
      [...pip, ...requirements],
    ],
  };
}
