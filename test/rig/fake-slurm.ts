/**
 * sbatch, squeue and scancel as small scripts that behave like Slurm's where the runner looks: arrays, states, signals, output files, and that a
 * job outlives who submitted it. How the jobs of a stage end is told by its flag `--comment=STATE*TIMES`. Knows nothing of the runner.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const sbatch = `
S=$(dirname "$0")/..; S=$(cd "$S" && pwd)
if [ -s "$S/refuse" ]; then echo "sbatch: error: $(cat "$S/refuse")" >&2; exit 1; fi
if [ -s "$S/later" ]; then mv "$S/later" "$S/later-said"; echo "sbatch: error: Batch job submission failed: Resource temporarily unavailable" >&2; exit 1; fi
echo "$*" >> "$S/sbatch.calls"
name= array= output= fate= dir=/
for word in "$@"; do
  case $word in
    --job-name=*) name=\${word#*=} ;; --array=0-*) array=\${word##*-} ;; --output=*) output=\${word#*=} ;;
    --comment=*) fate=\${word#*=} ;; --chdir=*) dir=\${word#*=} ;;
  esac
done
exec 8>"$S/lock"; flock 8
first=$(cat "$S/next" 2>/dev/null || echo 1)
last=$((first + \${array:-0})); echo $((last + 1)) > "$S/next"
cat > "$S/script.$first"
for id in $(seq $first $last); do
  if [ -n "$array" ]; then echo "$name|$((id - first))|\${first}_$((id - first))|PENDING||Priority" > "$S/jobs/$id"
  else echo "$name|N/A|$id|PENDING||Priority" > "$S/jobs/$id"; fi
done
flock -u 8
setsid bash "$S/bin/run-jobs" "$S" "$first" "$last" "$array" "$output" "$fate" "$dir" > /dev/null 2>> "$S/trouble" < /dev/null 8>&- &
if [ -s "$S/unheard" ]; then mv "$S/unheard" "$S/unheard-said"; echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1; fi
echo "$first"
`;

/** At most two at a time, as a small cluster has it. */
const runJobs = `
S=$1 first=$2 last=$3 array=$4 output=$5 fate=$6 dir=$7
state() { sed -i "s/^\\([^|]*|[^|]*|[^|]*\\)|.*/\\1|$2|$3|$4/" "$S/jobs/$1"; }
is() { grep -q "|$2|" "$S/jobs/$1"; }
suffers() { # the first TIMES jobs of that kind
  [ -n "$fate" ] || return 1
  kind=\${fate%%\\**} times=\${fate#*\\*}
  ( flock 7; n=$(cat "$S/suffered-$kind" 2>/dev/null || echo 0); [ "$n" -lt "$times" ] || exit 1; echo $((n + 1)) > "$S/suffered-$kind" ) 7>"$S/lock"
}
one() {
  id=$1 task=$(($1 - first))
  while [ -e "$S/hold" ] && is $id PENDING; do sleep 0.1; done
  is $id PENDING || return
  out=\${output//%a/$task}
  if suffers; then
    if [ "$kind" = LAUNCH ]; then state $id FAILED fake1 JobLaunchFailure; return; fi
  else kind=; fi
  state $id RUNNING fake1 None
  cd "$dir"
  env -i HOME="$HOME" PATH="$PATH" SLURM_JOB_ID=$id \${array:+SLURM_ARRAY_TASK_ID=$task} SLURMD_NODENAME=fake1 CUDA_VISIBLE_DEVICES=7 \\
    setsid bash "$S/script.$first" > "$out" 2>&1 &
  pid=$!; echo $pid > "$S/pids/$id"
  if [ -n "$kind" ]; then
    until [ -e "$S/running-$kind" ]; do sleep 0.1; kill -0 $pid 2>/dev/null || break; done
    rm -f "$S/running-$kind"
    case $kind in
      TIMEOUT|PREEMPTED|CANCELLED) kill -TERM -- -$pid ;;
      OUT_OF_MEMORY) echo "slurmstepd: error: Detected 1 oom_kill event in StepId=$id.batch. Some of the step tasks have been OOM Killed." >> "$out" ;;
      MEMORY_BY_SLURM) echo "slurmstepd: error: Exceeded job memory limit" >> "$out" ;;
    esac
    case $kind in
      VANISHED) rm -f "$S/jobs/$id" ;;
      MEMORY_BY_SLURM) state $id FAILED fake1 JobLaunchFailure ;;
      *) state $id $kind fake1 "$kind" ;;
    esac
    case $kind in TIMEOUT|PREEMPTED|CANCELLED) sleep 1 ;; esac
    pkill -KILL -s $pid; kill -KILL -- -$pid
    wait $pid
    return
  fi
  wait $pid; code=$?
  is $id RUNNING && { [ $code -eq 0 ] && state $id COMPLETED fake1 None || state $id FAILED fake1 NonZeroExitCode; }
}
for id in $(seq $first $last); do
  one $id &
  while [ $(jobs -rp | wc -l) -ge 2 ]; do wait -n; done
done
wait
`;

const squeue = `
S=$(dirname "$0")/..
echo "$*" >> "$S/squeue.calls"
[ -e "$S/down" ] && { echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1; }
cat "$S"/jobs/* 2>/dev/null
exit 0
`;

const scancel = `
S=$(dirname "$0")/..
echo "$*" >> "$S/scancel.calls"
for word in "$@"; do
  case $word in -*) continue ;; esac
  for file in $(grep -lE "^[^|]*\\|[^|]*\\|\${word}(_[0-9]+)?\\|(PENDING|RUNNING)\\|" "$S"/jobs/* 2>/dev/null); do
    id=$(basename "$file")
    sed -i "s/^\\([^|]*|[^|]*|[^|]*\\)|.*/\\1|CANCELLED||None/" "$file"
    [ -s "$S/pids/$id" ] && { pid=$(cat "$S/pids/$id"); kill -TERM -- -$pid 2>/dev/null; (sleep 3; kill -KILL -- -$pid 2>/dev/null) > /dev/null 2>&1 & }
  done
done
exit 0
`;

export class FakeSlurm {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    for (const name of ['bin', 'jobs', 'pids']) mkdirSync(join(folder, name), { recursive: true });
    for (const [name, text] of Object.entries({ sbatch, squeue, scancel, 'run-jobs': runJobs })) {
      writeFileSync(join(folder, 'bin', name), `#!/bin/bash\n${text}`);
      chmodSync(join(folder, 'bin', name), 0o755);
    }
  }

  /** What commands are to find first. */
  get path(): string {
    return `${join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  }

  /** Such as `refuse`, `later`, `down`, `hold`. */
  set(name: string, text = ''): void {
    writeFileSync(join(this.folder, name), text);
  }

  unset(name: string): void {
    rmSync(join(this.folder, name), { force: true });
  }

  /** The command lines of a program, in order. */
  calls(program: 'sbatch' | 'squeue' | 'scancel'): readonly string[] {
    const file = join(this.folder, `${program}.calls`);
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  /** Of all jobs that it still knows. */
  states(): readonly string[] {
    return readdirSync(join(this.folder, 'jobs')).map(
      (name) => readFileSync(join(this.folder, 'jobs', name), 'utf8').split('|')[3] ?? '',
    );
  }

  /** Ends what its jobs left. */
  dispose(): void {
    for (const name of readdirSync(join(this.folder, 'pids')))
      spawnSync('kill', ['-KILL', '--', `-${readFileSync(join(this.folder, 'pids', name), 'utf8').trim()}`]);
  }
}
