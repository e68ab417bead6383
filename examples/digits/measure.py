"""Sharpness of a trained network, in float64: of the mean loss over all training examples (with their wrong labels) as one
batch, whose own mean and variance the normalisation uses: a function of the weights alone."""
import numpy as np

from network import Network

RADII = (0.1, 1.0)                      # of the table's rise of the loss
TOLERANCE = 3e-3                        # of the eigenvalue, relative, between two iterations
ITERATIONS = 60 
ALONG_RANDOM = np.linspace(-1, 1, 17)   # distances in the picture, in lengths of each unit's weights
ALONG_TOP = np.linspace(-1, 1, 25)      # and along the top eigenvector, Euclidean


class Surface:
    """The loss and its gradient as functions of all weights in one flat vector."""

    def __init__(self, weights, split):
        self.network = Network(0, np.float64)
        self.images, self.labels = split.images.astype(np.float64), split.labels
        self.centre = np.concatenate([weights[name].ravel() for name in self.network.parameters]).astype(np.float64)
        self.bounds = np.cumsum([array.size for array in self.network.parameters.values()])[:-1]

    def loss(self, w) -> float:
        for array, part in zip(self.network.parameters.values(), np.split(w, self.bounds)):
            array[...] = part.reshape(array.shape)
        return self.network.evaluate(self.images, self.labels)

    def gradient(self, w) -> np.ndarray:
        self.loss(w)
        return np.concatenate([array.ravel() for array in self.network.gradients.values()])

    def hessian_product(self, v) -> np.ndarray:
        """(grad(w + h v) - grad(w - h v)) / 2h, the step h |v| a millionth of (1 + |w|)."""
        h = 1e-6 * (1 + np.linalg.norm(self.centre)) / np.linalg.norm(v)
        return (self.gradient(self.centre + h * v) - self.gradient(self.centre - h * v)) / (2 * h)

    def filter_direction(self, seed) -> np.ndarray:
        """A random direction in which each unit's part has the length of the unit's weights (columns of a matrix; scales,
        shifts and biases do not move)."""
        random, parts = np.random.default_rng([seed, 4]), []
        for array, part in zip(self.network.parameters.values(), np.split(self.centre, self.bounds)):
            if array.ndim == 2:
                d, w = random.standard_normal(array.shape), part.reshape(array.shape)
                parts.append((d * (np.linalg.norm(w, axis=0) / np.linalg.norm(d, axis=0))).ravel())
            else:
                parts.append(np.zeros(array.size))
        return np.concatenate(parts)


def rises(surface, radii=RADII) -> list[float]:
    """L(w + rho g / |g|) - L(w) for each radius rho, with g the gradient at w."""
    g = surface.gradient(surface.centre)
    return rise_along(surface, g / np.linalg.norm(g), radii).tolist()


def top_eigenvalue(surface) -> tuple[float, np.ndarray]:
    """The Hessian's eigenvalue of largest magnitude, by power iteration, and its eigenvector of length 1."""
    v, value = np.random.default_rng(5).standard_normal(surface.centre.size), 0.0
    for _ in range(ITERATIONS):
        v /= np.linalg.norm(v)
        product = surface.hessian_product(v)
        before, value = value, float(v @ product)
        if abs(value - before) <= TOLERANCE * abs(value):
            break
        v = product
    return value, v / np.linalg.norm(v)


def rise_along(surface, direction, distances) -> np.ndarray:
    """L(w + a direction) - L(w) for every a of distances."""
    base = surface.loss(surface.centre)
    return np.array([surface.loss(surface.centre + a * direction) - base for a in distances])


def slices(surface, top, draws=3) -> tuple[np.ndarray, np.ndarray]:
    """The rise along random directions (mean of the draws, at ALONG_RANDOM) and along the top eigenvector (at ALONG_TOP)."""
    random = [rise_along(surface, surface.filter_direction(draw), ALONG_RANDOM) for draw in range(draws)]
    return np.mean(random, axis=0), rise_along(surface, top, ALONG_TOP)
