"""Models whose every derivative is known by dense algebra, as objectives of measures."""
import libsam
import numpy as np


class Softmax:
    """Linear softmax classification, W [K, d], two tensors: its rows but the last, and the last; mean cross-entropy.

    Example i is in batch i mod `batches`; everything that a host can offer is offered, but what `without` names.
    """

    def __init__(self, K=3, d=4, m=24, batches=4, dtype=np.float64, scale=1.0, seed=0, weights=0.7):
        random = np.random.default_rng(seed)
        self.K, self.d, self.m, self.batches = K, d, m, batches
        self.X, self.y = scale * random.standard_normal((m, d)), np.arange(m) // max(batches, 1) % K
        W = weights * random.standard_normal((K, d))
        self.w = {"head": W[:-1].astype(dtype), "fixed": np.ones(2, dtype), "tail": W[-1].astype(dtype)}
        self.g = {"head": np.zeros((K - 1, d), dtype), "tail": np.zeros(d, dtype)}
        self.calls, self.fail_at, self.cancel_at, self.announced = 0, -1, -1, 0
        self.n = K * d
        self.known = {}                          # Hessians by query and weights

    def W(self, arrays=None):
        a = self.w if arrays is None else arrays
        return np.vstack([a["head"], a["tail"][None]]).astype(float)

    def named(self, flat):
        W = np.asarray(flat).reshape(self.K, self.d)
        return {"head": W[:-1].astype(self.w["head"].dtype), "fixed": self.w["fixed"], "tail": W[-1].astype(self.w["head"].dtype)}

    def rows(self, batch=-1, class_index=-1, example=-1):
        i = np.arange(self.m)
        if batch >= 0:
            i = i[i % self.batches == batch]
        if example >= 0:
            return i[example:example + 1]
        return i if class_index < 0 else i[self.y[i] == class_index]

    def probabilities(self, i, W=None):
        f = self.X[i] @ (self.W() if W is None else W).T
        p = np.exp(f - f.max(1, keepdims=True))
        return f, p / p.sum(1, keepdims=True)

    def losses(self, i, W=None):
        f, p = self.probabilities(i, W)
        return -np.log(p[np.arange(len(i)), self.y[i]])

    def gradients(self, i=None, labels=None, W=None):
        """[m, n]: of each example."""
        i = np.arange(self.m) if i is None else i
        p = self.probabilities(i, W)[1].copy()
        p[np.arange(len(i)), self.y[i] if labels is None else labels] -= 1
        return np.einsum("ik,id->ikd", p, self.X[i]).reshape(len(i), -1)

    def hessians(self, i=None, W=None):
        i = np.arange(self.m) if i is None else i
        p = self.probabilities(i, W)[1]
        inner = np.einsum("ik,kl->ikl", p, np.eye(self.K)) - np.einsum("ik,il->ikl", p, p)
        return np.einsum("ikl,id,ie->ikdle", inner, self.X[i], self.X[i]).reshape(len(i), self.n, self.n)

    def hessian(self, i=None, W=None):
        return self.hessians(i, W).mean(0)

    # callbacks

    def counted(self):
        if self.calls == self.fail_at:
            raise ZeroDivisionError("a failing host")
        self.calls += 1

    def store(self, g):
        G = g.reshape(self.K, self.d)
        self.g["head"][...], self.g["tail"][...] = G[:-1], G[-1]

    def evaluate(self, query):
        self.counted()
        i = self.rows(query.batch, query.class_index, query.example)
        if not query.ask & libsam.Ask.LOSS_ONLY:
            self.store(self.gradients(i).mean(0))
        return self.losses(i).mean()

    def product(self, query, direction):
        self.counted()
        key = (query.batch, query.class_index, query.example, self.W().tobytes())
        if key not in self.known:
            self.known[key] = self.hessian(self.rows(query.batch, query.class_index, query.example))
        v = self.known[key] @ self.W(direction).ravel()
        V = v.reshape(self.K, self.d)
        return {"head": V[:-1], "tail": V[-1]}

    def logits(self, query):
        self.counted()
        i = self.rows(query.batch)
        return self.probabilities(i)[0], self.y[i]

    def backpropagate(self, query, rows):
        self.counted()
        self.store((rows.T @ self.X[self.rows(query.batch)]).ravel())

    def progress(self, fraction, stage):
        self.announced += 1
        return self.announced - 1 == self.cancel_at

    def objective(self, without=(), **more):
        B, K = self.batches, self.K
        offered = dict(
            evaluate=self.evaluate, gradients=self.g, hessian_product=self.product, gauss_newton_product=self.product, logits=self.logits,
            backpropagate_logits=self.backpropagate, evaluate_example=self.evaluate, progress=self.progress, outputs=K, examples=self.m,
            example_losses=lambda q: (self.counted(), self.losses(self.rows(q.batch)))[1], forward_ones=lambda: float(self.W().sum()),
            train=lambda examples, seed: 0.0 if examples <= 10 else 0.5, refresh=lambda: None,
            batch_examples=[len(self.rows(b)) for b in range(B)] if B else None,
            class_examples=[[int((self.y[self.rows(b)] == k).sum()) for k in range(K)] for b in (range(B) if B else [-1])])
        offered.update(more)
        return libsam.Objective(**{k: v for k, v in offered.items() if k not in without})

    def measure(self, name, without=(), other=None, **settings):
        more = {} if other is None else {"other": other.objective()}
        return libsam.measure(self.w, self.objective(without, **more), name, **settings)

    def bits(self):
        return b"".join(w.tobytes() for w in self.w.values())
