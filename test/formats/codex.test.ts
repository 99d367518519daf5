import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import {
  readCellTypes,
  readClassification,
  readConnections,
  readNames,
  readNeurons,
  readProcessedLabels,
} from '../../src/formats/codex/codex.ts';
import type { ByteSink } from '../../src/formats/codex/csv.ts';
import { feedAll } from '../../src/formats/codex/csv-table.ts';
import { IdIndex } from '../../src/formats/codex/id-index.ts';

function rowsOf<T>(reader: (onRow: (row: T) => void) => ByteSink, text: string): T[] {
  const rows: T[] = [];
  feedAll(
    reader((row) => rows.push(row)),
    [new TextEncoder().encode(text)],
  );
  return rows;
}

describe('formats/codex', () => {
  it('reads connections: ids beyond 2^53, neuropil and transmitter per row', () => {
    const text =
      'pre_root_id,post_root_id,neuropil,syn_count,nt_type\n' +
      '720575940602553568,720575940613583001,AL_L,4,ACH\n720575940602553568,720575940613583001,LH_L,21,\n';
    const rows: unknown[] = [];
    const table = readConnections(({ preId, postId, neuropil, synCount, ntType, line }) =>
      rows.push({ preId, postId, neuropil, synCount, ntType, line }),
    );
    feedAll(table, [new TextEncoder().encode(text)]);
    const pair = { preId: 720575940602553568n, postId: 720575940613583001n };
    assert.deepEqual(rows, [
      { ...pair, neuropil: 'AL_L', synCount: 4, ntType: 'ACH', line: 2 },
      { ...pair, neuropil: 'LH_L', synCount: 21, ntType: '', line: 3 },
    ]);
    assert.equal(table.rows, 2);
  });

  it('locates a bad id and a bad count', () => {
    const header = 'nt_type,syn_count,neuropil,post_root_id,pre_root_id\n';
    const read = (text: string) =>
      feedAll(
        readConnections(() => {}),
        [new TextEncoder().encode(header + text)],
      );
    assert.throws(
      () => read('ACH,5,AL_L,1,7.2e17\n'),
      /connections\.csv:2 column pre_root_id is '7.2e17', want a root id/,
    );
    assert.throws(
      () => read('ACH,5.0,AL_L,1,2\n'),
      /connections\.csv:2 column syn_count is '5.0', want a whole number/,
    );
  });

  it('reads the tables of cells', () => {
    assert.deepEqual(
      rowsOf(
        readClassification,
        'root_id,flow,super_class,class,sub_class,hemilineage,side,nerve\n720575940604352689,afferent,sensory,olfactory,,,left,AN\n',
      ),
      [
        {
          rootId: 720575940604352689n,
          flow: 'afferent',
          superClass: 'sensory',
          class: 'olfactory',
          subClass: '',
          hemilineage: '',
          side: 'left',
          nerve: 'AN',
        },
      ],
    );
    assert.deepEqual(
      rowsOf(readCellTypes, 'root_id,primary_type,additional_type(s)\n7,vDeltaA,"vDeltaB, vDeltaC"\n8,T5c,\n'),
      [
        { rootId: 7n, primaryType: 'vDeltaA', additionalTypes: ['vDeltaB', 'vDeltaC'] },
        { rootId: 8n, primaryType: 'T5c', additionalTypes: [] },
      ],
    );
    const neurons = 'root_id,group,nt_type,nt_type_score,da_avg,ser_avg,gaba_avg,glut_avg,ach_avg,oct_avg\n';
    assert.deepEqual(rowsOf(readNeurons, `${neurons}7,LO.LOP,ACH,0.57,0.03,0.0,0.05,0.28,0.57,0.07\n`), [
      {
        rootId: 7n,
        group: 'LO.LOP',
        ntType: 'ACH',
        ntTypeScore: 0.57,
        averages: { ACH: 0.57, GABA: 0.05, GLUT: 0.28, DA: 0.03, SER: 0, OCT: 0.07 },
      },
    ]);
    assert.deepEqual(rowsOf(readNames, 'root_id,name,group\n7,GNG.96,GNG\n'), [
      { rootId: 7n, name: 'GNG.96', group: 'GNG' },
    ]);
  });

  it('reads labels as Python prints lists', () => {
    const line = `720575940604352689,"['ORN_DL5; Or7a; FBbt_00067005', ""it's"", 'a\\'b\\u00e9']"`;
    assert.deepEqual(rowsOf(readProcessedLabels, `root_id,processed_labels\n${line}\n8,[]\n`), [
      { rootId: 720575940604352689n, labels: ['ORN_DL5; Or7a; FBbt_00067005', "it's", "a'bé"] },
      { rootId: 8n, labels: [] },
    ]);
    assert.throws(
      () => rowsOf(readProcessedLabels, 'root_id,processed_labels\n8,"[1, 2]"\n'),
      /processed_labels\.csv:2 column processed_labels is '\[1, 2\]', want a list/,
    );
  });

  describe('on FlyWire v783', () => {
    const folder = join(process.env['CC_SNN_DATA'] ?? '../shared/data', 'codex');

    async function feedFile(name: string, sink: ByteSink): Promise<void> {
      for await (const chunk of createReadStream(join(folder, name)).pipe(createGunzip()))
        sink.feed(chunk as Uint8Array);
      sink.end();
    }

    before(function () {
      if (existsSync(join(folder, 'connections_ipsilateral_full.csv.gz'))) return;
      console.log(`      skipped: no tables in ${folder} (set CC_SNN_DATA to the folder that holds codex/)`);
      this.skip();
    });

    it('counts cells by class, and takes 2.3 million connections through in seconds', async () => {
      const classes = new Map<string, number>();
      const olfactory = new IdIndex();
      await feedFile(
        'classification.csv.gz',
        readClassification((row) => {
          classes.set(row.class, (classes.get(row.class) ?? 0) + 1);
          if (row.class !== 'olfactory') return;
          olfactory.add(Number(row.rootId >> 32n), Number(row.rootId & 0xffffffffn));
        }),
      );
      const counts = ['olfactory', 'ALPN', 'ALLN', 'Kenyon_Cell', 'MBON', 'DAN'].map((name) => classes.get(name));
      assert.deepEqual(counts, [2281, 685, 427, 5177, 96, 331]);
      const used = process.cpuUsage();
      let fromOlfactory = 0;
      let synapses = 0;
      const table = readConnections((row) => {
        if (olfactory.find(row.preHi, row.preLo) >= 0) fromOlfactory++;
        synapses += row.synCount;
      });
      await feedFile('connections_ipsilateral_full.csv.gz', table);
      const { user } = process.cpuUsage(used);
      assert.equal(table.rows, 2309630);
      assert.deepEqual({ fromOlfactory, synapses }, { fromOlfactory: 7251, synapses: 28363450 });
      assert.ok(user < 10e6, `${user / 1e6} s of CPU`);
    });
  });
});
