/** Prints the digests of the fixed run, for other versions of Node: node dist/test/snn/kernel/print-fixed-run.js */
import { fixedRunDigest } from './fixed-run.ts';

console.log(JSON.stringify([1, 2, 3, 4].map((threads) => fixedRunDigest('wasm', threads))));
