"""pathway.safetensors → a table of its cells, one line each. Standard library alone; docs/files.md says what is in the file."""

import array
import csv
import json
import struct
import sys

CODES = {"I64": "q", "I32": "i", "U8": "B"}
SIDES = ["", "left", "right"]

source, target = sys.argv[1:]
with open(source, "rb") as file:
    (size,) = struct.unpack("<Q", file.read(8))
    header = json.loads(file.read(size))
    data = file.read()


def tensor(name):
    entry = header[name]
    begin, end = entry["data_offsets"]
    return array.array(CODES[entry["dtype"]], data[begin:end])


with open(target, "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["population", "cell", "root_id", "type", "side", "transmitter"])
    for population in json.loads(header["__metadata__"]["pathway"])["populations"]:
        name, types, transmitters = (population[key] for key in ("name", "types", "transmitters"))
        columns = [tensor(f"population/{name}/{field}") for field in ("root_id", "type_idx", "side", "transmitter_idx")]
        for cell, (root_id, type_idx, side, transmitter_idx) in enumerate(zip(*columns)):
            table.writerow([name, cell, root_id, types[type_idx], SIDES[side], transmitters[transmitter_idx]])
