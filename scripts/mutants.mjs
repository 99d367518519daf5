// Plants one fault after another (test/mutants/) in a copy of the built tree and runs the tests that should notice. Knows no faults.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = `usage: node scripts/mutants.mjs [--only ID,…] [--list] [--jobs N] [--minutes N] [--first] [--patience N] [--json FILE]
  --only ID,…    these mutants, or those whose file or id begins so (default: all)
  --list         says what there is and plants nothing
  --jobs N       copies of the tree at work at a time (default 2)
  --minutes N    begins no mutant after so many minutes (default 20)
  --first        only the tests that a mutant names, not the wider set for those that live
  --patience N   so many times the time that tests may take: for a machine that others use too (default 1)
  --json FILE    where the results go (default dist/mutants.json)
Build first (npm run build). Ends with 1 where a mutant lives without a stated reason, 2 where the list does not fit the code.`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** What of the tree is not copied: packages, which are shared, and what runs leave behind. */
const leftOut = new Set(['node_modules', '.git', '.venv', '.bench', '.clinic', 'cache', 'artifacts', 'coverage']);
/** Made by a whole build. */
const built = ['dist', 'src/snn/kernel/generated', 'src/spinnaker/project/generated'];

/** Who should notice what the named tests did not. Whole files of the runner's end-to-end tests, but for the hours of random kills. */
const wider = [
  ['src/snn/kernel/', ['snn/', 'spinnaker/']],
  ['src/snn/', ['snn/', 'spinnaker/', 'stages/train', 'stages/evaluate', 'stages/export']],
  ['src/analysis/', ['analysis/', 'stages/evaluate']],
  ['src/drawing/', ['drawing/', 'analysis/', 'connectome/', 'odour/', 'stages/']],
  ['src/spinnaker/', ['spinnaker/', 'stages/export', 'stages/spinnaker-run']],
  ['src/runner/', ['runner/', 'e2e/commands', 'e2e/control', 'e2e/staleness', 'e2e/surroundings']],
  ['scripts/', ['package/', 'architecture/']],
  ['', ['base/', 'formats/', 'connectome/', 'odour/', 'stages/']],
];
/** Seconds that one test, and one run of tests, may take; a mutant that takes longer hangs, and is dead. --patience lengthens them. */
const limits = { test: 120, named: 180, wider: 420 };

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A copy of the tree; packages are shared. */
function makeCopy(folder) {
  for (const name of readdirSync(root))
    if (!leftOut.has(name)) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

/** The compiled file of a source; undefined where a whole build is needed (the WebAssembly kernel, embedded Python). */
function compiledOf(file) {
  if (!/^(src|stages)\/.*\.ts$/.test(file) || file.startsWith('src/snn/kernel/assembly/')) return undefined;
  return join('dist', file.replace(/\.ts$/, '.js'));
}

/** A script runs as it stands. */
const runsAsItStands = (file) => file.startsWith('scripts/');

/** Compiles one file as the build does, without looking at types. */
function compile(folder, file) {
  const config = join(folder, 'tsconfig.mutant.json');
  const options = { noCheck: true, noResolve: true, declaration: false, isolatedDeclarations: false, types: [] };
  const text = { extends: './tsconfig.json', compilerOptions: options, include: [], files: [file] };
  writeFileSync(config, JSON.stringify(text));
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', config], { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
}

/** Puts text in the place of a source file, and brings dist/ and its note of what was built up to date. */
function replaceSource(folder, file, text) {
  writeFileSync(join(folder, file), text);
  if (runsAsItStands(file)) return;
  if (compiledOf(file) === undefined) {
    execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
    return;
  }
  compile(folder, file);
  const notePath = join(folder, 'dist/.sources.json');
  const note = JSON.parse(readFileSync(notePath, 'utf8'));
  note.sources[file] = sha256(text);
  writeFileSync(notePath, `${JSON.stringify(note)}\n`);
}

function restoreSource(folder, file) {
  cpSync(join(root, file), join(folder, file));
  if (runsAsItStands(file)) return;
  const compiled = compiledOf(file);
  for (const path of compiled === undefined ? built : [compiled, 'dist/.sources.json'])
    cpSync(join(root, path), join(folder, path), { recursive: true });
}

const compiledTest = (name) => `dist/test/${name.endsWith('/') ? name : `${name}.test.js`}`;

/** Process groups of the tests under way. */
const underWay = new Set();
let reports = 0;

/** Runs tests until the first fails, or those of them that are so titled. { ok } or { ok: false, by: what failed }. */
function runTests(folder, tests, seconds, titled) {
  const report = join(folder, `mocha-${reports++}.json`);
  const args = [
    '--no-config',
    '--bail',
    '--exit',
    '--recursive',
    '--timeout',
    `${limits.test * 1000}`,
    '--reporter',
    'json',
  ];
  const grep = titled === undefined ? [] : [`--fgrep=${titled}`];
  const more = ['--reporter-option', `output=${report}`, ...grep, ...tests.map(compiledTest)];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CC_SNN_')));
  const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
  const child = spawn(process.execPath, [mocha, ...args, ...more], {
    cwd: folder,
    env: { ...env, CC_SNN_DATA: join(folder, 'no-data') },
    stdio: 'ignore',
    detached: true,
  });
  underWay.add(child.pid);
  return new Promise((resolve) => {
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      end(child.pid);
    }, seconds * 1000);
    child.on('exit', (code) => {
      clearTimeout(timer);
      end(child.pid);
      underWay.delete(child.pid);
      resolve(hung ? { ok: false, by: `took more than ${seconds} s` } : outcome(code, report));
    });
  });
}

/** What is left of a test's processes. */
function end(group) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // nothing is left
  }
}

/** What mocha's report says. */
function outcome(code, report) {
  try {
    const { stats, failures } = JSON.parse(readFileSync(report, 'utf8'));
    if (failures.length > 0) return { ok: false, by: failures[0].fullTitle };
    if (code === 0 && stats.passes > 0) return { ok: true };
    return { ok: false, by: `status ${code} after ${stats.passes} passes` };
  } catch {
    return { ok: false, by: `the tests broke off with status ${code}` };
  }
}

/** Whether these tests pass without a fault: asked once for each set of tests. */
const unharmed = new Map();
function passUnharmed(folder, tests, seconds, titled) {
  const key = [titled, ...tests].join(' ');
  if (!unharmed.has(key)) unharmed.set(key, runTests(folder, tests, seconds, titled));
  return unharmed.get(key);
}

/** Plants one mutant in a copy and says whether it is dead, and by what. */
async function judge(folder, cleanFolder, mutant, planted, first) {
  const { file, tests, titled } = mutant;
  const clean = await passUnharmed(cleanFolder, tests, limits.wider, titled);
  if (!clean.ok) return { result: 'error', by: `fails without the fault: ${clean.by}` };
  try {
    replaceSource(folder, file, planted(mutant, readFileSync(join(folder, file), 'utf8')));
    const named = await runTests(folder, tests, limits.named, titled);
    if (!named.ok) return { result: 'dead', by: named.by };
    if (first) return { result: 'alive' };
    const more = wider.find(([prefix]) => file.startsWith(prefix))[1];
    const found = await runTests(folder, more, limits.wider);
    if (found.ok) return { result: 'alive' };
    const cleanMore = await passUnharmed(cleanFolder, more, limits.wider);
    return cleanMore.ok
      ? { result: 'dead', by: found.by, wider: true }
      : { result: 'error', by: `fails without the fault: ${cleanMore.by}` };
  } catch (error) {
    return {
      result: 'error',
      by: `cannot be planted: ${String(error.stderr || error.stdout || error.message)
        .trim()
        .slice(0, 300)}`,
    };
  } finally {
    restoreSource(folder, file);
  }
}

/** Judges all of them with so many copies; results in the order of the list. */
async function judgeAll(chosen, planted, { jobs, minutes, first }) {
  const place = mkdtempSync(join(tmpdir(), 'mutants-'));
  const stop = Date.now() + minutes * 60_000;
  const results = chosen.map(() => ({ result: 'not run' }));
  process.on('exit', () => {
    for (const group of underWay) end(group);
    rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
  const clean = join(place, 'clean');
  makeCopy(clean);
  let next = 0;
  const worker = async (number) => {
    const folder = join(place, String(number));
    makeCopy(folder);
    while (next < chosen.length && Date.now() < stop) {
      const at = next++;
      const began = Date.now();
      results[at] = await judge(folder, clean, chosen[at], planted, first);
      results[at].seconds = Math.round((Date.now() - began) / 100) / 10;
      console.log(line(chosen[at], results[at]));
    }
  };
  await Promise.all(Array.from({ length: jobs }, (_, number) => worker(number)));
  return results;
}

function line({ id, file, what, lives }, { result, by, seconds, wider: late }) {
  const told = result === 'alive' && lives !== undefined ? 'alive, as stated' : result;
  const tail = by === undefined ? '' : ` — ${late ? '(wider) ' : ''}${by.slice(0, 120)}`;
  return `${id.padEnd(5)} ${told.padEnd(9)} ${String(seconds ?? '').padStart(6)} s  ${basename(file)}: ${what}${tail}`;
}

/** Totals for people; the number to end with. */
function summarise(chosen, results) {
  const of = (wanted) => chosen.filter((_, i) => results[i].result === wanted);
  const [dead, alive, errors, left] = ['dead', 'alive', 'error', 'not run'].map(of);
  const unexplained = alive.filter(({ lives }) => lives === undefined);
  const judged = dead.length + alive.length;
  const share = judged === 0 ? 0 : (100 * dead.length) / judged;
  console.log(
    `\n${chosen.length} mutants: ${dead.length} dead (${share.toFixed(1)} % of ${judged}), ${alive.length} alive (${alive.length - unexplained.length} with a reason), ${errors.length} errors, ${left.length} not run`,
  );
  for (const { id, what, lives } of alive) console.log(`  alive ${id}: ${what}${lives ? ` (${lives})` : ''}`);
  for (const { id, lives } of dead.filter((m) => m.lives !== undefined))
    console.log(`  ${id} died, though it is stated to live: ${lives}`);
  return unexplained.length + errors.length > 0 ? 1 : 0;
}

function readArguments() {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  try {
    return parseArgs({
      options: {
        only: text,
        list: flag,
        jobs: text,
        minutes: text,
        first: flag,
        patience: text,
        json: text,
        help: flag,
      },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}

async function main() {
  const given = readArguments();
  if (given.help) return console.log(usage);
  const { mutants } = await import('../dist/test/mutants/all.js');
  const { planted, staleness } = await import('../dist/test/mutants/mutant.js');
  const wanted = given.only?.split(',');
  const isWanted = ({ id, file }) => wanted === undefined || wanted.some((w) => w === id || file.startsWith(w));
  const chosen = mutants.filter(isWanted);
  if (given.list) return console.log(chosen.map(({ id, file, what }) => `${id.padEnd(5)} ${file}: ${what}`).join('\n'));
  const stale = chosen.flatMap((mutant) => {
    const why = staleness(mutant, readFileSync(join(root, mutant.file), 'utf8'));
    return why === undefined ? [] : [`${mutant.id}: ${mutant.file}: ${why}`];
  });
  if (stale.length > 0 || chosen.length === 0) {
    console.error(chosen.length === 0 ? `no mutant is called ${given.only}` : `stale mutants:\n${stale.join('\n')}`);
    process.exit(2);
  }
  for (const name of Object.keys(limits)) limits[name] *= Number(given.patience ?? 1);
  const began = new Date();
  const numbers = { jobs: Number(given.jobs ?? 2), minutes: Number(given.minutes ?? 20) };
  const results = await judgeAll(chosen, planted, { ...numbers, first: given.first === true });
  const listed = chosen.map(({ id, file, what, lives }, i) => ({ id, file, what, lives, ...results[i] }));
  const out = given.json ?? join(root, 'dist/mutants.json');
  writeFileSync(out, `${JSON.stringify({ began, seconds: (Date.now() - began) / 1000, mutants: listed }, null, 1)}\n`);
  process.exitCode = summarise(chosen, results);
}

await main();
