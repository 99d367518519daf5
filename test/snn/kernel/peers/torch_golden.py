"""Remakes test/golden/kernel-torch.json: spikes and gradients of a small network by PyTorch autograd in float64.

usage: python3 -m venv .venv && .venv/bin/pip install torch==2.13.0 && .venv/bin/python test/snn/kernel/peers/torch_golden.py
Knows nothing of the kernel: the network is drawn here, stepped here as the equations of kernel.ts say, and differentiated by autograd.
"""
import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
STEPS, BATCH = 80, 2
NAMES = ["LN"] * 3 + ["PN"] * 4 + ["KC"] * 6 + ["APL"] + ["MBON"] * 2
INPUTS, SIZE = 5, len(NAMES)
state = 12345


def uniform():
    """A 31-bit linear congruential generator; four decimals, so that the file can be read."""
    global state
    state = (1103515245 * state + 12345) % 2**31
    return round(state / 2**31, 4)


def draw_edges():
    """(pre row, post, receptor, synapses, gain); loops LN→LN, PN→LN→PN, KC→APL→KC, a self-loop among them."""
    rules = [("ORN", "PN", 0, 0.7), ("ORN", "LN", 0, 0.4), ("PN", "LN", 0, 0.5), ("LN", "PN", 1, 0.6), ("LN", "LN", 1, 0.5),
             ("PN", "KC", 0, 0.5), ("KC", "APL", 0, 1.0), ("APL", "KC", 1, 1.0), ("KC", "MBON", 0, 0.7), ("MBON", "MBON", 1, 0.6)]
    rows = [("ORN", i) for i in range(INPUTS)] + [(name, INPUTS + i) for i, name in enumerate(NAMES)]
    edges = []
    for gain, (pre, post, receptor, density) in enumerate(rules):
        for name, row in rows:
            for col, target in enumerate(NAMES):
                if name == pre and target == post and uniform() < density:
                    edges.append((row, col, receptor, 1 + int(6 * uniform()), gain))
    return sorted(edges), len(rules)


def f32(values):
    """Numbers that are exact in f32, so that both precisions see the same parameters."""
    return torch.tensor(values, dtype=torch.float32).to(torch.float64)


def draw_parameters(gains):
    cells = lambda low, high: f32([low + (high - low) * uniform() for _ in range(SIZE)])
    return {
        "gain": f32([0.4 + 0.5 * uniform() for _ in range(gains)]),
        "a": cells(0.9, 0.96), "bE": cells(0.75, 0.85), "bI": cells(0.85, 0.93), "kE": cells(0.7, 1.1), "kI": cells(0.3, 0.6),
        "drive": cells(0.0, 0.4), "vRest": cells(0.0, 0.0), "vThresh": cells(6.0, 10.0), "vReset": cells(-1.0, 0.0),
        "surrogateWidth": cells(3.0, 6.0),
    }


class Spike(torch.autograd.Function):
    """Step at 0; slope (damping/width)·max(0, 1 − |x|/width)."""

    @staticmethod
    def forward(ctx, x, width, damping):
        ctx.save_for_backward(x, width)
        ctx.damping = damping
        return (x >= 0).to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        x, width = ctx.saved_tensors
        return gradient * ctx.damping / width * torch.clamp(1 - x.abs() / width, min=0), None, None


def run(edges, parameters, weight, inputs, refractory, damping):
    """Counts [B, N] and spikes [T, B, N] of all steps."""
    row, col, receptor, _, _ = (torch.tensor(x) for x in zip(*edges))
    p = parameters
    v = p["vRest"].expand(BATCH, SIZE)
    ie = ii = torch.zeros(BATCH, SIZE)
    r = torch.zeros(BATCH, SIZE, dtype=torch.int64)
    sent = torch.zeros(BATCH, INPUTS + SIZE)
    spikes = []
    for t in range(STEPS):
        current = sent[:, row] * weight
        excitatory = torch.zeros(BATCH, SIZE).index_add(1, col, current * (receptor == 0))
        inhibitory = torch.zeros(BATCH, SIZE).index_add(1, col, current * (receptor == 1))
        ie = p["bE"] * ie + excitatory
        ii = p["bI"] * ii + inhibitory
        v = torch.where(r > 0, v, p["drive"] + p["a"] * v + p["kE"] * ie - p["kI"] * ii)
        s = Spike.apply(v - p["vThresh"], p["surrogateWidth"], damping)
        r = torch.where(s > 0, refractory, torch.clamp(r - 1, min=0))
        v = (1 - s) * v + s * p["vReset"]
        sent = torch.cat([inputs[t], s], dim=1)
        spikes.append(s)
    return torch.stack(spikes)


def main():
    edges, gains = draw_edges()
    parameters = draw_parameters(gains)
    refractory = torch.tensor([int(3 * uniform()) for _ in range(SIZE)])
    damping = 0.5
    inputs = torch.tensor([[[float(uniform() < 0.2) for _ in range(INPUTS)] for _ in range(BATCH)] for _ in range(STEPS)])
    count_gradient = torch.tensor([[round(2 * uniform() - 1, 2) for _ in range(SIZE)] for _ in range(BATCH)])
    trained = [name for name in parameters if name not in ("vRest", "surrogateWidth")]
    for name in trained:
        parameters[name].requires_grad_()
    syn_count = torch.tensor([float(e[3]) for e in edges])
    gain_idx = torch.tensor([e[4] for e in edges])
    weight = parameters["gain"][gain_idx] * syn_count
    weight.retain_grad()
    spikes = run(edges, parameters, weight, inputs, refractory, damping)
    (spikes.sum(0) * count_gradient).sum().backward()
    golden = {
        "steps": STEPS, "inputSize": INPUTS, "populations": NAMES, "gainCount": gains, "damping": damping,
        "edges": edges, "refractorySteps": refractory.tolist(),
        "parameters": {name: x.tolist() for name, x in parameters.items()},
        "inputs": [["".join(str(int(x)) for x in inputs[t, b]) for t in range(STEPS)] for b in range(BATCH)],
        "countGradient": count_gradient.tolist(),
        "spikes": [["".join(str(int(x)) for x in spikes[:, b, i].tolist()) for i in range(SIZE)] for b in range(BATCH)],
        "gradients": {**{name: parameters[name].grad.tolist() for name in trained}, "weight": weight.grad.tolist()},
    }
    lines = ",\n".join(f'  "{key}": {json.dumps(value)}' for key, value in golden.items())
    path = pathlib.Path("test/golden/kernel-torch.json")
    path.write_text("{\n" + lines + "\n}\n")
    print(int(spikes.sum()), "spikes,", len(edges), "edges, largest gain gradient", parameters["gain"].grad.abs().max().item())


main()
