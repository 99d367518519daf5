/** Where everything lies in the kernel's linear memory, in the words of assembly/layout.ts. Knows no equations. */

export const lanes = 8;
export const contextAddress = 1024;
export const laneMaskAddress = 2048;
/** First byte after the fixed places. */
export const heapAddress = 4096;
export const pageBytes = 65536;
/** 4 GiB: all that 32-bit addresses reach. */
export const maximumPages = 65536;

/** 32-bit words from address 0 on, shared by all threads. */
export const control = { sequence: 0, operation: 1, left: 2, done: 3, failed: 4 } as const;
export const operation = { stop: 0, forward: 1, forwardTaped: 2, backward: 3 } as const;

/** The context's words, in order. */
export const contextNames = [
  'inputSize',
  'size',
  'steps',
  'gainCount',
  'edgeCount',
  'freeWeights',
  'forwardRows',
  'segments',
  'gainEdges',
  'forwardEdges',
  'backwardEdges',
  'cells',
  'vRest',
  'onThreshold',
  'offThreshold',
  'paddedInputs',
  'minSteps',
  'durationChoices',
  'seed',
  'chunks',
  'workspaces',
  'workspaceBytes',
  'checkpointSteps',
  'backwardRows',
] as const;
export type ContextName = (typeof contextNames)[number];

/** A chunk record's words, in order. */
export const chunkNames = [
  'trials',
  'stepPtr',
  'cells',
  'cellCapacity',
  'drawn',
  'counts',
  'countGradient',
  'tape',
  'snapshots',
  'sums',
  'events',
  'nonFinite',
] as const;
export type ChunkName = (typeof chunkNames)[number];
export const chunkWords = 16;

/** 32-bit words of one cell's constants. */
export const cellNames = [
  'drive',
  'a',
  'kE',
  'kI',
  'bE',
  'bI',
  'floor',
  'vThresh',
  'vReset',
  'inverseWidth',
  'height',
  'refractorySteps',
] as const;
export const cellWords = 12;

const workspaceCellBytes = 460;
const snapshotCellBytes = 128;

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** n: cells and at least one row that stays 0, rounded up to whole words of 64. */
function paddedCells(size: number): number {
  return Math.ceil((size + 1) / 64) * 64;
}

/** Bytes of a tape of S steps: V, active and held rows, where each step's rows end. */
export function tapeBytes(size: number, steps: number): number {
  return aligned(steps * size * (4 * lanes + 8) + 8 * (steps + 1));
}

/** A thread's arrays, dL/dcounts, one step's drawn cells, and a tape of `tapeSteps`. */
export function workspaceBytes(size: number, inputSize: number, tapeSteps: number): number {
  const cells = paddedCells(size) * (workspaceCellBytes + 4 * lanes) + paddedCells(inputSize) * 2;
  return aligned(cells + (tapeSteps > 0 ? tapeBytes(size, tapeSteps) : 0));
}

export function snapshotBytes(size: number, count: number): number {
  return paddedCells(size) * snapshotCellBytes * count;
}

/** Bytes of one chunk's sums: gain f64, Σ w·P, Σ w·Q, a, drive, vThresh, vReset, Σ P of free weights. */
export function sumsBytes(size: number, gains: number, freeWeights: number): number {
  return aligned(8 * gains + 32 * size + 4 * freeWeights);
}

/** Hands out addresses, one after the other, on cache lines. */
export class Bump {
  private end: number;
  constructor(begin: number) {
    this.end = aligned(begin);
  }
  take(bytes: number): number {
    const address = this.end;
    this.end = address + aligned(bytes);
    return address;
  }
  get used(): number {
    return this.end;
  }
}
