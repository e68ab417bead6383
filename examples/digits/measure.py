"""Sharpness of a trained network by the library's measures, in float64: of the mean loss over all training examples (with their
wrong labels) as one batch, whose own mean and variance the normalisation uses: a function of the weights alone."""
import libsam
import numpy as np

from network import Network

RADII = (0.1, 1.0)                      # of the table's rise of the loss
TOLERANCE = 3e-3                        # of the table's eigenvalue
DRAWS = 3                               # random directions in the picture of slices
RADIUS = 1                              # adaptive, of the portrait's worst case: the length of the move over each weight's size
NOISE = 0.1                             # of the portrait's average case: its deviation over each weight's size
PORTRAIT = {                            # of one minimum: name of the measure and its settings
    "eigenpairs": {"count": 5, "tolerance": 1e-3},
    "trace": {"samples": 60},
    "spectral_density": {"samples": 2, "steps": 60},
    "worst_case": {"rho": RADIUS, "scaling": "element"},
    "average_case": {"rho": NOISE, "scaling": "element"},
    "layerwise": {"measure": "trace", "method": "hutchinson", "samples": 10},
    "slice_2d": {"count": 21},
}


class Minimum:
    """A copy of a network's weights, and the training loss around them."""

    def __init__(self, weights, split):
        self.network = Network(0, np.float64)
        for name, array in self.network.parameters.items():
            array[...] = weights[name]
        self.images, self.labels = split.images.astype(np.float64), split.labels
        self.objective = libsam.Objective(self.evaluate, self.network.gradients)

    def evaluate(self, query):
        return self.network.evaluate(self.images, self.labels, gradient=not query.ask & libsam.Ask.LOSS_ONLY)

    def measure(self, name, **settings) -> libsam.Result:
        return libsam.measure(self.network.parameters, self.objective, name, **settings)


def rises(minimum) -> list[float]:
    """L(w + rho g / |g|) - L(w) for each radius rho, with g the gradient at w."""
    return minimum.measure("sam_gap", rho=RADII)["values"].tolist()


def top_eigenvalue(minimum) -> libsam.Result:
    """The Hessian's largest eigenvalue, with its vector."""
    return minimum.measure("lambda_max", tolerance=TOLERANCE)


def slices(minimum, top) -> list[tuple[np.ndarray, np.ndarray]]:
    """(distances, rise of the loss) along random directions, as the mean over them, and along the top eigenvector."""
    random = [minimum.measure("slice_1d", count=17, seed=draw) for draw in range(DRAWS)]
    steep = minimum.measure("slice_1d", direction=top.by_parameter("eigenvector"), count=25)
    return [(random[0].coordinates, np.mean([one.losses - one.loss for one in random], axis=0)), (steep.coordinates, steep.losses - steep.loss)]


def portrait(minimum) -> dict[str, libsam.Result]:
    """Everything that the library is asked about one minimum."""
    return {name: minimum.measure(name, **settings) for name, settings in PORTRAIT.items()}
