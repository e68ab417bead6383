"""Time of the optimizer's own part of a step, libsam beside its peers, as multiples of what the memory allows.

    scripts/benchmark [--only PART ...] [--quick] [--runs N]

Needs the built library; the first run makes an environment of its own, build-steps/venv, from requirements-steps.txt. Writes results.json,
results-steps.md and docs/pictures/steps.png. With --quick: small layouts and few rounds, written to build-steps/ alone. A part that did not
run keeps its earlier values, with the date and machine it was measured on.

Parts: layouts (SAM over SGD with momentum and over AdamW: sets of tensors x peers), alone (the bases without SAM), methods (every method,
every base), scaling (1e3 to 1e8 scalars), types (bf16, f16).

Every cell is a process of its own (cell.py; peers.py says what is compared), bound to as many processors as it has threads, with malloc as
it comes. Limit: the axpy w += a g of the same process, over the same set, in compiled C: 12 bytes a scalar give seconds a byte; a
step's minimal bytes (bytes.json for methods) times that is 1. Numbers are medians over the rounds of a cell and over `runs` processes.
"""
import argparse
import datetime
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import environment

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PLACE = ROOT / "build-steps" / "venv"
PARTS = ("layouts", "alone", "methods", "scaling", "types")
SAM_BYTES, BASE_BYTES = {"sgd": 40, "adamw": 48}, {"sgd": 20, "adamw": 28}
TYPE_BYTES = {("sgd", True): 30, ("adamw", True): 38, ("sgd", False): 24, ("adamw", False): 32}


def cell(task, timeout):
    """What a process measured, or {"error": a sentence}."""
    n = str(task["threads"])
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "OMP_", "GOMP_", "KMP_", "LD_PRELOAD", "GLIBC_"))}
    surroundings |= {"OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n, "MKL_NUM_THREADS": n, "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}
    if task["threads"] == 1:
        surroundings["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    try:
        done = subprocess.run([sys.executable, str(HERE / "cell.py"), json.dumps(task)], env=surroundings, capture_output=True, text=True, timeout=timeout)
        if done.returncode == 0:
            return json.loads(done.stdout.splitlines()[-1])
        lines = done.stderr.strip().splitlines()
        return {"error": f"ended with status {done.returncode}" + (f": {lines[-1]}"[:300] if lines else "")}
    except subprocess.TimeoutExpired:
        return {"error": f"not done in {timeout:g} s"}


def middle(results):
    """One result out of several runs of a cell: medians of all numbers, the peers' multiples each with the limit of its own run."""
    right = [one for one in results if "error" not in one]
    if not right:
        return results[-1]
    merged = {"scalars": right[0]["scalars"], "rounds": sum(one["rounds"] for one in right), "runs": len(right),
              "byte": statistics.median(one["byte"] for one in right), "peers": {}}
    for name in {name: None for one in right for name in one["peers"]}:
        found = [(one["peers"][name], one["byte"]) for one in right if name in one["peers"]]
        good = [(peer, byte) for peer, byte in found if "error" not in peer]
        merged["peers"][name] = found[-1][0] if not good else {
            "seconds": statistics.median(peer["seconds"] for peer, _ in good), "low": min(peer["low"] for peer, _ in good),
            "high": max(peer["high"] for peer, _ in good), "steps": good[0][0]["steps"],
            "bytes": statistics.median(peer["seconds"] / byte for peer, byte in good) / right[0]["scalars"]}
    return merged


def measured(task, arguments, timeout=900):
    """A cell's key and its merged result. `batches`: peers that do not fit into memory with the others get processes of their own."""
    results = []
    for _ in range(arguments.runs if task["part"] != "methods" else 1):
        for batch in task.get("batches", [task.get("peers", [])]):
            results.append(cell({**task, "peers": batch}, timeout))
    merged = middle(results)
    key = {name: value for name, value in task.items() if name not in ("shapes", "peers", "batches", "turn", "budget", "least", "part", "role")}
    said = merged.get("error") or ", ".join(f"{name} {peer['bytes']:.1f} bytes" if "bytes" in peer else f"{name}: {peer.get('error')}"
                                           for name, peer in merged["peers"].items())
    print(" ".join(str(value) for value in key.values()), "|", said, flush=True)
    return {**key, **merged}


def pace(scalars, quick):
    """How long a turn and a cell take."""
    return {"turn": 0.005 if quick else 0.03, "budget": 2 if quick else 3 if scalars < 1e6 else 5, "least": 3}


def sets(arguments):
    """Layouts x bases x threads, as tasks."""
    import peers
    for layout, shapes in peers.LAYOUTS.items():
        total = sum(math.prod(shape) for shape in shapes)
        if not arguments.quick or total < 1e6:
            for base in ("sgd", "adamw"):
                for threads in (1, 2):
                    yield {"layout": layout, "base": base, "threads": threads, "shapes": shapes, **pace(total, arguments.quick)}, total


def layouts(arguments):
    import peers
    return [measured({"part": "layouts", **task, "minimal": SAM_BYTES[task["base"]], "batches": peers.BATCHES if total > 1e8 else [list(peers.SAM)]}, arguments)
            for task, total in sets(arguments)]


def alone(arguments):
    return [measured({"part": "alone", **task, "minimal": BASE_BYTES[task["base"]]}, arguments) for task, _ in sets(arguments)]


def scaling(arguments):
    import peers
    names, cells = ["best of public torch operations", "hand-written C", peers.OUR_PYTHON, peers.OUR_C], []
    for power in range(3, 7 if arguments.quick else 9):
        for base in ("sgd", "adamw"):
            for threads in (1, 2):
                cells.append(measured({"part": "scaling", "base": base, "threads": threads, "scalars": 10 ** power, "shapes": [(10 ** power,)],
                                       "minimal": SAM_BYTES[base], "peers": names, **pace(10 ** power, arguments.quick)}, arguments))
    return cells


def methods(arguments):
    """Every method over SGD with momentum on one matrix, every base under none on many small ones, whose dense algebra ends in time."""
    sys.path.insert(0, str(ROOT / "bindings" / "python"))
    import libsam
    rows, pieces = (100, 1) if arguments.quick else (10_000, 40)
    table = json.loads((HERE / "bytes.json").read_text())
    cells = []
    for kind, entries in (("method", libsam.methods()), ("base", libsam.bases())):
        for name, entry in entries.items():
            own = kind == "method" and entry.own_update
            task = {"part": "methods", "kind": kind, "name": name, "method": name if kind == "method" else "none",
                    "base": None if own else "sgd" if kind == "method" else name, "threads": 1,
                    "shapes": [(rows, 1000)] if kind == "method" else pieces * [(500, 500)], "minimal": table[kind + "s"].get(name, {}).get("bytes"),
                    "steps": 10, "turn": 0.003 if arguments.quick else 0.02, "budget": 0.2 if arguments.quick else 1.5, "least": 2 if arguments.quick else 3}
            if name == "sam_on":
                task["role"] = 2                            # SAM_NORM: on other tensors it does nothing
            cells.append(measured(task, arguments, timeout=60 if arguments.quick else 600))
    return cells


def types(arguments):
    scalars, cells = 100_000 if arguments.quick else 10_000_000, []
    for kind in ("bf16", "f16"):
        for master in (True, False):
            for base in ("sgd", "adamw"):
                for threads in (1, 2):
                    cells.append(measured({"part": "types", "type": kind, "master": master, "base": base, "threads": threads, "shapes": [(scalars,)],
                                           "minimal": TYPE_BYTES[base, master], **pace(scalars, arguments.quick)}, arguments))
    return cells


# ---- where it was measured


def read(path):
    try:
        return pathlib.Path(path).read_text().strip()
    except OSError:
        return ""


def machine():
    processor = next((line.split(":")[1].strip() for line in read("/proc/cpuinfo").splitlines() if line.startswith("model name")), platform.machine())
    flags = next((line.split() for line in read("/proc/cpuinfo").splitlines() if line.startswith("flags")), [])
    caches = {}
    for place in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        caches[f"L{read(place / 'level')} {read(place / 'type').lower()}"] = read(place / "size")
    memory = next((int(line.split()[1]) // 1024 for line in read("/proc/meminfo").splitlines() if line.startswith("MemTotal")), 0)
    pages = read("/sys/kernel/mm/transparent_hugepage/enabled")
    return {"processor": processor, "cores": os.cpu_count(), "vectors": "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "baseline",
            "caches": caches, "memory_MiB": memory, "huge_pages": pages[pages.find("[") + 1:pages.find("]")], "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
            "load": round(os.getloadavg()[0], 1)}


def versions():
    from importlib.metadata import PackageNotFoundError, version
    sys.path.insert(0, str(ROOT / "bindings" / "python"))
    import libsam
    info, found = libsam.build_info(), {}
    for name in ("torch", "pytorch_optimizer", "optax", "jax", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    ask = lambda *command: subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    commit = ask("git", "rev-parse", "--short", "HEAD") + ("+" if ask("git", "status", "--porcelain", "--untracked-files=no", "Sources", "include") else "")
    return {"libsam": f"{info['version']} ({commit}, {info['instruction_set']})", "Python": platform.python_version(), **found,
            "C": next(iter(ask(os.environ.get("CC", "cc"), "--version").splitlines()), "none")}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    options.add_argument("--quick", action="store_true", help="small layouts, few rounds; results in build-steps/ alone")
    options.add_argument("--runs", type=int, help="processes for each cell, of which medians are taken; 3, quick 1")
    options.add_argument("--draw", action="store_true", help="measure nothing: tables and chart anew from results.json")
    arguments = options.parse_args()
    arguments.runs = arguments.runs or (1 if arguments.quick else 3)
    environment.enter(PLACE, HERE / "requirements-steps.txt")
    import report
    target = ROOT / "build-steps" if arguments.quick else HERE
    file = target / ("quick.json" if arguments.quick else "results.json")
    results = json.loads(file.read_text()) if file.exists() else {}
    for part in () if arguments.draw else [part for part in PARTS if part in arguments.only]:
        heading = {"date": str(datetime.date.today()), "machine": machine(), "versions": versions(), "runs": arguments.runs}
        results[part] = {**heading, "cells": globals()[part](arguments)}
        file.write_text(json.dumps(results, indent=1) + "\n")
    picture = target / "quick.png" if arguments.quick else ROOT / "docs" / "pictures" / "steps.png"
    (target / ("quick.md" if arguments.quick else "results-steps.md")).write_text(report.text(results, os.path.relpath(picture, target)))
    if "layouts" in results:
        report.chart(results["layouts"], picture)


if __name__ == "__main__":
    main()
