/** The live network: what the controls say is what the kernel runs; rasters, names and times follow. */
import type { DrawnSpikes } from '../../base/draw-spikes.ts';
import type { LiveNetwork } from '../live/live-network.ts';
import { eachSpike, LiveModel, type LiveRecord, mostLikely } from '../live/live-trial.ts';
import { drawNose, type Puff } from '../live/puffs.ts';
import { cellGroups, type Touch, touched, touchedNose } from '../live/touches.ts';
import { byId } from './page.ts';
import { inputBand, RasterCanvas, type RasterContent } from './raster-canvas.ts';
import { withRoom } from './stand-ins/web-assembly.ts';

const networks = ['trained', 'untrained'] as const;
type Name = (typeof networks)[number];

/** Rivals that are listed. */
const SHOWN = 5;

export class LivePanel {
  readonly live: LiveNetwork;
  readonly models: Readonly<Record<Name, LiveModel>>;
  private readonly rasters: Readonly<Record<Name, RasterCanvas>>;
  private readonly silent = new Set<string>();
  private readonly silentGroups = new Set<string>();
  private readonly drives = new Map<string, number>();
  private trial = 0;
  private second = false;
  private waiting = false;

  constructor(live: LiveNetwork) {
    this.live = live;
    this.models = { trained: opened(live, 'trained'), untrained: opened(live, 'untrained') };
    this.rasters = {
      trained: new RasterCanvas(byId<HTMLCanvasElement>('trained-raster')),
      untrained: new RasterCanvas(byId<HTMLCanvasElement>('untrained-raster')),
    };
    this.fillOdours();
    this.fillCells();
    this.listen();
    this.run();
  }

  /** Colours changed. */
  redraw(): void {
    for (const name of networks) this.rasters[name].draw();
  }

  private fillOdours(): void {
    const { odours } = this.live.task;
    const order = odours
      .map((_, k) => k)
      .sort((a, b) => inLetters(odours[a]!.name).localeCompare(inLetters(odours[b]!.name), 'en', { numeric: true }));
    for (const k of ['a', 'b'])
      byId<HTMLSelectElement>(`odour-${k}`).append(
        ...order.map((odour) => new Option(odours[odour]!.name, String(odour))),
      );
    byId<HTMLSelectElement>('odour-b').selectedIndex = Math.min(1, odours.length - 1);
  }

  private fillCells(): void {
    const groups = cellGroups(this.live);
    const chips = groups
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, cells }) => {
        const chip = document.createElement('button');
        chip.type = 'button';
        chip.textContent = name;
        chip.title = `${cells} cells`;
        chip.setAttribute('aria-pressed', 'false');
        chip.setAttribute('aria-label', `silence ${name}`);
        chip.addEventListener('click', () => {
          const now = !this.silent.delete(name);
          if (now) this.silent.add(name);
          chip.setAttribute('aria-pressed', String(now));
          this.touch();
        });
        return chip;
      });
    byId('silence').append(...chips);
    const menu = byId<HTMLSelectElement>('group');
    const populations = new Map<string, HTMLOptGroupElement>();
    for (const { name, cells } of groups) {
      const [population, type] = name.split('/') as [string, string | undefined];
      const place = populations.get(population) ?? document.createElement('optgroup');
      place.label = population;
      if (!populations.has(population)) menu.append(place);
      populations.set(population, place);
      place.append(new Option(`${type ?? `all ${population}`} (${cells})`, name));
    }
    menu.value = groups.some(({ name }) => name === 'APL') ? 'APL' : groups[0]!.name;
  }

  private listen(): void {
    for (const id of ['odour-a', 'odour-b', 'onset-a', 'onset-b', 'duration-a', 'duration-b'])
      byId(id).addEventListener('input', () => this.soon());
    byId('controls').addEventListener('submit', (event) => event.preventDefault());
    byId('again').addEventListener('click', () => {
      this.trial++;
      this.soon();
    });
    byId('second').addEventListener('click', () => {
      this.second = !this.second;
      byId('puff-b').hidden = !this.second;
      byId('second').textContent = this.second ? '− second odour' : '+ second odour';
      byId('second').setAttribute('aria-expanded', String(this.second));
      this.soon();
    });
    const [menu, drive] = [byId<HTMLSelectElement>('group'), byId<HTMLInputElement>('drive')];
    menu.addEventListener('input', () => {
      drive.value = String(this.drives.get(menu.value) ?? 0);
      this.say();
    });
    drive.addEventListener('input', () => {
      const amount = Number(drive.value);
      if (amount === 0) this.drives.delete(menu.value);
      else this.drives.set(menu.value, amount);
      this.touch();
    });
    byId('silence-group').addEventListener('click', () => {
      if (!this.silentGroups.delete(menu.value)) this.silentGroups.add(menu.value);
      this.touch();
    });
    byId('reset').addEventListener('click', () => this.reset());
  }

  private reset(): void {
    this.silent.clear();
    this.silentGroups.clear();
    this.drives.clear();
    byId<HTMLInputElement>('drive').value = '0';
    for (const chip of byId('silence').querySelectorAll('button')) chip.setAttribute('aria-pressed', 'false');
    this.touch();
  }

  private touches(): Touch[] {
    return [
      ...[...this.silent, ...this.silentGroups].map((cells): Touch => ({ cells, what: 'silence' })),
      ...[...this.drives].map(([cells, what]): Touch => ({ cells, what })),
    ];
  }

  private touch(): void {
    const touches = this.touches();
    for (const name of networks) this.models[name].setNetwork(touched(this.live, this.live[name], touches));
    this.soon();
  }

  /** Many changes within a frame are one run. */
  private soon(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.run();
    });
  }

  private puffs(): Puff[] {
    const { dtMs } = this.live.task;
    const value = (id: string): number => Number(byId<HTMLInputElement>(id).value);
    return (this.second ? ['a', 'b'] : ['a']).map((k) => ({
      odour: value(`odour-${k}`),
      onsetSteps: Math.round(value(`onset-${k}`) / dtMs),
      durationSteps: Math.round(value(`duration-${k}`) / dtMs),
    }));
  }

  /** Runs the trial of the controls in both networks and shows it. */
  private run(): void {
    this.say();
    const puffs = this.puffs();
    const begun = performance.now();
    const input = drawNose(this.live.task, { puffs, trial: this.trial, ...touchedNose(this.live, this.touches()) });
    const drawn = performance.now() - begun;
    for (const name of networks) {
      const start = performance.now();
      const record = this.models[name].run(input);
      const took = performance.now() - start;
      byId(`${name}-time`).textContent = `${Math.round(drawn + took)} ms`;
      byId(`${name}-time`).title = `input ${drawn.toFixed(1)} ms, network ${took.toFixed(1)} ms`;
      const content = this.contentOf(input, record, puffs);
      this.rasters[name].show(content);
      const told = content.bands.map((band) => `${band.name} ${band.steps.length}`).join(', ');
      byId(`${name}-raster`).setAttribute(
        'aria-label',
        `Spikes of the ${name} network: ${told}. Arrow keys tell rates.`,
      );
      this.nameOdours(name, record, puffs);
    }
  }

  private say(): void {
    for (const k of ['a', 'b'])
      for (const what of ['onset', 'duration']) {
        const field = byId<HTMLInputElement>(`${what}-${k}`);
        document.querySelector<HTMLOutputElement>(`output[for="${field.id}"]`)!.value = `${field.value} ms`;
      }
    const [menu, drive] = [byId<HTMLSelectElement>('group').value, byId<HTMLInputElement>('drive')];
    const input = menu.split('/')[0] === this.live.task.population;
    const sign = Number(drive.value) > 0 ? '+' : '';
    document.querySelector<HTMLOutputElement>('output[for="drive"]')!.value =
      `${sign}${drive.value} ${input ? 'Hz' : 'mV'}`;
    byId('silence-group').textContent = this.silentGroups.has(menu) ? 'Let them fire' : 'Silence them';
  }

  private nameOdours(name: Name, { chances }: LiveRecord, puffs: readonly Puff[]): void {
    if (chances.length === 0) {
      byId(`${name}-named`).textContent = 'not read out';
      return;
    }
    const { odours } = this.live.task;
    const best = mostLikely(chances);
    const given = puffs.map(({ odour }) => odour);
    const right = given.includes(best);
    const headline = byId(`${name}-named`);
    const verdict = document.createElement('small');
    verdict.className = right ? 'in' : 'out';
    verdict.textContent = right ? 'right' : 'wrong';
    headline.replaceChildren(odours[best]!.name, verdict);
    const order = Array.from(chances, (_, c) => c).sort((a, b) => chances[b]! - chances[a]! || a - b);
    const shown = order.slice(0, SHOWN);
    for (const odour of given) if (!shown.includes(odour)) shown[SHOWN - 1] = odour;
    byId(`${name}-rivals`).replaceChildren(
      ...shown.map((odour) => rival(odours[odour]!.name, chances[odour]!, given.includes(odour))),
    );
    if (name === 'trained') byId('live-said').textContent = `Named ${odours[best]!.name}, ${verdict.textContent}.`;
  }

  private contentOf(input: DrawnSpikes, { spikes }: LiveRecord, puffs: readonly Puff[]): RasterContent {
    const { live } = this;
    const { topology } = live.trained.network;
    const { typeNames, typeIdx } = live.trained;
    const typeOf = (cell: number): string => typeNames[typeIdx[cell]!] || 'untyped';
    const hidden = topology.populations
      .filter(({ size }) => size > 0)
      .map(({ name, offset, size }) => ({
        ...{ name, cells: size, offset, steps: [] as number[], rows: [] as number[] },
        labelOf: (row: number) => `${typeOf(offset + row)}, cell ${row + 1}`,
      }));
    const bandOf = new Int8Array(topology.size);
    for (const [k, { offset, cells }] of hidden.entries()) bandOf.fill(k, offset, offset + cells);
    eachSpike(spikes, topology.size, (t, cell) => {
      const band = hidden[bandOf[cell]!]!;
      band.steps.push(t);
      band.rows.push(cell - band.offset);
    });
    const first = inputBand(
      topology.inputPopulation,
      topology.inputSize,
      input,
      (row) => `${live.inputTypeNames[live.inputTypeIdx[row]!] || 'untyped'}, cell ${row + 1}`,
    );
    const { dtMs } = live.task;
    return {
      steps: live.trained.steps,
      dtMs,
      bands: [first, ...hidden],
      puffs: puffs.map(({ onsetSteps, durationSteps }) => ({
        fromMs: onsetSteps * dtMs,
        toMs: Math.min(live.trained.steps, onsetSteps + durationSteps) * dtMs,
      })),
    };
  }
}

/** A name as an index sorts it: `(-)-alpha-thujone` by its first letters. */
function inLetters(name: string): string {
  return name.replace(/^[^a-z]+/i, '') || name;
}

/** Opened with as much memory as one trial needs. */
function opened(live: LiveNetwork, name: Name): LiveModel {
  return withRoom(() => {
    const model = new LiveModel(live[name]);
    model.run(drawNose(live.task, { puffs: [], trial: 0 }));
    return model;
  });
}

function rival(name: string, chance: number, given: boolean): HTMLLIElement {
  const row = document.createElement('li');
  row.className = given ? 'given' : '';
  const [text, bar, fill, share] = ['span', 'span', 'i', 'b'].map((tag) => document.createElement(tag)) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  text.textContent = name;
  text.title = name;
  bar.className = 'bar';
  fill.style.width = `${(100 * chance).toFixed(1)}%`;
  share.textContent = `${(100 * chance).toFixed(chance < 0.1 ? 1 : 0)} %`;
  bar.append(fill);
  row.append(text, bar, share);
  return row;
}
