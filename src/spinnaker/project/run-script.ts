/** The PyNN script of an exported network, as text: one file for SpiNNaker, NEST and Brian2. Knows no network by itself. */

/** `run.py`; pinned, with the simulators, by test/stages/spinnaker-run.test.ts (CC_SNN_PEERS=1). */
export const runScript: string = String.raw`#!/usr/bin/env python3
"""Runs the exported network with PyNN: python run.py --backend spiNNaker|nest|brian2 [--trials 0,1,2].

The same network for three simulators. Where they differ, the difference is named here:

                          SpiNNaker        NEST             Brian2
  synaptic current        mean of a step   exact            exact          -> weights x cells.mean_over_exact_*
  delay asked for         1 ms             1 ms             0 ms
  acts after (steps)      1                2                1              (NEST has no shorter delay)
  tau_refrac for R steps  R ms             R ms             R + 1 ms
  input spike of step t   t                t + 2            t              (ms)
  output spike of step t  t                t + 2            t              (ms)
  steps before step 0     0                1                0              (NEST sends no spike at 0 ms; V starts so that it is v_rest then)
  arithmetic              16/32-bit        64-bit floats    64-bit floats  -> board.*: values that the board holds exactly

Reads network.safetensors, inputs.safetensors and, where it is there, expected.safetensors; writes spikes.<backend>.safetensors.
Exit status 4: the board lost, delayed or saturated something.
"""
import argparse
import glob
import json
import os
import sqlite3
import struct
import sys
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = {  # delay (ms), extra refractory steps, offset of input and output times, steps before step 0
    "spiNNaker": {"delay": 1.0, "extra_refractory": 0, "offset": 0, "lead": 0},
    "nest": {"delay": 1.0, "extra_refractory": 0, "offset": 2, "lead": 1},
    "brian2": {"delay": 0.0, "extra_refractory": 1, "offset": 0, "lead": 0},
}
GAP = 2000  # steps of silence between two trials in NEST: synaptic currents fall below the last bit
SILENT_MV = 1e9  # a threshold that nothing reaches


def read_safetensors(path):
    """Arrays by name and the metadata of a safetensors file."""
    types = {"F64": "<f8", "F32": "<f4", "I32": "<i4", "U32": "<u4", "U16": "<u2", "U8": "u1"}
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = np.frombuffer(data[8 + size + begin:8 + size + end], types[entry["dtype"]])
        arrays[name] = array.reshape(entry["shape"])
    return arrays, metadata


def write_safetensors(path, arrays, metadata):
    """The reverse, for 32-bit whole numbers."""
    header, blobs, at = {"__metadata__": metadata}, [], 0
    for name in sorted(arrays):
        blob = np.ascontiguousarray(arrays[name], "<i4").tobytes()
        header[name] = {"dtype": "I32", "shape": list(np.shape(arrays[name])), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


class Network:
    """The exported network: head describes it, arrays holds its numbers."""

    def __init__(self, folder):
        self.arrays, metadata = read_safetensors(os.path.join(folder, "network.safetensors"))
        self.head = json.loads(metadata["network"])
        self.trials, _ = read_safetensors(os.path.join(folder, "inputs.safetensors"))

    def cell_parameters(self, population, backend):
        """PyNN parameters of one population, an array each, and the initial V."""
        cells = slice(population["offset"], population["offset"] + population["size"])
        if backend == "spiNNaker":  # s1615 bits -> the value they stand for
            values = {name: self.arrays["board." + name][cells] / 32768.0 for name in BOARD_NAMES}
            v_init = values.pop("v_init")
            return values, v_init
        values = {name: self.arrays["cells." + name][cells].copy() for name in FLOAT_NAMES}
        steps = self.arrays["cells.refractory_steps"][cells] + RULES[backend]["extra_refractory"]
        values["tau_refrac"] = steps * float(self.head["dtMs"])
        a = np.exp(-float(self.head["dtMs"]) / values["tau_m"])
        drift = values["tau_m"] / values["cm"] * (1 - a) * values["i_offset"] / a
        return values, values["v_rest"] - drift * RULES[backend]["lead"]

    def connections(self, index, backend):
        """[n, 4] pre, post, weight (nA, negative where inhibitory), delay (ms) of one projection."""
        projection = self.head["projections"][index]
        prefix = "projection.%d." % index
        post = self.arrays[prefix + "post"]
        if backend == "spiNNaker":
            weight = self.arrays[prefix + "word"] * 2.0 ** (projection["shift"] - 15)
        else:
            factor = self.arrays["cells.mean_over_exact_" + ("E" if projection["receptor"] == "excitatory" else "I")]
            weight = self.arrays[prefix + "weight"] * factor[self.offset_of(projection["post"]) + post]
        if projection["receptor"] == "inhibitory":
            weight = -weight
        delay = np.full(len(post), RULES[backend]["delay"])
        return np.stack([self.arrays[prefix + "pre"], post, weight, delay], axis=1)

    def offset_of(self, name):
        return next(p["offset"] for p in self.head["populations"] if p["name"] == name)

    def input_times(self, trial, offset):
        """Spike times of each input cell in one trial, ms."""
        begin, end = self.trials["trial_ptr"][trial:trial + 2]
        step, cell = self.trials["step"][begin:end], self.trials["cell"][begin:end]
        order = np.lexsort((step, cell))
        bounds = np.searchsorted(cell[order], np.arange(self.head["inputSize"] + 1))
        times = (step[order] + offset) * float(self.head["dtMs"])
        return [times[bounds[i]:bounds[i + 1]].tolist() for i in range(self.head["inputSize"])]


FLOAT_NAMES = ("v_rest", "v_reset", "v_thresh", "tau_m", "cm", "i_offset", "tau_syn_E", "tau_syn_I")
BOARD_NAMES = FLOAT_NAMES + ("tau_refrac", "v_init")


def import_backend(backend, dt_ms):
    if backend == "spiNNaker":
        import pyNN.spiNNaker as sim
    elif backend == "nest":
        import pyNN.nest as sim
    else:
        import brian2
        brian2.prefs.codegen.target = "numpy"  # compiling would take minutes
        brian2.defaultclock.dt = dt_ms * brian2.ms  # PyNN leaves its spike sources at 0.1 ms otherwise
        import pyNN.brian2 as sim
    return sim


def build(sim, network, backend, times, time_scale_factor):
    """The whole network in the simulator, its input cells firing at times; returns (input population, populations)."""
    dt = float(network.head["dtMs"])
    options = {"spiNNaker": {"time_scale_factor": time_scale_factor}, "nest": {"spike_precision": "on_grid"}, "brian2": {}}
    sim.setup(timestep=dt, min_delay=dt, **options[backend])
    if backend == "spiNNaker":
        sim.set_number_of_neurons_per_core(sim.IF_curr_exp, network.head["neuronsPerCore"])
    source = sim.Population(
        network.head["inputSize"], sim.SpikeSourceArray(spike_times=as_sequences(sim, backend, times)),
        label=network.head["inputPopulation"])
    populations = {}
    for described in network.head["populations"]:
        values, v_init = network.cell_parameters(described, backend)
        extra = {"max_expected_summed_weight": described["maxExpectedSummedWeight"]} if backend == "spiNNaker" else {}
        population = sim.Population(described["size"], sim.IF_curr_exp(**values), label=described["name"], **extra)
        population.initialize(v=v_init)
        population.record("spikes")
        populations[described["name"]] = population
    everything = {network.head["inputPopulation"]: source, **populations}
    for index, projection in enumerate(network.head["projections"]):
        sim.Projection(
            everything[projection["pre"]], everything[projection["post"]],
            sim.FromListConnector(network.connections(index, backend), column_names=["weight", "delay"]), sim.StaticSynapse(),
            receptor_type=projection["receptor"],
            label="%s-%s-%s" % (projection["pre"], projection["post"], projection["receptor"]))
    return source, populations


def as_sequences(sim, backend, times):
    if backend == "spiNNaker":
        return times
    from pyNN.parameters import Sequence
    return [Sequence(t) for t in times]


def spikes_of(network, populations, backend, begin=0):
    """(step, cell) of all spikes of the trial that began at that step of the last run, by step, then cell."""
    dt, steps = float(network.head["dtMs"]), network.head["steps"]
    found = []
    for described in network.head["populations"]:
        for cell, train in enumerate(populations[described["name"]].get_data("spikes").segments[-1].spiketrains):
            step = np.rint(np.asarray(train.magnitude) / dt).astype(int) - RULES[backend]["offset"] - begin
            step = step[(step >= 0) & (step < steps)]
            found.append(np.stack([step, np.full(len(step), described["offset"] + cell)], axis=1))
    table = np.concatenate(found) if found else np.zeros((0, 2), int)
    return table[np.lexsort((table[:, 1], table[:, 0]))]


def run_trials(sim, network, backend, trials, time_scale_factor):
    """Spikes of each trial, every one from rest."""
    if backend == "nest":
        return run_in_a_row(sim, network, trials), []
    results, source, populations = [], None, None
    duration = float(network.head["dtMs"]) * (network.head["steps"] + (4 if backend == "brian2" else 0))
    for trial in trials:
        times = network.input_times(trial, RULES[backend]["offset"])
        if source is None:
            source, populations = build(sim, network, backend, times, time_scale_factor)
        else:
            sim.reset()
            source.set(spike_times=as_sequences(sim, backend, times))
        sim.run(duration)
        results.append(spikes_of(network, populations, backend))
        print("trial %d: %d spikes" % (trial, len(results[-1])), flush=True)
    sim.end()
    return results, board_losses("reports") if backend == "spiNNaker" else []


def run_in_a_row(sim, network, trials):
    """NEST: reset() leaves currents and spikes under way, so trials follow each other with silence between them, then V is set anew."""
    dt, steps, offset = float(network.head["dtMs"]), network.head["steps"], RULES["nest"]["offset"]
    period = steps + offset + 2 + GAP
    all_times = [[] for _ in range(network.head["inputSize"])]
    for number, trial in enumerate(trials):
        for times, more in zip(all_times, network.input_times(trial, offset + number * period)):
            times.extend(more)
    _, populations = build(sim, network, "nest", all_times, 1)
    start = {name: {"V_th": np.array(cells.node_collection.V_th), "V_m": np.array(cells.node_collection.V_m)}
             for name, cells in populations.items()}
    for number in range(len(trials)):
        sim.run(dt * (steps + offset + 2 - (number == 0)))  # PyNN makes the first run one step longer
        for cells in populations.values():
            cells.node_collection.V_th = SILENT_MV
        sim.run(dt * GAP)
        for name, cells in populations.items():
            for what, values in start[name].items():
                setattr(cells.node_collection, what, values.tolist() if values.ndim else float(values))
    results = [spikes_of(network, populations, "nest", number * period) for number in range(len(trials))]
    for trial, spikes in zip(trials, results):
        print("trial %d: %d spikes" % (trial, len(spikes)), flush=True)
    sim.end()
    return results


LOSSES = ("Late spikes", "Late_packets", "Number_of_late_spikes", "Skipped synapses", "Times_the_input_buffer_lost_packets",
          "Times_synaptic_weights_have_saturated", "Times_the_background_queue_overloaded", "Missed_For_Reinjection",
          "Reinjection_Overflows")


def board_losses(folder):
    """What the board reports as late, lost or saturated: [(place, what, how often)] of every provenance database below a folder."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.sqlite3"), recursive=True)):
        with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as base:
            tables = {row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
            for table, place in (("core_provenance_view", "x || ',' || y || ',' || p"), ("router_provenance", "x || ',' || y")):
                if table in tables:
                    query = "SELECT %s, description, the_value FROM %s WHERE the_value > 0" % (place, table)
                    found += [row for row in base.execute(query) if is_loss(row[1])]
    return found


def is_loss(description):
    return any(str(description).endswith(name) for name in LOSSES)


def predicted_class(network, spikes):
    """Index of the largest logit of the readout of spike counts."""
    readout = network.head["readout"]
    counts = np.bincount(spikes[:, 1], minlength=network.head["size"]).astype(float)
    cells = slice(network.offset_of(readout["population"]), None)
    x = counts[cells][:len(network.arrays["readout.mean"])] - network.arrays["readout.mean"]
    return int(np.argmax(network.arrays["readout.weight"] @ (x * network.arrays["readout.scale"]) + network.arrays["readout.bias"]))


def compare(network, backend, trials, results):
    """Prints how many spikes equal the exporter's own simulator, and the classes read out."""
    path = os.path.join(HERE, "expected.safetensors")
    expected = read_safetensors(path)[0] if os.path.exists(path) else {}
    correct = common = total = ours = 0
    for trial, spikes in zip(trials, results):
        correct += predicted_class(network, spikes) == network.trials["odour"][trial]
        if backend + ".trial_ptr" not in expected:
            continue
        begin, end = expected[backend + ".trial_ptr"][trial:trial + 2]
        wanted = set(zip(expected[backend + ".step"][begin:end].tolist(), expected[backend + ".cell"][begin:end].tolist()))
        got = set(map(tuple, spikes.tolist()))
        common, total, ours = common + len(wanted & got), total + len(wanted), ours + len(got)
    print("%s: %d of %d trials classified correctly" % (backend, correct, len(trials)))
    if total:
        print("%s: %d spikes, %d expected, %d equal" % (backend, ours, total, common))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backend", choices=sorted(RULES), required=True)
    parser.add_argument("--trials", help="numbers of exported trials, e.g. 0,1,2; default all")
    parser.add_argument("--time-scale-factor", type=float, default=None, help="SpiNNaker: slow-down against real time")
    parser.add_argument("--out", default=None)
    arguments = parser.parse_args()
    network = Network(HERE)
    trials = range(len(network.trials["odour"])) if arguments.trials is None else [int(t) for t in arguments.trials.split(",")]
    sim = import_backend(arguments.backend, float(network.head["dtMs"]))
    factor = arguments.time_scale_factor or network.head["timeScaleFactor"]
    began = time.time()
    results, losses = run_trials(sim, network, arguments.backend, trials, factor)
    print("%s: %.1f s for %d trials" % (arguments.backend, time.time() - began, len(results)))
    ends = np.cumsum([0] + [len(r) for r in results])
    table = np.concatenate(results)
    arrays = {"trial_ptr": ends, "trial": np.asarray(trials), "step": table[:, 0], "cell": table[:, 1]}
    write_safetensors(arguments.out or "spikes.%s.safetensors" % arguments.backend, arrays, {"backend": arguments.backend})
    compare(network, arguments.backend, trials, results)
    for place, what, times in losses:
        print("core or chip %s: %s: %s" % (place, what, times), file=sys.stderr)
    if losses:
        sys.exit(4)


if __name__ == "__main__":
    main()
`;
