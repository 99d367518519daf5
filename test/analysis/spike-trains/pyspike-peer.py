"""Random spike trains and PySpike's measures of them, as JSON on standard output.

usage: python pyspike-peer.py SEED > test/golden/analysis/pyspike.json   (seed 1; needs pyspike==0.9.0, numpy)
"""
import json
import sys

import numpy as np
import pyspike as spk

START, END = 0.0, 500.0


def trains_of(case, rng):
    """A few trains; some cases force edges, empty trains, single or common spikes."""
    trains = [np.sort(rng.choice(1000, size=rng.integers(2, 25), replace=False) / 2) for _ in range(4)]
    if case == 1:
        trains[1] = np.array([])
        trains[2] = np.array([137.5])
    if case == 2:
        trains[0] = np.concatenate([[START], trains[0][trains[0] > START]])
        trains[1] = np.concatenate([trains[1][trains[1] < END], [END]])
    if case == 3:
        trains[1] = trains[0].copy()
        trains[2] = np.array([START])
        trains[3] = np.array([END])
    if case == 4:
        trains[1] = trains[0][::2].copy()
        trains[3] = np.sort(np.concatenate([[250.25], 250.25 + np.cumsum(rng.exponential(3, 12))]))
    return [t.tolist() for t in trains]


def measures(trains):
    st = [spk.SpikeTrain(t, (START, END)) for t in trains]
    out = {}
    for name, mrts in (("0", 0.0), ("60", 60.0), ("auto", "auto")):
        out[name] = {
            "isi": spk.isi_distance(st, MRTS=mrts),
            "spike": spk.spike_distance(st, MRTS=mrts),
            "riSpike": spk.spike_distance(st, MRTS=mrts, RI=True),
            "sync": spk.spike_sync(st, MRTS=mrts),
            "order": spk.spike_train_order(st, MRTS=mrts),
            "isi01": spk.isi_distance(st[0], st[1], MRTS=mrts),
            "spike01": spk.spike_distance(st[0], st[1], MRTS=mrts),
            "matrix": spk.spike_directionality_matrix(st, normalize=False, MRTS=mrts).tolist(),
        }
    return out


rng = np.random.default_rng(int(sys.argv[1]))
cases = []
for case in range(12):
    trains = trains_of(case, rng)
    cases.append({"trainsMs": trains, "measures": measures(trains)})
json.dump({"pyspike": "0.9.0", "startMs": START, "endMs": END, "cases": cases}, sys.stdout, separators=(",", ":"))
