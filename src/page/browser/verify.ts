/** Whether the page is what it says: its texts have their digests, its figures are drawn from them; and files that are given. */
import { createSHA256 } from 'hash-wasm';
import { drawFigure, type Figure, type FigureTexts } from '../figures/figure.ts';
import { figureList } from '../figures/list.ts';
import { unpack } from '../live/pack.ts';
import type { PageArtifact } from '../report-page.ts';
import { byId, carriedBytes, carriedData } from './page.ts';

/** SHA-256 as hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  return (await createSHA256()).init().update(bytes).digest('hex');
}

/** Marks every place that names the artifact. */
function seal(name: string, good: boolean, words: string): void {
  for (const place of document.querySelectorAll<HTMLElement>(`.seal[data-artifact="${name}"]`)) {
    place.classList.remove('good', 'bad');
    place.classList.add(good ? 'good' : 'bad');
    if (place.closest('td') !== null) place.textContent = words;
    else place.title = words;
  }
}

/** Hashes what the page carries and draws its figures again; says what it found. */
export async function verifyPage(): Promise<void> {
  const { artifacts } = carriedData();
  const carried = unpack(carriedBytes('texts')) as Record<string, Uint8Array>;
  const wrong: string[] = [];
  let good = 0;
  for (const artifact of artifacts) {
    const bytes = carried[artifact.name];
    if (bytes === undefined) continue;
    const same = (await sha256(bytes)) === artifact.sha256;
    seal(artifact.name, same, same ? 'carried by this page, digest right' : 'carried by this page, digest WRONG');
    if (same) good++;
    else wrong.push(artifact.label);
  }
  const texts = Object.fromEntries(
    Object.entries(carried).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
  );
  const drawn = figureList
    .flatMap(({ figures }) => figures)
    .map((figure) => [figure, drawnAlike(figure, texts)] as const);
  const strange = drawn.filter(([, alike]) => alike === false).map(([figure]) => `figure “${figure.title}”`);
  const figures = drawn.filter(([, alike]) => alike === true).length;
  const all = [...wrong, ...strange];
  const status = byId('verified');
  status.classList.add(all.length === 0 ? 'in' : 'out');
  status.textContent =
    all.length === 0
      ? `${good} artifacts hashed, all as said; ${figures} figures drawn again from them, all alike.`
      : `Not what it says: ${all.join(', ')}.`;
}

/** Whether the figure of the page is what its sources give; undefined where the page has none. */
function drawnAlike(figure: Figure, texts: FigureTexts): boolean | undefined {
  const place = document.querySelector(`[data-figure="${figure.id}"]`);
  if (place === null) return undefined;
  const again = document.createElement('template');
  again.innerHTML = drawFigure(figure, texts)?.body ?? '';
  return (place.querySelector('.chart') ?? place).innerHTML === again.innerHTML;
}

/** Hashes files as they are chosen or dropped. */
export function verifyFiles(): void {
  const { artifacts } = carriedData();
  const place = byId('drop');
  const input = byId<HTMLInputElement>('files');
  const take = async (files: Iterable<File>): Promise<void> => {
    for (const file of files) await verifyFile(file, artifacts);
  };
  input.addEventListener('change', () => void take(input.files ?? []));
  place.addEventListener('dragover', (event) => {
    event.preventDefault();
    place.classList.add('over');
  });
  place.addEventListener('dragleave', () => place.classList.remove('over'));
  place.addEventListener('drop', (event) => {
    event.preventDefault();
    place.classList.remove('over');
    void take(event.dataTransfer?.files ?? []);
  });
}

async function verifyFile(file: File, artifacts: readonly PageArtifact[]): Promise<void> {
  const named = artifacts.filter(({ label }) => label.endsWith(`/${file.name}`));
  const digest = await sha256(new Uint8Array(await file.arrayBuffer()));
  const found = artifacts.find((artifact) => artifact.sha256 === digest);
  if (found !== undefined) seal(found.name, true, 'the file that you gave, digest right');
  else
    for (const { name } of named.length === 1 ? named : [])
      seal(name, false, 'the file that you gave has another digest');
  const words = found === undefined ? `${file.name} is none of these.` : `${file.name} is ${found.label}.`;
  byId('verified').textContent = words;
}
