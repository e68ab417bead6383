"""Writes the project's own golden files: `python -m Tests.Reference.write`, from the project's folder."""
import json

from . import cases
from .golden import OWN
from .problem import Problem, make
from .step import METHODS
from .trajectory import trajectory


def problem_record(layout=cases.USUAL):
    return make(*cases.PROBLEMS[layout])


def record(problem, layout, method, base, options, base_options):
    rows = trajectory(problem, method, base, options, base_options, cases.STEPS)
    steps = [{"ask": row["ask"], "batch": row["batch"], "loss": row["loss"], **({"w": row["w"].tolist()} if t in cases.RECORDED else {})}
             for t, row in enumerate(rows, 1)]
    return {"method": method, "base": base, "options": options, "base_options": base_options, "layout": layout, "steps": steps}


def method_settings(name, settings):
    own_update = METHODS[name].own_update
    for place, options in enumerate(settings, list(cases.METHODS).index(name)):
        yield name, *((None, options, {}) if own_update else rotated(place, options))


def rotated(place, options):
    base, base_options = cases.ROTATION[place % len(cases.ROTATION)]
    return base, options, base_options


def files():
    """Name and contents of every file of the folder `own`, as Python values."""
    problems = {}
    for layout in cases.PROBLEMS:
        yield f"problems/{layout}", problem_record(layout)
        problems[layout] = Problem(problem_record(layout))
    settings = {name: list(method_settings(name, options)) for name, options in cases.METHODS.items()}
    settings |= {name: [(method, name, {}, options) for options in choices for method in ("none", "sam")] for name, choices in cases.BASES.items()}
    for name in cases.REPEATED:
        settings[name].append(("lookbehind_sam", name, cases.REPEATING, cases.BASES[name][1]))
    settings["shared"] = [("sam", *rotated(place, options)) for place, options in enumerate(cases.SHARED)]
    settings["shared"] += [("sam", base, options, base_options) for base, base_options, options in cases.SHARED_EVALUATING]
    for name, rows in settings.items():
        layout = cases.LAYOUT.get(name, cases.USUAL)
        yield name, {"cases": [record(problems[layout], layout, *row) for row in rows]}


def main():
    (OWN / "problems").mkdir(parents=True, exist_ok=True)
    for name, contents in files():
        (OWN / f"{name}.json").write_text(json.dumps(contents, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
