"""Random numbers as a function of seed, stream, draw and index: Philox4x32 with ten rounds (Salmon, Moraes, Dror, Shaw, 2011).

The counter is (block low, block high, stream, draw), the key the seed's two halves. Streams: 1 noise, 2 masks, 3 decisions, 4 probes,
5 privacy noise, 6 measures.
"""
import numpy as np

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


def philox(counter, key):
    """Four words (uint64 arrays holding 32 bits) from four counter words and two key words."""
    a, b, c, d = (np.asarray(word, np.uint64) & LOW for word in counter)
    k0, k1 = key
    for _ in range(10):
        p, q = a * np.uint64(0xD2511F53), c * np.uint64(0xCD9E8D57)
        a, b, c, d = (q >> HALF) ^ b ^ np.uint64(k0), q & LOW, (p >> HALF) ^ d ^ np.uint64(k1), p & LOW
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def words(seed, stream, draw, blocks):
    """The words of the first blocks: an array of shape (blocks, 4)."""
    block = np.arange(blocks, dtype=np.uint64)
    constant = np.zeros_like(block)
    counter = block & LOW, block >> HALF, constant + np.uint64(stream), constant + np.uint64(draw % 2 ** 32)
    return np.stack(philox(counter, (seed & 0xFFFFFFFF, seed >> 32)), axis=1)


def uniform(seed, stream, draw, count):
    """Above 0 and at most 1: two words each, the 53 upper bits and a half."""
    pairs = words(seed, stream, draw, (count + 1) // 2).reshape(-1, 2)
    integers = ((pairs[:, 1] << HALF) | pairs[:, 0]) >> np.uint64(11)
    return ((integers.astype(np.float64) + 0.5) * 2.0 ** -53)[:count]


def normal(seed, stream, draw, count):
    """Box-Muller over pairs of uniforms: cosine at even, sine at odd indices."""
    u = uniform(seed, stream, draw, count + count % 2).reshape(-1, 2)
    length, angle = np.sqrt(-2 * np.log(u[:, 0])), 2 * np.pi * u[:, 1]
    return np.stack([length * np.cos(angle), length * np.sin(angle)], axis=1).reshape(-1)[:count]


def rademacher(seed, stream, draw, count):
    """+1 where the bit is 1, -1 where it is 0: 128 elements from a block, words in order, lowest bit first."""
    bits = words(seed, stream, draw, -(-count // 128))[:, :, None] >> np.arange(32, dtype=np.uint64)
    return ((bits & np.uint64(1)).astype(np.float64) * 2 - 1).reshape(-1)[:count]
