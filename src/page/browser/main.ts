/** The page's script: begins everything that is alive in it. */
import { decodeLive } from '../live/live-network.ts';
import { LivePanel } from './live.ts';
import { breath, byId, carriedBytes } from './page.ts';
import { offerProofs } from './prove.ts';
import { showRun } from './run-record.ts';
import { tellCharts } from './say.ts';
import { sortTables } from './tables.ts';
import { verifyFiles, verifyPage } from './verify.ts';

/** Light, dark, and back to what the system has. */
function chooseTheme(changed: () => void): void {
  const root = document.documentElement;
  byId('theme').addEventListener('click', () => {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const now = root.dataset['theme'] ?? (dark ? 'dark' : 'light');
    root.dataset['theme'] = now === 'dark' ? 'light' : 'dark';
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

async function begin(): Promise<void> {
  let panel: LivePanel | undefined;
  chooseTheme(() => panel?.redraw());
  showRun();
  await breath();
  await verifyPage();
  tellCharts();
  sortTables();
  verifyFiles();
  await breath();
  const live = decodeLive(carriedBytes('network'));
  panel = new LivePanel(live);
  offerProofs(live);
  document.documentElement.dataset['ready'] = 'true';
}

void begin();
