"""The published whole-brain equations in Brian2 on a random network: writes test/golden/brain-brian2.json. usage: python3 brian_golden.py OUT
Also: python3 brian_golden.py --run PROBLEM.json runs a problem in C++ standalone mode and prints its CPU seconds and spikes."""
import json
import random
import resource
import sys
import time

import brian2 as b
import numpy as np

DT = 0.1


def network(problem, build=None):
    if build:
        b.set_device("cpp_standalone", directory=build, build_on_run=False)
    else:
        b.prefs.codegen.target = "numpy"
    b.defaultclock.dt = DT * b.ms
    n = problem["size"]
    cells = b.NeuronGroup(
        n,
        """dv/dt = (g - v) / (20*ms) : volt (unless refractory)
        dg/dt = -g / (5*ms) : volt (unless refractory)
        rfc : second""",
        threshold="v > 7*mV",
        reset="v = 0*mV; g = 0*mV",
        refractory="rfc",
        method="exact",
    )
    rfc = np.full(n, 2.2)
    rfc[problem["driven"]] = 0
    cells.rfc = rfc * b.ms
    pre, post, weight = np.asarray(problem["pre"]), np.asarray(problem["post"]), np.asarray(problem["weightMv"])
    synapses = b.Synapses(cells, cells, "w : volt", on_pre="g += w", delay=1.8 * b.ms)
    synapses.connect(i=pre, j=post)
    synapses.w = weight * b.mV
    steps, index = np.asarray(problem["jumpStep"]), np.asarray(problem["jumpCell"])
    source = b.SpikeGeneratorGroup(n, index, steps * DT * b.ms)
    jumps = b.Synapses(source, cells, on_pre="v += %r*mV" % problem["jumpMv"])
    jumps.connect(j="i")
    monitor = b.SpikeMonitor(cells)
    net = b.Network(cells, synapses, source, jumps, monitor)
    net.run((problem["steps"] + 1) * DT * b.ms)
    return monitor


def spikes_of(monitor):
    steps = np.round(np.asarray(monitor.t / b.ms) / DT).astype(int)
    return sorted(zip(steps.tolist(), np.asarray(monitor.i).tolist()))


def golden(path):
    rng = random.Random(5)
    n, steps, driven = 60, 2500, list(range(8))
    pre, post, weight = [], [], []
    for i in range(n):
        for j in range(n):
            if rng.random() < 0.2:
                pre.append(i)
                post.append(j)
                weight.append(round(0.275 * rng.randint(5, 60) * (-1 if i % 4 == 3 else 1), 6))
    jumps = [(t, i) for t in range(1, steps) for i in driven if rng.random() < 0.015]
    problem = dict(size=n, steps=steps, driven=driven, pre=pre, post=post, weightMv=weight, jumpMv=68.75)
    problem.update(jumpStep=[t for t, _ in jumps], jumpCell=[i for _, i in jumps])
    spikes = spikes_of(network(problem))
    problem.update(step=[t for t, _ in spikes], cell=[i for _, i in spikes])
    with open(path, "w") as file:
        json.dump(problem, file, separators=(",", ":"))
    print(len(spikes), "spikes", len(pre), "edges")


def run(path):
    with open(path) as file:
        problem = json.load(file)
    build = path + ".cpp"
    monitor = network(problem, build)
    b.device.build(directory=build, compile=True, run=False)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.time()
    b.device.run(build, with_output=False, run_args=[])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps(dict(cpuSeconds=cpu, wall=time.time() - begin, spikes=len(monitor.i))))


if sys.argv[1] == "--run":
    run(sys.argv[2])
else:
    golden(sys.argv[1])
