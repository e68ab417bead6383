"""The objective of a golden problem (the format: Tests/Golden/README.md), and the maker of new ones."""
import json

import numpy as np

from .vectors import Tensor


class Problem:
    def __init__(self, record):
        self.tensors, first = [], 0
        for t in record["tensors"]:
            self.tensors.append(Tensor(t["name"], t["role"], t["shape"], first))
            first = self.tensors[-1].span.stop
        self.size, self.batches = first, record["batches"]
        for name in ("start", "A", "c", "a", "k", "p", "aux"):
            setattr(self, name, np.array(record[name]))

    @classmethod
    def read(cls, path):
        return cls(json.loads(path.read_text()))

    def objective(self, x, batch):
        r, s = x - self.c[batch % self.batches], self.k * x + self.p
        pull = self.A @ r
        loss = (0.5 * float(r @ pull) + float(self.a @ np.cos(s))) / self.size
        return loss, (pull - self.a * self.k * np.sin(s)) / self.size

    def auxiliary(self, x):
        r = x - self.aux
        return 0.5 * float(r @ r) / self.size, r / self.size


def make(seed, batches, tensors):
    """A random problem's record: A symmetric positive definite with eigenvalues from 0.2 to 20."""
    random = np.random.default_rng(seed)
    n = sum(int(np.prod(shape, dtype=int)) for _, _, shape in tensors)
    axes, _ = np.linalg.qr(random.standard_normal((n, n)))
    A = axes @ np.diag(np.geomspace(0.2, 20, n)) @ axes.T
    record = {
        "start": random.standard_normal(n), "A": (A + A.T) / 2, "c": random.normal(0, 0.4, (batches, n)),
        "a": random.uniform(0.1, 1.5, n), "k": random.uniform(0.5, 2.5, n), "p": random.uniform(0, 2 * np.pi, n),
        "aux": random.standard_normal(n),
    }
    return {"tensors": [{"name": name, "role": role, "shape": list(shape)} for name, role, shape in tensors],
            "batches": batches, **{name: values.tolist() for name, values in record.items()}}
