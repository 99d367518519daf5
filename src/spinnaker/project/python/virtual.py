"""Maps the exported network on a virtual SpiNNaker board and checks, byte by byte, what would be loaded. Writes virtual.json.

python virtual.py [--neurons-per-core 128]: with another number of cells a core than exported.

Needs sPyNNaker 7.4.1 (requirements-spiNNaker.txt); no board, whatever is configured.
"""

import argparse
import json
import sqlite3
import sys
import time

import numpy as np
import run


def placed_vertices():
    """sPyNNaker's placements of everything that belongs to a population."""
    from spynnaker.pyNN.data import SpynnakerDataView

    return [p for p in SpynnakerDataView.iterate_placemements() if p.vertex.app_vertex is not None]


def placements():
    """Every core that holds cells: (population, first cell, one past the last, x, y, p)."""
    found = []
    for placement in placed_vertices():
        part = placement.vertex.vertex_slice
        core = {"population": placement.vertex.app_vertex.label, "begin": int(part.lo_atom), "end": int(part.hi_atom) + 1}
        found.append({**core, "x": placement.x, "y": placement.y, "p": placement.p})
    return found


def machine():
    from spynnaker.pyNN.data import SpynnakerDataView

    chips = list(SpynnakerDataView.get_machine().chips)
    cores = sum(chip.n_processors for chip in chips)
    return {"chips": len(chips), "cores": cores, "sdramPerChip": int(min(chip.sdram for chip in chips))}


class LoadedBoard:
    """What the data specification would load, by core and region name."""

    def __init__(self, path):
        self.base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def words(self, core, label):
        row = self.base.execute(
            "SELECT content FROM region WHERE x = ? AND y = ? AND p = ? AND region_label = ?",
            (core["x"], core["y"], core["p"], label),
        ).fetchone()
        return np.frombuffer(row[0], "<u4") if row and row[0] else np.zeros(0, "<u4")

    def cores(self):
        rows = self.base.execute("SELECT x, y, p, SUM(size) FROM region GROUP BY x, y, p ORDER BY x, y, p")
        return [{"x": x, "y": y, "p": p, "bytes": size} for x, y, p, size in rows]


def matrices(table, blocks):
    """The synaptic matrices of a core: a list of rows each, a row being the sorted synaptic words."""
    if len(table) == 0:
        return []
    n_entries, n_addresses = int(table[0]), int(table[1])
    addresses = table[2 + 5 * n_entries :][:n_addresses]
    starts = [(int(a) >> 8 & 0x7FFFFF) * 4 for a in addresses]
    strides = [(int(a) & 0xFF) + 4 for a in addresses]
    found = []
    for start, stride in zip(starts, strides, strict=True):
        later = [s for s in starts if s > start]
        end = min(later) if later else len(blocks)
        rows = []
        for at in range(start, end - stride + 1, stride):
            n_fixed = int(blocks[at + 1])
            if n_fixed:
                rows.append(tuple(sorted(blocks[at + 3 : at + 3 + n_fixed].tolist())))
        found.append(rows)
    return found


def predicted_matrix(network, index, core, log2n):
    """Rows that the exporter predicts for one projection on one core."""
    projection = network.head["projections"][index]
    prefix = f"projection.{index}."
    pre, post, word = (np.asarray(network.arrays[prefix + name]).astype(np.int64) for name in ("pre", "post", "word"))
    here = (post >= core["begin"]) & (post < core["end"])
    kind = 0 if projection["receptor"] == "excitatory" else 1
    words = word[here] << 16 | 1 << (log2n + 1) | kind << log2n | (post[here] - core["begin"])
    order = np.argsort(pre[here], kind="stable")
    rows, sources = words[order], pre[here][order]
    bounds = np.flatnonzero(np.diff(sources, prepend=-1, append=-1))
    return [tuple(sorted(rows[a:b].tolist())) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]


def compare_core(network, loaded, core, result):
    """Shifts, cell parameters and synaptic rows of one core against the prediction."""
    described = next(p for p in network.head["populations"] if p["name"] == core["population"])
    header = loaded.words(core, "Neuron Core Params")
    log2n = int(header[2]).bit_length() - 1
    wanted = [described["shiftE"], described["shiftI"]]
    result["shiftsEqual"] += [int(s) for s in header[5:7]] == wanted
    result["cores"] += 1
    compare_parameters(network, described, loaded.words(core, "neuron_params"), core, result)
    seen = {}
    for rows in matrices(loaded.words(core, "PopTable"), loaded.words(core, "SynBlocks")):
        for row in rows:
            seen[row] = seen.get(row, 0) + 1
    for index, projection in enumerate(network.head["projections"]):
        if projection["post"] != core["population"]:
            continue
        for row in predicted_matrix(network, index, core, log2n):
            result["words"] += len(row)
            if seen.get(row, 0) > 0:
                seen[row] -= 1
                result["wordsEqual"] += len(row)
    result["wordsUnpredicted"] += sum(len(row) * times for row, times in seen.items())


NEURON = ("v_init", "v_rest", "cm", "tau_m", "i_offset", "v_reset", "tau_refrac")


def compare_parameters(network, described, words, core, result):
    """The s1615 words of the cells: 9 a neuron, then thresholds, then 5 a synapse pair."""
    n = core["end"] - core["begin"]
    cells = slice(described["offset"] + core["begin"], described["offset"] + core["end"])
    board = {name: np.asarray(network.arrays["board." + name][cells]) for name in run.BOARD_NAMES}
    body = words[1:].astype("<u4").view("<i4")
    neurons, thresholds = body[: 9 * n].reshape(n, 9), body[9 * n : 10 * n]
    synapses = body[10 * n : 15 * n].reshape(n, 5)
    pairs = [(neurons[:, k], board[name]) for k, name in enumerate(NEURON)]
    pairs += [(thresholds, board["v_thresh"])]
    pairs += [(synapses[:, 0], board["tau_syn_E"]), (synapses[:, 2], board["tau_syn_I"])]
    for loaded, wanted in pairs:
        result["parameters"] += n
        result["parametersEqual"] += int((loaded == wanted).sum())


def map_network(network, look=lambda: None):
    """Builds and maps the network; returns what there is to say of it, and the path of what would be loaded. Calls look when mapped."""
    from spinn_front_end_common.data import FecDataView
    from spinn_utilities.config_holder import set_config

    sim = run.import_backend("spiNNaker", network.dt)
    began, rows = time.time(), network.rows([min(network.head["trialsPerRun"], len(network.trials["odour"])) - 1])
    run.build(sim, network, "spiNNaker", run.first_times(network, rows), network.head["timeScaleFactor"], virtual=True)
    set_config("Reports", "keep_dataspec_database", "True")
    try:
        sim.run(network.dt * network.ticks(len(rows[0])))
    except Exception as error:  # what does not fit, in the tool's own words
        return {"fits": False, "error": f"{type(error).__name__}: {error}", "seconds": time.time() - began}, None
    report = {"fits": True, "machine": machine(), "placements": placements(), "seconds": time.time() - began}
    path = FecDataView.get_ds_database_path()
    look()
    sim.end()
    return report, path


COUNTS = ("cores", "shiftsEqual", "parameters", "parametersEqual", "words", "wordsEqual", "wordsUnpredicted")


def cells_a_core(text):
    if not (text.isdecimal() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of cells a core; want 1 to 256")
    return int(text)


def main(given=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--neurons-per-core", type=cells_a_core, default=None)
    arguments = parser.parse_args(given)
    network = run.Network(run.HERE)
    network.head["neuronsPerCore"] = arguments.neurons_per_core or network.head["neuronsPerCore"]
    report, path = map_network(network)
    if path is None:
        print(f"does not fit: {report['error']}")
    else:
        loaded = LoadedBoard(path)
        report["cores"] = loaded.cores()
        counts = dict.fromkeys(COUNTS, 0)
        spiking = {p["name"] for p in network.head["populations"]}
        for core in report["placements"]:
            if core["population"] in spiking:
                compare_core(network, loaded, core, counts)
        report["compared"] = {name: int(value) for name, value in counts.items()}
        print(", ".join(f"{name} {value}" for name, value in report["compared"].items()))
    with open("virtual.json", "w") as file:
        json.dump(report, file)


if __name__ == "__main__":
    try:
        main()
    except run.Refusal as refusal:
        print(f"virtual.py: {refusal}", file=sys.stderr)
        sys.exit(refusal.status)
