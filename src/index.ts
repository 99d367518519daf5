/**
 * The public surface of the package, `import … from 'cc-snn'`: stages, the files that the shipped stages write, the network, a run.
 * No file of the project imports it, so that a stage's key covers exactly the files it reaches. Pinned by test/package/exports.test.ts.
 */

export type { Diagnostic, Location } from './base/located-error.ts';
export { UserError } from './base/located-error.ts';
export type { Pathway, Population, Projection } from './connectome/pathway.ts';
export { populationOf } from './connectome/pathway.ts';
export { decodePathway, encodePathway } from './connectome/pathway-file.ts';
export type { Tensor, TensorData, TensorFile } from './formats/safetensors.ts';
export { decodeSafetensors, encodeSafetensors, tensor } from './formats/safetensors.ts';
export { drawTrial, durationSteps, restTrials, trialsOf } from './odour/draw-trial.ts';
export type { Odour, OdourTask, SpikeEvents, Split, Trial } from './odour/odour-task.ts';
export { decodeOdourTask, encodeOdourTask } from './odour/odour-task-file.ts';
export type { RunEvent, StageEvent, StageStatus, Summary } from './runner/model/events.ts';
export type { ProjectRun } from './runner/run/run-project.ts';
export { runProject } from './runner/run/run-project.ts';
export type {
  Kernel,
  KernelCounts,
  KernelGradients,
  KernelInput,
  KernelNetwork,
  KernelParameters,
  KernelRecord,
  KernelTask,
  KernelTrial,
} from './snn/kernel/kernel.ts';
export type { KernelOptions } from './snn/kernel/open-kernel.ts';
export { openKernel } from './snn/kernel/open-kernel.ts';
export { kernelTaskOf, kernelTrialsOf } from './snn/network/kernel-task.ts';
export { decodeModel, encodeModel } from './snn/network/model-file.ts';
export type {
  CellParameters,
  Model,
  PopulationSlice,
  Readout,
  SpikingNetwork,
  Topology,
} from './snn/network/network.ts';
export { kernelNetworkOf, kernelParametersOf, spikeCounts } from './snn/network/simulate.ts';
export type { TrialRecord } from './snn/network/simulate-trial.ts';
export { simulateTrial } from './snn/network/simulate-trial.ts';
export { readoutLogits } from './snn/readout/readout.ts';
export type {
  ArtifactKind,
  Headline,
  JsonSchema,
  PortContract,
  StageContext,
  StageDefinition,
  StagePermissions,
} from './stage.ts';
export { defineStage } from './stage.ts';
