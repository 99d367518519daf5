/** A pathway ⇄ the bytes of one safetensors file (artifact kind `pathway`). Knows no file system, no rules, no neurons. */
import { canonicalJson } from '../base/canonical-json.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensor, tensorData } from '../formats/safetensors.ts';
import type { Pathway, Population, Projection } from './pathway.ts';
import { checkPathway } from './pathway-check.ts';

const FORMAT = 'cc-snn/pathway/1';

/** What the metadata says of the arrays: names in their order. */
interface Head {
  readonly populations: readonly {
    readonly name: string;
    readonly types: readonly string[];
    readonly transmitters: readonly string[];
  }[];
  readonly projections: readonly { readonly pre: string; readonly post: string }[];
  readonly provenance: Readonly<Record<string, unknown>>;
}

const populationKey = (name: string): string => `population/${name}`;
const projectionKey = (pre: string, post: string): string => `projection/${pre}>${post}`;

function populationTensors(population: Population): [string, Tensor][] {
  const { name, rootIds, typeIdx, side, transmitterIdx } = population;
  const arrays = { root_id: rootIds, type_idx: typeIdx, side, transmitter_idx: transmitterIdx };
  return Object.entries(arrays).map(([field, data]) => [`${populationKey(name)}/${field}`, tensor(data)]);
}

function projectionTensors({ pre, post, rowPtr, colIdx, synCount, sign }: Projection): [string, Tensor][] {
  const arrays = { row_ptr: rowPtr, col_idx: colIdx, syn_count: synCount, sign };
  return Object.entries(arrays).map(([field, data]) => [`${projectionKey(pre, post)}/${field}`, tensor(data)]);
}

/** Bytes of a pathway; the same pathway gives the same bytes. Throws RangeError where its arrays do not fit together. */
export function encodePathway(pathway: Pathway): Uint8Array {
  checkPathway(pathway);
  const head: Head = {
    populations: pathway.populations.map(({ name, types, transmitters }) => ({ name, types, transmitters })),
    projections: pathway.projections.map(({ pre, post }) => ({ pre, post })),
    provenance: pathway.provenance,
  };
  const arrays = [...pathway.populations.flatMap(populationTensors), ...pathway.projections.flatMap(projectionTensors)];
  return encodeSafetensors({
    tensors: Object.fromEntries(arrays),
    metadata: { format: FORMAT, pathway: canonicalJson(head) },
  });
}

/** The pathway of such bytes; throws RangeError when they hold something else or do not fit together. */
export function decodePathway(bytes: Uint8Array): Pathway {
  const file = decodeSafetensors(bytes);
  if (file.metadata['format'] !== FORMAT) {
    throw new RangeError(`pathway: format '${file.metadata['format'] ?? 'none'}', want '${FORMAT}'`);
  }
  const head = JSON.parse(file.metadata['pathway'] ?? '{}') as Head;
  const populations = head.populations.map(({ name, types, transmitters }): Population => {
    const key = populationKey(name);
    const rootIds = tensorData(file, `${key}/root_id`, BigInt64Array);
    return {
      name,
      size: rootIds.length,
      rootIds,
      types,
      typeIdx: tensorData(file, `${key}/type_idx`, Int32Array),
      side: tensorData(file, `${key}/side`, Uint8Array),
      transmitters,
      transmitterIdx: tensorData(file, `${key}/transmitter_idx`, Uint8Array),
    };
  });
  const projections = head.projections.map(({ pre, post }): Projection => {
    const key = projectionKey(pre, post);
    return {
      pre,
      post,
      rowPtr: tensorData(file, `${key}/row_ptr`, Int32Array),
      colIdx: tensorData(file, `${key}/col_idx`, Int32Array),
      synCount: tensorData(file, `${key}/syn_count`, Int32Array),
      sign: tensorData(file, `${key}/sign`, Int8Array),
    };
  });
  const pathway: Pathway = { populations, projections, provenance: head.provenance };
  checkPathway(pathway);
  return pathway;
}
