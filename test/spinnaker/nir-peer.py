"""Steps an exported NIR graph in another library: nir-peer.py norse|snntorch|spikingjelly GRAPH PROJECT. Prints JSON.

All exported trials at once, after WARM steps without input, for V starts at reset there. Says what each trial is named by the project's
readout, and spikes by population and trial. Needs nir and the library.
"""

import json
import logging
import sys
import warnings

import nir
import torch

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
reader, graph_path, project = sys.argv[1:4]
sys.path.insert(0, project)
import readout  # noqa: E402
import run  # noqa: E402

WARM = 100
graph = nir.read(graph_path)
network = run.Network(project)
trials = range(len(network.trials["odour"]))
steps, inputs = network.head["steps"], network.head["inputSize"]
x = torch.zeros(WARM + steps, len(trials), inputs)
for k in trials:
    begin, end = network.trials["trial_ptr"][k : k + 2]
    step, cell = (torch.tensor(network.trials[name][begin:end].tolist(), dtype=torch.long) for name in ("step", "cell"))
    x[WARM + step, k, cell] = 1.0

if reader == "norse":
    import norse

    module = norse.torch.from_nir(graph, dt=0.001)
elif reader == "snntorch":
    from snntorch.import_nir import import_from_nir

    module = import_from_nir(graph)
else:
    from spikingjelly.activation_based.nir_exchange import import_from_nir

    module = import_from_nir(graph, dt=0.001)

populations = [p for p in network.head["populations"] if network.stands(p["name"], "nir")]
counts = {p["name"]: torch.zeros(len(trials), p["size"]) for p in populations}
state = None
with torch.no_grad():
    for t in range(WARM + steps):
        # what these return is the node that is traced last, not the graph's output: every node's spikes are in the state
        _, state = module(x[t], state)
        for name, sum_of in counts.items():
            if t >= WARM:
                out = state.cache[name]
                sum_of += out[0] if isinstance(out, tuple) else out
named = []
for k in trials:
    spikes = []
    for p in populations:
        for cell, count in enumerate(counts[p["name"]][k].tolist()):
            spikes += [(0, p["offset"] + cell)] * round(count)
    named.append(readout.named_by_host(network, spikes))
print(
    json.dumps(
        {
            "types": {name: type(node).__name__ for name, node in graph.nodes.items()},
            "named": named,
            "odour": network.trials["odour"].tolist(),
            "spikes": {name: of.sum(1).tolist() for name, of in counts.items()},
        }
    )
)
