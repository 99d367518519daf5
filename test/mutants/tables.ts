/** Faults on the way from tables to the pathway and the odours: file formats, rules, null models, trials. */
import { faultsIn, type Mutant } from './mutant.ts';

export const tableMutants: readonly Mutant[] = [
  ...faultsIn(
    'src/formats/codex/csv.ts',
    ['formats/csv'],
    [
      {
        id: 'F1',
        what: 'line numbers are wrong after quoted newlines',
        find: 'lines += newlines(bytes, i, close);',
        replace: '',
      },
      {
        id: 'F10',
        what: 'text after a closing quote is accepted',
        find: 'if (bytes[next] === LF || (bytes[at] === COMMA && next === at)) return next;',
        replace: 'return next;',
      },
    ],
  ),
  ...faultsIn(
    'src/formats/safetensors.ts',
    ['formats/safetensors'],
    [
      {
        id: 'F11',
        what: 'a tensor that ends outside the file is read',
        find: 'begin >= 0 && base + end <= bytes.length && end - begin',
        replace: 'begin >= 0 && end - begin',
      },
      {
        id: 'F12',
        what: 'the header is not filled up to whole words',
        find: 'const headerSize = Math.ceil(text.length / 8) * 8;',
        replace: 'const headerSize = text.length;',
      },
    ],
  ),
  ...faultsIn(
    'src/formats/gzip.ts',
    ['formats/', 'stages/download', 'connectome/'],
    [
      {
        id: 'F13',
        what: 'only the first block of a stored gzip file counts',
        find: 'out[at] = block === blocks - 1 ? 1 : 0;',
        replace: 'out[at] = 1;',
      },
    ],
  ),
  ...faultsIn(
    'src/formats/logs/protobuf-writer.ts',
    ['formats/tensorboard-events', 'formats/wandb-run'],
    [
      {
        id: 'F14',
        what: 'numbers from 128 on are written wrongly',
        find: 'this.bytes.push((rest % 128) + 128);',
        replace: 'this.bytes.push(rest % 128);',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/null-models/null-models.ts',
    ['connectome/null-models'],
    [
      {
        id: 'C1',
        what: 'swapEdges makes self-loops',
        find: 'within && pre[e] === target;',
        replace: 'false;',
      },
      {
        id: 'C10',
        what: 'permuteWeights draws with replacement',
        find: 'synCount[e] = edges.synCount[shuffled[i]!]!;',
        replace: 'synCount[e] = edges.synCount[shuffled[i >> 1]!]!;',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/null-models/cell-groups.ts',
    ['connectome/null-models'],
    [
      {
        id: 'C20',
        what: 'cells of both sides count as alike where sides are kept',
        find: '3 * group + side[cell]!',
        replace: '3 * group',
      },
      {
        id: 'C21',
        what: 'larger types are types',
        find: '  return numbered(names);',
        replace: '  return { count: types.length, of: typeIdx };',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/null-models/random-claws.ts',
    ['connectome/null-models'],
    [
      {
        id: 'C22',
        what: 'a Kenyon cell may get one neuron twice',
        find: 'while (taken.has(edges.pre[model]!)) model',
        replace: 'if (taken.has(-1)) model',
      },
      {
        id: 'C23',
        what: 'neurons are drawn whatever their share of the claws',
        find: 'let model = pool[random.below(pool.length)]!;',
        replace:
          'const some = [...new Set(pool.map((e) => edges.pre[e]!))];\n      const one = some[random.below(some.length)]!;\n      let model = pool.find((e) => edges.pre[e] === one)!;',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/null-models/what-is-left.ts',
    ['connectome/what-is-left'],
    [
      {
        id: 'C24',
        what: 'cells without input count as having kept it',
        find: "had.filter(({ types }) => types !== '')",
        replace: 'had',
      },
      {
        id: 'C25',
        what: 'combinations forget how often a type occurs',
        find: 'types.sort((a, b) => a - b).join()',
        replace: '[...new Set(types.sort((a, b) => a - b))].join()',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/codex/own-transmitter.ts',
    ['connectome/build'],
    [
      {
        id: 'C26',
        what: 'an exact tie of averages goes to the first in the list',
        find: "topScore: lead > 0 ? [{ transmitter: likeliest, source: 'average' as const }] : [],",
        replace: "topScore: lead >= 0 ? [{ transmitter: likeliest, source: 'average' as const }] : [],",
      },
      {
        id: 'C27',
        what: 'a tie among the sure cells of a type goes to the first',
        find: 'first![1] === second?.[1] ? []',
        replace: 'first![1] === -1 ? []',
      },
      {
        id: 'C28',
        what: 'excluded cells send what their population stands in for',
        find: "if (first.source === 'excluded' || rules",
        replace: 'if (rules',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/low-rank.ts',
    ['odour/low-rank'],
    [
      {
        id: 'O20',
        what: 'the number of factors is chosen on entries that were fitted',
        find: 'const predicted = predict(table, used, rank);',
        replace: 'const predicted = predict(table, there, rank);',
      },
      {
        id: 'O21',
        what: 'fillings leave the range of their column',
        find: 'Math.min(high, Math.max(low, predicted[at]!))',
        replace: 'predicted[at]! + 0 * (low + high)',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/presynaptic.ts',
    ['odour/presynaptic'],
    [
      {
        id: 'O30',
        what: 'synapses that excite inhibit',
        find: 'if (back.sign[e]! > 0) continue;',
        replace: '',
      },
      {
        id: 'O31',
        what: 'a glomerulus with more cells is inhibited more',
        find: 'given[type * size + from]! += back.synCount[e]! / cells[type]!;',
        replace: 'given[type * size + from]! += back.synCount[e]!;',
      },
      {
        id: 'O32',
        what: 'an inhibiting cell that hears many glomeruli counts for more',
        find: '(given[type * size + from]! * hears) / all',
        replace: 'given[type * size + from]! * hears',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/unmeasured.ts',
    ['odour/make-odour-task'],
    [
      {
        id: 'O22',
        what: 'the mean of a unit counts its holes as 0',
        find: '.filter((x) => !Number.isNaN(x));',
        replace: '.map((x) => (Number.isNaN(x) ? 0 : x));',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/codex/membership.ts',
    ['connectome/build'],
    [
      {
        id: 'C2',
        what: 'a cell may belong to two populations',
        find: 'taken[i] = 1;',
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/codex/signed-edges.ts',
    ['connectome/build'],
    [
      {
        id: 'C11',
        what: 'pairs at the threshold are left out',
        find: 'if (synapses < rules.pairThreshold) {',
        replace: 'if (synapses <= rules.pairThreshold) {',
      },
      {
        id: 'C12',
        what: "dropProjections '*>X' drops nothing",
        find: "(from === '*' || from === pre)",
        replace: '(from === pre)',
      },
      {
        id: 'C13',
        what: 'self-loops are kept where they are to be dropped',
        find: 'return !(pre === post && rules.dropSelfLoops) && this.hasSign(k, pre, synapses);',
        replace: 'return this.hasSign(k, pre, synapses);',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/codex/pair-table.ts',
    ['connectome/build'],
    [
      {
        id: 'C14',
        what: 'only the last row of a pair counts',
        find: 'this.total[k]! += synapses;',
        replace: 'this.total[k] = synapses;',
      },
    ],
  ),
  ...faultsIn(
    'src/connectome/codex/own-transmitter.ts',
    ['connectome/build'],
    [
      {
        id: 'C15',
        what: "a population's transmitter rule is ignored",
        find: "if (rule.transmitter !== undefined) return { transmitter: rule.transmitter, source: 'rule' };",
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/orn-input.ts',
    ['odour/'],
    [
      {
        id: 'O1',
        what: 'units that were not measured dilute the mean',
        find: 'return mean(responses.filter((x) => !Number.isNaN(x)));',
        replace: 'return mean(responses.map((x) => (Number.isNaN(x) ? 0 : x)));',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/draw-trial.ts',
    ['odour/draw-trial'],
    [
      {
        id: 'O10',
        what: 'validation trials change from epoch to epoch',
        find: "const first = split === 'train' ? epoch * count : 0;",
        replace: 'const first = epoch * count;',
      },
    ],
  ),
  ...faultsIn(
    'src/odour/difficulty.ts',
    ['odour/'],
    [
      {
        id: 'O12',
        what: 'silent odours are called identical',
        find: 'group.length > 1 && !silent.has(group[0]!)',
        replace: 'group.length > 1',
      },
    ],
  ),
  ...faultsIn(
    'src/base/random.ts',
    ['base/random', 'connectome/null-models'],
    [
      {
        id: 'O13',
        what: 'a shuffle never leaves an item in its place',
        find: 'const j = this.below(i + 1);',
        replace: 'const j = this.below(i);',
      },
    ],
  ),
  ...faultsIn(
    'stages/gunzip/unpack.ts',
    ['stages/gunzip'],
    [
      {
        id: 'T11',
        what: 'what follows the end of the gzip data is accepted',
        find: 'if (gunzip.bytesWritten !== job.bytes) throw trailing(job, gunzip.bytesWritten);',
        replace: 'void trailing;',
      },
      {
        id: 'T12',
        what: 'a decompression bomb is unpacked',
        find: 'if (this.total <= this.most) done(null, chunk);',
        replace: 'if (this.total >= 0) done(null, chunk);',
      },
    ],
  ),
  ...faultsIn(
    'stages/download/partial-file.ts',
    ['stages/download'],
    [
      {
        id: 'T13',
        what: 'a weak ETag lets two versions of a file be joined',
        find: "etag !== null && !etag.startsWith('W/')",
        replace: 'etag !== null',
      },
    ],
  ),
  ...faultsIn(
    'src/formats/crc.ts',
    ['formats/tensorboard-events'],
    [
      {
        id: 'F20',
        what: 'the check of event files is another CRC',
        find: 'castagnoli = 0x82f63b78',
        replace: 'castagnoli = 0xedb88320',
      },
    ],
  ),
  ...faultsIn(
    'src/formats/data-sources.ts',
    ['formats/data-sources'],
    [
      {
        id: 'F30',
        what: 'one real table makes everything real',
        find: 'const mixed = real.length < sources.length ?',
        replace: 'const mixed = real.length < 0 ?',
      },
      {
        id: 'F31',
        what: 'nothing is called synthetic',
        find: 'return sources.length > 0 && sources.every(({ synthetic }) => synthetic);',
        replace: 'return sources.every(({ synthetic }) => synthetic);',
      },
      {
        id: 'F32',
        what: 'two contents of one name are one source',
        find: '[`${source.name} ${source.sha256}`, source]',
        replace: '[source.name, source]',
      },
      {
        id: 'F33',
        what: 'files that were unpacked are not found in the manifest',
        find: "|| names.includes(name.replace(/\\.gz$/, ''))",
        replace: '',
      },
    ],
  ),
  ...faultsIn(
    'src/formats/logs/tensorboard-events.ts',
    ['formats/tensorboard-events'],
    [
      {
        id: 'F34',
        what: 'the largest value falls out of the histogram',
        find: 'Math.min(bins - 1, Math.floor((value - least) / width))',
        replace: 'Math.min(bins, Math.floor((value - least) / width))',
      },
      {
        id: 'F35',
        what: 'the check of the length is not masked',
        find: 'view.setUint32(8, masked(frame.subarray(0, 8)), true);',
        replace: 'view.setUint32(8, crc32c(frame.subarray(0, 8)), true);',
      },
      {
        id: 'F36',
        what: 'a histogram of equal values divides by 0',
        find: '/ bins || 1;',
        replace: '/ bins;',
      },
    ],
  ),
  ...faultsIn(
    'src/formats/logs/wandb-run.ts',
    ['formats/wandb-run'],
    [
      {
        id: 'F37',
        what: 'a record may begin where its head does not fit',
        find: 'if (room < RECORD_HEADER) this.push(new Uint8Array(room));',
        replace: 'if (room < RECORD_HEADER - 1) this.push(new Uint8Array(room));',
      },
      {
        id: 'F38',
        what: 'the file’s own head does not count in the first block',
        find: 'private used = FILE_HEADER.length;',
        replace: 'private used = 0;',
      },
      {
        id: 'F39',
        what: 'tags are lost',
        find: 'for (const tag of run.tags ?? []) message.text(10, tag);',
        replace: '',
      },
    ],
  ),
];
