"""The kernel's network, forward only, in NEST (iaf_psc_exp) and in Brian2 (C++ standalone): CPU time of a 500 ms trial, one thread, no set-up.

usage: simulator_peers.py PROBLEM nest|brian2 FOLDER   (bench/kernel-simulators.ts writes the problem and makes the environments)
The trials run one after the other in one simulation. Brian2 has the kernel's own difference equations and latency, in double precision;
NEST integrates exactly (weights scaled to the same V a spike) and has one step of latency more. Prints one JSON line.
"""
import glob
import json
import subprocess
import sys
import time

import numpy as np


def read_problem(path):
    words = np.fromfile(path, dtype=np.int32)
    inputs, size, edges, steps, batch, populations = words[:6].tolist()
    problem = {"inputs": inputs, "size": size, "steps": steps, "batch": batch}
    at = 6
    for name in ["row", "col", "receptor"]:
        problem[name] = words[at:at + edges]
        at += edges
    problem["weight"] = words[at:at + edges].view(np.float32).astype(float)
    at += edges
    for name in ["drive", "a", "kE", "kI", "bE", "bI", "vThresh", "vReset", "width"]:
        problem[name] = words[at:at + size].view(np.float32).astype(float)
        at += size
    at += populations + 1
    raster = words[at:].view(np.uint8).reshape(steps, batch, -1)[:, :, :inputs]
    step, trial, problem["cell"] = np.nonzero(raster)
    problem["time"] = trial * steps + step
    return problem


def run_nest(p):
    import nest
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.SetKernelStatus({"resolution": 1.0, "local_num_threads": 1})
    tau_m, tau = -1 / np.log(p["a"]), {"E": -1 / np.log(p["bE"]), "I": -1 / np.log(p["bI"])}
    cells = nest.Create("iaf_psc_exp", p["size"], params={
        "E_L": 0.0, "V_m": 0.0, "C_m": 1.0, "I_e": 0.0, "t_ref": 2.0, "tau_m": tau_m, "tau_syn_ex": tau["E"], "tau_syn_in": tau["I"],
        "V_th": p["vThresh"], "V_reset": p["vReset"]})
    exact = {r: tau_m * tau[r] / (tau_m - tau[r]) * (p["a"] - p["b" + r]) for r in "EI"}
    scale = np.where(p["receptor"] == 0, (p["kE"] / exact["E"])[p["col"]], -(p["kI"] / exact["I"])[p["col"]])
    sources = nest.Create("spike_generator", p["inputs"])
    order = np.lexsort((p["time"], p["cell"]))
    times = np.split(p["time"][order] + 1.0, np.searchsorted(p["cell"][order], np.arange(1, p["inputs"])))
    sources.set([{"spike_times": t} for t in times])
    ids = np.concatenate([np.array(sources.tolist()), np.array(cells.tolist())])
    nest.Connect(ids[p["row"]], np.array(cells.tolist())[p["col"]], "one_to_one",
                 {"synapse_model": "static_synapse", "weight": p["weight"] * scale, "delay": np.ones(len(scale))})
    nest.Prepare()
    spent, spikes = [], 0
    for _ in range(p["batch"]):
        begin = time.process_time()
        nest.Run(float(p["steps"]))
        spent.append(1e3 * (time.process_time() - begin))
        spikes += int(nest.GetKernelStatus("local_spike_counter"))  # of the latest run
    return {"ms": sorted(spent)[len(spent) // 2], "least": min(spent), "spikes": spikes}


def run_brian2(p, folder):
    import brian2 as b
    b.set_device("cpp_standalone", build_on_run=False, directory=folder)
    b.prefs.devices.cpp_standalone.openmp_threads = 0
    b.defaultclock.dt = 1 * b.ms
    cells = b.NeuronGroup(p["size"], """v : 1
        ie : 1
        ii : 1
        hold : 1
        a : 1 (constant)
        kE : 1 (constant)
        kI : 1 (constant)
        bE : 1 (constant)
        bI : 1 (constant)
        drive : 1 (constant)
        vThresh : 1 (constant)
        vReset : 1 (constant)""", threshold="v >= vThresh", reset="v = vReset; hold = 2")
    for name in ["a", "kE", "kI", "bE", "bI", "drive", "vThresh", "vReset"]:
        setattr(cells, name, p[name])
    cells.run_regularly("""v = int(hold > 0) * v + int(hold <= 0) * (drive + a * v + kE * ie - kI * ii)
        hold = hold - int(hold > 0)
        ie = bE * ie
        ii = bI * ii""")
    sources = b.SpikeGeneratorGroup(p["inputs"], p["cell"], p["time"] * b.ms)
    parts = []
    for group, first in ((sources, 0), (cells, p["inputs"])):
        for receptor, current in ((0, "ie"), (1, "ii")):
            mine = (p["receptor"] == receptor) & (p["row"] >= first) & (p["row"] < first + len(group))
            if not mine.any():
                continue
            part = b.Synapses(group, cells, "w : 1 (constant)", on_pre=f"{current}_post += w")
            part.connect(i=p["row"][mine] - first, j=p["col"][mine])
            part.w = p["weight"][mine]
            parts.append(part)
    monitor = b.SpikeMonitor(cells, record=False)
    network = b.Network(cells, sources, monitor, *parts)
    b.device.insert_code("before_network_run", "clock_t benchBegin = clock();")
    b.device.insert_code("after_network_run",
                         'FILE *benchOut = fopen("bench.txt", "w"); fprintf(benchOut, "%f", 1e3 * (clock() - benchBegin) / CLOCKS_PER_SEC); fclose(benchOut);')
    network.run(p["batch"] * p["steps"] * b.ms)
    b.device.build(directory=folder, compile=True, run=False)
    spent = []
    for _ in range(3):
        subprocess.run(["./main"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        spent.append(float(open(folder + "/bench.txt").read()) / p["batch"])
    counted = glob.glob(folder + "/results/_array_spikemonitor_N_*")
    return {"ms": sorted(spent)[1], "least": min(spent), "spikes": int(np.fromfile(counted[0], dtype=np.int32)[0])}


problem = read_problem(sys.argv[1])
print(json.dumps(run_nest(problem) if sys.argv[2] == "nest" else run_brian2(problem, sys.argv[3])))
