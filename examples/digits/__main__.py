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
    parser.add_argument("--methods", nargs="+", default=METHODS, metavar="NAME", help="names of the catalogue, besides sgd, which is "
                        f"always there (default: {' '.join(METHODS)}); a method with an auxiliary objective gets the loss on all "
                        "training images as that")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each method (default: 5)")
    parser.add_argument("--steps", type=int, default=600, help="the smaller number of steps (default: 600); twice as many evaluations are the budget")
    parser.add_argument("--processes", type=int, default=2, help="runs at a time (default: 2)")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("demo"), help="folder of the table and pictures (default: demo)")
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


def main():
    chosen = arguments()
    steps, budget, seeds = chosen.steps, 2 * chosen.steps, range(chosen.seeds)
    entries = [libsam.methods()[name] for name in chosen.methods]
    shown = "sam" if "sam" in chosen.methods else chosen.methods[0]
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        (lr, decay), short = tune.best_base(runs(pool, tune.base_cells(budget), "tuning sgd                "), budget)
        cells = [cell for entry in entries for cell in tune.radius_cells(entry, steps, lr, decay)]
        tuned = by_name(runs(pool, cells, "tuning radii              ")) if cells else {}
        radii = {name: tune.best_radius(results) for name, results in tuned.items()}
        cells = [train.Cell("sgd", "steps", steps, seed, lr, decay) for seed in seeds]
        cells += [train.Cell(e.name, "steps", steps, seed, None if e.own_update else lr, decay, {"rho": radii[e.name]} if e.name in radii else {},
                             sliced=e.name == shown) for e in entries for seed in seeds]
        same_steps = runs(pool, cells, "same number of steps      ")
        # A method of two evaluations has used the budget exactly: its run stands in both tables.
        again = [r.cell for r in same_steps if r.evaluations != budget]
        cells = [dataclasses.replace(cell, unit="evaluations", limit=budget, sliced=cell.method in ("sgd", shown)) for cell in again]
        cells += [train.Cell("sgd", "evaluations", short[0], seed, *short[1:], label=report.SHORT) for seed in seeds]
        same_budget = by_name([*runs(pool, cells, "same number of evaluations"), *(r for r in same_steps if r.evaluations == budget)])
    tables = {"steps": by_name(same_steps), "evaluations": {name: same_budget[name] for name in ("sgd", report.SHORT, *chosen.methods)}}
    edges = [name for name, rho in radii.items() if rho in (tune.radii(libsam.methods()[name])[0], tune.radii(libsam.methods()[name])[-1])]
    text = report.render(tables, radii, (lr, decay), short, chosen.seeds, edges)
    chosen.output.mkdir(parents=True, exist_ok=True)
    (chosen.output / "table.md").write_text(text)
    plots.curves(tables["evaluations"], chosen.output / "curves.png")
    plots.accuracy(tables, chosen.output / "accuracy.png")
    plots.landscape(tables["evaluations"], shown, chosen.output / "landscape.png")
    print(f"\n{text}\nwritten: {', '.join(str(chosen.output / name) for name in ('table.md', 'curves.png', 'accuracy.png', 'landscape.png'))}")


if __name__ == "__main__":
    main()
