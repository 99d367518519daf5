/** The page in a real browser, from a file: it verifies itself, answers to hand and keyboard, and runs the pipeline's network. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { LiveModel } from '../../src/page/live/live-trial.ts';
import { drawNose } from '../../src/page/live/puffs.ts';
import { touched } from '../../src/page/live/touches.ts';
import { exampleInputs, networkInputs, reported } from '../rig/example-page.ts';
import { exampleLive } from '../rig/live-example.ts';

/** Debian's, or whatever the environment names. */
const executablePath = process.env['CC_SNN_BROWSER'] ?? '/usr/bin/chromium';

describe('the page in a browser', function () {
  this.timeout(120_000);
  let folder: string;
  let browser: Browser;
  let page: Page;
  const troubles: string[] = [];

  before(async function () {
    if (!existsSync(executablePath)) {
      this.test!.parent!.title += ` (skipped: no browser at ${executablePath}; CC_SNN_BROWSER names one)`;
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'cc-snn-page-'));
    const run = await reported(await exampleInputs());
    writeFileSync(join(folder, 'report.html'), run.files['report.html']!);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    page = await opened('report.html', troubles);
  });
  after(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  async function opened(name: string, told: string[], width = 1280): Promise<Page> {
    const made = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    made.on('console', (message) => told.push(message.text()));
    made.on('pageerror', (error) => told.push(String(error)));
    made.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) told.push(`asked for ${request.url()}`);
    });
    await made.goto(pathToFileURL(join(folder, name)).href);
    await made.waitForSelector('html[data-ready]');
    return made;
  }

  const said = async (selector: string, on: Page = page): Promise<string> => (await on.textContent(selector)) ?? '';

  /** Spikes by layer, as the raster says them. */
  async function spikes(network: 'trained' | 'untrained'): Promise<Record<string, number>> {
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    const text = (await page.getAttribute(`#${network}-raster`, 'aria-label'))!;
    return Object.fromEntries(
      [...text.matchAll(/([A-Z]{2,5}) (\d+)/g)].map(([, name, count]) => [name, Number(count)]),
    );
  }

  it('opens without a word of trouble, and finds its artifacts and figures as they are said to be', async () => {
    assert.equal(
      await said('#verified'),
      '8 artifacts hashed, all as said; 12 figures drawn again from them, all alike.',
    );
    assert.equal(await page.locator('figure .seal').count(), await page.locator('figure .seal.good').count());
  });

  it('gives the pipeline’s spikes bit for bit, and the confusions of evaluate', async () => {
    await page.click('#prove');
    await page.waitForSelector('#prove:not([disabled])');
    assert.match(await said('#proved'), /All 8 trials: bit for bit the pipeline’s\.$/);
    await page.click('#replay');
    await page.waitForSelector('#replay:not([disabled])');
    assert.match(await said('#proved'), /^24 test trials replayed: \d.*right\.Every confusion is as in evaluate’s/);
  });

  it('runs what the controls say, as the same modules do outside the page', async () => {
    const live = exampleLive();
    const own = new LiveModel(live.trained);
    const bands = live.trained.network.topology.populations;
    const expected = (puffs: Parameters<typeof drawNose>[1]['puffs'], trial: number) => {
      const input = drawNose(live.task, { puffs, trial });
      const { counts } = own.run(input);
      const sum = (from: number, size: number) => counts.subarray(from, from + size).reduce((a, b) => a + b, 0);
      const hidden = bands.map(({ name, offset, size }) => [name, sum(offset, size)] as const);
      return Object.fromEntries([['ORN', input.cell.length] as const, ...hidden]);
    };
    const set = (id: string, value: string) =>
      page.locator(`#${id}`).evaluate((field: { value: string; dispatchEvent(event: Event): void }, to) => {
        field.value = to;
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }, value);
    const first = { odour: 2, onsetSteps: 20, durationSteps: 60 };
    await page.selectOption('#odour-a', '2');
    await set('onset-a', '20');
    await set('duration-a', '60');
    assert.deepEqual(await spikes('trained'), expected([first], 0));
    await page.click('#again');
    await page.click('#second');
    await page.selectOption('#odour-b', '5');
    await set('onset-b', '50');
    await set('duration-b', '40');
    const both = [first, { odour: 5, onsetSteps: 50, durationSteps: 40 }];
    assert.deepEqual(await spikes('trained'), expected(both, 1));
    await page.click('#silence button:has-text("APL")');
    own.setNetwork(touched(live, live.trained, [{ cells: 'APL', what: 'silence' }]));
    const silenced = await spikes('trained');
    assert.deepEqual(silenced, expected(both, 1));
    assert.equal(silenced['APL'], 0);
    await page.selectOption('#group', 'MBON');
    await set('drive', '20');
    const driven = await spikes('trained');
    assert.ok(driven['MBON']! > silenced['MBON']! && driven['KC'] === silenced['KC']);
    await page.click('#reset');
    own.setNetwork(live.trained.network);
    assert.deepEqual(await spikes('trained'), expected(both, 1));
    own.close();
  });

  it('says the values of a chart and of the raster by keyboard and under the pointer', async () => {
    await page.focus('#accuracy .chart');
    await page.keyboard.press('ArrowDown');
    assert.match(await said('#said'), /^trained network, read from .*: [\d.]+ %/);
    assert.ok(await page.isVisible('#say'));
    await page.locator('#learning circle').last().hover({ force: true });
    assert.match(await said('#say'), /^epoch 3, /);
    await page.focus('#trained-raster');
    await page.keyboard.press('ArrowDown');
    assert.match(await said('#said'), /^LN at 0 ms: .* Hz$/);
  });

  it('sorts a table by its heads, and finds rows', async () => {
    const column = () => page.locator('#odours tbody tr:visible td:nth-child(4)').allInnerTexts();
    const before = await column();
    const numbers = (texts: readonly string[]) => texts.map((text) => Number.parseFloat(text));
    await page.click('#odours th:nth-child(4) button');
    assert.deepEqual(
      numbers(await column()),
      numbers(before).sort((a, b) => b - a),
    );
    await page.click('#odours th:nth-child(4) button');
    assert.deepEqual(
      numbers(await column()),
      numbers(before).sort((a, b) => a - b),
    );
    assert.equal(await page.getAttribute('#odours th:nth-child(4)', 'aria-sort'), 'ascending');
    await page.fill('#odours input', '"3');
    assert.equal((await column()).length, 1);
    await page.fill('#odours input', '');
  });

  it('knows a file that it is given, and one that it does not know', async () => {
    const give = async (name: string, bytes: Uint8Array) => {
      await page.setInputFiles('#files', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
      await page.waitForFunction(`document.getElementById('verified').textContent.startsWith(${JSON.stringify(name)})`);
      return said('#verified');
    };
    assert.equal(await give('any.bin', networkInputs['model']!), 'any.bin is train/model.safetensors.');
    const damaged = networkInputs['task']!.slice();
    damaged[damaged.length - 1]! ^= 1;
    assert.equal(await give('task.safetensors', damaged), 'task.safetensors is none of these.');
    assert.equal(await said('.seal.bad'), 'the file that you gave has another digest');
  });

  it('has nothing that axe finds serious, light and dark', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = (await page.evaluate('axe.run()')) as {
        readonly violations: readonly {
          readonly id: string;
          readonly impact: string;
          readonly nodes: readonly { readonly html: string }[];
        }[];
      };
      const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      assert.deepEqual(
        serious.map(
          ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
        ),
        [],
      );
    }
  });

  it('fits a phone, and said nothing wrong all along', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    assert.ok((await page.evaluate('document.documentElement.scrollWidth - innerWidth')) === 0);
    assert.deepEqual(troubles, []);
  });

  it('says so where an artifact was changed after the page was made, and where a figure was', async () => {
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    const told: string[] = [];
    const digest = /"name":"metrics","label":"[^"]*","sha256":"(\w)/.exec(html)!;
    const other = digest[1] === '0' ? '1' : '0';
    writeFileSync(join(folder, 'a.html'), html.replace(digest[0], digest[0].slice(0, -1) + other));
    const first = await opened('a.html', told);
    assert.equal(await said('#verified', first), 'Not what it says: evaluate/metrics.json.');
    await first.close();
    writeFileSync(join(folder, 'b.html'), html.replace(/(data-say="epoch 2, MBON: )/, '$19'));
    const second = await opened('b.html', told);
    assert.match(await said('#verified', second), /^Not what it says: figure “What does training bring\?”\.$/);
    await second.close();
  });
});
