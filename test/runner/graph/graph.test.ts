/** The plan drawn: mermaid, dot, JSON and SVG. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderGraph } from '../../../src/runner/views/graph.ts';
import { layOut } from '../../../src/runner/views/graph-layout.ts';
import { mustLoad } from '../load/write-project.ts';

const yaml = `version: 1
params: { seed: 1 }
stages:
  draw: { command: "true", outputs: { o: a&b.txt }, matrix: { seed: [1, 2] } }
  fit: { module: fit.mjs, inputs: { i: artifacts/draw/o.txt, t: data/t.csv }, outputs: { model: model.bin, plots: plots/ }, matrix: { seed: [1, 2] } }
  sum: { command: python3 sum.py, inputs: { i: artifacts/fit/*/plots/x.png }, outputs: { o: sum.csv } }
`.replaceAll('artifacts/draw/o.txt', 'artifacts/draw/a&b.txt');

describe('renderGraph', () => {
  it('draws a matrix as one node, with its outputs', async () => {
    const plan = await mustLoad(yaml);
    assert.equal(
      renderGraph(plan, 'mermaid', { status: { 'draw@seed=1': 'cached', 'draw@seed=2': 'failed' } }),
      `flowchart TD
  s0("draw × 2<br/>a#38;b.txt"):::failed
  s1("fit × 2<br/>model.bin<br/>plots/")
  s2("sum<br/>sum.csv")
  s0 --> s1
  s1 --> s2
  classDef failed fill:#fdeeed,stroke:#57606a,color:#1f2328
`,
    );
    assert.match(
      renderGraph(plan, 'dot'),
      /"fit" \[label="fit × 2\\nmodel\.bin\\nplots\/"\];\n[\s\S]*"draw" -> "fit";/,
    );
  });

  it('gives JSON with instances, sources and what is passed', async () => {
    const graph = JSON.parse(renderGraph(await mustLoad(yaml), 'json')) as { nodes: object[]; edges: object[] };
    assert.deepEqual(graph.nodes[1], {
      stage: 'fit',
      ids: ['fit@seed=1', 'fit@seed=2'],
      runs: 'fit.mjs',
      outputs: ['model.bin', 'plots/'],
      sources: ['data/t.csv'],
    });
    assert.deepEqual(graph.edges, [
      { from: 'draw', to: 'fit', paths: ['a&b.txt'] },
      { from: 'fit', to: 'sum', paths: ['plots/x.png'] },
    ]);
  });

  it('escapes what XML would read as markup', async () => {
    const svg = renderGraph(await mustLoad(yaml), 'svg');
    assert.match(svg, /a&amp;b\.txt/);
    assert.equal(svg.match(/<g /g)?.length, svg.match(/<\/g>/g)?.length);
    assert.equal(/&(?!(amp|lt|gt|quot);)/.test(svg), false);
  });
});

describe('layOut', () => {
  it('puts no box on another, every edge downwards, and does the same twice', () => {
    const graphs = fc.integer({ min: 1, max: 14 }).chain((n) =>
      fc.record({
        boxes: fc.constant(
          Array.from({ length: n }, (_, i) => ({
            id: `b${i}`,
            width: 60 + ((i * 37) % 90),
            height: 30 + ((i * 13) % 40),
          })),
        ),
        pairs: fc.uniqueArray(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { selector: ([a, b]) => `${a} ${b}` }),
      }),
    );
    fc.assert(
      fc.property(graphs, ({ boxes, pairs }) => {
        const edges = pairs.filter(([a, b]) => a < b).map(([a, b]): [string, string] => [`b${a}`, `b${b}`]);
        const layout = layOut(boxes, edges);
        assert.deepEqual(layOut(boxes, edges), layout);
        for (const [i, a] of layout.boxes.entries()) {
          assert.ok(a.x >= -1e-6 && a.x + a.width <= layout.width + 1e-6 && a.y + a.height <= layout.height + 1e-6);
          for (const b of layout.boxes.slice(i + 1)) {
            const apart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            assert.ok(apart, `${a.id} on ${b.id}`);
          }
        }
        for (const route of layout.routes)
          for (const [i, point] of route.points.entries()) assert.ok(i === 0 || point[1] >= route.points[i - 1]![1]);
      }),
    );
  });
});
