/** Logistic regression: gradient by central differences, a quadratic solved exactly, planted weights recovered. */
import assert from 'node:assert/strict';
import { lbfgs } from '../../../src/analysis/baselines/lbfgs.ts';
import { crossEntropy, fitLogistic, logisticLogits } from '../../../src/analysis/baselines/logistic-regression.ts';
import { classify } from '../../../src/analysis/classification/classify.ts';
import { RandomStream } from '../../../src/base/random.ts';

const random = new RandomStream([11, 12]);
const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

describe('logistic regression', () => {
  it('has the gradient of its loss', () => {
    const x = Float64Array.from({ length: 24 }, normal);
    const labels = [0, 1, 2, 1, 0, 2];
    const weight = Float64Array.from({ length: 12 }, normal);
    const gradient = new Float64Array(12);
    crossEntropy(x, labels, 3, weight, 0.1, gradient);
    for (let k = 0; k < 12; k++) {
      const at = (by: number) => crossEntropy(x, labels, 3, weight.with(k, weight[k]! + by), 0.1, new Float64Array(12));
      assert.ok(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - gradient[k]!) < 1e-8, `weight ${k}`);
    }
  });

  it('L-BFGS finds the minimum of an ill-conditioned quadratic', () => {
    const scale = [1, 10, 100, 1000];
    const found = lbfgs(
      new Float64Array(4),
      (x, gradient) => {
        let value = 0;
        x.forEach((xi, i) => {
          gradient[i] = scale[i]! * (xi - i);
          value += (scale[i]! * (xi - i) ** 2) / 2;
        });
        return value;
      },
      200,
    );
    found.forEach((xi, i) => {
      assert.ok(Math.abs(xi - i) < 1e-6, `${xi}`);
    });
  });

  it('classifies what is linearly separable, the same bits twice, and new rows too', () => {
    const centres = Array.from({ length: 6 }, () => Array.from({ length: 5 }, () => 4 * normal()));
    const draw = (trials: number) => {
      const labels = Array.from({ length: trials }, (_, b) => b % 6);
      const rows = Float64Array.from(labels.flatMap((c) => centres[c]!.map((m) => m + normal())));
      return { labels, rows };
    };
    const train = draw(240);
    const test = draw(240);
    const model = fitLogistic(train.rows, train.labels, 6);
    assert.ok(classify(logisticLogits(model, test.rows), test.labels, 6).top1 > 0.93);
    assert.deepEqual(fitLogistic(train.rows, train.labels, 6).weight, model.weight);
  });
});
