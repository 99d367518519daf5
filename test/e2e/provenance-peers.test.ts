/** Provenance read by other people's programs: roc-validator (RO-Crate) and prov (W3C PROV). Only when CC_SNN_PEERS is set. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { provenanceProject } from '../rig/provenance-project.ts';
import { pythonWith } from '../spinnaker/peer-python.ts';

const script = fileURLToPath(new URL('../../../test/e2e/crate-peer.py', import.meta.url));
const readProv = `
import sys
from prov.model import ProvDocument, ProvActivity, ProvEntity
document = ProvDocument.deserialize(source=sys.argv[1], format='json')
print(len(list(document.get_records(ProvActivity))), len(list(document.get_records(ProvEntity))))
`;

describe('provenance, read by others', () => {
  it('breaks no MUST of Provenance Run Crate 0.5, and does where something is taken out', function () {
    const python = pythonWith(['roc-validator==0.13.0', 'prov==3.2.3']);
    if (python === undefined) {
      this.test!.title += ' (skipped: set CC_SNN_PEERS=1 to make a Python environment with roc-validator and prov)';
      this.skip();
    }
    const project = provenanceProject();
    project.run();
    project.pipeline('provenance', '--out', 'crate');
    const whole = spawnSync(python!, [script, project.path('crate')], { encoding: 'utf8' });
    assert.equal(whole.status, 0, whole.stdout + whole.stderr);
    assert.match(whole.stdout, /provenance-run-crate-0\.5: 0 broken\nprocess-run-crate-0\.5: 0 broken/);
    project.pipeline('provenance', '--format', 'prov', '--out', 'prov.json');
    const prov = spawnSync(python!, ['-c', readProv, project.path('prov.json')], { encoding: 'utf8' });
    assert.match(prov.stdout, /^4 [1-9]/, prov.stderr);
    const metadata = project.read('crate/ro-crate-metadata.json');
    project.write('crate/ro-crate-metadata.json', metadata.replaceAll('"workExample"', '"mentions"'));
    const broken = spawnSync(python!, [script, project.path('crate')], { encoding: 'utf8' });
    assert.match(broken.stdout, /must refer to its corresponding tool via workExample/);
    assert.notEqual(broken.status, 0);
    project.dispose();
  });
});
