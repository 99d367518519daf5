/** The README of an exported PyNN project: what it holds, how to run it, whose data it is made of. Text only. */
import type { Digest } from '../../base/digest.ts';
import type { Model } from '../../snn/network/network.ts';
import type { Wiring } from '../firmware/board-network.ts';
import type { QuantisedNetwork } from '../quantise/quantise.ts';
import { readoutPopulation, readoutTick } from '../quantise/readout-cells.ts';
import { rowTicks } from '../simulators/trial-row.ts';
import type { BoardSettings } from './network-data.ts';
import { originOf } from './origin.ts';

/** What a run is, as the subject of a sentence. */
function aRun(trials: number, gap: number): string {
  return trials === 1
    ? 'A trial'
    : `A run of ${trials} trials, with ${gap} ms of silence between and nothing reset, so that each starts from what the one before it left,`;
}

/** What there is to say of the readout's cells, where the board has them. */
function ownReadout(wiring: Wiring): string {
  const cells = wiring.populations.find((p) => p.name === readoutPopulation);
  if (cells === undefined) return '';
  return `
A board names the odour itself: the ${cells.size} cells of population \`${readoutPopulation}\` never fire, and V of each at the end of a trial is the score of its class times
the population's voltage scale. \`run.py\` reads them, beside the host's readout of the counted spikes, and compares them with the predicted ones. NEST and
Brian2 do not have these cells.
`;
}

/** Markdown. */
export function readmeOf(
  model: Model,
  modelDigest: Digest,
  quantised: QuantisedNetwork,
  trials: number,
  settings: BoardSettings,
): string {
  const { wiring, shifts } = quantised.board;
  const { board } = settings;
  const own = ownReadout(wiring);
  const { trialsPerRun, periodTicks } = settings;
  const table = { steps: model.steps, trialsPerRun, periodTicks };
  const ticks = rowTicks(table, trialsPerRun, own === '' ? null : { tick: readoutTick(model.steps) });
  const rows = wiring.populations.map(
    ({ name, size }, p) => `| ${name} | ${size} | ${shifts[2 * p]} | ${shifts[2 * p + 1]} | ${quantised.scale[p]} |`,
  );
  return `# A trained spiking network of the fly's olfactory pathway, for PyNN

${wiring.size} IF_curr_exp cells, ${wiring.colIdx.length} connections, ${wiring.inputSize} input cells (${wiring.inputPopulation}), ${trials} test trials of ${model.steps} ms.

Needs Python 3.11 or newer (tried: 3.11; 3.12 and 3.13 find the same releases).
\`\`\`
python3 -m venv venv && venv/bin/pip install -r requirements-nest.txt     # or -brian2, -spiNNaker: one environment each
venv/bin/python run.py nest                                               # or brian2, spiNNaker
\`\`\`
\`run.py\` prints how many spikes equal those in \`expected.safetensors\` and how many odours the readout names correctly, and writes
\`spikes.<backend>.safetensors\`. What differs between the simulators is in the table on top of \`run.py\`. In NEST a connection acts after two steps, the
network was trained with one: its accuracy there is that of another latency, not a loss of the transfer, and \`run.py\` prints both.
${own}
## Without a board
\`venv/bin/python virtual.py\` (environment of requirements-spiNNaker.txt) maps the network on a virtual board and checks every synaptic word and cell
parameter that would be loaded; \`firmware.py\` (environment of requirements-firmware.txt) runs the board's own program, whole cores of it, in an
emulator and compares its spikes with the predicted ones; \`run.py spiNNaker --virtual\` goes through all trials there. What is configured of a machine is not looked at.

## On the board
Connect a SpiNNaker board (version ${board.version}) at ${board.machineName}; give the computer's interface the address ${board.hostAddress}.
sPyNNaker reads \`~/.spynnaker.cfg\` (it writes an empty one where you have none), then \`spynnaker.cfg\` from this folder. ${aRun(trialsPerRun, periodTicks - model.steps)} runs
${ticks} ticks of 1 ms, ${settings.timeScaleFactor} times slower than real time (\`--time-scale-factor\` changes that). The run fails if a core's spikes were late or lost, its tick
overran, or a ring buffer was full (exit status 4), and if the board kept no account of it (exit status 3).

Boards behind a service: put \`spalloc_server\` or \`remote_spinnaker_url\` into \`[Machine]\` of your \`~/.spynnaker.cfg\` and take \`spynnaker.cfg\` out of this
folder. \`nmpi-job.zip\` is a job for EBRAINS' queue (the Neuromorphic Computing Platform): upload it as the code, with the default command
\`run.py {system}\`; it has no configuration, for the service has its own, and leaves \`spikes.spiNNaker.safetensors\`.

| population | cells | shift exc. | shift inh. | voltage scale |
|---|---|---|---|---|
${rows.join('\n')}

Voltages, thresholds, weights and offsets of a population are the trained ones times its scale (no spike changes by it); a weight word counts
2^(shift − 15) nA. Shifts were chosen from the largest inputs met in simulation, and are asked for by \`max_expected_summed_weight\`.
Initial V is v_rest in every backend.

## Files
\`network.safetensors\` the network: \`cells.*\` trained values, \`board.*\` the board's 32-bit values, \`projection.k.*\` connections · \`inputs.safetensors\` input
spikes · \`expected.safetensors\` predicted spikes · \`provenance.json\` how the model was trained and from which data.

${originOf(model, modelDigest)}`;
}
