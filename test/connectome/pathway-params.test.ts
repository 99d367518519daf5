import assert from 'node:assert/strict';
import { rulesOf } from './build-from-tables.ts';

describe('connectome/build: parameters', () => {
  it('fill in the seven populations and the rules of the olfactory pathway', () => {
    const rules = rulesOf({});
    assert.deepEqual(
      rules.populations.map(({ name }) => name),
      ['ORN', 'LN', 'PN', 'KC', 'APL', 'MBON', 'DAN'],
    );
    assert.deepEqual(rules.dropProjections, ['DAN>*', '*>ORN']);
    assert.deepEqual([rules.pairThreshold, rules.transmitterRule, rules.dropSelfLoops], [5, 'neuron', false]);
  });

  it('name every wrong name at once and what was probably meant', () => {
    const params = {
      dropProjections: ['DNA>*'],
      populations: { LN: { otherwise: 'GABBA' }, ALL: {}, 'A>B': { class: 'ALPN' } },
    };
    assert.throws(
      () => rulesOf(params),
      (error: Error) => {
        assert.match(error.message, /populations\.ALL would take every cell of the brain/);
        assert.match(error.message, /'A>B' may not hold/);
        assert.match(error.message, /dropProjections: 'DNA' is not known.*\n {2}did you mean 'DAN'\?/);
        assert.match(
          error.message,
          /populations\.LN: 'GABBA' is not known, there are: ACH, GABA, GLUT\n {2}did you mean 'GABA'\?/,
        );
        return true;
      },
    );
  });

  it('let a removed built-in population still be named among the dropped projections', () => {
    assert.equal(rulesOf({ populations: { DAN: null } }).populations.length, 6);
  });
});
