"""States of the library carried over to more tensors: what a larger set takes from the state of a smaller one."""
from __future__ import annotations

import json
import struct
from typing import Any

SECTIONS = ("method.", "base.", "shared.")
MASK, P1, P2, P3, P4, P5 = ((1 << 64) - 1, 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
                            0x27D4EB2F165667C5)


def carried(old: bytes, new: bytes) -> bytes:
    """The state `new` of an optimizer over more tensors that has not stepped yet, with all that `old` holds: tensors of state, counters,
    metrics, numbers. What the further tensors have is as before their first step. Options are those of `new`."""
    (was, data), (now, _) = _parts(old), _parts(new)
    before, after = was.pop("__metadata__"), now.pop("__metadata__")
    own = {key: value for key, value in before.items() if key.startswith("number.") or not key.startswith((*SECTIONS, "schedule.", "parameter.", "checksum"))}
    checksum = after.pop("checksum").partition(":")[0] + ":" + "0" * 16
    header = json.dumps({"__metadata__": {**after, **own, "checksum": checksum}, **was}, separators=(",", ":"), ensure_ascii=False).encode()
    header += b" " * (-(8 + len(header)) % 64)
    state = bytearray(struct.pack("<Q", len(header)) + header + data)
    place = state.index(checksum.encode(), 8) + len(checksum) - 16
    state[place:place + 16] = b"%016x" % xxh64(state)
    return bytes(state)


def _parts(state: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and data of a safetensors buffer."""
    size = int.from_bytes(state[:8], "little")
    return json.loads(state[8:8 + size]), state[8 + size:]


def _turned(value: int, bits: int) -> int:
    return (value << bits | value >> (64 - bits)) & MASK


def _round(lane: int, word: int) -> int:
    return _turned((lane + word * P2) & MASK, 31) * P1 & MASK


def xxh64(data: bytes | bytearray) -> int:
    """XXH64 with the seed 0."""
    size, whole = len(data), len(data) // 32 * 32
    if whole:
        a, b, c, d = (P1 + P2) & MASK, P2, 0, -P1 & MASK
        for w, x, y, z in struct.iter_unpack("<4Q", memoryview(data)[:whole]):
            a, b, c, d = (a + w * P2) & MASK, (b + x * P2) & MASK, (c + y * P2) & MASK, (d + z * P2) & MASK
            a, b = ((a << 31 | a >> 33) & MASK) * P1 & MASK, ((b << 31 | b >> 33) & MASK) * P1 & MASK
            c, d = ((c << 31 | c >> 33) & MASK) * P1 & MASK, ((d << 31 | d >> 33) & MASK) * P1 & MASK
        found = (_turned(a, 1) + _turned(b, 7) + _turned(c, 12) + _turned(d, 18)) & MASK
        for lane in (a, b, c, d):
            found = ((found ^ _round(0, lane)) * P1 + P4) & MASK
    else:
        found = P5
    found, rest = (found + size) & MASK, data[whole:]
    while len(rest) >= 8:
        found = (_turned(found ^ _round(0, int.from_bytes(rest[:8], "little")), 27) * P1 + P4) & MASK
        rest = rest[8:]
    if len(rest) >= 4:
        found = (_turned(found ^ int.from_bytes(rest[:4], "little") * P1 & MASK, 23) * P2 + P3) & MASK
        rest = rest[4:]
    for byte in rest:
        found = _turned(found ^ byte * P5 & MASK, 11) * P1 & MASK
    found = (found ^ found >> 33) * P2 & MASK
    found = (found ^ found >> 29) * P3 & MASK
    return found ^ found >> 32
