"""What the readout of the exported network says: on the host, from counts of spikes, and on a board, by voltages of cells of its own.

A part of run.py and firmware.py; runs nothing by itself.
"""

import math


def named_by_host(network, spikes):
    """Index of the largest logit of the readout of spike counts."""
    head = network.head["readout"]
    mean, scale, weight, bias = (network.arrays["readout." + name] for name in ("mean", "scale", "weight", "bias"))
    counts = [0] * network.head["size"]
    for _, cell in spikes:
        counts[cell] += 1
    first = network.offset_of(head["population"])
    x = [(counts[first + i] - mean[i]) * scale[i] for i in range(len(mean))]
    logits = [
        math.fsum(w * value for w, value in zip(weight[c * len(x) : (c + 1) * len(x)], x, strict=True)) + bias[c]
        for c in range(len(bias))
    ]
    return logits.index(max(logits))


def recorded_voltages(network, populations, begin, ticks):
    """s1615 bits of V of the readout's cells at the end of the trial that began at that tick of the last run; None where not recorded."""
    signals = populations[network.readout_cells["population"]].get_data("v").segments[-1].analogsignals
    rows = [getattr(row, "magnitude", row) for row in signals[0]] if signals else []
    if len(rows) != ticks:
        return None
    first, last = ([round(float(v) * 32768) for v in rows[begin + at]] for at in (1, network.readout_cells["tick"]))
    return scores(network, first, last)


def scores(network, first, last):
    """V at a trial's end without what is left of V at its start: the cells go on adding over the trials of one run."""
    left, at = network.readout_cells["left"], network.offset_of(network.readout_cells["population"])
    rest = network.arrays["board.v_rest"][at : at + len(last)]
    return [end - math.floor((begin - v) * left + 0.5) for begin, end, v in zip(first, last, rest, strict=True)]


def expected_voltages(network, expected, trial):
    """s1615 bits that the exporter predicts for the readout's cells on the board, or None where it says nothing of them."""
    if network.readout_cells is None or "spiNNaker.readout_v" not in expected:
        return None
    classes = len(network.head["readout"]["classes"])
    return expected["spiNNaker.readout_v"][trial * classes : (trial + 1) * classes].tolist()


def named_by_board(bits):
    """Index of the cell that holds the most; of equals the first."""
    return bits.index(max(bits))


def equal_voltages(network, expected, trials, readouts):
    """(how many voltages are the predicted ones, of how many predicted)."""
    wanted = [expected_voltages(network, expected, trial) or [] for trial in trials]
    pairs = [pair for mine, theirs in zip(readouts, wanted, strict=True) for pair in zip(mine, theirs, strict=False)]
    return sum(a == b for a, b in pairs), sum(map(len, wanted))


def compare(network, expected, trials, readouts):
    """Prints which classes the board names, and whether its voltages are the predicted ones."""
    correct = sum(named_by_board(bits) == network.trials["odour"][trial] for trial, bits in zip(trials, readouts, strict=True))
    equal, of = equal_voltages(network, expected, trials, readouts)
    print(f"readout's own cells: {correct} of {len(trials)} trials classified correctly; {equal} of {of} voltages as expected")
