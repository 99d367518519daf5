import assert from 'node:assert/strict';
import { decodeSafetensors, encodeSafetensors, tensor } from '../../src/formats/safetensors.ts';
import { decodeModel, encodeModel } from '../../src/snn/network/model-file.ts';
import { randomModel } from '../rig/random-model.ts';

describe('model file', () => {
  it('gives back every array and name, and the same bytes again', () => {
    const model = randomModel();
    const bytes = encodeModel(model);
    const read = decodeModel(bytes);
    assert.deepEqual(read, model);
    assert.deepEqual(encodeModel(read), bytes);
  });

  it('keeps free weights free', () => {
    const model = randomModel();
    const { gainNa: _, ...free } = model.network;
    assert.equal('gainNa' in decodeModel(encodeModel({ ...model, network: free })).network, false);
  });

  it('names the array that does not fit', () => {
    const file = decodeSafetensors(encodeModel(randomModel()));
    const broken = { ...file, tensors: { ...file.tensors, 'cells.tauMMs': tensor(new Float32Array(3)) } };
    assert.throws(() => decodeModel(encodeSafetensors(broken)), /'cells.tauMMs' has 3 elements, want 55/);
  });

  it('refuses an edge that ends on no cell', () => {
    const model = randomModel();
    const colIdx = model.network.topology.colIdx.slice();
    colIdx[7] = 55;
    const broken = { ...model, network: { ...model.network, topology: { ...model.network.topology, colIdx } } };
    assert.throws(() => decodeModel(encodeModel(broken)), /topology.colIdx\[7\] is 55, want 0 … 54/);
  });

  it('refuses another kind of file', () => {
    assert.throws(() => decodeModel(encodeSafetensors({ tensors: {}, metadata: {} })), /no metadata 'model'/);
  });
});
