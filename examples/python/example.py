"""The problem and the output of ../c/example.c, in Python."""
import sys

import libsam
import numpy as np

i = np.arange(32)
x = np.stack([7 * i % 32, 13 * i % 32], axis=1) / 16 - 1
y = (x @ [1, 2] > 0.25) != (i % 8 == 3)
w, b = np.zeros(2), np.zeros(())
w_gradient, b_gradient = np.empty(2), np.empty(())


def evaluate(ask):
    """Fills the gradients, answers the loss."""
    p = 1 / (1 + np.exp(-(x @ w + b)))
    w_gradient[:] = (p - y) @ x / 32
    b_gradient[()] = (p - y).mean()
    return -np.log(np.where(y, p, 1 - p)).mean()


method = sys.argv[1] if len(sys.argv) > 1 else "sam"
try:
    optimizer = libsam.Optimizer({"weight": w, "bias": b}, {"weight": w_gradient, "bias": b_gradient}, method=method,
                                 base="sgd", roles={"bias": "bias"}, lr=0.5, momentum=0.9)
except libsam.Error as error:
    sys.exit(f"{error.name}: {error}")
for step in range(1, 51):
    loss = optimizer.step(evaluate)
    if step == 1 or step % 10 == 0:
        print(f"step {step} loss {loss:.6f}")
print(f"weight {w[0]:.6f} {w[1]:.6f} bias {b:.6f}")
