#!/usr/bin/env python3
"""Runs the exported network with PyNN: python run.py nest|brian2|spiNNaker [--trials 0,1,2].

The same network for three simulators. Where they differ, the difference is named here:

                          SpiNNaker        NEST             Brian2
  synaptic current        mean of a step   exact            exact          -> weights x cells.mean_over_exact_*
  delay asked for         1 ms             1 ms             0 ms
  acts after (steps)      1                2                1              (NEST has no shorter delay)
  tau_refrac for R steps  R ms             R ms             R + 1 ms
  input spike of step t   t                t + 2            t              (ms)
  output spike of step t  t                t + 2            t              (ms)
  steps before step 0     0                1                0              (NEST sends no spike at 0 ms; V starts so that
                                                                            it is v_rest then)
  steps after the last    to whole 16s     2                4              (cut off; a core of the board colours its spikes
                                                                            with its ticks mod 16, which no reset sets back)
  arithmetic              16/32-bit        64-bit floats    64-bit floats  -> board.*: values that the board holds exactly
  odour named by          cells of its own host             host           -> population `readout`: V at the end is the logit

Reads network.safetensors, inputs.safetensors and, where it is there, expected.safetensors; writes spikes.<backend>.safetensors.
Exit status: 2 something asked for or needed is not there; 3 the board kept no account of what it lost; 4 it lost, delayed or
saturated something. Needs Python 3.11 or newer and one of the requirements-*.txt; numbers are read without numpy.
"""

import argparse
import array
import contextlib
import json
import math
import os
import sqlite3
import struct
import sys
import time

import readout

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = {  # delay (ms), extra refractory steps, offset of input and output times, steps before step 0, steps after the last
    "spiNNaker": {"delay": 1.0, "extra_refractory": 0, "offset": 0, "lead": 0, "after": 0},
    "nest": {"delay": 1.0, "extra_refractory": 0, "offset": 2, "lead": 1, "after": 2},
    "brian2": {"delay": 0.0, "extra_refractory": 1, "offset": 0, "lead": 0, "after": 4},
}
GAP = 2000  # steps of silence between two trials in NEST: synaptic currents fall below the last bit
SILENT_MV = 1e9  # a threshold that nothing reaches
FLOAT_NAMES = ("v_rest", "v_reset", "v_thresh", "tau_m", "cm", "i_offset", "tau_syn_E", "tau_syn_I")
BOARD_NAMES = (*FLOAT_NAMES, "tau_refrac", "v_init")


class Refusal(Exception):
    """What cannot be done, in a sentence; ends the program with a status."""

    def __init__(self, sentence, status=2):
        super().__init__(sentence)
        self.status = status


def read_safetensors(path):
    """Arrays by name, flat, and the metadata of a safetensors file."""
    kinds = {"F64": "d", "F32": "f", "I32": "i", "U32": "I", "U16": "H", "U8": "B"}
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise Refusal(f"{path} cannot be read ({error.strerror}): run.py needs the other files of the exported folder") from None
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    body = memoryview(data)[8 + size :]
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        arrays[name] = body[begin:end].cast(kinds[entry["dtype"]])
    return arrays, metadata


def write_safetensors(path, arrays, metadata):
    """The reverse, for lists of 32-bit whole numbers."""
    header, blobs, at = {"__metadata__": metadata}, [], 0
    for name in sorted(arrays):
        blob = array.array("i", arrays[name]).tobytes()
        header[name] = {"dtype": "I32", "shape": [len(arrays[name])], "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def write_spikes(path, backend, trials, results, readouts=()):
    """(step, cell) of the spikes of each trial, and V of the readout's cells, as expected.safetensors holds them."""
    table = [spike for spikes in results for spike in spikes]
    arrays = {
        "trial_ptr": [sum(map(len, results[:k])) for k in range(len(results) + 1)],
        "trial": trials,
        "step": [step for step, _ in table],
        "cell": [cell for _, cell in table],
    }
    if readouts:
        arrays["readout_v"] = [bits for voltages in readouts for bits in voltages]
    write_safetensors(path, arrays, {"backend": backend})


class Network:
    """The exported network: head describes it, arrays holds its numbers."""

    def __init__(self, folder):
        self.arrays, metadata = read_safetensors(os.path.join(folder, "network.safetensors"))
        self.head = json.loads(metadata["network"])
        self.trials, _ = read_safetensors(os.path.join(folder, "inputs.safetensors"))
        self.dt = float(self.head["dtMs"])
        self.readout_cells = self.head["readout"].get("cells")

    def stands(self, name, backend):
        """Whether a population is built: cells for the readout are there only on a board; elsewhere the host reads out."""
        return backend == "spiNNaker" or self.readout_cells is None or name != self.readout_cells["population"]

    def cell_parameters(self, population, backend):
        """PyNN parameters of one population, a list each, and the initial V."""
        cells = slice(population["offset"], population["offset"] + population["size"])
        if backend == "spiNNaker":  # s1615 bits -> the value they stand for
            values = {name: [bits / 32768.0 for bits in self.arrays["board." + name][cells]] for name in BOARD_NAMES}
            v_init = values.pop("v_init")
            return values, v_init
        values = {name: self.arrays["cells." + name][cells].tolist() for name in FLOAT_NAMES}
        extra = RULES[backend]["extra_refractory"]
        values["tau_refrac"] = [(steps + extra) * self.dt for steps in self.arrays["cells.refractory_steps"][cells]]
        v_init = []
        for v_rest, tau_m, cm, i_offset in zip(*(values[k] for k in ("v_rest", "tau_m", "cm", "i_offset")), strict=True):
            a = math.exp(-self.dt / tau_m)
            v_init.append(v_rest - tau_m / cm * (1 - a) * i_offset / a * RULES[backend]["lead"])
        return values, v_init

    def connections(self, index, backend):
        """(pre, post, weight in nA, negative where inhibitory, delay in ms) of every connection of one projection."""
        projection = self.head["projections"][index]
        pre, post, weight, word = (self.arrays[f"projection.{index}.{name}"] for name in ("pre", "post", "weight", "word"))
        sign = 1 if projection["receptor"] == "excitatory" else -1
        if backend == "spiNNaker":
            unit = 2.0 ** (projection["shift"] - 15)
            weights = [sign * w * unit for w in word]
        else:
            factor = self.arrays["cells.mean_over_exact_" + ("E" if sign > 0 else "I")]
            first = self.offset_of(projection["post"])
            weights = [sign * w * factor[first + cell] for w, cell in zip(weight, post, strict=True)]
        delay = RULES[backend]["delay"]
        return [(i, j, w, delay) for i, j, w in zip(pre, post, weights, strict=True)]

    def offset_of(self, name):
        return next(p["offset"] for p in self.head["populations"] if p["name"] == name)

    def input_times(self, trial, offset):
        """Spike times of each input cell in one trial, ms, ascending."""
        begin, end = self.trials["trial_ptr"][trial : trial + 2]
        times = [[] for _ in range(self.head["inputSize"])]
        for step, cell in zip(self.trials["step"][begin:end], self.trials["cell"][begin:end], strict=True):
            times[cell].append((step + offset) * self.dt)
        return times

    def ticks(self, trials):
        """What a board runs for so many trials in a row: until the last has been read, and whole 16."""
        last = self.head["steps"] if self.readout_cells is None else self.readout_cells["tick"] + 1
        return -(-((trials - 1) * self.head["periodTicks"] + last) // 16) * 16

    def rows(self, trials):
        """Trials by run of a board, as their spikes were predicted: those before one in its run are run with it."""
        each = self.head["trialsPerRun"]
        if each == 1:
            return [[trial] for trial in trials]
        last = {trial // each: max(t for t in trials if t // each == trial // each) for trial in trials}
        return [list(range(row * each, end + 1)) for row, end in sorted(last.items())]

    def asked_for(self, trials, found):
        """Of what the runs gave, (trial, …), that of these trials."""
        by_trial = {of[0]: of for of in found}
        return found if self.head["trialsPerRun"] == 1 else [by_trial[trial] for trial in trials]

    def row_times(self, row):
        """Spike times of each input cell in a run of these trials, ms."""
        all_times = [[] for _ in range(self.head["inputSize"])]
        for number, trial in enumerate(row):
            for times, more in zip(all_times, self.input_times(trial, number * self.head["periodTicks"]), strict=True):
                times.extend(more)
        return all_times

    def busiest_step(self, trials):
        """The most input spikes of one step of these trials."""
        counts = {}
        for trial in trials:
            begin, end = self.trials["trial_ptr"][trial : trial + 2]
            for step in self.trials["step"][begin:end]:
                counts[trial, step] = counts.get((trial, step), 0) + 1
        return max(counts.values(), default=0)


def import_backend(backend, dt_ms):
    """The PyNN module of a simulator; Refusal where it is not installed."""
    try:
        if backend == "spiNNaker":
            import pyNN.spiNNaker as sim

            mend_spike_sources()
        elif backend == "nest":
            import pyNN.nest as sim
        else:
            import brian2

            brian2.prefs.codegen.target = "numpy"  # compiling would take minutes
            brian2.defaultclock.dt = dt_ms * brian2.ms  # PyNN leaves its spike sources at 0.1 ms otherwise
            import pyNN.brian2 as sim
    except ImportError as error:
        need = f"pip install -r requirements-{backend}.txt"
        raise Refusal(f"{backend} is not installed here ({error}): {need}, with Python 3.11 or newer") from None
    return sim


class Rows(list):
    """A list that many numbers index at once."""

    def __getitem__(self, which):
        if hasattr(which, "__len__"):
            return Rows(list.__getitem__(self, int(k)) for k in which)
        return list.__getitem__(self, which)


def mend_spike_sources():
    """sPyNNaker 7.4.1 indexes a plain list with an array when the times of a source are set again (its issue 1680)."""
    from spynnaker.pyNN.models.spike_source import spike_source_array_vertex as module

    made = module._send_buffer_times

    def send_buffer_times(spike_times, time_step):
        times = made(spike_times, time_step)
        return Rows(times) if type(times) is list else times

    module._send_buffer_times = send_buffer_times


def set_up(sim, **options):
    """Where there is no ~/.spynnaker.cfg, sPyNNaker writes one in which nothing is set, and gives up: the second try finds it."""
    try:
        sim.setup(**options)
    except Exception as error:
        if type(error).__name__ != "NoConfigFoundException":
            raise
        sim.setup(**options)


def build(sim, network, backend, times, time_scale_factor, virtual=False):
    """The whole network in the simulator, its input cells firing at times; returns (input population, populations)."""
    options = {
        "spiNNaker": {"time_scale_factor": time_scale_factor},
        "nest": {"spike_precision": "on_grid"},
        "brian2": {},
    }
    set_up(sim, timestep=network.dt, min_delay=network.dt, **options[backend])
    if backend == "spiNNaker":
        configure(virtual)
        sim.set_number_of_neurons_per_core(sim.IF_curr_exp, network.head["neuronsPerCore"])
    source = sim.Population(
        network.head["inputSize"],
        sim.SpikeSourceArray(spike_times=as_sequences(backend, times)),
        label=network.head["inputPopulation"],
    )
    populations = {}
    for described in network.head["populations"]:
        if not network.stands(described["name"], backend):
            continue
        values, v_init = network.cell_parameters(described, backend)
        extra = {"max_expected_summed_weight": described["maxExpectedSummedWeight"]} if backend == "spiNNaker" else {}
        population = sim.Population(described["size"], sim.IF_curr_exp(**values), label=described["name"], **extra)
        population.initialize(v=v_init)
        population.record("spikes")
        if network.readout_cells is not None and described["name"] == network.readout_cells["population"]:
            population.record("v")  # every tick: what counts the ticks of a longer interval is not set back by a reset
        populations[described["name"]] = population
    everything = {network.head["inputPopulation"]: source, **populations}
    for index, projection in enumerate(network.head["projections"]):
        pre, post, receptor = projection["pre"], projection["post"], projection["receptor"]
        if not network.stands(post, backend):
            continue
        connector = sim.FromListConnector(network.connections(index, backend), column_names=["weight", "delay"])
        sim.Projection(
            everything[pre],
            everything[post],
            connector,
            sim.StaticSynapse(),
            receptor_type=receptor,
            label=f"{pre}-{post}-{receptor}",
        )
    return source, populations


def as_sequences(backend, times):
    if backend == "spiNNaker":
        return times
    from pyNN.parameters import Sequence

    return [Sequence(t) for t in times]


def spikes_of(network, populations, backend, begin=0):
    """(step, cell) of all spikes of the trial that began at that step of the last run, by step, then cell."""
    steps = network.head["steps"]
    first = RULES[backend]["offset"] + begin
    found = []
    for described in network.head["populations"]:
        if described["name"] not in populations:
            continue
        trains = populations[described["name"]].get_data("spikes").segments[-1].spiketrains
        for cell, train in enumerate(trains):
            for at in getattr(train, "magnitude", train):
                step = round(float(at) / network.dt) - first
                if 0 <= step < steps:
                    found.append((step, described["offset"] + cell))
    return sorted(found)


def run_trials(sim, network, backend, trials, time_scale_factor, virtual=False):
    """Spikes of each trial, every one from rest, what a board lost meanwhile, and V of its readout's cells."""
    if backend == "nest":
        return run_in_a_row(sim, network, trials), [], []
    if backend == "spiNNaker":
        return run_on_board(sim, network, trials, time_scale_factor, virtual)
    results, source, populations = [], None, None
    for trial in trials:
        times = network.input_times(trial, RULES[backend]["offset"])
        if source is None:
            source, populations = build(sim, network, backend, times, time_scale_factor)
        else:
            sim.reset()
            source.set(spike_times=as_sequences(backend, times))
        sim.run(network.dt * (network.head["steps"] + RULES[backend]["after"]))
        results.append(spikes_of(network, populations, backend))
        print(f"trial {trial}: {len(results[-1])} spikes", flush=True)
    sim.end()
    return results, [], []


def first_times(network, rows):
    """What a board's source is built with: the first run, and spikes after its end, which are never sent.

    They make room for the busiest step of all trials; and sPyNNaker 7.4.1 gives up on a source without any spike.
    """
    times = network.row_times(rows[0])
    for cell in range(max(1, network.busiest_step([trial for row in rows for trial in row]))):
        times[cell].append(network.dt * network.ticks(len(rows[0])))
    return times


def run_on_board(sim, network, trials, time_scale_factor, virtual):
    """Runs with a reset between; after each, what the board says of losses in it. Refusal where it says nothing."""
    found, losses, source, populations = [], [], None, None
    rows = network.rows(trials)
    for row in rows:
        if source is None:
            times = first_times(network, rows)
            source, populations = build(sim, network, "spiNNaker", times, time_scale_factor, virtual)
        else:
            sim.reset()
            source.set(spike_times=network.row_times(row))
        sim.run(network.dt * network.ticks(len(row)))
        found += [(trial, *read_trial(network, populations, row, number)) for number, trial in enumerate(row)]
        if not is_virtual():
            losses += [(",".join(map(str, row)), *loss) for loss in board_losses(network)]
    sim.end()
    found = network.asked_for(trials, found)
    readouts = [] if network.readout_cells is None or is_virtual() else [voltages for _, _, voltages in found]
    return [spikes for _, spikes, _ in found], losses, readouts


def read_trial(network, populations, row, number):
    """Spikes of one trial of the run that just ended, and V of the readout's cells, where there are any."""
    begin = number * network.head["periodTicks"]
    spikes, voltages = spikes_of(network, populations, "spiNNaker", begin), None
    if is_virtual():
        print(f"trial {row[number]}: mapped on a virtual board, which runs nothing", flush=True)
        return spikes, voltages
    if network.readout_cells is not None:
        voltages = readout.recorded_voltages(network, populations, begin, network.ticks(len(row)))
        if voltages is None:
            raise Refusal("the board did not record V of the readout's cells as it was asked to", 3)
    print(f"trial {row[number]}: {len(spikes)} spikes", flush=True)
    return spikes, voltages


def run_in_a_row(sim, network, trials):
    """NEST: reset() leaves currents and spikes under way, so trials follow each other with silence between, then V is set."""
    steps, offset, after = network.head["steps"], RULES["nest"]["offset"], RULES["nest"]["after"]
    period = steps + offset + after + GAP
    all_times = [[] for _ in range(network.head["inputSize"])]
    for number, trial in enumerate(trials):
        for times, more in zip(all_times, network.input_times(trial, offset + number * period), strict=True):
            times.extend(more)
    _, populations = build(sim, network, "nest", all_times, 1)
    names = ("V_th", "V_m")
    start = {pop: {name: values_of(cells, name) for name in names} for pop, cells in populations.items()}
    for number in range(len(trials)):
        sim.run(network.dt * (steps + offset + after - (number == 0)))  # PyNN makes the first run one step longer
        for cells in populations.values():
            cells.node_collection.V_th = SILENT_MV
        sim.run(network.dt * GAP)
        for pop, cells in populations.items():
            for name in names:
                setattr(cells.node_collection, name, start[pop][name])
    results = [spikes_of(network, populations, "nest", number * period) for number in range(len(trials))]
    for trial, spikes in zip(trials, results, strict=True):
        print(f"trial {trial}: {len(spikes)} spikes", flush=True)
    sim.end()
    return results


def values_of(cells, name):
    """A state variable of all cells of a NEST population: a number where there is one cell, a list otherwise."""
    found = getattr(cells.node_collection, name)
    return [float(x) for x in found] if hasattr(found, "__len__") else float(found)


# names in which a board's provenance counts what makes its spikes another network's
LOSSES = (
    "Late spikes",
    "Late_packets",
    "Number_of_late_spikes",
    "Skipped synapses",
    "Times_the_input_buffer_lost_packets",
    "Times_synaptic_weights_have_saturated",
    "Times_the_background_queue_overloaded",
    "Times_the_timer_tic_over_ran",
    "Times_the_callback_queue_was_overloaded",
    "Times_the_dma_queue_was_overloaded",
    "Times_the_user_queue_was_overloaded",
    "Times_the_transmission_of_spikes_overran",
    "Times_a_time_step_was_skipped",
    "Missed_For_Reinjection",
    "Reinjection_Overflows",
)
COUNTED_BY_EVERY_CORE = "Times_synaptic_weights_have_saturated"


def configure(virtual):
    """Sets, whatever the configuration files say, that the board's counters are read after each run and kept; and a virtual board."""
    from spinn_utilities.config_holder import set_config

    for option in ("read_placements_provenance_data", "read_router_provenance_data", "keep_data_database"):
        set_config("Reports", option, "True")
    if virtual:
        for option in ("machine_name", "spalloc_server", "remote_spinnaker_url"):
            set_config("Machine", option, "None")
        set_config("Machine", "virtual_board", "True")


def is_virtual():
    from spinn_utilities.config_holder import get_config_bool

    return bool(get_config_bool("Machine", "virtual_board"))


def board_losses(network):
    """What the board counted as late, lost or saturated in the run that just ended: [(place, what, how often)]."""
    from spinn_utilities.config_holder import get_report_path

    path = get_report_path("path_data_database")
    least = sum(math.ceil(p["size"] / network.head["neuronsPerCore"]) for p in network.head["populations"])
    return losses_in(path, least)


def losses_in(path, least_cores):
    """The losses of one database of sPyNNaker; Refusal unless at least so many cores with neurons have reported to it."""
    if not os.path.exists(path):
        raise Refusal(f"the board's provenance is not there: no {path}; nobody can say what the board lost", 3)
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        tables = {row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        found = []
        for table, place in (("core_provenance_view", "x || ',' || y || ',' || p"), ("router_provenance", "x || ',' || y")):
            if table in tables:
                found += base.execute(f"SELECT {place}, description, the_value FROM {table}").fetchall()
    cores = {place for place, what, _ in found if what == COUNTED_BY_EVERY_CORE}
    if len(cores) < least_cores:
        raise Refusal(
            f"{len(cores)} of at least {least_cores} cores with neurons reported to {path}; without their provenance nobody "
            "can say what the board lost",
            3,
        )
    return [(place, what, times) for place, what, times in found if times > 0 and is_loss(what)]


def is_loss(description):
    """Routers' names have a prefix that says when they were asked."""
    return any(str(description).endswith(name) for name in LOSSES)


def expected_spikes(expected, backend, trial):
    """(step, cell) of all spikes that the exporter predicts for a backend, or None where it says nothing of it."""
    if backend + ".trial_ptr" not in expected:
        return None
    begin, end = expected[backend + ".trial_ptr"][trial : trial + 2]
    return list(zip(expected[backend + ".step"][begin:end], expected[backend + ".cell"][begin:end], strict=True))


def compare(network, backend, trials, results, readouts=()):
    """Prints how many spikes equal the exporter's own simulator, and the classes read out."""
    path = os.path.join(HERE, "expected.safetensors")
    expected = read_safetensors(path)[0] if os.path.exists(path) else {}

    def right(trial, spikes):
        return spikes is not None and readout.named_by_host(network, spikes) == network.trials["odour"][trial]

    correct = sum(right(trial, spikes) for trial, spikes in zip(trials, results, strict=True))
    print(f"{backend}: {correct} of {len(trials)} trials classified correctly")
    if readouts:
        readout.compare(network, expected, trials, readouts)
    predictions = [expected_spikes(expected, backend, trial) for trial in trials]
    if any(spikes is None for spikes in predictions):
        return
    if backend == "nest":
        trained = sum(right(trial, expected_spikes(expected, "brian2", trial)) for trial in trials)
        later = sum(right(trial, spikes) for trial, spikes in zip(trials, predictions, strict=True))
        print(
            f"nest: its connections act after two steps; the network was trained with one, at which {trained} of "
            f"{len(trials)} are classified correctly, at two {later}"
        )
    common = sum(len(set(spikes) & set(found)) for spikes, found in zip(predictions, results, strict=True))
    total, ours = sum(map(len, predictions)), sum(map(len, results))
    print(f"{backend}: {ours} spikes, {total} expected, {common} equal ({total - common} missing, {ours - common} not expected)")


def trials_asked_for(text, count):
    """Trial numbers of --trials; Refusal for what is not one."""
    if text is None:
        return list(range(count))
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise Refusal(f"--trials names no trial; this export has {count}, numbered from 0, e.g. --trials 0,1")
    for part in parts:
        if not (part.isdecimal() and int(part) < count):
            raise Refusal(f"--trials: '{part}' is not one of this export's trials, 0 to {count - 1}")
    return [int(part) for part in parts]


def slow_down(text):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is not a slow-down against real time; want a number of at least 1")
    return value


def backend_called(text):
    """A backend in any case: services that run jobs say `spinnaker`."""
    return next((name for name in RULES if name.lower() == text.lower()), text)


def arguments_of(given):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("system", nargs="?", type=backend_called, choices=sorted(RULES), help="where to run; the same as --backend")
    parser.add_argument("--backend", type=backend_called, choices=sorted(RULES))
    parser.add_argument("--trials", help="numbers of exported trials, e.g. 0,1,2; default all")
    parser.add_argument("--time-scale-factor", type=slow_down, default=None, help="SpiNNaker: slow-down against real time")
    parser.add_argument("--virtual", action="store_true", help="SpiNNaker: map on a virtual board, whatever is configured")
    parser.add_argument("--out", default=None, help="file for the spikes; default spikes.<backend>.safetensors")
    arguments = parser.parse_args(given)
    arguments.backend = arguments.backend or arguments.system
    if arguments.backend is None or arguments.system not in (None, arguments.backend):
        parser.error("say once where to run: nest, brian2 or spiNNaker")
    arguments.out = arguments.out or f"spikes.{arguments.backend}.safetensors"
    if not os.path.isdir(os.path.dirname(os.path.abspath(arguments.out))):
        parser.error(f"--out: the folder of {arguments.out} is not there")
    return arguments


def main(given=None):
    arguments = arguments_of(given)
    backend = arguments.backend
    network = Network(HERE)
    trials = trials_asked_for(arguments.trials, len(network.trials["odour"]))
    sim = import_backend(backend, network.dt)
    factor = arguments.time_scale_factor or network.head["timeScaleFactor"]
    began = time.time()
    results, losses, readouts = run_trials(sim, network, backend, trials, factor, arguments.virtual)
    print(f"{backend}: {time.time() - began:.1f} s for {len(results)} trials")
    write_spikes(arguments.out, backend, trials, results, readouts)
    compare(network, backend, trials, results, readouts)
    for trial, place, what, times in losses:
        print(f"core or chip {place}: {what}: {times} (trial {trial})", file=sys.stderr)
    return 4 if losses else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refusal as refusal:
        print(f"run.py: {refusal}", file=sys.stderr)
        sys.exit(refusal.status)
