/** The child process of one module stage: imports the compiled module, builds its context, runs it, reports. Knows no plan, no cache. */
import { pathToFileURL } from 'node:url';
import type { Headline, StageContext, StageDefinition } from '../../stage.ts';
import type { FromHost, HostUsage, ToHost } from './host-messages.ts';

type Job = Extract<ToHost, { type: 'job' }>;

/** Progress is passed on at most this often. */
const progressMs = 50;

const abort = new AbortController();
let finished = false;
const warnings: string[] = [];

function send(message: FromHost): void {
  if (process.connected) process.send!(message);
}

function contextOf(job: Job): StageContext {
  let last = 0;
  return {
    params: job.params,
    given: job.given,
    inputs: job.inputs,
    inputLists: job.inputLists,
    inputAxes: job.inputAxes,
    outputs: job.outputs,
    env: job.env,
    tmp: job.tmp,
    scratch: job.scratch,
    live: job.live,
    key: job.key,
    cpus: job.cpus,
    signal: abort.signal,
    log: (message) => send({ type: 'log', line: String(message) }),
    warn: (message) => {
      warnings.push(String(message));
      send({ type: 'warning', text: String(message) });
    },
    progress: (done, total, unit, figures) => {
      const now = performance.now();
      if (now - last < progressMs && done < total) return;
      last = now;
      send({
        type: 'progress',
        done,
        total,
        ...(unit === undefined ? {} : { unit }),
        ...(figures === undefined ? {} : { figures }),
      });
    },
  };
}

async function runJob(job: Job): Promise<readonly Headline[]> {
  const module = (await import(pathToFileURL(job.entry).href)) as { default?: Partial<StageDefinition> };
  const run = module.default?.run;
  if (typeof run !== 'function') throw new Error(`${job.entry} has no default export made by defineStage({ …, run })`);
  const headlines = await run.call(module.default, contextOf(job));
  return [
    ...(headlines ?? []).map(({ label, value }) => ({ label: String(label), value: String(value) })),
    ...warnings.map((value) => ({ label: 'warning', value, warning: true as const })),
  ];
}

function fail(error: unknown): void {
  if (finished) return;
  const denied = deniedOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  end({ type: 'failed', message, stack, usage: ownUsage(), ...(denied === undefined ? {} : { denied }) }, 1);
}

/** What the permission model refused, also where the stage wrapped the error in its own. */
function deniedOf(error: unknown): { permission: string; resource: string } | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++) {
    const { code, permission, resource } = cause as { code?: unknown; permission?: unknown; resource?: unknown };
    if (code === 'ERR_ACCESS_DENIED') return { permission: String(permission ?? ''), resource: String(resource ?? '') };
    if (code === 'ERR_DLOPEN_DISABLED') return { permission: 'NativeAddon', resource: cause.message };
  }
  return undefined;
}

function ownUsage(): HostUsage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuSeconds: Math.round((userCPUTime + systemCPUTime) / 1000) / 1000, peakMemoryBytes: maxRSS * 1024 };
}

/** The last message; the process ends when it has left. */
function end(message: FromHost, code: number): void {
  finished = true;
  if (!process.connected) process.exit(code);
  process.send!(message, undefined, undefined, () => process.exit(code));
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('disconnect', () => process.exit(1));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => abort.abort(new Error(`stopped by ${signal}`)));
process.on('message', (message: ToHost) => {
  if (message.type === 'abort') abort.abort(new Error(message.reason));
  else runJob(message).then((headlines) => end({ type: 'done', headlines, usage: ownUsage() }, 0), fail);
});
