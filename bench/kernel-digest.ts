/** Prints the digests of the fixed run for 1 … 4 threads, for other versions of Node: node dist/bench/kernel-digest.js */
import { fixedRunDigest } from '../test/snn/kernel/fixed-run.ts';

console.log(JSON.stringify([1, 2, 3, 4].map((threads) => fixedRunDigest('wasm', threads))));
