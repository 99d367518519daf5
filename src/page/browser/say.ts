/** Values of marks: under the pointer, by arrow keys, and to screen readers. */
import { byId } from './page.ts';

/** How near the pointer must be to a mark, px. */
const REACH = 26;

/** Shows a text beside a place of the window. */
export function showSay(text: string, x: number, y: number): void {
  const tip = byId('say');
  tip.textContent = text;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(6, Math.min(innerWidth - width - 6, x + 14))}px`;
  tip.style.top = `${y - height - 14 < 4 ? y + 18 : y - height - 14}px`;
}

export function hideSay(): void {
  byId('say').hidden = true;
}

/** Reads it aloud where somebody listens. */
export function speak(text: string): void {
  byId('said').textContent = text;
}

/** Makes every chart of the page tell its values. */
export function tellCharts(): void {
  for (const chart of document.querySelectorAll<HTMLElement>('.chart')) tellChart(chart);
  for (const kind of ['wheel', 'touchmove']) document.addEventListener(kind, hideSay, { passive: true });
}

function tellChart(chart: HTMLElement): void {
  const marks = (): SVGGraphicsElement[] => [...chart.querySelectorAll<SVGGraphicsElement>('[data-say]')];
  let at = -1;
  const light = (mark: SVGGraphicsElement | undefined): void => {
    for (const lit of chart.querySelectorAll('.lit')) lit.classList.remove('lit');
    mark?.classList.add('lit');
  };
  chart.addEventListener('pointermove', (event) => {
    const mark = nearest(marks(), event.clientX, event.clientY);
    light(mark);
    if (mark === undefined) hideSay();
    else showSay(mark.dataset['say'] ?? '', event.clientX, event.clientY);
  });
  chart.addEventListener('pointerleave', () => {
    light(undefined);
    hideSay();
  });
  chart.addEventListener('blur', () => {
    light(undefined);
    hideSay();
  });
  chart.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') hideSay();
    if (step === undefined) return;
    event.preventDefault();
    const all = marks();
    at = (at + step + all.length) % all.length;
    const mark = all[at];
    if (mark === undefined) return;
    light(mark);
    const { left, top } = mark.getBoundingClientRect();
    showSay(mark.dataset['say'] ?? '', left, top);
    speak(mark.dataset['say'] ?? '');
  });
}

function nearest(marks: readonly SVGGraphicsElement[], x: number, y: number): SVGGraphicsElement | undefined {
  let best: SVGGraphicsElement | undefined;
  let least = REACH;
  for (const mark of marks) {
    const { left, right, top, bottom } = mark.getBoundingClientRect();
    const distance = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
    if (distance < least) [best, least] = [mark, distance];
  }
  return best;
}
