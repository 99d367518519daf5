/* The kernel's algorithm in C, for the benchmark: 8 trials side by side, event-driven, exact backward pass. One thread.
 * Reads one problem file (bench/kernel-native.ts writes it), runs it `repetitions` times, prints the least CPU milliseconds of
 * each pass, writes counts and sums, which must equal the WebAssembly kernel's bit for bit.
 * gcc -O3 -march=native -ffp-contract=off kernel.c -o kernel */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define L 8
typedef float lanes __attribute__((vector_size(32)));
typedef int32_t mask8 __attribute__((vector_size(32)));

typedef struct { float drive, a, bE, bI, floor, vThresh, vReset, inverseWidth, height; int32_t refractory; } Cell;
typedef struct { uint32_t target; float lift; } Edge; /* target: 2 · cell + receptor, a row of 8 */

static int inputs, size, steps, edges, batch, repetitions;
static int32_t *rowEnd; /* [R + 1] first edge of each row */
static float *vRest, *countGradient, *counts;
static Edge *edge;
static Cell *cells;
static int32_t **stepPtr;
static uint16_t **spikes;

/* State of one chunk at work. */
static lanes *current, *vNow, *uNow, *x, *p, *sumA, *sumThresh, *sumReset, *stash, *gradient;
static mask8 *heldUntil;
static uint8_t *mask, *heldFlag, *live;
static uint32_t *fired, *heldCells;
static int firedCount, heldCount;

typedef struct { lanes v, u; } Taped;
typedef struct { Taped *taped; uint32_t *rows, *held; int32_t *rowEnd, *heldEnd; } Tape;
typedef struct { float *edge, *a, *vThresh, *vReset, *start; } Sums;

static mask8 laneMasks[256];

static inline lanes splat(float f) { return (lanes){f, f, f, f, f, f, f, f}; }
static inline mask8 splatInt(int32_t i) { return (mask8){i, i, i, i, i, i, i, i}; }
static inline lanes choose(mask8 m, lanes yes, lanes no) { return (lanes)((m & (mask8)yes) | (~m & (mask8)no)); }
static inline int bits(mask8 m) {
  int b = 0;
#if defined(__AVX__)
  b = __builtin_ia32_movmskps256((lanes)m);
#else
  for (int k = 0; k < L; k++) b |= (m[k] & 1) << k;
#endif
  return b;
}

static double cpuMs(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e3 * t.tv_sec + 1e-6 * t.tv_nsec;
}

static void *take(size_t bytes) {
  void *at = aligned_alloc(64, (bytes + 63) & ~63ul);
  memset(at, 0, (bytes + 63) & ~63ul);
  return at;
}

static void listHeld(int i) {
  if (heldFlag[i]) return;
  heldFlag[i] = 1;
  heldCells[heldCount++] = i;
}

static void integrate(void) {
  for (int i = 0; i < size; i++) {
    const Cell *c = &cells[i];
    lanes v = vNow[i], e = current[2 * i], h = current[2 * i + 1];
    uNow[i] = v + splat(c->a) * uNow[i];
    v = ((splat(c->drive) + splat(c->a) * v) + e) + h;
    vNow[i] = v;
    current[2 * i] = splat(c->bE) * e;
    current[2 * i + 1] = splat(c->bI) * h;
    mask[i] = bits(v > splat(c->floor));
  }
}

static void resetLanes(int i, mask8 m) {
  vNow[i] = choose(m, splat(cells[i].vReset), vNow[i]);
  uNow[i] = (lanes)((mask8)uNow[i] & ~m);
}

static int holdCells(int t, uint32_t *list) {
  int n = 0;
  for (int k = 0; k < heldCount;) {
    int i = heldCells[k];
    mask8 held = heldUntil[i] >= splatInt(t);
    int b = bits(held);
    if (b == 0) {
      heldFlag[i] = 0;
      heldCells[k] = heldCells[--heldCount];
      continue;
    }
    resetLanes(i, held);
    mask[i] = cells[i].vReset > cells[i].floor ? mask[i] | b : mask[i] & ~b;
    list[n++] = i | b << 16;
    k++;
  }
  return n;
}

static int listRows(int t, uint32_t *list, Taped *taped, float *count, int trials) {
  int n = 0, used = (1 << trials) - 1;
  firedCount = 0;
  for (int block = 0; block < size; block += 8) {
    uint64_t marks;
    memcpy(&marks, mask + block, 8);
    while (marks != 0) {
      int place = __builtin_ctzll(marks) & ~7, active = marks >> place & 0xff & used, i = block + (place >> 3);
      marks &= ~(0xffull << place);
      if (active == 0) continue;
      int s = bits(vNow[i] >= splat(cells[i].vThresh)) & active;
      taped[n] = (Taped){vNow[i], uNow[i]};
      list[n++] = i | active << 16 | (uint32_t)s << 24;
      if (s == 0) continue;
      fired[firedCount++] = i | s << 16;
      for (int b = s; b != 0; b &= b - 1) count[__builtin_ctz(b) * size + i] += 1;
      resetLanes(i, laneMasks[s]);
      if (cells[i].refractory == 0) continue;
      heldUntil[i] = (mask8)choose(laneMasks[s], (lanes)splatInt(t + cells[i].refractory), (lanes)heldUntil[i]);
      listHeld(i);
    }
  }
  return n;
}

static void deliver(int t, int first, int trials) {
  for (int lane = 0; lane < trials; lane++) {
    float *at = (float *)current + lane;
    for (int k = stepPtr[first + lane][t]; k < stepPtr[first + lane][t + 1]; k++) {
      __builtin_prefetch(&edge[rowEnd[spikes[first + lane][k]]]);
    }
    for (int k = stepPtr[first + lane][t]; k < stepPtr[first + lane][t + 1]; k++) {
      int row = spikes[first + lane][k];
      for (int e = rowEnd[row], end = rowEnd[row + 1]; e < end; e++) {
        at[L * edge[e].target] += edge[e].lift;
      }
    }
  }
  for (int k = 0; k < firedCount; k++) {
    int row = inputs + (fired[k] & 0xffff), b = fired[k] >> 16;
    int begin = rowEnd[row], end = rowEnd[row + 1];
    if (__builtin_popcount(b) > 2) {
      mask8 m = laneMasks[b];
      for (int e = begin; e < end; e++) {
        lanes *at = &current[edge[e].target];
        *at = choose(m, *at + splat(edge[e].lift), *at);
      }
      continue;
    }
    for (; b != 0; b &= b - 1) {
      float *at = (float *)current + __builtin_ctz(b);
      for (int e = begin; e < end; e++) at[L * edge[e].target] += edge[e].lift;
    }
  }
}

static void forwardChunk(int first, int trials, Tape *tape) {
  for (int i = 0; i < size; i++) vNow[i] = splat(vRest[i]);
  memset(uNow, 0, sizeof(lanes) * size);
  memset(current, 0, sizeof(lanes) * 2 * size);
  memset(heldUntil, 0xff, sizeof(mask8) * size);
  memset(heldFlag, 0, size);
  heldCount = 0;
  memset(counts + (size_t)first * size, 0, sizeof(float) * trials * size);
  int rows = 0, held = 0;
  tape->rowEnd[0] = tape->heldEnd[0] = 0;
  for (int t = 0; t < steps; t++) {
    integrate();
    held += holdCells(t, tape->held + held);
    rows += listRows(t, tape->rows + rows, tape->taped + rows, counts + (size_t)first * size, trials);
    tape->rowEnd[t + 1] = rows;
    tape->heldEnd[t + 1] = held;
    if (t + 1 < steps) deliver(t, first, trials);
  }
}

static void collectRow(int row, int lane, Sums *sums) {
  const float *laneP = (float *)p + lane;
  for (int e = rowEnd[row], end = rowEnd[row + 1]; e < end; e++) sums->edge[e] += laneP[L * edge[e].target];
}

static void collectInputs(int t, int first, int trials, Sums *sums) {
  for (int lane = 0; lane < trials; lane++) {
    const uint16_t *at = spikes[first + lane] + stepPtr[first + lane][t], *end = spikes[first + lane] + stepPtr[first + lane][t + 1];
    for (const uint16_t *k = at; k < end; k++) __builtin_prefetch(&edge[rowEnd[*k]]);
    for (const uint16_t *k = at; k < end; k++) collectRow(*k, lane, sums);
  }
}

static void backThroughSpike(uint32_t word, const Taped *taped) {
  int i = word & 0xffff, active = word >> 16 & 0xff, s = word >> 24, row = inputs + i;
  const Cell *c = &cells[i];
  lanes even = splat(0), odd = splat(0), v = taped->v;
  int e = rowEnd[row], end = rowEnd[row + 1];
  for (; e + 1 < end; e += 2) {
    even += splat(edge[e].lift) * p[edge[e].target];
    odd += splat(edge[e + 1].lift) * p[edge[e + 1].target];
  }
  if (e < end) even += splat(edge[e].lift) * p[edge[e].target];
  lanes total = gradient[i] + (even + odd);
  lanes xi = x[i], distance = v - splat(c->vThresh);
  distance = (lanes)((mask8)distance & splatInt(0x7fffffff)) * splat(c->inverseWidth);
  lanes tent = splat(1) - distance;
  tent = choose(tent > splat(0), tent, splat(0));
  lanes jump = xi * (splat(c->vReset) - v);
  lanes slope = splat(c->height) * tent;
  lanes qi = (lanes)((mask8)(slope * (total + jump)) & laneMasks[active]);
  sumThresh[i] -= qi;
  sumA[i] += qi * taped->u;
  sumReset[i] += (lanes)((mask8)xi & laneMasks[s]);
  x[i] = (lanes)((mask8)xi & ~laneMasks[s]) + qi;
  live[i] = 1;
}

static void collectSpikes(const uint32_t *row, const uint32_t *end, Sums *sums) {
  for (; row < end; row++) {
    for (int b = *row >> 24; b != 0; b &= b - 1) collectRow(inputs + (*row & 0xffff), __builtin_ctz(b), sums);
  }
}

static void backThroughStep(void) {
  for (int i = 0; i < size; i++) {
    if (!live[i]) continue;
    const Cell *c = &cells[i];
    lanes lambda = x[i];
    p[2 * i] = lambda + splat(c->bE) * p[2 * i];
    p[2 * i + 1] = lambda + splat(c->bI) * p[2 * i + 1];
    x[i] = splat(c->a) * lambda;
  }
}

static void backwardChunk(int first, int trials, const Tape *tape, Sums *sums) {
  lanes *all[] = {x, sumA, sumThresh, sumReset, gradient};
  for (int k = 0; k < 5; k++) memset(all[k], 0, sizeof(lanes) * size);
  memset(p, 0, sizeof(lanes) * 2 * size);
  memset(live, 0, size);
  memset(sums->edge, 0, sizeof(float) * edges);
  for (int lane = 0; lane < trials; lane++) {
    for (int i = 0; i < size; i++) ((float *)gradient)[L * i + lane] = countGradient[(size_t)(first + lane) * size + i];
  }
  for (int t = steps - 1; t >= 0; t--) {
    collectInputs(t, first, trials, sums);
    collectSpikes(tape->rows + tape->rowEnd[t], tape->rows + tape->rowEnd[t + 1], sums);
    for (int k = tape->rowEnd[t]; k < tape->rowEnd[t + 1]; k++) backThroughSpike(tape->rows[k], &tape->taped[k]);
    int heldBegin = tape->heldEnd[t], heldEnd = tape->heldEnd[t + 1];
    for (int k = heldBegin; k < heldEnd; k++) {
      int i = tape->held[k] & 0xffff;
      stash[k - heldBegin] = x[i];
      x[i] = (lanes)((mask8)x[i] & ~laneMasks[tape->held[k] >> 16]);
    }
    backThroughStep();
    for (int k = heldBegin; k < heldEnd; k++) {
      int i = tape->held[k] & 0xffff;
      x[i] = choose(laneMasks[tape->held[k] >> 16], stash[k - heldBegin], x[i]);
    }
  }
  const lanes *from[] = {sumA, sumThresh, sumReset, x};
  float *to[] = {sums->a, sums->vThresh, sums->vReset, sums->start};
  for (int k = 0; k < 4; k++) {
    for (int i = 0; i < size; i++) {
      float sum = 0;
      for (int lane = 0; lane < L; lane++) sum += from[k][i][lane];
      to[k][i] = sum;
    }
  }
}

static void readAll(FILE *f, void *to, size_t bytes) {
  if (bytes > 0 && fread(to, 1, bytes, f) != bytes) { fprintf(stderr, "kernel.c: the problem file is short\n"); exit(1); }
}

static void *readNew(FILE *f, size_t bytes) {
  void *at = take(bytes + 64);
  readAll(f, at, bytes);
  return at;
}

static void readProblem(const char *path) {
  FILE *f = fopen(path, "rb");
  if (f == NULL) { fprintf(stderr, "kernel.c: cannot read %s\n", path); exit(1); }
  int32_t head[8];
  readAll(f, head, sizeof head);
  inputs = head[0]; size = head[1]; steps = head[2]; edges = head[3]; batch = head[4];
  rowEnd = readNew(f, 4ul * (inputs + size + 1));
  edge = readNew(f, 8ul * edges);
  cells = readNew(f, sizeof(Cell) * size);
  vRest = readNew(f, 4ul * size);
  countGradient = readNew(f, 4ul * batch * size);
  stepPtr = take(sizeof(void *) * batch);
  spikes = take(sizeof(void *) * batch);
  for (int b = 0; b < batch; b++) {
    stepPtr[b] = readNew(f, 4ul * (steps + 1));
    spikes[b] = readNew(f, 2ul * stepPtr[b][steps]);
  }
  fclose(f);
}

static Sums newSums(void) {
  return (Sums){take(4ul * edges), take(4ul * size), take(4ul * size), take(4ul * size), take(4ul * size)};
}

static void addFloats(float *to, const float *from, int n) {
  for (int i = 0; i < n; i++) to[i] += from[i];
}

int main(int argc, char **argv) {
  if (argc != 4) { fprintf(stderr, "usage: kernel PROBLEM REPETITIONS OUT\n"); return 2; }
  readProblem(argv[1]);
  repetitions = atoi(argv[2]);
  for (int m = 0; m < 256; m++) for (int k = 0; k < L; k++) laneMasks[m][k] = -(m >> k & 1);
  size_t row = sizeof(lanes) * size;
  lanes **single[] = {&vNow, &uNow, &x, &sumA, &sumThresh, &sumReset, &stash, &gradient};
  for (int k = 0; k < 8; k++) *single[k] = take(row);
  current = take(2 * row); p = take(2 * row); heldUntil = take(row);
  mask = take(size + 8); heldFlag = take(size); live = take(size); fired = take(4ul * size); heldCells = take(4ul * size);
  counts = take(4ul * batch * size);
  int chunks = (batch + L - 1) / L;
  Tape *tapes = take(sizeof(Tape) * chunks);
  for (int c = 0; c < chunks; c++) {
    tapes[c] = (Tape){aligned_alloc(64, sizeof(Taped) * size * steps), malloc(4ul * size * steps), malloc(4ul * size * steps), take(4ul * (steps + 1)), take(4ul * (steps + 1))};
  }
  Sums sums = newSums(), total = newSums();
  double forward = 1e30, backward = 1e30;
  for (int r = 0; r < repetitions; r++) {
    double t0 = cpuMs();
    for (int c = 0; c < chunks; c++) forwardChunk(c * L, batch - c * L < L ? batch - c * L : L, &tapes[c]);
    double t1 = cpuMs();
    total = newSums();
    for (int c = 0; c < chunks; c++) {
      backwardChunk(c * L, batch - c * L < L ? batch - c * L : L, &tapes[c], &sums);
      addFloats(total.edge, sums.edge, edges);
      addFloats(total.a, sums.a, size);
      addFloats(total.vThresh, sums.vThresh, size);
      addFloats(total.vReset, sums.vReset, size);
      addFloats(total.start, sums.start, size);
    }
    double t2 = cpuMs();
    if (t1 - t0 < forward) forward = t1 - t0;
    if (t2 - t1 < backward) backward = t2 - t1;
  }
  printf("{\"forward\":%.4f,\"backward\":%.4f}\n", forward, backward);
  FILE *out = fopen(argv[3], "wb");
  fwrite(counts, 4, (size_t)batch * size, out);
  float *arrays[] = {total.vThresh, total.vReset, total.a, total.start};
  for (int k = 0; k < 4; k++) fwrite(arrays[k], 4, size, out);
  fwrite(total.edge, 4, edges, out);
  fclose(out);
  return 0;
}
