"""What the tests of libsam.jax share: a small network over a tree of every kind, its data, and a log of all arrays that were seen."""
import functools
import os

os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0"      # the tests compile much and compute little

import jax      # noqa: E402
import jax.numpy as jnp     # noqa: E402
import numpy as np          # noqa: E402

jax.config.update("jax_enable_x64", True)


def network(dtype=np.float64, seed=0):
    """A tree of dicts, lists, tuples and None: 5-4-3 with a normalisation layer, and a leaf without elements."""
    draw = np.random.default_rng(seed).standard_normal

    def leaf(*shape):
        return jnp.array(draw(shape) / 2, dtype)
    return {"layers": [{"kernel": leaf(5, 4), "bias": leaf(4)}, None], "norm": {"scale": 1 + leaf(4), "bias": leaf(4)},
            "out": (leaf(4, 3), leaf(3)), "none": leaf(0, 2), "temperature": leaf()}


def model(params, x):
    first, _ = params["layers"]
    h = jnp.tanh(x @ first["kernel"] + first["bias"])
    h = (h - h.mean(-1, keepdims=True)) * params["norm"]["scale"] + params["norm"]["bias"]
    return (h @ params["out"][0] + params["out"][1]) * jnp.exp(params["temperature"])


def entropy(outputs, targets):
    return -jnp.take_along_axis(jax.nn.log_softmax(outputs), targets[:, None], 1).mean()


def loss(params, x, y):
    return entropy(model(params, x), y)


value_and_grad = jax.jit(jax.value_and_grad(loss))


@functools.cache
def batch(place=0, size=16, dtype=np.float64):
    draw = np.random.default_rng(100 + place)
    return jnp.array(draw.standard_normal((size, 5)), dtype), jnp.array(draw.integers(0, 3, size))


def bits(tree):
    return [np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(tree)]


class Log:
    """Every array that passed between host and optimizer, with its bits at that time."""

    def __init__(self):
        self.seen = []

    def add(self, tree):
        self.seen += [(leaf, np.asarray(leaf).tobytes()) for leaf in jax.tree.leaves(tree)]
        return tree

    def unchanged(self):
        return bool(self.seen) and all(np.asarray(leaf).tobytes() == then for leaf, then in self.seen)
