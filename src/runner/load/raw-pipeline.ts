/** pipeline.yaml as its schema promises it: the shape after validation, before any meaning. */
import type { Json } from '../plan.ts';
import type { Matrix } from './matrix.ts';
import type { JsonObject } from './params.ts';

export interface RawStage {
  readonly module?: string;
  readonly command?: string;
  readonly code?: readonly string[];
  readonly params?: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly env?: readonly string[];
  readonly metrics?: readonly string[];
  readonly resources?: {
    readonly cpus?: number;
    readonly memory?: string | number;
    readonly slots?: Readonly<Record<string, number>>;
  };
  readonly timeout?: string | number;
  readonly retries?: number;
  readonly cache?: boolean;
  readonly network?: boolean;
  readonly tools?: readonly string[];
  readonly matrix?: Matrix;
}

export interface RawPipeline {
  readonly version: 1;
  readonly params?: JsonObject | null;
  readonly profiles?: Readonly<Record<string, { readonly params?: JsonObject | null }>> | null;
  readonly targets?: Readonly<Record<string, readonly string[]>> | null;
  readonly stages: Readonly<Record<string, RawStage>>;
}

/** Data that has passed the schema. */
export function asRawPipeline(value: Json): RawPipeline {
  return value as unknown as RawPipeline;
}
