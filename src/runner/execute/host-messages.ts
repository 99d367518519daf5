/** What the runner and the child that runs a stage module say to each other. Types only. */
import type { AxisValues, Headline } from '../../stage.ts';

/** Runner → child. */
export type ToHost =
  | {
      readonly type: 'job';
      readonly entry: string;
      readonly params: unknown;
      readonly given: unknown;
      readonly inputs: Readonly<Record<string, string>>;
      readonly inputLists: Readonly<Record<string, readonly string[]>>;
      readonly inputAxes: Readonly<Record<string, readonly AxisValues[]>>;
      readonly outputs: Readonly<Record<string, string>>;
      readonly env: Readonly<Record<string, string>>;
      readonly tmp: string;
      readonly scratch: string;
      readonly live: string;
      readonly key: string;
      readonly cpus: number;
    }
  | { readonly type: 'abort'; readonly reason: string };

/** Of the child alone, without what it started. */
export interface HostUsage {
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
}

/** Child → runner. */
export type FromHost =
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'warning'; readonly text: string }
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly unit?: string;
      readonly figures?: Readonly<Record<string, number | string>>;
    }
  | { readonly type: 'done'; readonly headlines: readonly Headline[]; readonly usage: HostUsage }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly stack: string;
      readonly usage: HostUsage;
      /** Node's permission model refused this. */
      readonly denied?: { readonly permission: string; readonly resource: string };
    };
