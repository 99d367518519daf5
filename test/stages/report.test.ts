/** Stage report: the same bytes every time, nothing fetched, every digest that of its artifact, and less where less was given. */
import assert from 'node:assert/strict';
import { digestOf } from '../../src/base/digest.ts';
import { drawTrial } from '../../src/odour/draw-trial.ts';
import type { PageData } from '../../src/page/report-page.ts';
import { simulateTrial } from '../../src/snn/network/simulate-trial.ts';
import { exampleInputs, networkInputs, reported } from '../rig/example-page.ts';
import { exampleLive } from '../rig/live-example.ts';

function carried(html: string, id: string): string {
  return new RegExp(`<script type="[^"]*" id="${id}">([^<]*)</script>`).exec(html)![1]!;
}

describe('stage report', () => {
  let inputs: Record<string, Uint8Array>;
  let html: string;
  before(async () => {
    inputs = await exampleInputs();
    const run = await reported(inputs);
    assert.equal(run.error, undefined);
    html = Buffer.from(run.files['report.html']!).toString('utf8');
    assert.match(run.headlines![0]!.value, /^0\.\d\d MB, the network 0\.\d\d MB of it$/);
  });

  it('writes the same bytes again', async () => {
    assert.ok(Buffer.from((await reported(inputs)).files['report.html']!).toString('utf8') === html);
  });

  it('asks for nothing: no address in it but those of names', () => {
    const found = [...html.matchAll(/(?:src|href)="(?!data:|#)([^"]*)"|url\(([^)]*)\)|@import/g)].map(([all]) => all);
    assert.deepEqual(found, []);
    assert.deepEqual([...new Set([...html.matchAll(/https?:\/\/[^"'\s)]*/g)].map(([address]) => address))], []);
  });

  it('names each artifact with its own digest', () => {
    const { artifacts } = JSON.parse(carried(html, 'page-data')) as PageData;
    assert.deepEqual(artifacts.map(({ name }) => name).sort(), Object.keys(inputs).sort());
    for (const { name, sha256, bytes } of artifacts) {
      assert.equal(sha256, digestOf(inputs[name]!));
      assert.equal(bytes, inputs[name]!.length);
    }
  });

  it('holds the spikes of the pipeline’s own trials, odours and clean air', () => {
    const { proofs } = JSON.parse(carried(html, 'page-data')) as PageData;
    const { task, trained, untrained } = exampleLive();
    assert.deepEqual(
      proofs.map(({ odour }) => odour),
      [0, 2, 4, 6],
    );
    for (const proof of proofs) {
      const input = drawTrial(task, { split: 'test', odour: proof.odour, trial: proof.trial });
      assert.equal(proof.trained, digestOf(simulateTrial(trained, input).spikes));
      assert.equal(proof.untrained, digestOf(simulateTrial(untrained, input).spikes));
    }
    assert.equal(new Set(proofs.flatMap(({ trained, untrained }) => [trained, untrained])).size, 8);
  });

  it('lets no name of an odour be markup', () => {
    assert.ok(html.includes('&lt;b&gt;&amp;&quot;3'));
    assert.ok(!html.includes('<b>&'));
  });

  it('leaves out the figures whose artifacts are not given', async () => {
    const few = Buffer.from((await reported(networkInputs)).files['report.html']!).toString('utf8');
    const figures = (text: string) => [...text.matchAll(/<figure id="([^"]+)"/g)].map((match) => match[1]);
    assert.deepEqual(figures(few), []);
    assert.deepEqual(figures(html), [
      ...['accuracy', 'learning', 'loss', 'odours', 'rest-to-odour', 'rates-over-training', 'bands', 'layers'],
      ...['board', 'board-distances', 'finding-apl', 'finding-nulls'],
    ]);
    assert.ok(few.includes('id="live"') && !few.includes('#board-part') && html.includes('#board-part'));
  });

  it('tells verdicts, what says them, and what they do not show', () => {
    assert.match(html, /<span class="verdict out">contradict<\/span> r &lt;b&gt; 0</);
    assert.match(html, /<span class="verdict in">support<\/span> better by 3</);
    assert.match(html, /It does not show anything else\./);
    assert.equal([...html.matchAll(/<img class="finding"/g)].length, 1);
  });
});
