"""One cell of steps.py in a process of its own: reads its task as JSON from the first argument, writes what it measured as JSON.

All peers of the task are made over one set of weights and step in turns, round after round, with the axpy among them; where they begin moves on
from round to round. A turn is as many steps as fill `turn` seconds. Between turns the process sleeps until the threads of the last
peer have stopped spinning. What fails is written down as a sentence in the peer's place.
"""
import gc
import json
import os
import statistics
import sys
import time

import peers


def describe(failure):
    return f"{type(failure).__name__}: {str(failure).splitlines()[0] if str(failure) else ''}"[:300]


def make(task, data):
    """name -> function that makes the peer"""
    if task["part"] in ("layouts", "scaling"):
        return {name: lambda kind=kind: kind(data) for name, kind in peers.SAM.items() if name in task["peers"]}
    if task["part"] == "alone":
        return {name: lambda kind=kind: kind(data) for name, kind in peers.ALONE.items() if data.base == "adamw" or kind is not peers.CPlainAdam}
    if task["part"] == "methods":
        return {task["name"]: lambda: peers.Libsam(data, task["method"], task["base"], choices={"nonfinite": "propagate"}, roles=task.get("role"))}
    return {f"libsam {task['type']}": lambda: typed(task, data)}


def typed(task, data):
    """Weights and gradients of 16 bits, as bits."""
    import numpy as np
    code = {"bf16": 3, "f16": 4}[task["type"]]
    narrow = (lambda a: (a.view(np.uint32) >> 16).astype(np.uint16)) if task["type"] == "bf16" else (lambda a: a.astype(np.float16).view(np.uint16))
    pairs = [peers.arena(data.sizes, np.uint16)[0] for _ in range(2)]
    for arrays, wide in zip(pairs, (data.w, data.g)):
        for a, b in zip(arrays, wide):
            a[...] = narrow(b)
    return peers.Libsam(data, options={"master": 1} if task["master"] else {}, choices={"nonfinite": "propagate"}, arrays=(*pairs, code, code))


def timed(run, k):
    begin = time.perf_counter()
    run(k)
    return (time.perf_counter() - begin) / k


def main(task):
    threads = task["threads"]
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cpus[-threads:])
    data = peers.Set(task["shapes"], task["base"], threads)
    found, made, climbs = {}, {}, task["part"] in ("layouts", "scaling")
    for name, function in make(task, data).items():
        try:
            made[name] = function()
            if task["part"] in ("layouts", "alone", "scaling") and data.total <= 12_000_000:
                wrong = peers.verify(made[name], data, climbs)
                if wrong:
                    raise ArithmeticError(wrong)
            made[name].run(1 if task["part"] == "methods" else 2)
        except Exception as failure:
            found[name] = {"error": describe(failure)}
            made.pop(name, None)
    limits = {"limit": peers.Limit(data)}
    if threads > 1 and data.total < 1_000_000:
        limits["limit, serial"] = peers.Limit(data, 1)
    runners = {**limits, **made}
    repeats, unit = {}, task.get("steps", 1)
    for name in list(runners):
        try:
            once = timed(runners[name].run, 1)
            if once < 1e-3:                                 # one call says little: over many
                once = timed(runners[name].run, max(1, int(2e-3 / once)))
            whole = 1 if name in limits or unit * once > task["turn"] * 100 else unit
            repeats[name] = whole * max(1, round(task["turn"] / once / whole))
        except Exception as failure:
            found[name] = {"error": describe(failure)}
            del runners[name]
    gc.collect()
    gc.disable()
    spins = threads > 1 and data.total >= 500_000
    times, names, begin, rounds = {name: [] for name in runners}, list(runners), time.perf_counter(), 0
    while rounds < task["least"] or (time.perf_counter() - begin < task["budget"] and rounds < 51):
        for name in names[rounds % len(names):] + names[:rounds % len(names)]:
            time.sleep(0.25 if spins else 0.05 if threads > 1 else 0.002)
            try:
                if repeats[name] > unit:
                    runners[name].run(1)                    # its own vectors back into the caches
                times[name].append(timed(runners[name].run, repeats[name]))
            except Exception as failure:
                found[name] = {"error": describe(failure)}
        names = [name for name in names if name not in found]
        rounds += 1
        if time.perf_counter() - begin > task["budget"] * 4:
            break
    for name, all_times in times.items():
        if name not in found:
            low, _, high = statistics.quantiles(all_times, n=4) if len(all_times) > 1 else 3 * all_times
            found[name] = {"seconds": statistics.median(all_times), "low": low, "high": high, "steps": repeats[name]}
    axpy = min((found.pop(name) for name in limits), key=lambda one: one["seconds"])
    return {"rounds": rounds, "scalars": data.total, "axpy": axpy, "byte": axpy["seconds"] / (12 * data.total), "peers": found}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
