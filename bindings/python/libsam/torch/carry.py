"""States of the library taken apart by tensor, and put together again for the tensors that an optimizer has now."""
from __future__ import annotations

import ctypes
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .._library import check, library
from ..handle import Handle

COUNTERS, METRICS = "steps, evaluations, skipped, batches", "metrics"
BEGINNING = {COUNTERS: "0,0,0,0", METRICS: ",".join(["nan"] * 8)}
"""Of an optimizer that has not stepped."""
DTYPES = {"F32": torch.float32, "F64": torch.float64}
KINDS = {torch.float32: np.float32, torch.float64: np.float64}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
Slots = dict[str, torch.Tensor]
"""What is kept of one tensor, by "section.slot"."""


@dataclass
class Parts:
    """A state: `common` is what it says of the run (counters, metrics, numbers), in its own text; `slots` are by
    parameter."""

    method: str
    base: str
    common: dict[str, str]
    slots: list[Slots]


def parted(state: bytes) -> Parts:
    """The parts of a state, in tensors of their own."""
    header, data = _parts(state)
    metadata = header.pop("__metadata__")
    buffer, places = np.frombuffer(data, np.uint8), {}
    for place in range(len(metadata)):
        if f"parameter.{place}" not in metadata:
            break
        places[_name(metadata[f"parameter.{place}"])] = place
    slots: list[Slots] = [{} for _ in places]
    for full, entry in header.items():
        section, slot, name = full.split(".", 2)
        dtype, shape, (first, last) = DTYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
        flat = torch.from_numpy(buffer[first:last].view(KINDS[dtype]).copy())
        slots[places[name]][f"{section}.{slot}"] = flat.reshape(shape)
    return Parts(metadata["method"], metadata["base"], _common(metadata), slots)


def joined(state: bytes, names: Sequence[str], common: Mapping[str, str], slots: Sequence[Slots]) -> bytes:
    """A state with the options and parameters of `state`, and with these common parts and tensors. It has no
    checksum; a tensor without slots begins as in its first step."""
    tensors, data, offset = [], [], 0
    for name, held in zip(names, slots):
        for slot, tensor in held.items():
            raw = tensor.detach().cpu().contiguous().numpy().data.cast("B")
            places = [offset, offset + len(raw)]
            tensors.append((f"{slot}.{name}", {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape),
                                               "data_offsets": places}))
            data.append(raw)
            offset += len(raw)
    return b"".join([_header(state, common, tensors), *data])


def renamed(old: Handle, new: bytes, places: Mapping[str, str]) -> memoryview | None:
    """The state of `old` with the options and parameters of the state `new`, whose tensors are found by `places`: old
    name -> new name. The data are not copied: the header is put in front of them. None where a tensor has no
    place."""
    size = ctypes.c_size_t()
    check(library.sam_optimizer_state_size(old._handle, size))
    room = len(new) + size.value            # in front: the header has the metadata of one state, the tensors of the other
    buffer = np.empty(room + size.value, np.uint8)
    check(library.sam_optimizer_state_write(old._handle, buffer.ctypes.data + room, size.value))
    header, data = _parts(buffer[room:].data)
    common = _common(header.pop("__metadata__"))
    tensors = []
    for full, entry in header.items():
        section, slot, name = full.split(".", 2)
        if name not in places:
            return None
        tensors.append((f"{section}.{slot}.{places[name]}", entry))
    text = _header(new, common, tensors)
    start = len(buffer) - len(data) - len(text)
    buffer[start:start + len(text)] = np.frombuffer(text, np.uint8)
    return buffer[start:].data


def _common(metadata: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in metadata.items() if key in BEGINNING or key.startswith("number.")}


def _header(state: bytes, common: Mapping[str, str], tensors: Iterable[tuple[str, Any]]) -> bytes:
    """With the options and parameters of a state, without a checksum."""
    metadata = {key: value for key, value in _parts(state)[0]["__metadata__"].items() if not key.startswith("number.")}
    metadata |= {**BEGINNING, **common, "checksum": "none"}
    members = [f'"__metadata__":{{{",".join(f"{_quoted(k)}:{_quoted(v)}" for k, v in metadata.items())}}}']
    members += [f"{_quoted(name)}:{json.dumps(entry, separators=(',', ':'))}" for name, entry in tensors]
    header = f"{{{','.join(members)}}}".encode()
    header += b" " * (-(8 + len(header)) % 64)
    return struct.pack("<Q", len(header)) + header


def _parts(state: bytes | memoryview) -> tuple[dict[str, Any], memoryview]:
    """Header and data of a safetensors buffer."""
    size = int.from_bytes(state[:8], "little")
    return json.loads(bytes(state[8:8 + size])), memoryview(state)[8 + size:]


def _name(description: str) -> str:
    """The name of a parameter as a state describes it: "f32 weight of group 0, [2, 3] stacked along 1 NAME"."""
    name = description.partition("] ")[2]
    if name.startswith("stacked along "):
        name = name.split(" ", 3)[3]
    return name


def _quoted(text: str) -> str:
    """A string of a state's header, with the escapes that the library writes."""
    return '"' + "".join(f"\\{c}" if c in '"\\' else f"\\u00{ord(c):02x}" if ord(c) < 32 or ord(c) == 127 else c
                         for c in text) + '"'
