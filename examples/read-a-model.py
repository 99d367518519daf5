"""One trial of a trained network in NumPy, spike for spike as cc-snn runs it, and its picture. File formats: docs/files.md.
python3 examples/read-a-model.py artifacts/train/model.safetensors artifacts/orn-spikes/task.safetensors ODOUR TRIAL [SPIKES.csv]"""
import json
import struct
import sys

import numpy as np

TYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U32": "<u4", "U16": "<u2", "I8": "i1", "U8": "u1"}

def read(path, name):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    head = json.loads(header.pop("__metadata__")[name])
    return head, {k: np.frombuffer(data[slice(*of["data_offsets"])], TYPES[of["dtype"]]).reshape(of["shape"]) for k, of in header.items()}

def threefry(key, counter0, counter1):
    """Threefry-2x32-20: two random 32-bit words for each pair of counters."""
    k = [np.array([word], np.uint32) for word in (key[0], key[1], 0x1BD11BDA ^ key[0] ^ key[1])]
    x0, x1 = np.asarray(counter0, np.uint32) + k[0], np.asarray(counter1, np.uint32) + k[1]
    for i in range(20):
        x0, left = x0 + x1, np.uint32((13, 15, 26, 6, 17, 29, 16, 24)[i % 8])
        x1 = ((x1 << left) | (x1 >> (np.uint32(32) - left))) ^ x0
        if i % 4 == 3:
            x0, x1 = x0 + k[(i // 4 + 1) % 3], x1 + k[(i // 4 + 2) % 3] + np.uint32(i // 4 + 1)
    return x0, x1

def input_spikes(task, p, odour, trial, split=2):
    """[T, nIn] spikes of the input cells; the odour is on for a random number of steps. split: 0 train, 1 validation, 2 test."""
    steps, step, cells = task["steps"], np.arange(task["steps"])[:, None], np.arange(task["inputSize"])[None]
    key = [int(word[0]) for word in threefry((task["seed"], split), [odour], [trial])]
    least, most = (round(task["durationMs"][end] / task["dtMs"]) for end in ("min", "max"))
    duration = least + (int(threefry(key, [0xFFFFFFFF], [0])[0][0]) * (most - least + 1) >> 32)
    words = np.stack(threefry(key, cells, np.arange((steps + 7) // 8)[:, None]), 1)  # a byte for each of eight steps; a tie draws 24 bits more
    byte = (words[:, :, None] >> np.uint32([[0], [8], [16], [24]]) & np.uint32(255)).reshape(-1, cells.size)[:steps].astype(np.int64)
    chance = np.where(step < duration, p["on_probability"][odour], p["off_probability"]).astype(float)
    return (byte << 24 | threefry(key, cells, 2**31 + step)[0] >> np.uint32(8)) < np.floor(chance * 2.0**32)

def simulate(model, t, inputs):
    """[T, N] spikes, and voltages in mV before the reset; every operation is rounded to 32 bits, in the order written here."""
    cell = {name[6:]: value.astype(float) for name, value in t.items() if name.startswith("cells.")}
    dt, f32, shape = model["dtMs"], np.float32, (len(inputs), model["size"])
    a, b_e, b_i = (np.exp(-dt / cell[tau]) for tau in ("tauMMs", "tauSynEMs", "tauSynIMs"))
    membrane = cell["tauMMs"] / cell["cmNf"] * (1 - a)
    k_e, k_i = (f32(membrane * (cell[tau] / dt) * (1 - b)) for tau, b in (("tauSynEMs", b_e), ("tauSynIMs", b_i)))
    drive, a, decay = f32((1 - a) * cell["vRestMv"] + membrane * cell["iOffsetNa"]), f32(a), f32([b_e, b_i])
    v, current, held, fired = t["cells.vRestMv"], np.zeros((2, shape[1]), f32), np.zeros(shape[1], int), []
    spikes, voltages = np.zeros(shape, bool), np.zeros(shape, f32)
    for step in range(len(inputs)):
        current *= decay
        for row in fired:  # spikes of the step before; receptor 0 is the excitatory current, 1 the inhibitory one
            edges = slice(*t["topology.rowPtr"][row : row + 2])
            current[t["topology.receptor"][edges], t["topology.colIdx"][edges]] += t["weightNa"][edges]
        v = np.where(held > 0, v, drive + a * v + k_e * current[0] - k_i * current[1])
        spikes[step], voltages[step] = v >= t["cells.vThreshMv"], v
        held = np.where(spikes[step], t["cells.refractorySteps"], np.maximum(0, held - 1))
        v = np.where(spikes[step], t["cells.vResetMv"], v)
        fired = [*np.flatnonzero(inputs[step]), *(model["inputSize"] + np.flatnonzero(spikes[step]))]
    return spikes, voltages

if __name__ == "__main__":
    (model, t), (task, p), odour = read(sys.argv[1], "model"), read(sys.argv[2], "task"), int(sys.argv[3])
    spikes, voltages = simulate(model, t, input_spikes(task, p, odour, int(sys.argv[4])))
    parts = {of["name"]: spikes[:, of["offset"] : of["offset"] + of["size"]] for of in model["populations"]}
    for name, part in parts.items():
        print(f"{name:6} {part.shape[1]:6} cells {part.sum():7} spikes {part.mean() * 1000 / model['dtMs']:7.2f} Hz")
    counts, (weight, bias, mean, scale) = parts[model["readouts"][0]["population"]].sum(0), (t[f"readout.0.{x}"] for x in ("weight", "bias", "mean", "scale"))
    best = (weight.astype(float) @ (scale * (counts - mean)) + bias).argmax()
    print(f"presented {task['odours'][odour]['name']}, read out {model['readouts'][0]['classes'][best]}")
    if len(sys.argv) > 5:
        np.savetxt(sys.argv[5], np.argwhere(spikes), "%d", ",", header="step,cell", comments="")
    try:
        from matplotlib import pyplot
    except ImportError:
        sys.exit()
    _, (raster, trace) = pyplot.subplots(2, sharex=True)
    raster.plot(*np.nonzero(spikes), "k,")
    trace.plot(voltages[:, spikes.sum(0).argmax()])  # of the busiest cell
    pyplot.savefig("trial.png")
