// The kernel's entry points: one chunk forward, one chunk backward. Any thread may run any chunk; results lie with the chunk.
import { backwardSteps, finishSums, resetAdjoints, spreadGradients } from './backward';
import { drawTrial } from './draw';
import { forwardSteps, rebuildHeldList, resetState } from './forward';
import {
  CHECKPOINT_STEPS,
  CHUNK_DRAWN,
  CHUNK_SNAPSHOTS,
  CHUNK_TAPE,
  CHUNK_TRIALS,
  INPUT_SIZE,
  SIZE,
  STEPS,
  TAPED_HALF_BYTES,
  TAPED_ROW_BYTES,
  TAPE_END_BYTES,
  WORKSPACES,
  WORKSPACE_BYTES,
  W_GRADIENT,
  W_V,
  drawRoom,
  padded,
  sharedTape,
  snapshotBytes,
  tapeEnds,
  tapeRows,
} from '../layout';
import { chunkRecord, context, field } from './memory';

// @ts-ignore: decorator
@inline
function workspaceOf(thread: i32): usize {
  return <usize>context(WORKSPACES) + <usize>thread * <usize>context(WORKSPACE_BYTES);
}

/** Step t of a chunk whose state the workspace holds (step 0 begins anew); returns where V [N][8] lies, before its reset. */
export function stepChunk(chunk: i32, thread: i32, t: i32): usize {
  const workspace = workspaceOf(thread);
  const size = context(SIZE);
  const n = padded(size);
  const tape = workspace + sharedTape(size, context(INPUT_SIZE));
  const out = workspace + n * W_GRADIENT;
  if (t == 0) resetState(workspace, chunkRecord(chunk));
  forwardSteps(workspace, chunkRecord(chunk), t, t + 1, tape, true, true);
  memory.copy(out, workspace + n * W_V, <usize>size << 5);
  // Rows near threshold may have spiked: the tape has them as they were.
  const begin = tape + tapeRows(size, 1);
  const end = begin + <usize>load<u32>(tape + tapeEnds(size, 1) + TAPE_END_BYTES, 4);
  let half = tape;
  for (let row = begin; row < end; row += TAPED_ROW_BYTES) {
    const to = out + (<usize>load<u32>(row) << 5);
    const active = load<u32>(row, 4) & 0xff;
    if ((active & 0x0f) != 0) {
      v128.store(to, v128.load(half));
      half += TAPED_HALF_BYTES;
    }
    if ((active & 0xf0) != 0) {
      v128.store(to, v128.load(half), 16);
      half += TAPED_HALF_BYTES;
    }
  }
  return out;
}

/** mode 0: counts only; 1: keep the tape, or the snapshots from which to make it again. */
export function forwardChunk(chunk: i32, thread: i32, mode: i32): void {
  const workspace = workspaceOf(thread);
  const record = chunkRecord(chunk);
  if (field(record, CHUNK_DRAWN) != 0) {
    const trials = field(record, CHUNK_TRIALS);
    for (let lane = 0; lane < trials; lane++) drawTrial(record, lane, workspace + drawRoom(context(SIZE)));
  }
  resetState(workspace, record);
  const steps = context(STEPS);
  const tape = <usize>field(record, CHUNK_TAPE);
  if (mode == 0 || tape != 0) {
    forwardSteps(workspace, record, 0, steps, mode == 0 ? 0 : tape, false, true);
    return;
  }
  const interval = context(CHECKPOINT_STEPS);
  let snapshot = <usize>field(record, CHUNK_SNAPSHOTS);
  for (let t = 0; t < steps; t += interval) {
    memory.copy(snapshot, workspace, snapshotBytes(context(SIZE)));
    snapshot += snapshotBytes(context(SIZE));
    forwardSteps(workspace, record, t, min(steps, t + interval), 0, true, true);
  }
}

export function backwardChunk(chunk: i32, thread: i32): void {
  const workspace = workspaceOf(thread);
  const record = chunkRecord(chunk);
  const gradients = workspace + padded(context(SIZE)) * W_GRADIENT;
  const steps = context(STEPS);
  resetAdjoints(workspace, record);
  spreadGradients(record, gradients);
  const tape = <usize>field(record, CHUNK_TAPE);
  if (tape != 0) {
    backwardSteps(workspace, record, 0, steps, tape, gradients);
  } else {
    const interval = context(CHECKPOINT_STEPS);
    const shared = workspace + sharedTape(context(SIZE), context(INPUT_SIZE));
    for (let t = ((steps - 1) / interval) * interval; t >= 0; t -= interval) {
      const snapshot = <usize>field(record, CHUNK_SNAPSHOTS) + <usize>(t / interval) * snapshotBytes(context(SIZE));
      const end = min(steps, t + interval);
      memory.copy(workspace, snapshot, snapshotBytes(context(SIZE)));
      rebuildHeldList(workspace, t);
      forwardSteps(workspace, record, t, end, shared, true, false);
      backwardSteps(workspace, record, t, end, shared, gradients);
    }
  }
  finishSums(workspace, record);
}
