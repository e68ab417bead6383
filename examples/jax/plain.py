"""SAM over AdamW for a network in plain JAX: groups by path, a schedule, dropout, a checkpoint to go on from, and the sharpness.

    python examples/jax/plain.py [METHOD] [BASE]

The compiled function is called as often as the method asks, with the same batch and key: dropout draws the same in both evaluations.
"""
import pathlib
import sys
import tempfile

import jax
import jax.numpy as jnp
import libsam.jax
import numpy as np
import sklearn.datasets


def digits():
    """scikit-learn's handwritten digits: (images, labels) for training and for the test; images [n, 64], 0 to 1."""
    images, labels = sklearn.datasets.load_digits(return_X_y=True)
    images, order = (images / 16).astype(np.float32), np.random.default_rng(0).permutation(len(labels))
    return (images[order[:1437]], labels[order[:1437]]), (images[order[1437:]], labels[order[1437:]])


def batches(data, epoch, size=64):
    """An epoch's batches, all of one size."""
    order = np.random.default_rng(epoch).permutation(len(data[1]))
    for places in order[:len(order) // size * size].reshape(-1, size):
        yield data[0][places], data[1][places]


def network(key):
    sizes = (64, 64, 10)
    return {"layers": [{"kernel": jax.random.normal(k, (m, n)) / m ** 0.5, "bias": jnp.zeros(n)}
                       for k, m, n in zip(jax.random.split(key, 2), sizes, sizes[1:])],
            "norm": {"scale": jnp.ones(64), "bias": jnp.zeros(64)}}


def model(params, x, key=None, drop=0.2):
    first, last = params["layers"]
    h = x @ first["kernel"] + first["bias"]
    h = (h - h.mean(-1, keepdims=True)) / jnp.sqrt(h.var(-1, keepdims=True) + 1e-5)
    h = jax.nn.relu(h * params["norm"]["scale"] + params["norm"]["bias"])
    if key is not None:
        h = jnp.where(jax.random.bernoulli(key, 1 - drop, h.shape), h / (1 - drop), 0)
    return h @ last["kernel"] + last["bias"]


def entropy(outputs, labels):
    return -jnp.take_along_axis(jax.nn.log_softmax(outputs), labels[:, None], 1).mean()


@jax.jit
@jax.value_and_grad
def value_and_grad(params, x, y, key):
    return entropy(model(params, x, key), y)


@jax.jit
def error(params, x, y):
    """The share of wrong answers, in percent."""
    return 100 * (model(params, x).argmax(-1) != y).mean()


def optimizer_for(params, method, base):
    optimizer = libsam.jax.Optimizer(params, method, base, lr=0.01, weight_decay=0.05,
                                     groups=lambda name: None if name.endswith("kernel") else "no decay")
    optimizer.groups["no decay"].weight_decay = 0.0
    return optimizer


def train(optimizer, params, data, epochs):
    for epoch in epochs:
        for place, (x, y) in enumerate(batches(data, epoch)):
            key = jax.random.fold_in(jax.random.fold_in(jax.random.key(1), epoch), place)
            params, loss = optimizer.step(value_and_grad, params, x, y, key)
        print(f"epoch {epoch + 1}: loss {loss:.4f}")
    return params


def main(method="sam", base="adamw", epochs=6):
    data, test = digits()
    params = network(jax.random.key(0))
    optimizer = optimizer_for(params, method, base)
    optimizer.schedule("lr", "cosine", initial=0.01, final=0.0, steps=epochs * (len(data[1]) // 64))
    params = train(optimizer, params, data, range(epochs // 2))

    with tempfile.TemporaryDirectory() as folder:           # a checkpoint, and a run that goes on from it
        folder = pathlib.Path(folder)
        optimizer.save(folder / "optimizer.safetensors")
        np.savez(folder / "params.npz", *jax.tree.leaves(params))
        stored = np.load(folder / "params.npz")
        params = jax.tree.unflatten(jax.tree.structure(params), [stored[name] for name in stored.files])
        optimizer = optimizer_for(params, method, base)
        optimizer.load(folder / "optimizer.safetensors")

    params = train(optimizer, params, data, range(epochs // 2, epochs))
    sharpness = libsam.jax.objective(entropy, params, data, model=model)
    print(f"test error {error(params, *test):.1f} %, lambda_max {sharpness.measure('lambda_max').value:.2f}")
    return params, optimizer


if __name__ == "__main__":
    main(*sys.argv[1:])
