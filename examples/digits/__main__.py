"""The demonstration: handwritten digits with wrong labels, trained with a base and with sharpness-aware methods.

    python examples/digits [--methods NAME ...] [--base NAME] [--seeds N] [--steps N] [--output FOLDER]

Prints tables and writes them and five pictures to the output folder.
"""
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")      # one thread in each process: two processes share the work
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import dataclasses
import multiprocessing
import pathlib
import sys

import libsam
from tqdm import tqdm

import plots
import report
import train
import tune

METHODS = ["sam", "asam", "sam_on", "gsam", "looksam", "friendly_sam"]


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/demo", description="Trains networks on handwritten digits of which 40 % have "
                                     "wrong labels, with a base and with sharpness-aware methods, and compares them and their minima.")
    add = parser.add_argument
    add("--methods", nargs="+", default=METHODS, metavar="NAME",
        help=f"names of the catalogue, besides the base alone, which is always there (default: {' '.join(METHODS)}); a method with an "
        "auxiliary objective gets the loss on all training images as that")
    add("--base", default="sgd", metavar="NAME", help="base optimizer of the catalogue that trains the network and the methods move by (default: sgd)")
    add("--seeds", type=int, default=5, help="runs of each method (default: 5)")
    add("--steps", type=int, default=600, help="the smaller number of steps (default: 600); twice as many evaluations are the budget")
    add("--processes", type=int, default=2, help="runs at a time (default: 2)")
    add("--output", type=pathlib.Path, default=pathlib.Path("demo"), help="folder of the table and pictures (default: demo)")
    chosen = parser.parse_args()
    chosen.methods = [m for m in dict.fromkeys(chosen.methods) if m not in (chosen.base, "none")]
    for name in chosen.methods:
        if name not in libsam.methods():
            parser.error(f"{name!r} is no method; the methods are {', '.join(libsam.methods())}")
    if chosen.base not in libsam.bases():
        parser.error(f"{chosen.base!r} is no base; the bases are {', '.join(libsam.bases())}")
    if chosen.seeds < 1 or chosen.steps < 1 or chosen.processes < 1 or not chosen.methods:
        parser.error("--seeds, --steps and --processes must be at least 1, and there must be a method")
    return chosen


def runs(pool, cells, title):
    """The results of the cells, in their order."""
    return list(tqdm(pool.imap(train.run, cells), title, len(cells), unit="run", file=sys.stdout))


def by_name(results):
    table = {}
    for result in results:
        table.setdefault(result.cell.name, []).append(result)
    return table


def tuned(pool, entries, base, steps, budget):
    """(learning rate and weight decay of every method; evaluations, learning rate and decay of the base stopped early; {method: radius})"""
    settings, early = tune.best_base(runs(pool, tune.base_cells(base, budget), "tuning the base           "), budget)
    cells = [cell for entry in entries for cell in tune.radius_cells(entry, base, steps, *settings)]
    results = by_name(runs(pool, cells, "tuning radii              ")) if cells else {}
    return settings, early, {name: tune.best_radius(found) for name, found in results.items()}


def trained(pool, entries, base, steps, budget, seeds, shown, settings, early, radii):
    """{"steps": {name: results}, "evaluations": {name: results}}"""
    cells = [train.Cell("none", "steps", steps, seed, *settings, base=base) for seed in seeds]
    for entry in entries:
        lr, options = None if entry.own_update else settings[0], {"rho": radii[entry.name]} if entry.name in radii else {}
        cells += [train.Cell(entry.name, "steps", steps, seed, lr, settings[1], options, base=base, sliced=entry.name == shown) for seed in seeds]
    first = runs(pool, cells, "same number of steps      ")
    # A method of two evaluations a step has used the budget exactly: its runs stand in both tables.
    used, again = [r for r in first if r.evaluations == budget], [r.cell for r in first if r.evaluations != budget]
    cells = [dataclasses.replace(cell, unit="evaluations", limit=budget, sliced=cell.method in ("none", shown)) for cell in again]
    cells += [train.Cell("none", "evaluations", early[0], seed, *early[1:], base=base, label=report.short(base)) for seed in seeds]
    second = by_name([*runs(pool, cells, "same number of evaluations"), *used])
    return {"steps": by_name(first), "evaluations": {name: second[name] for name in (base, report.short(base), *(e.name for e in entries))}}


def main():
    chosen = arguments()
    entries = [libsam.methods()[name] for name in chosen.methods]
    shown = "sam" if "sam" in chosen.methods else chosen.methods[0]
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        settings, early, radii = tuned(pool, entries, chosen.base, chosen.steps, 2 * chosen.steps)
        tables = trained(pool, entries, chosen.base, chosen.steps, 2 * chosen.steps, range(chosen.seeds), shown, settings, early, radii)
    text = report.render(tables, radii, settings, early, chosen.seeds)
    folder = chosen.output
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.md").write_text(text)
    plots.curves(tables["evaluations"], folder / "curves.png")
    plots.accuracy(tables, folder / "accuracy.png")
    plots.landscape(tables["evaluations"], shown, folder / "landscape.png")
    plots.minima(tables["evaluations"], folder / "minima.png")
    plots.sharpness(tables["evaluations"], folder / "sharpness.png")
    print(f"\n{text}\nwritten to {folder}: table.md, curves.png, accuracy.png, landscape.png, minima.png, sharpness.png")


if __name__ == "__main__":
    main()
