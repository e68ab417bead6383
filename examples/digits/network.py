"""A network of fully connected layers with batch normalisation, its loss and its gradient, in numpy.

    64 -> [linear, batch norm, tanh] x 2 of 128 units -> linear -> 10 logits; loss: mean cross-entropy

`parameters`, `gradients` and `roles` go to libsam.Optimizer as they are: evaluate() writes the gradients in place. Matrices are
[outputs, inputs]: a row is what one unit takes in, the filter of methods and measures that scale by filters.
"""
import numpy as np

SIZES = (64, 128, 128, 10)
EPSILON = 1e-5                          # added to the variance of a batch
MEMORY = 0.9                            # of the running statistics, per update


class Network:
    def __init__(self, seed: int, dtype=np.float32, sizes=SIZES):
        """Weights normal with deviation sqrt(1 / inputs), the same draws in every dtype; scales 1, shifts and biases 0."""
        random = np.random.default_rng([seed, 2])
        self.parameters, self.roles, self.running, self.depth = {}, {}, {}, len(sizes) - 1
        for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:]), 1):
            self._add(f"linear{layer}.weight", "weight", random.standard_normal((inputs, outputs)).T * np.sqrt(1 / inputs), dtype)
            if layer < self.depth:
                self._add(f"norm{layer}.weight", "norm", np.ones(outputs), dtype)
                self._add(f"norm{layer}.bias", "norm", np.zeros(outputs), dtype)
                self.running[layer] = [np.zeros(outputs, dtype), np.ones(outputs, dtype)]       # mean, variance
            else:
                self._add(f"linear{layer}.bias", "bias", np.zeros(outputs), dtype)
        self.gradients = {name: np.zeros_like(array) for name, array in self.parameters.items()}

    def _add(self, name, role, values, dtype):
        self.parameters[name], self.roles[name] = values.astype(dtype, order="C"), role

    def evaluate(self, images, labels, update_statistics=False, gradient=True) -> float:
        """The mean cross-entropy with the batch's own mean and variance in the normalisation; writes its gradient to
        `gradients`, if that is wanted. update_statistics: the running statistics take the batch in (not at perturbed weights)."""
        p, g, n = self.parameters, self.gradients, len(images)
        a, kept = images, {}
        for layer in range(1, self.depth):
            z = a @ p[f"linear{layer}.weight"].T
            mean = z.mean(0)
            z -= mean
            variance = np.square(z).mean(0)
            if update_statistics:
                for statistic, batch in zip(self.running[layer], (mean, variance * n / (n - 1))):
                    statistic += (1 - MEMORY) * (batch - statistic)
            deviation = np.sqrt(variance + EPSILON)
            normal = z / deviation
            kept[layer] = a, normal, deviation
            a = np.tanh(normal * p[f"norm{layer}.weight"] + p[f"norm{layer}.bias"])
        last = f"linear{self.depth}"
        probability, loss = cross_entropy(a @ p[f"{last}.weight"].T + p[f"{last}.bias"], labels)
        if not gradient:
            return loss
        probability[np.arange(n), labels] -= 1
        slope = probability / n
        np.matmul(slope.T, a, out=g[f"{last}.weight"])
        slope.sum(0, out=g[f"{last}.bias"])
        slope = slope @ p[f"{last}.weight"]
        for layer in reversed(range(1, self.depth)):
            below, normal, deviation = kept[layer]
            slope = slope * (1 - a * a)
            np.sum(slope * normal, axis=0, out=g[f"norm{layer}.weight"])
            slope.sum(0, out=g[f"norm{layer}.bias"])
            through_mean = g[f"norm{layer}.bias"] / n + normal * (g[f"norm{layer}.weight"] / n)
            slope = (slope - through_mean) * (p[f"norm{layer}.weight"] / deviation)
            np.matmul(slope.T, below, out=g[f"linear{layer}.weight"])
            if layer > 1:
                slope, a = slope @ p[f"linear{layer}.weight"], below
        return loss

    def take_statistics(self, images) -> None:
        """Makes the running statistics those of these images at the weights that stand."""
        a = images
        for layer in range(1, self.depth):
            z = a @ self.parameters[f"linear{layer}.weight"].T
            self.running[layer] = [z.mean(0), z.var(0)]
            a = self._activation(layer, z)

    def _activation(self, layer, z):
        mean, variance = self.running[layer]
        scale = self.parameters[f"norm{layer}.weight"] / np.sqrt(variance + EPSILON)
        return np.tanh((z - mean) * scale + self.parameters[f"norm{layer}.bias"])

    def logits(self, images) -> np.ndarray:
        """[examples, classes], with the running statistics in the normalisation."""
        p, a = self.parameters, images
        for layer in range(1, self.depth):
            a = self._activation(layer, a @ p[f"linear{layer}.weight"].T)
        return a @ p[f"linear{self.depth}.weight"].T + p[f"linear{self.depth}.bias"]

    def accuracy(self, split) -> float:
        """Part of the split's labels that it predicts, 0 to 1."""
        return float((self.logits(split.images).argmax(1) == split.labels).mean())

    def loss(self, split) -> float:
        """Mean cross-entropy over the split, with the running statistics."""
        return cross_entropy(self.logits(split.images), split.labels)[1]


def cross_entropy(logits, labels):
    """(probabilities, mean of -log of the label's probability)."""
    shifted = logits - logits.max(1, keepdims=True)
    exponential = np.exp(shifted)
    total = exponential.sum(1, keepdims=True)
    chosen = shifted[np.arange(len(labels)), labels]
    return exponential / total, float((np.log(total[:, 0]) - chosen).mean(dtype=np.float64))
