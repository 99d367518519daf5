/** strongest-odours: the odour task → a table of the odours that drive the input cells most. */
import { readFile, writeFile } from 'node:fs/promises';
import { decodeOdourTask } from 'cc-snn';
import { defineStage } from 'cc-snn/stage';

interface Params {
  readonly strongest: { readonly odours: number };
}

export default defineStage<Params>({
  about: 'The odour task → the odours that drive the input cells most.',
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['strongest'],
    properties: {
      strongest: {
        type: 'object',
        additionalProperties: false,
        required: ['odours'],
        properties: { odours: { type: 'integer', minimum: 1, description: 'how many odours the table names' } },
      },
    },
  },
  inputs: { task: { kind: 'odour-task', about: 'Odours and the spike probability of each input cell.' } },
  outputs: {
    table: { kind: 'table', about: 'odour, rate_hz: mean rate of the input cells while the odour is on (CSV).' },
  },
  async run({ params, inputs, outputs, log }) {
    const task = decodeOdourTask(await readFile(inputs['task']!));
    const rates = task.odours.map(({ name }, odour) => {
      const row = task.onProbability.subarray(odour * task.inputSize, (odour + 1) * task.inputSize);
      return { name, hz: (row.reduce((sum, p) => sum + p, 0) / task.inputSize) * (1000 / task.dtMs) };
    });
    const strongest = rates.sort((a, b) => b.hz - a.hz).slice(0, params.strongest.odours);
    const lines = strongest.map(({ name, hz }) => `${JSON.stringify(name)},${hz.toFixed(2)}\n`);
    await writeFile(outputs['table']!, `odour,rate_hz\n${lines.join('')}`);
    log(`${strongest.length} of ${rates.length} odours`);
    const [first] = strongest;
    return first && [{ label: 'strongest odour', value: `${first.name}, ${first.hz.toFixed(1)} Hz` }];
  },
});
