"""Steps a network in brian2-loihi: JSON on standard input, spikes (step, cell) as JSON on standard output. Needs brian2-loihi.

In: populations [{offset, size, decayV, decayI, refractory}], threshold, steps, input {size, step, cell},
projections [{pre (null: the input), post, exponent, inhibitory, from, to, mantissa}], cells numbered within their populations.
"""

import json
import sys

import brian2
import numpy as np
from brian2_loihi import LoihiNetwork, LoihiNeuronGroup, LoihiSpikeGeneratorGroup, LoihiSpikeMonitor, LoihiSynapses

brian2.prefs.codegen.target = "numpy"
given = json.load(sys.stdin)
groups = [
    LoihiNeuronGroup(
        p["size"],
        refractory=p["refractory"],
        threshold_v_mant=given["threshold"] // 64,
        decay_v=p["decayV"],
        decay_I=p["decayI"],
    )
    for p in given["populations"]
]
# its generators act in the step of their spike, its cells in the next
source = LoihiSpikeGeneratorGroup(given["input"]["size"], given["input"]["cell"], np.asarray(given["input"]["step"]) + 1)
network = LoihiNetwork(source, *groups)
for p in given["projections"]:
    pre = source if p["pre"] is None else groups[p["pre"]]
    synapses = LoihiSynapses(pre, groups[p["post"]], w_exp=p["exponent"], sign_mode=3 if p["inhibitory"] else 2)
    synapses.connect(i=p["from"], j=p["to"])
    synapses.w = np.asarray(p["mantissa"], dtype=int) * (-1 if p["inhibitory"] else 1)
    network.add(synapses)
monitors = [LoihiSpikeMonitor(group) for group in groups]
network.add(*monitors)
network.run(given["steps"])
found = []
for p, monitor in zip(given["populations"], monitors, strict=True):
    found += [(int(t), p["offset"] + int(i)) for t, i in zip(monitor.t, monitor.i, strict=True)]
print(json.dumps(sorted(found)))
