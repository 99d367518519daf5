/** The live view, as the text it writes. */
import assert from 'node:assert/strict';
import type { RunEvent } from '../../src/runner/model/events.ts';
import { TerminalView } from '../../src/runner/views/terminal-view.ts';

describe('the live view', () => {
  it('leaves a warning above the table, and tells it again at the end', () => {
    let text = '';
    const view = new TerminalView((part) => {
      text += part;
    }, 80);
    const warning = { label: 'warning', value: '3 rows are odd', warning: true } as const;
    const events: RunEvent[] = [
      { event: 'run', run: 'r', stages: 1 },
      { event: 'start', stage: 'doubt', key: 'k', reason: ['it has not run here yet'] },
      { event: 'warning', stage: 'doubt', text: '3 rows are odd' },
      { event: 'log', stage: 'doubt', line: 'something else' },
      {
        event: 'stage',
        stage: 'doubt',
        status: 'ran',
        key: 'k',
        reason: [],
        seconds: 1,
        outputs: [],
        headlines: [warning],
      },
      {
        event: 'summary',
        ran: 1,
        cached: 0,
        restored: 0,
        failed: 0,
        skipped: 0,
        wouldRun: 0,
        seconds: 1,
      },
    ];
    try {
      for (const event of events.slice(0, 4)) view.on(event);
      const before = text;
      // Written once, and not among the lines that are drawn anew.
      assert.equal(before.split('! doubt: 3 rows are odd\n').length, 2);
      assert.match(before, / {2}doubt {2}[\d.]+ s\n0\/1 stages done\n$/);
      for (const event of events.slice(4)) view.on(event);
      assert.equal(text.slice(before.length).split('\n\n! doubt: 3 rows are odd\n').length, 2);
    } finally {
      view.close();
    }
  });
});
