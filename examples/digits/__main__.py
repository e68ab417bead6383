"""The demonstration: handwritten digits with wrong labels, trained with sgd and with sharpness-aware methods.

    python examples/digits [--methods NAME ...] [--seeds N] [--steps N] [--output FOLDER]

Prints a table and writes it and three pictures to the output folder.
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
                                     "wrong labels, with sgd and with sharpness-aware methods, and compares them.")
    add = parser.add_argument
    add("--methods", nargs="+", default=METHODS, metavar="NAME",
        help=f"names of the catalogue, besides sgd, which is always there (default: {' '.join(METHODS)}); a method with an "
        "auxiliary objective gets the loss on all training images as that")
    add("--seeds", type=int, default=5, help="runs of each method (default: 5)")
    add("--steps", type=int, default=600, help="the smaller number of steps (default: 600); twice as many evaluations are the budget")
    add("--processes", type=int, default=2, help="runs at a time (default: 2)")
    add("--output", type=pathlib.Path, default=pathlib.Path("demo"), help="folder of the table and pictures (default: demo)")
    chosen = parser.parse_args()
    chosen.methods = [m for m in dict.fromkeys(chosen.methods) if m not in ("sgd", "none")]
    for name in chosen.methods:
        if name not in libsam.methods():
            parser.error(f"{name!r} is no method; the methods are {', '.join(libsam.methods())}")
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


def tuned(pool, entries, steps, budget):
    """(learning rate and weight decay of every method; evaluations, learning rate and decay of sgd stopped early; {method: radius})"""
    base, short = tune.best_base(runs(pool, tune.base_cells(budget), "tuning sgd                "), budget)
    cells = [cell for entry in entries for cell in tune.radius_cells(entry, steps, *base)]
    results = by_name(runs(pool, cells, "tuning radii              ")) if cells else {}
    return base, short, {name: tune.best_radius(found) for name, found in results.items()}


def trained(pool, entries, steps, budget, seeds, shown, base, short, radii):
    """{"steps": {name: results}, "evaluations": {name: results}}"""
    cells = [train.Cell("sgd", "steps", steps, seed, *base) for seed in seeds]
    for entry in entries:
        lr, options = None if entry.own_update else base[0], {"rho": radii[entry.name]} if entry.name in radii else {}
        cells += [train.Cell(entry.name, "steps", steps, seed, lr, base[1], options, sliced=entry.name == shown) for seed in seeds]
    first = runs(pool, cells, "same number of steps      ")
    # A method of two evaluations a step has used the budget exactly: its runs stand in both tables.
    used, again = [r for r in first if r.evaluations == budget], [r.cell for r in first if r.evaluations != budget]
    cells = [dataclasses.replace(cell, unit="evaluations", limit=budget, sliced=cell.method in ("sgd", shown)) for cell in again]
    cells += [train.Cell("sgd", "evaluations", short[0], seed, *short[1:], label=report.SHORT) for seed in seeds]
    second = by_name([*runs(pool, cells, "same number of evaluations"), *used])
    return {"steps": by_name(first), "evaluations": {name: second[name] for name in ("sgd", report.SHORT, *(e.name for e in entries))}}


def main():
    chosen = arguments()
    entries = [libsam.methods()[name] for name in chosen.methods]
    shown = "sam" if "sam" in chosen.methods else chosen.methods[0]
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        base, short, radii = tuned(pool, entries, chosen.steps, 2 * chosen.steps)
        tables = trained(pool, entries, chosen.steps, 2 * chosen.steps, range(chosen.seeds), shown, base, short, radii)
    text = report.render(tables, radii, base, short, chosen.seeds)
    folder = chosen.output
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.md").write_text(text)
    plots.curves(tables["evaluations"], folder / "curves.png")
    plots.accuracy(tables, folder / "accuracy.png")
    plots.landscape(tables["evaluations"], shown, folder / "landscape.png")
    print(f"\n{text}\nwritten to {folder}: table.md, curves.png, accuracy.png, landscape.png")


if __name__ == "__main__":
    main()
