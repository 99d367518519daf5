"""A PyNN that runs nothing: cell i of every population echoes input cell i mod the number of inputs. Notes what it is asked for.

A population whose V is recorded is silent: V of its cell i after t ticks is v_rest and i for each input spike of the run before step t − 1.

On a board it has those ways of sPyNNaker 7.4.1 that a script must know: a list of spike times that is set again is indexed by an
array; no input spike at all is an error; a source has room for the busiest tick it was built with; colours are not reset, so that
after ticks that are no whole 16s every echo is lost; provenance is written only where asked for, and removed at the end.

STUB_LOG: where the calls are written, as JSON. STUB_LOSSES: [run, x, y, core, what, how often] to report. STUB_CORES: cores that report.
STUB_NO_CONFIG: the home folder has no configuration yet. STUB_NO_V: no voltage is recorded.
"""

import json
import os
import sqlite3

import spinn_utilities.config_holder as config


class NoConfigFoundException(Exception):
    pass


class Train(list):
    @property
    def magnitude(self):
        return self


class Segment:
    def __init__(self, spiketrains, analogsignals=()):
        self.spiketrains, self.analogsignals = spiketrains, analogsignals


class Block:
    def __init__(self, segments):
        self.segments = segments


class Cells:
    """NEST's cells of a population: their state variables, anything that is set is noted."""

    def __init__(self, values):
        self.__dict__["V_th"] = values["v_thresh"] if len(values["v_thresh"]) > 1 else values["v_thresh"][0]
        self.__dict__["V_m"] = values["v_rest"] if len(values["v_rest"]) > 1 else values["v_rest"][0]
        self.__dict__["noted"] = []

    def __setattr__(self, name, value):
        self.noted.append([name, value])


class Simulator:
    """What the module of a backend offers."""

    def __init__(self, backend):
        self.backend, self.calls, self.populations = backend, [], []
        self.now, self.ticks, self.runs = 0.0, 0, 0

    def note(self, name, **what):
        self.calls.append({"call": name, **what})

    def setup(self, **options):
        if self.backend == "spiNNaker" and os.environ.pop("STUB_NO_CONFIG", None):
            raise NoConfigFoundException("~/.spynnaker.cfg has been created")
        config.load()
        self.note("setup", **options)

    def set_number_of_neurons_per_core(self, _cell, count):
        self.note("neuronsPerCore", count=count)

    def SpikeSourceArray(self, spike_times):
        return {"kind": "source", "spike_times": [list(t) for t in spike_times], "given": spike_times}

    def IF_curr_exp(self, **values):
        return {"kind": "cells", "values": values}

    def Population(self, size, cells, label, **extra):
        population = Population(self, size, cells, label)
        self.populations.append(population)
        self.note("population", size=size, label=label, extra=extra, values=cells.get("values"), times=cells.get("spike_times"))
        return population

    def FromListConnector(self, rows, column_names):
        return {"rows": [list(row) for row in rows], "columns": column_names}

    def StaticSynapse(self):
        return None

    def Projection(self, pre, post, connector, _synapse, receptor_type, label):
        rows = connector["rows"]
        self.note("projection", pre=pre.label, post=post.label, receptor=receptor_type, label=label, rows=rows)

    def run(self, duration):
        begin, self.now = self.now, self.now + duration
        self.note("run", duration=duration)
        source = self.populations[0]
        heard = [[t for t in times if begin <= t < self.now] for times in source.sent(round(duration))]
        lost = self.backend == "spiNNaker" and (self.ticks % 16 != 0 or config.get_config_bool("Machine", "virtual_board"))
        self.heard = sorted(t - begin for times in heard for t in times)
        for population in self.populations[1:]:
            for cell in range(0 if population.sampled else population.size):
                population.fired[cell] += [] if lost else heard[cell % source.size]
        self.write_provenance()
        self.ticks += round(duration)
        self.runs += 1

    def write_provenance(self):
        asked = config.get_config_bool("Reports", "read_placements_provenance_data")
        if self.backend != "spiNNaker" or not asked or config.get_config_bool("Machine", "virtual_board"):
            return
        losses = json.loads(os.environ.get("STUB_LOSSES", "[]"))
        cores = int(os.environ.get("STUB_CORES", "100"))
        rows = [(0, 0, p, "Times_synaptic_weights_have_saturated", 0) for p in range(cores)]
        rows += [tuple(loss[1:]) for loss in losses if loss[0] == self.runs and loss[3] is not None]
        path = config.get_report_path("path_data_database")
        if os.path.exists(path):
            os.remove(path)
        with sqlite3.connect(path) as base:
            base.execute("CREATE TABLE core_provenance_view (x, y, p, description, the_value)")
            base.executemany("INSERT INTO core_provenance_view VALUES (?, ?, ?, ?, ?)", rows)
            base.execute("CREATE TABLE router_provenance (x, y, description, the_value)")
            routers = [(x, y, what, times) for run, x, y, p, what, times in losses if p is None and run == self.runs]
            base.executemany("INSERT INTO router_provenance VALUES (?, ?, ?, ?)", routers)

    def reset(self):
        self.note("reset")
        self.now = 0.0
        config.resets += 1
        for population in self.populations:
            population.fired = [Train() for _ in range(population.size)]

    def end(self):
        self.note("end")
        if self.backend == "spiNNaker" and not config.get_config_bool("Reports", "keep_data_database"):
            for name in os.listdir(config.reports()):
                os.remove(os.path.join(config.reports(), name))
        for population in self.populations:
            if population.node_collection is not None:
                self.note("nest", label=population.label, set=population.node_collection.noted)
        with open(os.environ["STUB_LOG"], "w") as file:
            json.dump(self.calls, file)


class Population:
    def __init__(self, simulator, size, cells, label):
        self.simulator, self.size, self.label, self.cells = simulator, size, label, cells
        self.fired = [Train() for _ in range(size)]
        self.sampled = False
        self.node_collection = Cells(cells["values"]) if cells["kind"] == "cells" and simulator.backend == "nest" else None
        if cells["kind"] == "source":
            self.times, self.room = cells["spike_times"], None
            if simulator.backend == "spiNNaker":
                if not any(self.times):
                    raise IndexError("list index out of range")
                self.room = busiest(self.times)

    def initialize(self, v):
        self.simulator.note("initialize", label=self.label, v=v)

    def record(self, what):
        self.simulator.note("record", label=self.label, what=what)
        self.sampled = self.sampled or what == "v"

    def set(self, spike_times):
        times = [list(t) for t in spike_times]
        self.simulator.note("set", times=times)
        if self.simulator.backend == "spiNNaker":
            from spynnaker.pyNN.models.spike_source import spike_source_array_vertex as vertex

            times = [list(t) for t in vertex._send_buffer_times(times, 1000)[tuple(range(self.size))]]
        self.times = times

    def sent(self, ticks):
        """What leaves the source: as many spikes as there is room for."""
        if self.room is None:
            return self.times
        room = self.room * ticks
        kept = sorted((t, cell) for cell, times in enumerate(self.times) for t in times)[:room]
        sent = [[] for _ in range(self.size)]
        for t, cell in kept:
            sent[cell].append(t)
        return sent

    def get_data(self, what):
        if what != "v":
            return Block([Segment(self.fired)])
        if os.environ.get("STUB_NO_V") or config.get_config_bool("Machine", "virtual_board"):
            return Block([Segment([])])
        heard, rest = self.simulator.heard, self.cells["values"]["v_rest"]
        counts = [sum(at < t - 1 for at in heard) for t in range(round(self.simulator.now))]
        rows = [[v + i * count for i, v in enumerate(rest)] for count in counts]
        return Block([Segment([], [rows])])


def busiest(times):
    counts = {}
    for ofCell in times:
        for t in ofCell:
            counts[t] = counts.get(t, 0) + 1
    return max(counts.values())


def offer(backend, module):
    """Puts a simulator's calls into a module."""
    simulator = Simulator(backend)
    names = ("setup", "set_number_of_neurons_per_core", "SpikeSourceArray", "IF_curr_exp", "Population", "FromListConnector")
    for name in (*names, "StaticSynapse", "Projection", "run", "reset", "end"):
        module[name] = getattr(simulator, name)
