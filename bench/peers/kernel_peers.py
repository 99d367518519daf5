"""The kernel's network in PyTorch and in three SNN libraries: CPU time of forward + backward, one thread.

usage: kernel_peers.py PROBLEM FORM BATCH STEPS   (bench/kernel-peers.ts writes the problem and makes the environment)
FORM: csr, dense, hybrid, index_add (plain PyTorch, the model's equations, exact reset), snntorch, norse, spikingjelly (their cells, hybrid
connections). dense: one matrix a projection; hybrid: that where at least 1 % of the pairs exist, CSR elsewhere. Prints one JSON line.
"""
import json
import resource
import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)


def read_problem(path):
    words = np.fromfile(path, dtype=np.int32)
    inputs, size, edges, steps, batch, populations = words[:6].tolist()
    at = 6
    names = ["row", "col", "receptor"]
    problem = {"inputs": inputs, "size": size}
    for name in names:
        problem[name] = torch.from_numpy(words[at:at + edges].astype(np.int64))
        at += edges
    problem["weight"] = torch.from_numpy(words[at:at + edges].view(np.float32).copy())
    at += edges
    for name in ["drive", "a", "kE", "kI", "bE", "bI", "vThresh", "vReset", "width"]:
        problem[name] = torch.from_numpy(words[at:at + size].view(np.float32).copy())
        at += size
    problem["offsets"] = words[at:at + populations + 1].tolist()
    at += populations + 1
    problem["raster"] = torch.from_numpy(words[at:].view(np.uint8).reshape(steps, batch, -1)[:, :, :inputs].astype(np.float32))
    return problem


class Triangle(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, width):
        ctx.save_for_backward(x, width)
        return (x >= 0).float()

    @staticmethod
    def backward(ctx, gradient):
        x, width = ctx.saved_tensors
        return gradient * 0.2 / width * torch.clamp(1 - x.abs() / width, min=0), None


class Sparse:
    """current [B, n] += spikes [B, m] · W, W in CSR of its transpose."""

    def __init__(self, row, col, weight, shape):
        order = torch.argsort(col * shape[0] + row)
        pointer = torch.searchsorted(col[order].contiguous(), torch.arange(shape[1] + 1))
        self.weight = torch.sparse_csr_tensor(pointer, row[order], weight[order], (shape[1], shape[0])).requires_grad_()

    def __call__(self, spikes):
        return torch.sparse.mm(self.weight, spikes.t()).t()


class Dense:
    def __init__(self, row, col, weight, shape):
        self.weight = torch.zeros(shape).index_put_((row, col), weight).requires_grad_()

    def __call__(self, spikes):
        return spikes @ self.weight


class Scatter:
    def __init__(self, row, col, weight, shape):
        self.row, self.col, self.shape = row, col, shape
        self.weight = weight.clone().requires_grad_()

    def __call__(self, spikes):
        return torch.zeros(spikes.shape[0], self.shape[1]).index_add(1, self.col, spikes[:, self.row] * self.weight)


def connect(problem, form):
    """For each receptor the parts (slice of rows, slice of columns, product)."""
    bounds = [0] + [problem["inputs"] + x for x in problem["offsets"]]
    parts = []
    for receptor in (0, 1):
        chosen = problem["receptor"] == receptor
        row, col, weight = problem["row"][chosen], problem["col"][chosen], problem["weight"][chosen]
        if form in ("csr", "index_add"):
            kind = Sparse if form == "csr" else Scatter
            parts.append((receptor, slice(None), slice(0, problem["size"]), kind(row, col, weight, (bounds[-1], problem["size"]))))
            continue
        for r0, r1 in zip(bounds[:-1], bounds[1:]):
            for c0, c1 in zip(problem["offsets"][:-1], problem["offsets"][1:]):
                inside = (row >= r0) & (row < r1) & (col >= c0) & (col < c1)
                pairs = int(inside.sum())
                if pairs == 0:
                    continue
                kind = Dense if form == "dense" or pairs >= 0.01 * (r1 - r0) * (c1 - c0) else Sparse
                product = kind(row[inside] - r0, col[inside] - c0, weight[inside], (r1 - r0, c1 - c0))
                parts.append((receptor, slice(r0, r1), slice(c0, c1), product))
    return parts


def currents(problem, parts, sent):
    out = [torch.zeros(sent.shape[0], problem["size"]) for _ in range(2)]
    pieces = [[], []]
    for receptor, rows, cols, product in parts:
        pieces[receptor].append((cols, product(sent[:, rows])))
    for receptor in (0, 1):
        by_column = {}
        for cols, x in pieces[receptor]:
            key = (cols.start, cols.stop)
            by_column[key] = x if key not in by_column else by_column[key] + x
        blocks, end = [], 0
        for (c0, c1), x in sorted(by_column.items(), key=lambda item: item[0]):
            if c0 > end:
                blocks.append(out[receptor][:, end:c0])
            blocks.append(x)
            end = c1
        blocks.append(out[receptor][:, end:])
        out[receptor] = torch.cat(blocks, dim=1)
    return out


def run_plain(problem, parts, raster):
    batch, size = raster.shape[1], problem["size"]
    p = {name: problem[name].clone().requires_grad_() for name in ["drive", "a", "kE", "kI", "bE", "bI", "vThresh", "vReset"]}
    v = ie = ii = s = torch.zeros(batch, size)
    count = torch.zeros(batch, size)
    r = torch.zeros(batch, size)
    for t in range(raster.shape[0]):
        before = raster[t - 1] if t > 0 else torch.zeros_like(raster[0])
        exc, inh = currents(problem, parts, torch.cat([before, s], dim=1))
        ie = p["bE"] * ie + exc
        ii = p["bI"] * ii + inh
        v = torch.where(r > 0, v, p["drive"] + p["a"] * v + p["kE"] * ie - p["kI"] * ii)
        s = Triangle.apply(v - p["vThresh"], problem["width"])
        with torch.no_grad():
            r = torch.where(s > 0, torch.full_like(r, 2), (r - 1).clamp(min=0))
        v = (1 - s) * v + s * p["vReset"]
        count = count + s
    return count


def run_library(problem, parts, raster, form):
    """Each library's own cell with its usual surrogate; same connections, currents scaled to a threshold of 1."""
    batch, size = raster.shape[1], problem["size"]
    scale = problem["kE"] / problem["vThresh"]
    s = count = torch.zeros(batch, size)
    if form == "snntorch":
        import snntorch
        cell = snntorch.Synaptic(alpha=0.82, beta=0.935, learn_alpha=True, learn_beta=True, learn_threshold=True)
        syn, mem = cell.init_synaptic() if hasattr(cell, "init_synaptic") else cell.reset_mem()
    elif form == "norse":
        import norse.torch as norse
        cell, state = norse.LIFCell(), None
    else:
        from spikingjelly.activation_based import neuron
        cell = neuron.ParametricLIFNode(init_tau=15.0, step_mode="s")
    for t in range(raster.shape[0]):
        before = raster[t - 1] if t > 0 else torch.zeros_like(raster[0])
        exc, inh = currents(problem, parts, torch.cat([before, s], dim=1))
        x = scale * (exc - inh)
        if form == "snntorch":
            s, syn, mem = cell(x, syn, mem)
        elif form == "norse":
            s, state = cell(x, state)
        else:
            s = cell(x)
        count = count + s
    return count


def main():
    problem = read_problem(sys.argv[1])
    form, batch, steps = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    library = form in ("snntorch", "norse", "spikingjelly")
    parts = connect(problem, "hybrid" if library else form)
    raster = problem["raster"][:steps, :batch]
    best = None
    for _ in range(2):
        t0 = time.process_time()
        count = run_library(problem, parts, raster, form) if library else run_plain(problem, parts, raster)
        t1 = time.process_time()
        (count * torch.linspace(-1, 1, count.shape[1])).sum().backward()
        t2 = time.process_time()
        found = [1e3 * (t1 - t0), 1e3 * (t2 - t1)]
        best = found if best is None or sum(found) < sum(best) else best
    per = 500 / steps / batch
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"form": form, "batch": batch, "steps": steps, "forward": best[0] * per, "backward": best[1] * per,
                      "spikes": float(count.sum().item()), "peakMb": rss}))


main()
