"""Runs routines of IF_curr_exp.aplx (sPyNNaker 7.4.1, ARM) under Unicorn: argument 1 a case, argument 2 the trace to write (safetensors).

Remakes test/golden/spinnaker/firmware.json; see test/spinnaker/firmware-peer.test.ts. Needs sPyNNaker (for the binary), unicorn, numpy.
"""

import json
import os
import struct
import sys

import numpy as np
import spynnaker.pyNN.model_binaries as binaries
from unicorn import UC_ARCH_ARM, UC_MODE_ARM, Uc
from unicorn.arm_const import UC_ARM_REG_LR, UC_ARM_REG_R0, UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R10, UC_ARM_REG_SP

ITCM, DTCM, STACK, HEAP = 0, 0x400000, 0x800000, 0x1000000
LOAD_PARAMETERS, TAKE_RING_BUFFERS, NEURON_LOOP, NEURON_LOOP_END, STOP = 0x16B4, 0x2928, 0x2304, 0x2330, 0x7F00
ON_SPIKE = 0x396C  # a call made for each spike, replaced by a return
GLOBALS = 0x400168
BX_LR = struct.pack("<I", 0xE12FFF1E)


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    types = {"I32": "<i4", "U16": "<u2", "U8": "u1"}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            array = np.frombuffer(data[8 + size + begin : 8 + size + end], types[entry["dtype"]])
            tensors[name] = array.reshape(entry["shape"])
    return tensors


def write_safetensors(path, tensors):
    header, blobs, at = {}, [], 0
    for name, array in tensors.items():
        blob = np.ascontiguousarray(array).tobytes()
        kind = {"int32": "I32", "uint8": "U8", "uint32": "U32"}[str(array.dtype)]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


class Core:
    """One ARM core with the firmware's code and data, and n cells."""

    def __init__(self, case):
        self.n = n = case["vInit"].size
        self.uc = Uc(UC_ARCH_ARM, UC_MODE_ARM)
        for base, size in ((ITCM, 0x8000), (DTCM, 0x10000), (STACK, 0x10000), (HEAP, 0x100000)):
            self.uc.mem_map(base, size)
        with open(os.path.join(os.path.dirname(binaries.__file__), "IF_curr_exp.aplx"), "rb") as file:
            image = file.read()
        self.uc.mem_write(ITCM, image[0x40 : 0x40 + 0x73B8])
        self.uc.mem_write(DTCM, image[0x73F8 : 0x73F8 + 0xF0])
        self.uc.mem_write(ON_SPIKE, BX_LR)
        self.next_free = HEAP
        self.neurons, self.synapses = self.room(32 * n), self.room(24 * n)
        self.threshold, self.ring = self.room(4 * n), self.room(4 * n)
        self.spike_bits = self.room(4 * (n // 32 + 1))
        self.lay_out(case)

    def room(self, size):
        at, self.next_free = self.next_free, self.next_free + (size + 63 & ~63)
        return at

    def words(self, at, *values):
        self.uc.mem_write(at, struct.pack("<%dI" % len(values), *[int(v) & 0xFFFFFFFF for v in values]))

    def pointer_to(self, *values):
        at = self.room(4 * len(values))
        self.words(at, *values)
        return at

    def set_global(self, offset, value):
        self.words(GLOBALS + offset, value)

    def call(self, start, end, **registers):
        self.uc.reg_write(UC_ARM_REG_SP, STACK + 0x8000)
        self.uc.reg_write(UC_ARM_REG_LR, STOP)
        for name, value in registers.items():
            self.uc.reg_write({"r0": UC_ARM_REG_R0, "r1": UC_ARM_REG_R1, "r2": UC_ARM_REG_R2, "sl": UC_ARM_REG_R10}[name], value)
        self.uc.emu_start(start, end)

    def lay_out(self, case):
        n = self.n
        self.set_global(0x50, self.neurons)
        self.set_global(0x54, self.synapses)
        self.set_global(0x58, self.threshold)
        self.set_global(0x5C, n)
        self.set_global(0x64, 0)  # no current sources
        self.set_global(0x70, 0)  # no key: no packets
        self.set_global(0x74, n)
        self.set_global(0x78, 2)
        self.set_global(0x80, self.pointer_to(*case["shifts"]))
        # the three recorded variables and the spikes, each with an index for each cell
        index = self.room(2 * n)
        self.uc.mem_write(index, np.arange(n, dtype="<u2").tobytes())
        bins = [self.room(4 * n) for _ in range(3)]
        self.set_global(0x04, self.pointer_to(*bins))
        self.set_global(0x08, self.pointer_to(index, index, index))
        self.set_global(0x10, self.pointer_to(self.spike_bits))
        self.set_global(0x14, self.pointer_to(index))
        zero = np.zeros(n, np.int32)
        one = np.full(n, 32768, np.int32)
        cells = np.stack([case[k] for k in ("vInit", "vRest", "cm", "tauM", "iOffset", "vReset", "tauRefrac")] + [zero, one], 1)
        synapses = np.stack([case["tauSynE"], zero, case["tauSynI"], zero, one], 1)
        region = np.concatenate([[1], cells.ravel(), case["vThresh"], synapses.ravel()]).astype("<i4")
        at = self.room(region.nbytes)
        self.uc.mem_write(at, region.tobytes())
        self.call(LOAD_PARAMETERS, STOP, r0=at, r1=n, r2=0)

    def read(self, at, count, kind="<i4"):
        return np.frombuffer(bytes(self.uc.mem_read(at, count * np.dtype(kind).itemsize)), kind)

    def constants(self):
        cells = self.read(self.neurons, 8 * self.n).reshape(self.n, 8)
        synapses = self.read(self.synapses, 6 * self.n, "<u4").reshape(self.n, 6)
        return {
            "resistance": cells[:, 2],
            "expTc": cells[:, 3],
            "refractorySteps": cells[:, 7],
            "decayE": synapses[:, 0],
            "initE": synapses[:, 1],
            "decayI": synapses[:, 3],
            "initI": synapses[:, 4],
        }

    def tick(self, time, slots):
        self.uc.mem_write(self.ring, np.ascontiguousarray(slots.T).astype("<u2").tobytes())
        self.uc.mem_write(self.spike_bits, bytes(4 * (self.n // 32 + 1)))
        self.call(TAKE_RING_BUFFERS, STOP, r0=self.ring)
        assert not self.read(self.ring, 2 * self.n, "<u2").any(), "slots are cleared"
        self.words(STACK + 0x8020, time)
        self.call(NEURON_LOOP, NEURON_LOOP_END, sl=GLOBALS)
        cells = self.read(self.neurons, 8 * self.n).reshape(self.n, 8)
        synapses = self.read(self.synapses, 6 * self.n).reshape(self.n, 6)
        bits = np.unpackbits(self.read(self.spike_bits, 4 * (self.n // 32 + 1), "u1"), bitorder="little")[: self.n]
        return cells[:, 0], synapses[:, 2], synapses[:, 5], cells[:, 5], bits


def main(case_path, trace_path):
    case = read_safetensors(case_path)
    core = Core(case)
    ticks, n = case["slots"].shape[:2]
    names = ("v", "currentE", "currentI", "refractory", "spikes")
    trace = {name: np.empty((ticks, n), np.uint8 if name == "spikes" else np.int32) for name in names}
    for t in range(ticks):
        for name, values in zip(names, core.tick(t, case["slots"][t])):
            trace[name][t] = values
    constants = {name: np.ascontiguousarray(values) for name, values in core.constants().items()}
    write_safetensors(trace_path, {**trace, **constants})


if __name__ == "__main__":
    main(*sys.argv[1:])
