/** The README of an exported PyNN project: what it holds, how to run it, whose data it is made of. Text only. */
import type { Model } from '../../snn/network/network.ts';
import type { QuantisedNetwork } from '../quantise/quantise.ts';
import type { BoardAddress } from './board-config.ts';

/** Markdown. */
export function readmeOf(model: Model, quantised: QuantisedNetwork, trials: number, board: BoardAddress): string {
  const { wiring, shifts } = quantised.board;
  const rows = wiring.populations.map(
    ({ name, size }, p) => `| ${name} | ${size} | ${shifts[2 * p]} | ${shifts[2 * p + 1]} | ${quantised.scale[p]} |`,
  );
  return `# A trained spiking network of the fly's olfactory pathway, for PyNN

${wiring.size} IF_curr_exp cells, ${wiring.colIdx.length} connections, ${wiring.inputSize} input cells (${wiring.inputPopulation}), ${trials} test trials of ${model.steps} ms.

\`\`\`
python3 -m venv venv && venv/bin/pip install -r requirements-nest.txt     # or -brian2, -spiNNaker: one environment each
venv/bin/python run.py --backend nest                                     # or brian2, spiNNaker
\`\`\`
\`run.py\` prints how many spikes equal those in \`expected.safetensors\` and how many odours the readout names correctly, and writes
\`spikes.<backend>.safetensors\`. What differs between the simulators is in the table on top of \`run.py\`.

## On the board
Connect a SpiNNaker board (version ${board.version}) at ${board.machineName}; give the computer's interface the address ${board.hostAddress}.
sPyNNaker reads \`spynnaker.cfg\` from this folder, and asks for \`~/.spynnaker.cfg\` to exist: copy it there once. The run fails (exit status 4) if the
board reports late or lost spikes or a saturated ring buffer; \`--time-scale-factor 10\` gives it ten times longer.

| population | cells | shift exc. | shift inh. | voltage scale |
|---|---|---|---|---|
${rows.join('\n')}

Voltages, thresholds, weights and offsets of a population are the trained ones times its scale (no spike changes by it); a weight word counts
2^(shift − 15) nA. Shifts were chosen from the largest inputs met in simulation, and are asked for by \`max_expected_summed_weight\`.
Initial V is v_rest in every backend.

## Files
\`network.safetensors\` the network: \`cells.*\` trained values, \`board.*\` the board's 32-bit values, \`projection.k.*\` connections · \`inputs.safetensors\` input
spikes · \`expected.safetensors\` predicted spikes · \`provenance.json\` how the model was trained and from which data.

## Licence and sources
This folder's program text: MIT. The network is derived from the data named in \`provenance.json\`: FlyWire FAFB v783 connectivity (Codex; CC BY-NC 4.0;
Dorkenwald et al. 2024, doi:10.1038/s41586-024-07558-y; Schlegel et al. 2024, doi:10.1038/s41586-024-07686-5) and DoOR 2.0 responses
(CC BY-SA 4.0; Münch & Galizia 2016, doi:10.1038/srep21841) where real data were used; a synthetic stand-in made from published statistics otherwise.
Non-commercial use and share-alike follow from those licences.
`;
}
