"""SAM over AdamW for a network in plain numpy: groups without decay, a schedule, a checkpoint to go on from, and the sharpness.

    python examples/numpy/plain.py [METHOD] [BASE]

The closure fills the gradient arrays and answers the loss; it is called as often as the method asks. The weights are moved in place.
"""
import pathlib
import sys
import tempfile

import libsam
import numpy as np
import sklearn.datasets

ROLES = {"bias1": "bias", "bias2": "bias"}


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


def network(seed=0):
    draw = np.random.default_rng(seed).standard_normal
    return {"kernel1": (draw((64, 64)) / 8).astype(np.float32), "bias1": np.zeros(64, np.float32),
            "kernel2": (draw((64, 10)) / 8).astype(np.float32), "bias2": np.zeros(10, np.float32)}


def outputs(w, x):
    """Of both layers."""
    hidden = np.maximum(x @ w["kernel1"] + w["bias1"], 0)
    return hidden, hidden @ w["kernel2"] + w["bias2"]


def evaluate(w, g, x, y):
    """Fills g and answers the mean cross-entropy."""
    hidden, logits = outputs(w, x)
    logits -= logits.max(1, keepdims=True)
    p = np.exp(logits)
    p /= p.sum(1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean(dtype=np.float64)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    g["kernel2"][:], g["bias2"][:] = hidden.T @ p, p.sum(0)
    back = (p @ w["kernel2"].T) * (hidden > 0)
    g["kernel1"][:], g["bias1"][:] = x.T @ back, back.sum(0)
    return loss


def optimizer_for(w, g, method, base):
    optimizer = libsam.Optimizer(w, g, method=method, base=base, roles=ROLES, groups={"no decay": list(ROLES)}, lr=0.01, weight_decay=0.05)
    optimizer.groups["no decay"].weight_decay = 0.0
    return optimizer


def train(optimizer, w, g, data, epochs):
    for epoch in epochs:
        for x, y in batches(data, epoch):
            loss = optimizer.step(lambda ask: evaluate(w, g, x, y))
        print(f"epoch {epoch + 1}: loss {loss:.4f}")


def main(method="sam", base="adamw", epochs=6):
    data, test = digits()
    w = network()
    g = {name: np.zeros_like(array) for name, array in w.items()}
    optimizer = optimizer_for(w, g, method, base)
    optimizer.schedule("lr", "cosine", initial=0.01, final=0.0, steps=epochs * (len(data[1]) // 64))
    train(optimizer, w, g, data, range(epochs // 2))

    with tempfile.TemporaryDirectory() as folder:           # a checkpoint, and a run that goes on from it
        folder = pathlib.Path(folder)
        optimizer.save(folder / "optimizer.safetensors")
        np.savez(folder / "weights.npz", **w)
        with np.load(folder / "weights.npz") as stored:
            w = dict(stored)
        g = {name: np.zeros_like(array) for name, array in w.items()}
        optimizer = optimizer_for(w, g, method, base)
        optimizer.load(folder / "optimizer.safetensors")

    train(optimizer, w, g, data, range(epochs // 2, epochs))
    wrong = 100 * (outputs(w, test[0])[1].argmax(1) != test[1]).mean()
    top = libsam.measure(optimizer, lambda: evaluate(w, g, *data), "lambda_max").value
    print(f"test error {wrong:.1f} %, lambda_max {top:.2f}")
    return w, optimizer


if __name__ == "__main__":
    main(*sys.argv[1:])
