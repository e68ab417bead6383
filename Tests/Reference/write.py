"""Writes the project's own golden files, from the project's folder: `python -m Tests.Reference.write [NAME…]`.

NAME is a method, a base, "shared", or a problem ("problems/lattice"); without one, all are written. A file whose numbers agree with
the new ones within the tolerance of the tests is kept: last digits differ between machines and are no change.
"""
import argparse
import difflib
import json

from . import cases, golden
from .problem import Problem, make
from .trajectory import trajectory


def problem_record(layout=cases.USUAL):
    return make(*cases.PROBLEMS[layout])


def record(problem, layout, method, base, options, base_options):
    rows = trajectory(problem, method, base, options, base_options, cases.STEPS)
    steps = [{"ask": row["ask"], "batch": row["batch"], "loss": row["loss"], **({"w": row["w"].tolist()} if t in cases.RECORDED else {})}
             for t, row in enumerate(rows, 1)]
    return {"method": method, "base": base, "options": options, "base_options": base_options, "layout": layout, "steps": steps}


def rotated(index, options):
    base, base_options = cases.ROTATION[index % len(cases.ROTATION)]
    return base, options, base_options


def method_settings(name):
    first, settings = cases.METHODS[name]
    return [(name, *((None, options, {}) if first is None else rotated(first + number, options))) for number, options in enumerate(settings)]


def base_settings(name):
    settings = [(method, name, {}, options) for options in cases.BASES[name] for method in ("none", "sam")]
    if name in cases.REPEATED:
        settings.append(("lookbehind_sam", name, cases.REPEATING, cases.BASES[name][1]))
    return settings


def shared_settings():
    settings = [("sam", *rotated(number, options)) for number, options in enumerate(cases.SHARED)]
    return settings + [("sam", base, options, base_options) for base, base_options, options in cases.SHARED_EVALUATING]


def names():
    """Of every file of the folder `own`."""
    return [*(f"problems/{layout}" for layout in cases.PROBLEMS), *cases.METHODS, *cases.BASES, "shared"]


def contents(name, problems):
    """What the file of a name holds, as Python values. problems: by layout."""
    if name.startswith("problems/"):
        return problem_record(name.removeprefix("problems/"))
    settings = shared_settings() if name == "shared" else method_settings(name) if name in cases.METHODS else base_settings(name)
    layout = cases.LAYOUT.get(name, cases.USUAL)
    return {"cases": [record(problems[layout], layout, *row) for row in settings]}


def put(path, new, agree):
    """Writes a golden file and returns True, unless there is one that `agree`s with the new contents."""
    try:
        if agree(json.loads(path.read_text()), new):
            return False
    except (FileNotFoundError, json.JSONDecodeError):      # none, or one that a merge has cut up
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(new, separators=(",", ":")) + "\n")
    return True


def write(chosen=(), folder=golden.OWN):
    """Brings the files of the chosen names (none: all) up to date, and returns the names of those that were written. Problems come first,
    since every trajectory is computed on the file's problem: a problem that is due is written with any name."""
    written, problems = [], {}
    for layout in cases.PROBLEMS:
        path = folder / "problems" / f"{layout}.json"
        if put(path, problem_record(layout), golden.same_problem):
            written.append(f"problems/{layout}")
        problems[layout] = Problem.read(path)
    for name in names():
        if not name.startswith("problems/") and (not chosen or name in chosen):
            if put(folder / f"{name}.json", contents(name, problems), golden.same_trajectories):
                written.append(name)
    return written


def main():
    parser = argparse.ArgumentParser(prog="python -m Tests.Reference.write", description="Writes the project's own golden files.")
    parser.add_argument("name", nargs="*", help='a method, a base, "shared", or a problem ("problems/lattice"); none: all')
    chosen = parser.parse_args().name
    for name in chosen:
        if name not in names():
            close = difflib.get_close_matches(name, names(), 1)
            parser.error(f'"{name}" has no line in cases.py' + (f'; did you mean "{close[0]}"?' if close else ""))
    written = write(chosen)
    for name in written:
        print(f"{golden.OWN / name}.json")
    print(f"{len(written)} files written; all others agree" if written else "every file agrees: nothing is written")


if __name__ == "__main__":
    main()
