"""Runs the exported network on the board's own program, whole cores of it, in an emulator of the ARM; needs no board.

python firmware.py [--trials 0,1] [--states]: against expected.safetensors; writes spikes.firmware.safetensors, firmware.json and,
if asked for, states.bin: V, excitatory and inhibitory current of every cell after every tick, int32 [trial, tick, 3, cell].

Emulated, from the bytes that sPyNNaker would load and with its binary IF_curr_exp.aplx unchanged: the start of each core, the table of
populations, rows of synapses, colours, ring buffers, cells, sending of spikes, pause and resume between trials; keys go through the
routing tables that sPyNNaker made. Replaced: the operating system (SARK, simulation and recording library), the DMA engine, which copies
at once, the clock, and the core that sends input spikes. So nothing is late here, and nothing is said of speed.

Needs requirements-firmware.txt: sPyNNaker 7.4.1 and unicorn. Exit status 5: a spike of the firmware is not an expected one.
"""

import argparse
import hashlib
import json
import os
import random
import sqlite3
import struct
import sys
import time

import numpy as np
import readout
import run
import virtual

BINARY = "IF_curr_exp.aplx"
BINARY_SHA256 = "acd257c9da6fa23c8995a080aeadd591182716cc0f8b6f2b26a1fbbdc15bc556"

# where the binary's parts lie in its file and in a core
CODE, CODE_BYTES, DATA, DATA_AT, DATA_BYTES = 0x40, 0x73B8, 0x73F8, 0x400000, 0xF0
HEAP, HEAP_END = 0x400A70, 0x40E800  # of the 64 kB of data; what is above is left to stacks
STACK, SDRAM, SDRAM_BYTES = 0x40FF00, 0x60000000, 0x4000000
# entries of the program: its start, callbacks of the timer, of its background work, of a packet, of a user event, of a finished DMA; resume
C_MAIN, TIMER, BACKGROUND, PACKET, USER, DMA_DONE, RESUME = 0x6EC, 0x3F4, 0x3BC, 0x2FE4, 0x2FB0, 0x2D68, 0x5EC
STOP = 0x7FF0
NETWORK_PORT, NOT_FULL = 0x20000000, 0x10000000  # sends a key when it is written to its third word
CLOCK = 0x21000000
TIME = 0x4000F4
NEURONS = 0x400168  # a record: +0x50 cells, +0x54 synapses of cells, +0x5C how many
SYNAPSES = 0x400114  # counters: +0x48 events, +0x4C skipped, +0x50 saturated
V_CHANNEL, SPIKES_CHANNEL = 0, 3

# routines of the operating system: a value to return, or the name of the method that stands for them; a T marks Thumb code
ROUTINES = {
    (0x3B80, "A"): "region_table",
    (0x4350, "A"): "simulation_initialise",
    (0x485C, "A"): "recording_initialize",
    (0x4558, "A"): "recording_record",
    (0x4470, "A"): "simulation_is_finished",
    (0x12C, "A"): "give_up",
    (0x593C, "T"): "allocate",
    (0x6814, "T"): "schedule",
    **{(at, "A"): 0 for at in (0x4234, 0x4238, 0x4280, 0x42DC, 0x4454, 0x463C, 0x4780, 0x49E0, 0x4A84)},
    **{(at, "T"): 0 for at in (0x2AC, 0x5C80, 0x64EC, 0x65C8, 0x668C)},
}

# A little ARM program beside the firmware, so that a tick's packets need one call: it hands over keys, then does the user events and
# finished DMAs that follow, until there are none. Its variables: a user event waits, a DMA has ended, its tag, and the user event's arguments.
DRIVER, KEYS, MOST_KEYS = 0x70000000, 0x71000000, 128
VARIABLES = KEYS + 0x800  # not on the page of the program: a write there would have it translated anew
DELIVER = [
    0xE3590000,  # next: cmp r9, #0
    0x0A000006,  #       beq work
    0xE4980004,  #       ldr r0, [r8], #4
    0xE3A01000,  #       mov r1, #0
    0xE59AB020,  #       ldr r11, [r10, #0x20]   packet
    0xE1A0E00F,  #       mov lr, pc
    0xE12FFF1B,  #       bx r11
    0xE2499001,  #       sub r9, r9, #1
    0xEAFFFFF6,  #       b next
    0xE59A0000,  # work: ldr r0, [r10]
    0xE3500000,  #       cmp r0, #0
    0x0A000007,  #       beq dma
    0xE3A00000,  #       mov r0, #0
    0xE58A0000,  #       str r0, [r10]
    0xE59A000C,  #       ldr r0, [r10, #0xC]
    0xE59A1010,  #       ldr r1, [r10, #0x10]
    0xE59AB024,  #       ldr r11, [r10, #0x24]   user event
    0xE1A0E00F,  #       mov lr, pc
    0xE12FFF1B,  #       bx r11
    0xEAFFFFF4,  #       b work
    0xE59A0004,  # dma:  ldr r0, [r10, #4]
    0xE3500000,  #       cmp r0, #0
    0x0A000007,  #       beq end
    0xE3A00000,  #       mov r0, #0
    0xE58A0004,  #       str r0, [r10, #4]
    0xE3A00001,  #       mov r0, #1
    0xE59A1008,  #       ldr r1, [r10, #8]
    0xE59AB028,  #       ldr r11, [r10, #0x28]   finished DMA
    0xE1A0E00F,  #       mov lr, pc
    0xE12FFF1B,  #       bx r11
    0xEAFFFFE9,  #       b work
]
DELIVERED = DRIVER + 4 * len(DELIVER)  # end:
TRIGGER_USER_EVENT = [  # (r0, r1)
    0xE59FC010,  # ldr r12, variables
    0xE58C000C,  # str r0, [r12, #0xC]
    0xE58C1010,  # str r1, [r12, #0x10]
    0xE3A00001,  # mov r0, #1
    0xE58C0000,  # str r0, [r12]
    0xE12FFF1E,  # bx lr
    VARIABLES,
]
DMA_TRANSFER = [  # (r0 tag, r1 from, r2 to, r3 direction, [sp] bytes)
    0xE3530000,  #       cmp r3, #0
    0x1A00000C,  #       bne wrong   a write
    0xE59FC030,  #       ldr r12, variables
    0xE59C3004,  #       ldr r3, [r12, #4]
    0xE3530000,  #       cmp r3, #0
    0x1A000008,  #       bne wrong   another has not been told yet
    0xE58C0008,  #       str r0, [r12, #8]
    0xE3A00001,  #       mov r0, #1
    0xE58C0004,  #       str r0, [r12, #4]
    0xE59DC000,  #       ldr r12, [sp]
    0xE25CC004,  # copy: subs r12, r12, #4
    0xA4913004,  #       ldrge r3, [r1], #4
    0xA4823004,  #       strge r3, [r2], #4
    0xCAFFFFFB,  #       bgt copy
    0xE12FFF1E,  #       bx lr
    0xE7F000F0,  # wrong: undefined
    VARIABLES,
]
TRIGGER_AT, TRANSFER_AT = 0x70000400, 0x70000500
RETURN = {"A": struct.pack("<I", 0xE12FFF1E), "T": struct.pack("<H", 0x4770)}


def words(values):
    return struct.pack(f"<{len(values)}I", *[value & 0xFFFFFFFF for value in values])


def binary():
    """The board's program; Refusal where it is not the one whose addresses stand here."""
    import spynnaker.pyNN.model_binaries as binaries

    path = os.path.join(os.path.dirname(binaries.__file__), BINARY)
    with open(path, "rb") as file:
        image = file.read()
    if hashlib.sha256(image).hexdigest() != BINARY_SHA256:
        raise run.Refusal(f"{path} is not that of sPyNNaker 7.4.1: pip install -r requirements-firmware.txt")
    return image


class Core:
    """One core with the board's program, started on what it would be loaded with: {region: (content, bytes, label)}."""

    def __init__(self, image, regions, garbage):
        import unicorn
        from unicorn import arm_const

        self.register = {f"r{k}": getattr(arm_const, f"UC_ARM_REG_R{k}") for k in range(13)}
        self.register.update(sp=arm_const.UC_ARM_REG_SP, lr=arm_const.UC_ARM_REG_LR)
        self.uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_ARM)
        self.keys, self.spikes, self.voltages, self.scheduled, self.error, self.finished = [], b"", b"", [], None, False
        self.free = HEAP
        self.map_memory(image, garbage)
        self.load(regions)
        self.replace_routines(unicorn)
        self.call(C_MAIN)

    def map_memory(self, image, garbage):
        uc = self.uc
        for base, size in (
            (0, 0x8000),
            (DATA_AT, 0x10000),
            (CLOCK, 0x1000),
            (SDRAM, SDRAM_BYTES),
            (DRIVER, 0x1000),
            (KEYS, 0x1000),
        ):
            uc.mem_map(base, size)
        uc.mem_write(HEAP, bytes([garbage]) * (HEAP_END - HEAP))
        uc.mem_write(0, image[CODE : CODE + CODE_BYTES])
        uc.mem_write(DATA_AT, image[DATA : DATA + DATA_BYTES])
        uc.mmio_map(NETWORK_PORT, 0x1000, lambda *_: NOT_FULL, None, self.on_network, None)

    def on_network(self, _uc, offset, _size, value, _data):
        if offset == 8:
            self.keys.append(value & 0xFFFFFFFF)

    def load(self, regions):
        """The regions one after another in SDRAM, below their table."""
        at, table = SDRAM + 0x1000, []
        for number in range(32):
            content, size, label = regions.get(number, (None, 0, None))
            table += [at if number in regions else 0, 0, 0]
            self.uc.mem_write(at, content or b"")
            if label == "neuron_params":
                self.parameters = (at, content)
            at += (max(size, len(content or b"")) + 63) & ~63
        self.uc.mem_write(SDRAM, words([0xAD130AD6, 0x10000, *table]))

    def replace_routines(self, unicorn):
        for (at, kind), what in ROUTINES.items():
            self.uc.mem_write(at, RETURN[kind])
            self.uc.hook_add(unicorn.UC_HOOK_CODE, self.on_routine, what, at, at)
        self.uc.mem_write(DRIVER, words(DELIVER))
        self.uc.mem_write(VARIABLES, words([0] * 8 + [PACKET, USER, DMA_DONE]))
        for at, target, code in ((0x688C, TRIGGER_AT, TRIGGER_USER_EVENT), (0x65E8, TRANSFER_AT, DMA_TRANSFER)):
            self.uc.mem_write(target, words(code))
            self.uc.mem_write(at, struct.pack("<HHII", 0x4778, 0x46C0, 0xE51FF004, target))  # bx pc; nop; ldr pc, =target

    def on_routine(self, _uc, _address, _size, what):
        self.set(r0=getattr(self, what)() if isinstance(what, str) else what)

    def get(self, name):
        return self.uc.reg_read(self.register[name])

    def set(self, **registers):
        for name, value in registers.items():
            self.uc.reg_write(self.register[name], value & 0xFFFFFFFF)

    def read(self, at, count=1, kind="<u4"):
        return np.frombuffer(bytes(self.uc.mem_read(at, count * np.dtype(kind).itemsize)), kind)

    def call(self, start, until=STOP, **registers):
        self.set(sp=STACK, lr=STOP, **registers)
        try:
            self.uc.emu_start(start, until)
        except Exception as error:
            raise RuntimeError(f"the firmware broke off: {error}; {self.error}") from error
        if self.error is not None:
            raise RuntimeError(self.error)

    # what the routines of the operating system do here

    def region_table(self):
        return SDRAM

    def simulation_initialise(self):
        self.uc.mem_write(self.get("r2"), words([1000]))  # timer period, us
        self.uc.mem_write(self.get("r3"), words([0x0FFFFFFF]))  # ticks to run
        self.uc.mem_write(int(self.read(self.get("sp"))[0]), words([0]))  # not for ever
        return 1

    def recording_initialize(self):
        self.uc.mem_write(self.get("r1"), words([0xF]))
        return 1

    def recording_record(self):
        if self.get("r0") == SPIKES_CHANNEL:
            self.spikes = bytes(self.uc.mem_read(self.get("r1"), self.get("r2")))
        if self.get("r0") == V_CHANNEL:
            self.voltages = bytes(self.uc.mem_read(self.get("r1"), self.get("r2")))
        return 1

    def simulation_is_finished(self):
        return int(self.finished)

    def give_up(self):
        self.error = f"the firmware gave up with error {self.get('r0')}"
        self.uc.emu_stop()
        return 0

    def allocate(self):
        size, at = (self.get("r0") * self.get("r1") + 7) & ~7, self.free
        if at + size > HEAP_END:
            return 0
        self.free += size
        return at

    def schedule(self):
        self.scheduled.append((self.get("r0"), self.get("r1"), self.get("r2")))
        return 1

    # a tick

    def tick(self, number):
        """The timer's interrupt and what it puts into the background; returns (keys sent, [cells] bits of those that fired)."""
        self.keys.clear()
        self.scheduled.clear()
        self.spikes = self.voltages = b""
        self.call(TIMER, r0=number, r1=0)
        for callback, a, b in list(self.scheduled):
            self.call(callback, r0=a, r1=b)
        if self.spikes == b"":  # nothing is recorded of a tick without spikes
            return list(self.keys), np.zeros(0, "u1")
        if struct.unpack("<I", self.spikes[:4])[0] != number:
            raise RuntimeError(f"tick {number}: the firmware recorded another tick")
        return list(self.keys), np.unpackbits(np.frombuffer(self.spikes[4:], "u1"), bitorder="little")

    def recorded_voltages(self, number, count):
        """s1615 bits that the firmware recorded of its cells in the tick just run."""
        if len(self.voltages) != 4 + 4 * count or struct.unpack("<I", self.voltages[:4])[0] != number:
            raise RuntimeError(f"tick {number}: the firmware did not record V of {count} cells")
        return np.frombuffer(self.voltages[4:], "<i4").tolist()

    def receive(self, keys):
        """Packets of one tick, in this order."""
        for begin in range(0, len(keys), MOST_KEYS):
            part = keys[begin : begin + MOST_KEYS]
            self.uc.mem_write(KEYS, words(part))
            self.call(DRIVER, DELIVERED, r8=KEYS, r9=len(part), r10=VARIABLES)

    def rest(self, number):
        """The pause at the end of a run, what the host does on a reset, and the resume before the next.

        The pause stores the cells' state among their parameters; the host writes those anew and sets time back.
        """
        self.finished = True
        self.call(TIMER, r0=number, r1=0)
        self.finished = False
        self.uc.mem_write(*self.parameters)
        self.uc.mem_write(TIME, words([0xFFFFFFFF]))
        self.call(RESUME)

    def states(self):
        """[3, cells] V, excitatory and inhibitory current."""
        cells, synapses, count = (int(self.read(NEURONS + at)[0]) for at in (0x50, 0x54, 0x5C))
        v = self.read(cells, 8 * count, "<i4").reshape(count, 8)[:, 0]
        currents = self.read(synapses, 6 * count, "<i4").reshape(count, 6)
        return np.stack([v, currents[:, 2], currents[:, 5]])

    def counters(self):
        names = {"events": 0x48, "skipped": 0x4C, "saturated": 0x50}
        return {name: int(self.read(SYNAPSES + at)[0]) for name, at in names.items()}


def described_machine():
    """What connects cores: every core of a population with its keys, the routing tables, and the links between chips."""
    from spynnaker.pyNN.data import SpynnakerDataView as View

    keys = View.get_routing_infos()
    vertices = []
    for core, placement in zip(virtual.placements(), virtual.placed_vertices(), strict=True):
        info = keys.get_single_info_from(placement.vertex)
        bits = placement.vertex.app_vertex.n_colour_bits
        vertices.append({**core, "key": None if info is None else int(info.key), "bits": int(bits)})
    tables = {}
    for table in View.get_uncompressed():
        entries = [(e.key, e.mask, sorted(e.processor_ids), sorted(e.link_ids)) for e in table.multicast_routing_entries]
        tables[table.x, table.y] = entries
    links = {}
    for chip in View.get_machine().chips:
        for link in chip.router.links:
            links[chip.x, chip.y, link.source_link_id] = (link.destination_x, link.destination_y)
    return vertices, tables, links


def cores_reached(tables, links, x, y, key):
    """(x, y, p) of every core to which the routing tables bring a key that is sent on a chip."""
    found, todo = set(), [(x, y, None)]
    while todo:
        x, y, came_by = todo.pop()
        entry = next((e for e in tables.get((x, y), ()) if key & e[1] == e[0]), None)
        if entry is None and came_by is None:
            continue
        _, _, processors, leaving = entry or (0, 0, [], [came_by])  # without an entry a packet goes straight on
        found |= {(x, y, p) for p in processors}
        todo += [(*links[x, y, link], link) for link in leaving]
    return found


class Board:
    """All cores of a mapped network, ticking together: what is sent in a tick arrives after every core's timer, in random order."""

    def __init__(self, path, machine, network, seed, progress):
        vertices, tables, links = machine
        self.network, self.random = network, random.Random(seed)
        self.offsets = {p["name"]: p["offset"] for p in network.head["populations"]}
        self.sources = [v for v in vertices if v["population"] == network.head["inputPopulation"]]
        self.vertices = [v for v in vertices if v["population"] in self.offsets]
        image = binary()
        base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.cores = []
        for number, v in enumerate(self.vertices):
            query = "SELECT region_num, content, size, region_label FROM region WHERE x = ? AND y = ? AND p = ?"
            regions = {n: of for n, *of in base.execute(query, (v["x"], v["y"], v["p"]))}
            self.cores.append(Core(image, regions, 0xA5 if number % 2 else 0x5A))
        progress(f"{len(self.cores)} cores started")
        at = {(v["x"], v["y"], v["p"]): k for k, v in enumerate(self.vertices)}
        for v in self.vertices + self.sources:
            reached = set() if v["key"] is None else cores_reached(tables, links, v["x"], v["y"], v["key"])
            v["into"] = sorted(at[place] for place in reached)

    def input_keys(self, row, ticks):
        """Keys of each tick of a run of these trials, as sPyNNaker numbers them, with the source that sends them."""
        trials = self.network.trials
        sent = [[] for _ in range(ticks)]
        for number, trial in enumerate(row):
            begin, end = trials["trial_ptr"][trial : trial + 2]
            for step, cell in zip(trials["step"][begin:end], trials["cell"][begin:end], strict=True):
                tick = number * self.network.head["periodTicks"] + step
                v = next(v for v in self.sources if v["begin"] <= cell < v["end"])
                colour = tick & ((1 << v["bits"]) - 1)
                sent[tick].append((v, v["key"] + ((cell - v["begin"]) << v["bits"]) + colour))
        return sent

    def run(self, row, ticks, states=None):
        """(tick, cell) of every spike, and V of the readout's cells by tick; states, where given, is filled with [tick, 3, cell].

        Rests afterwards.
        """
        found, voltages, inputs = [], [[] for _ in range(ticks)], self.input_keys(row, ticks)
        own = None if self.network.readout_cells is None else self.network.readout_cells["population"]
        for t in range(ticks):
            packets = list(inputs[t])
            for v, core in zip(self.vertices, self.cores, strict=True):
                keys, fired = core.tick(t)
                first = self.offsets[v["population"]] + v["begin"]
                cells = np.flatnonzero(fired[: v["end"] - v["begin"]])
                if v["key"] is not None and sorted((key - v["key"]) >> v["bits"] for key in keys) != cells.tolist():
                    raise RuntimeError(f"tick {t}: {v['population']} sent other keys than it recorded spikes")
                found += [(t, first + int(cell)) for cell in cells]
                packets += [(v, key) for key in keys]
                if v["population"] == own:
                    voltages[t] += core.recorded_voltages(t, v["end"] - v["begin"])
                if states is not None and t < len(states):
                    states[t, :, first : first + v["end"] - v["begin"]] = core.states()
            self.random.shuffle(packets)
            for k, core in enumerate(self.cores):
                core.receive([key for v, key in packets if k in v["into"]])
        for core in self.cores:
            core.rest(ticks)
        return sorted(found), voltages

    def counters(self):
        each = [core.counters() for core in self.cores]
        return {name: sum(c[name] for c in each) for name in each[0]}


def main(given=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trials", help="numbers of exported trials, e.g. 0,1,2; default all")
    parser.add_argument("--states", action="store_true", help="write states.bin")
    parser.add_argument("--ticks", type=int, default=None, help="ticks to run a trial, if not as on the board")
    parser.add_argument("--seed", type=int, default=1, help="of the order in which the packets of a tick arrive")
    arguments = parser.parse_args(given)
    network = run.Network(run.HERE)
    steps, size = network.head["steps"], network.head["size"]
    trials = run.trials_asked_for(arguments.trials, len(network.trials["odour"]))
    began = time.time()
    machine = []
    report, path = virtual.map_network(network, lambda: machine.extend(described_machine()))
    if path is None:
        raise run.Refusal(f"the network does not fit on the board: {report['error']}")
    mapped = time.time()
    board = Board(path, machine, network, arguments.seed, print)
    results, period, own = [], network.head["periodTicks"], network.readout_cells
    with open("states.bin" if arguments.states else os.devnull, "wb") as file:
        for row in network.rows(trials):
            ticks = max((len(row) - 1) * period + steps, arguments.ticks or network.ticks(len(row)))
            states = np.zeros((ticks, 3, size), "<i4") if arguments.states else None
            found, voltages = board.run(row, ticks, states)
            for number, trial in enumerate(row):
                begin = number * period
                spikes, score = [(tick - begin, cell) for tick, cell in found if 0 <= tick - begin < steps], None
                if own is not None and begin + own["tick"] < ticks:
                    score = readout.scores(network, voltages[begin + 1], voltages[begin + own["tick"]])
                results.append((trial, spikes, score))
                if states is not None:
                    file.write(states[begin : begin + steps].tobytes())
                print(f"trial {trial}: {len(spikes)} spikes", flush=True)
    results = network.asked_for(trials, results)
    readouts = [score for _, _, score in results if score is not None]
    results = [spikes for _, spikes, _ in results]
    run.write_spikes("spikes.firmware.safetensors", "firmware", trials, results, readouts)
    expected, _ = run.read_safetensors(os.path.join(run.HERE, "expected.safetensors"))
    wanted = [run.expected_spikes(expected, "spiNNaker", trial) for trial in trials]
    equal = sum(len(set(a) & set(b)) for a, b in zip(wanted, results, strict=True))
    counts = {"spikes": sum(map(len, results)), "expected": sum(map(len, wanted)), "equal": equal, **board.counters()}
    equal_v, of_v = readout.equal_voltages(network, expected, trials, readouts) if readouts else (0, 0)
    counts.update({"voltages": of_v, "voltagesEqual": equal_v})
    seconds = {"mapping": mapped - began, "running": time.time() - mapped}
    with open("firmware.json", "w") as file:
        json.dump({**counts, "cores": len(board.cores), "ticks": ticks, "trials": list(trials), "seconds": seconds}, file)
    print("firmware: " + ", ".join(f"{name} {value}" for name, value in counts.items()) + f"; {seconds['running']:.1f} s")
    if readouts:
        readout.compare(network, expected, trials, readouts)
    return 0 if equal == counts["spikes"] == counts["expected"] and equal_v == of_v else 5


if __name__ == "__main__":
    try:
        sys.exit(main())
    except run.Refusal as refusal:
        print(f"firmware.py: {refusal}", file=sys.stderr)
        sys.exit(refusal.status)
