"""The table and its caption, computed from the results: {name: [Result of each seed]} for each way of limiting the runs."""
import libsam
import numpy as np
from scipy import stats

import data
import measure
import tune

LEVEL = 0.95                            # a difference counts where a paired t-test of this level sees it
HEAD = ["method", "rho", "steps", "evaluations", "test accuracy, %", "train loss", *(f"rise at {rho:g}" for rho in measure.RADII),
        "top eigenvalue", "training, s", "of it library"]


def short(base):
    """The row of the base stopped early."""
    return f"{base}, short"


def alone(results):
    """The base's name: the first row."""
    return next(iter(results))


def mean_error(values):
    """(mean, its standard error)."""
    values = np.asarray(values, float)
    return values.mean(), values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan


def row(name, results, rho):
    mean = {key: np.mean([getattr(r, key) for r in results])
            for key in ("steps", "evaluations", "train_loss", "eigenvalue", "seconds", "library_seconds")}
    test, error = mean_error([100 * r.test for r in results])
    rises = np.mean([r.rises for r in results], axis=0)
    return [name, "" if rho is None else f"{rho:g}", f"{mean['steps']:.0f}", f"{mean['evaluations']:.0f}",
            f"{test:.1f} ± {error:.1f}", f"{mean['train_loss']:.3f}", *(f"{rise:.3f}" for rise in rises),
            f"{mean['eigenvalue']:.1f}", f"{mean['seconds']:.2f}", f"{mean['library_seconds'] / mean['seconds']:.1%}"]


def markdown(rows, head=HEAD):
    """A table with the first column to the left and the others to the right."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["| " + " | ".join(cell.rjust(w) if place else cell.ljust(w) for place, (cell, w) in enumerate(zip(line, widths))) + " |"
            for line in lines]
    rule = "|" + "|".join("-" * (w + 1) + (":" if place else "-") for place, w in enumerate(widths)) + "|"
    return "\n".join([text[0], rule, *text[1:]])


def differences(results, key, against=None):
    """{name: (mean of its value minus that of `against` (else the base), paired by seed; its standard error; +1 or -1 where it is one, else 0)}"""
    answer, base = {}, alone(results)
    against = against or base
    for name, runs in results.items():
        if name not in (base, short(base), against):
            mean, error = mean_error([key(run) - key(base) for run, base in zip(runs, results[against])])
            seen = len(runs) > 1 and abs(mean) > stats.t.ppf((1 + LEVEL) / 2, len(runs) - 1) * error
            answer[name] = mean, error, int(np.sign(mean)) if seen else 0
    return answer


def verdict(found, better, scale=1, digits=1):
    """What is better, worse or neither; `better` is the sign that is. The largest difference first."""
    def those(sign):
        chosen = sorted((name for name in found if found[name][2] == sign), key=lambda name: -abs(found[name][0]))
        return ", ".join(f"{name} {scale * found[name][0]:+.{digits}f} ± {scale * found[name][1]:.{digits}f}" for name in chosen)
    words = (("better", better), ("worse", -better), ("no difference seen", 0))
    return "; ".join(f"{word}: {those(sign)}" for word, sign in words if those(sign)) + "."


def listed(values):
    return ", ".join(f"{value:g}" for value in values)


def at_the_ends(radii):
    """The methods whose radius is the grid's smallest or largest: a wider grid might have a better one."""
    grids = {name: tune.radii(libsam.methods()[name]) for name in radii}
    return ", ".join(name for name, rho in radii.items() if rho in (grids[name][0], grids[name][-1]))


def caption(tables, radii, settings, early, seeds):
    """What was done, what helped and what did not, as paragraphs."""
    budget, steps = tables["evaluations"], tables["steps"]
    base = alone(budget)
    diverged = sum(r.diverged for table in tables.values() for runs in table.values() for r in runs)
    ends = at_the_ends(radii)
    rises = [f"Rise at {rho:g}: {verdict(differences(budget, lambda r: r.rises[place]), -1, 1, 3)}"
             for place, rho in enumerate(measure.RADII)]
    text = [
        f"Means ± standard errors over {seeds} seeds (each: a network, wrong labels, batches). Training: {data.TRAIN} images, "
        f"{data.WRONG:.0%} of the labels wrong; test: 500 images with right labels. Rise at r: L(w + r g/|g|) - L(w), the same "
        "r in every row; it and the Hessian's largest eigenvalue are of the loss on all training images.",
        f"Tuned on {data.VALIDATION} other images with right labels, with {len(tune.SEEDS)} other seeds: learning rate "
        f"{settings[0]:g} (of {listed(tune.rates(base))}) and weight decay {settings[1]:g} (of {listed(tune.DECAYS)}) for {base} with the whole "
        f"budget, then used by every method; rho of each method from {listed(tune.FACTORS)} times its default, at the smaller "
        f"number of steps{f' (chosen at an end of that grid: {ends})' if ends else ''}. \"{short(base)}\" is {base} stopped early with a "
        f"schedule of its own: {early[0]} evaluations (of 1/{', 1/'.join(map(str, tune.SHORTER))} of the budget), learning rate "
        f"{early[1]:g}, weight decay {early[2]:g}.",
        f"Test accuracy minus that of {base}, in points, paired by seed; a difference counts where a t-test at {LEVEL:.0%} sees one. "
        f"Same number of evaluations: {verdict(differences(budget, lambda r: r.test), 1, 100)} "
        f"Same number of steps: {verdict(differences(steps, lambda r: r.test), 1, 100)}",
        f"Minus that of \"{short(base)}\": {verdict(differences(budget, lambda r: r.test, short(base)), 1, 100)}",
        f"Sharpness minus that of {base} at the same number of evaluations, lower being better. Top eigenvalue: "
        f"{verdict(differences(budget, lambda r: r.eigenvalue), -1)} {' '.join(rises)} These are per distance in the weights: they "
        "change with the weights' scale and with how far the training loss was brought down, and do not explain the accuracy by "
        "themselves.",
    ]
    if diverged:
        text.append(f"{diverged} of the runs ended at a loss or gradient that was not finite; they count as they stood.")
    return text


def portraits(table):
    """{name: what was measured of its minimum of seed 0}, of those that have a portrait."""
    return {name: runs[0].portrait for name, runs in table.items() if runs[0].portrait}


def minima(table):
    """The portraits side by side, a row for each number."""
    found = portraits(table)

    def numbers(portrait):
        ends, density, error = portrait["eigenpairs"]["values"], portrait["spectral_density"], "{0.value:.4g} ± {0.standard_error:.2g}".format
        yield "five largest eigenvalues", ", ".join(f"{value:.4g}" for value in ends)
        yield "trace of the Hessian", error(portrait["trace"])
        yield "smallest eigenvalue", f"{density.lambda_min:.3g}"
        yield f"worst rise within the adaptive radius {measure.RADIUS:g}", f"{portrait['worst_case'].value:.4g}"
        yield f"mean rise at noise of {measure.NOISE:.0%} of each weight", error(portrait["average_case"])
    rows = zip(*(list(numbers(portrait)) for portrait in found.values()))
    return markdown([[line[0][0], *(value for _, value in line)] for line in rows], ["measure", *found])


def render(tables, radii, settings, early, seeds):
    """The whole of table.md."""
    titles = {"evaluations": "The same number of gradient evaluations", "steps": "The same number of steps"}
    parts = ["# Handwritten digits with wrong labels"]
    for unit, title in titles.items():
        parts += [f"## {title}", markdown([row(name, runs, radii.get(name)) for name, runs in tables[unit].items()])]
    parts += ["## Two minima", minima(tables["evaluations"]), "Of seed 0, at the same number of evaluations: the loss on all training images around the "
              "weights found, by the library's measures; ± one standard error of an estimate. The adaptive radius is the length of the move "
              "with each weight's part divided by that weight."]
    return "\n\n".join([*parts, "## What helped and what did not", *caption(tables, radii, settings, early, seeds)]) + "\n"
