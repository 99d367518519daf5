/** Proofs that a reader asks for: the pipeline's own spikes again, and the whole test again. */
import { percent } from '../../base/text.ts';
import { trialsOf } from '../../odour/draw-trial.ts';
import { readCsv } from '../figures/csv.ts';
import type { LiveNetwork } from '../live/live-network.ts';
import { LiveModel } from '../live/live-trial.ts';
import { unpack } from '../live/pack.ts';
import { drawNose } from '../live/puffs.ts';
import type { SpikeProof } from '../report-page.ts';
import { breath, byId, carriedBytes, carriedData } from './page.ts';
import { withRoom } from './stand-ins/web-assembly.ts';
import { sha256 } from './verify.ts';

export function offerProofs(live: LiveNetwork): void {
  const button = (id: string, work: () => Promise<void>): void => {
    const own = byId<HTMLButtonElement>(id);
    own.addEventListener('click', () => {
      own.disabled = true;
      void work().finally(() => {
        own.disabled = false;
      });
    });
  };
  button('prove', () => proveSpikes(live));
  button('replay', () => replayTest(live));
}

function report(text: string, good: boolean | undefined): HTMLLIElement {
  const line = document.createElement('li');
  line.className = good === undefined ? '' : `seal ${good ? 'good' : 'bad'}`;
  line.textContent = text;
  byId('proved').append(line);
  return line;
}

/** The trials of the proofs in fresh networks of this page, untouched by the controls. */
async function proveSpikes(live: LiveNetwork): Promise<void> {
  byId('proved').replaceChildren();
  const { proofs } = carriedData();
  let same = 0;
  for (const name of ['trained', 'untrained'] as const) {
    const model = withRoom(() => new LiveModel(live[name]));
    for (const proof of proofs) {
      const { spikes } = withRoom(() => model.run(inputOf(live, proof)));
      const good = (await sha256(spikes)) === proof[name];
      if (good) same++;
      const count = spikes.reduce((sum, spike) => sum + spike, 0);
      const odour = live.task.odours[proof.odour]?.name ?? 'clean air';
      report(
        `${name}, ${odour}, test trial ${proof.trial}: ${count} spikes, SHA-256 ${proof[name].slice(0, 12)}…`,
        good,
      );
      await breath();
    }
    model.close();
  }
  const all = 2 * proofs.length;
  report(
    same === all ? `All ${all} trials: bit for bit the pipeline’s.` : `${all - same} of ${all} trials differ.`,
    same === all,
  );
}

function inputOf(live: LiveNetwork, { odour, trial, onSteps }: SpikeProof): ReturnType<typeof drawNose> {
  const puffs = odour < live.task.odours.length ? [{ odour, onsetSteps: 0, durationSteps: onSteps }] : [];
  return drawNose(live.task, { puffs, trial });
}

/** Trials at a time: those that the kernel runs side by side. */
const BATCH = 8;

/** Every test trial, named again; the table of confusions must come out as evaluate's. */
async function replayTest(live: LiveNetwork): Promise<void> {
  byId('proved').replaceChildren();
  const trials = trialsOf(live.task, 'test');
  const line = report('', undefined);
  const bar = document.createElement('progress');
  bar.max = trials.length;
  bar.setAttribute('aria-label', 'trials replayed');
  line.append(bar);
  const model = withRoom(() => {
    const made = new LiveModel(live.trained);
    made.setTask(live.task);
    made.name(trials.slice(0, BATCH));
    return made;
  });
  const counts = new Map<string, number>();
  let right = 0;
  for (let from = 0; from < trials.length; from += BATCH) {
    const part = trials.slice(from, from + BATCH);
    model.name(part).forEach((named, b) => {
      const { odour } = part[b]!;
      if (named === odour) right++;
      const key = `${odour},${named}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    bar.value = from + part.length;
    await breath();
  }
  model.close();
  const carried = unpack(carriedBytes('texts')) as Record<string, Uint8Array>;
  const rows = carried['confusion'] === undefined ? [] : readCsv(new TextDecoder().decode(carried['confusion']));
  const same =
    rows.length === counts.size &&
    rows.every((row) => counts.get(`${row['actual']},${row['predicted']}`) === Number(row['count']));
  line.remove();
  report(`${trials.length} test trials replayed: ${percent(right / trials.length)} named right.`, undefined);
  report(same ? 'Every confusion is as in evaluate’s table.' : 'The confusions differ from evaluate’s table.', same);
}
