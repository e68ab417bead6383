"""What is chosen on the validation split before the runs that count, with seeds that these do not use."""
import itertools

import libsam
import numpy as np

from train import Cell

SEEDS = (1001, 1002)
RATES = {"sgd": 0.05, "muon": 0.005, "normuon": 0.005, "shampoo": 0.05, "lars": 0.5, "lamb": 5e-3, "lion": 5e-4, "adahessian": 0.05}
MORE = (1, 4)                           # learning rates: that of the table, or the base's default, times these
DECAYS = (0.005, 0.05)                  # weight decay
SHORTER = (8, 16, 32)                   # parts of the budget of evaluations for the base stopped early
FACTORS = (2, 6, 20, 60)                # of a method's default radius: a network as small as this one takes larger ones


def best(results, key):
    """The setting (key of a cell) with the highest mean validation accuracy; of equals the first."""
    settings = list(dict.fromkeys(key(r.cell) for r in results))
    return max(settings, key=lambda s: np.mean([r.validation for r in results if key(r.cell) == s]))


def rates(base):
    """The grid of a base's learning rate."""
    return [round(factor * RATES.get(base, libsam.bases()[base].options["lr"].default), 6) for factor in MORE]


def base_cells(base, budget):
    """The base alone: with the whole budget of evaluations, and with small parts of it, which is to stop early."""
    return [Cell("none", "evaluations", max(budget // part, 1), seed, lr, decay, base=base, measured=False)
            for part, lr, decay, seed in itertools.product((1, *SHORTER), rates(base), DECAYS, SEEDS)]


def best_base(results, budget):
    """((learning rate, weight decay) of the base with the whole budget, which all methods then use; (evaluations, learning rate,
    weight decay) of the base stopped early)."""
    whole = [r for r in results if r.cell.limit == budget]
    shorter = [r for r in results if r.cell.limit != budget]
    return best(whole, lambda cell: (cell.lr, cell.decay)), best(shorter, lambda cell: (cell.limit, cell.lr, cell.decay))


def radii(entry):
    """The grid of a method; empty where it has no radius."""
    return [round(factor * entry.options["rho"].default, 6) for factor in FACTORS] if "rho" in entry.options else []


def radius_cells(entry, base, steps, lr, decay):
    return [Cell(entry.name, "steps", steps, seed, None if entry.own_update else lr, decay, {"rho": rho}, base=base, measured=False)
            for rho, seed in itertools.product(radii(entry), SEEDS)]


def best_radius(results):
    return best(results, lambda cell: cell.options["rho"])
