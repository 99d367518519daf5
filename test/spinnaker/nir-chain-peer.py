"""Steps a chain of an exported NIR graph, from its input to its output: nir-chain-peer.py norse|snntorch|spikingjelly GRAPH NODE,NODE,...

Prints how many spikes the last population fires. A chain, because snnTorch and SpikingJelly load graphs by nirtorch's nir_to_torch, which
takes none with circles. Random input, the same each time.
"""

import sys
import warnings

import nir
import torch

warnings.simplefilter("ignore")
reader, path, names = sys.argv[1:4]
chain = ["input", *names.split(","), "output"]
whole = nir.read(path)
graph = nir.NIRGraph(nodes={name: whole.nodes[name] for name in chain}, edges=list(zip(chain[:-1], chain[1:], strict=True)))
if reader == "norse":
    import norse

    module = norse.torch.from_nir(graph, dt=0.001)
elif reader == "snntorch":
    from snntorch.import_nir import import_from_nir

    module = import_from_nir(graph)
else:
    from spikingjelly.activation_based.nir_exchange import import_from_nir

    module = import_from_nir(graph, dt=0.001)
torch.manual_seed(0)
inputs = int(whole.nodes["input"].input_type["input"][0])
x, state, total = (torch.rand(200, 1, inputs) < 0.3).float(), None, 0.0
with torch.no_grad():
    for t in range(len(x)):
        out, state = module(x[t], state)
        total += float((out[0] if isinstance(out, tuple) else out).sum())
print("SPIKES", round(total))
