/** Pages: report makes one and adds the run to it, diff --html puts two runs side by side. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { TestProject } from '../rig/test-project.ts';

const place = '<script type="application/json" id="pipeline-run">null</script>';
const yaml = `version: 1
params: { words: one, deep: { epochs: 3 } }
stages:
  a: { command: "cat \${inputs.i} > \${outputs.o}; echo '{\\"loss\\": '$(wc -c < \${inputs.i})'}' > \${outputs.m}", inputs: { i: in.txt }, outputs: { o: o.txt, m: m.json }, metrics: [m.json] }
  report: { command: "(cat \${inputs.template}; echo \${params.words}; cat \${inputs.o}) > \${outputs.page}", params: [words, deep], inputs: { template: page.txt, o: artifacts/a/o.txt }, outputs: { page: report.html } }
  other: { command: "echo x > \${outputs.o}", outputs: { o: o.txt } }
`;

interface Added {
  readonly graph: string;
  readonly command: string;
  readonly changed: object;
  readonly stages: readonly { readonly stage: string; readonly status: string; readonly seconds: number }[];
}

describe('pages', () => {
  const project = new TestProject(yaml)
    .write('in.txt', 'first </script> run\n')
    .write('page.txt', `<b>$& page</b>${place}\n`);
  after(() => project.dispose());
  const read = (path: string): string => readFileSync(project.path(path), 'utf8');
  const added = (html: string): Added => JSON.parse(/id="pipeline-run">([^<]*)</.exec(html)![1]!) as Added;

  it('report makes the page of the stage report, and puts the run into a copy', () => {
    const { code, out, err } = project.pipeline('report', '--set', 'deep.epochs=4', '--set', 'words=</script>');
    assert.equal(code, 0, err);
    assert.match(out, /^artifacts\/\.report\/report\.html$/m);
    const html = read('artifacts/.report/report.html');
    const { graph, command, changed, stages } = added(html);
    assert.match(graph, /^<svg[\s\S]*<\/svg>\n$/);
    assert.equal(command, 'pipeline report --set deep.epochs=4 --set words=</script>');
    assert.deepEqual(changed, { words: '</script>', 'deep.epochs': 4 });
    assert.deepEqual(
      stages.map(({ stage, status }) => [stage, status]),
      [
        ['a', 'ran'],
        ['report', 'ran'],
      ],
    );
    assert.equal(
      html.replace(/id="pipeline-run">[^<]*</, 'id="pipeline-run">null<'),
      read('artifacts/report/report.html'),
    );
  });

  it('report tells of a cached stage how long it took when it ran, and leaves the artifact as it was made', () => {
    const before = added(read('artifacts/.report/report.html')).stages;
    const { code } = project.pipeline('report', '--set', 'deep.epochs=4', '--set', 'words=</script>');
    assert.equal(code, 0);
    const { stages } = added(read('artifacts/.report/report.html'));
    assert.deepEqual(
      stages.map(({ stage, status, seconds }) => [stage, status, seconds]),
      before.map(({ stage, seconds }) => [stage, 'cached', seconds]),
    );
    assert.ok(read('artifacts/report/report.html').includes(place));
  });

  it('report names a stage that makes no page, and one that failed', () => {
    const none = project.pipeline('report', 'other');
    assert.equal(none.code, 2);
    assert.match(none.err, /other: makes no page[\s\S]*ends in \.html/);
    project.write('page.txt', '').remove('in.txt');
    assert.equal(project.pipeline('report').code, 1);
    project.write('in.txt', 'second <run>\n').write('page.txt', 'new page');
  });

  it('diff --html has what differs, metrics with their change, and both pages', () => {
    assert.equal(project.run('report').code, 0);
    const { code, out } = project.pipeline('diff', 'last~2', 'last', '--html');
    assert.equal(code, 0);
    const path = /^(artifacts\/\.report\/diff-.*\.html)\n$/.exec(out)![1]!;
    const html = read(path);
    assert.match(
      html,
      /<td>a<\/td><td>loss<\/td><td>20<\/td><td>13<\/td><td><span class="down"><i class="bar" style="width:42px"><\/i> [-−]7/,
    );
    assert.match(html, /<td>param deep\.epochs<\/td><td>4<\/td><td>3<\/td>/);
    const frames = [...html.matchAll(/srcdoc="([^"]*)"/g)].map(([, text]) => text!);
    assert.equal(frames.length, 2);
    assert.ok(frames[0]!.startsWith('&lt;b&gt;$&amp; page') && frames[1]!.startsWith('new page'));
    assert.ok(!html.includes('<run>'));
    const { lines } = project.pipeline('diff', 'last~2', 'last', '--html', '--json');
    assert.deepEqual(lines, [{ event: 'page', path }]);
  });
});
