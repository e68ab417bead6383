"""The reference's pages, from the catalogue of the built library: one for each method, base and measure, the schedules, the shared options,
and an index of all options. Formulas are the comments at the head of the sources, minimal bytes those of benchmarks/bytes.json."""
import functools
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bindings"), str(ROOT / "bindings" / "python")]
import libsam  # noqa: E402
import prose  # noqa: E402
import reference  # noqa: E402

KINDS = {"method": "methods", "base": "bases", "measure": "measures", "schedule": "schedules"}
BYTES = json.loads((ROOT / "benchmarks" / "bytes.json").read_text())
COMMENT = r"((?:^[ \t]*///[^\n]*\n)+)"


def place(section, name):
    """The page of an entry."""
    return f"reference/schedules.md#{name}" if section == "schedule" else f"reference/{KINDS[section]}/{name}.md"


def entries():
    """Every entry of the catalogue, in its order."""
    return [e for kind in (libsam.methods, libsam.bases, libsam.measures, libsam.schedules) for e in kind().values()]


@functools.cache
def _sources():
    """Classes of the sources by name: (file, the comment at its head, its parent); and the class of each entry."""
    classes, owners = {}, {}
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        text = path.read_text()
        for comment, kind, parent, body in re.findall(COMMENT + r"^(?:final )?(?:class|struct) (\w+)(?:<.*?>)?(?:: (\w+))?[^\n]*\{\n(.*?)^\}", text, re.M | re.S):
            classes[kind] = (path.relative_to(ROOT).as_posix(), re.sub(r"^[ \t]*/// ?", "", comment, flags=re.M).rstrip(), parent)
            if name := re.search(r'class var about: About \{\s*About\("(\w+)"', body):
                owners[name[1]] = kind
        rule = re.search(COMMENT + r"^struct (\w+)", text, re.M)
        owners.update((name, rule[2]) for name in re.findall(r'Text\(\s*(?:name: )?"(\w+)"', text) if rule)
        owners.update(re.findall(r'MethodEntry\("(\w+)", of: (\w+)\.self', text))
    return classes, owners


def formula(name):
    """(file, text) of the comments that say what an entry computes: its class', and those of its parent and of classes that they name."""
    classes, owners = _sources()
    wanted, found = [owners[name]], {}
    while wanted:
        kind = wanted.pop(0)
        if kind not in classes or kind in found or kind in ("Ascent", "Method", "Base", "Measure"):
            continue
        found[kind] = classes[kind]
        wanted += [classes[kind][2], *re.findall(r"\b[A-Z]\w+", classes[kind][1])]
    return next(iter(found.values()))[0], re.sub(r" \((\w+)\)", lambda m: "" if m[1] in found else m[0], "\n\n".join(text for _, text, _ in found.values()))


def ball():
    """What the comment of the methods that climb says of the ball."""
    return _sources()[0]["Ascent"][1]


def default(option):
    return "" if option.default is None else int(option.default) if isinstance(option.default, bool) else option.default


def options(listed):
    """A table whose rows are anchors: page#option-NAME."""
    if not listed:
        return "None."
    groups = any(o.per_group for o in listed)
    head = ["option", "kind", "default", "range", *(["by group"] if groups else []), "meaning"]
    rows = [[f'<span id="option-{o.name}"></span>`{o.name}`', o.kind, prose.escaped(str(default(o))), prose.escaped(o.range), *(["yes" if o.per_group else ""] if groups else []),
             prose.escaped(o.summary)] for o in listed]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])


def cost(entry):
    """Facts of a method or base."""
    least = BYTES[KINDS[entry.section]][entry.name]
    facts = []
    if entry.section == "method":
        facts += [("evaluations a step", f"{entry.evaluations} at the most, at the default options"), ("base at radius 0", "its own optimizer: takes no base" if entry.own_update else reference.EXACT[entry.exactness])]
    else:
        facts.append(("evaluations a step", f"{entry.evaluations} of its own, behind the method's" if entry.evaluations else "none of its own"))
    facts += [("numbers kept per parameter", str(reference.state(entry))),
              ("least bytes per parameter, f32", f"{least['bytes']:g}: {least['formula']}" if least["bytes"] is not None else f"not counted: {least['formula']}")]
    if entry.needs_auxiliary:
        facts.append(("asks for", "the auxiliary objective"))
    return facts


def composition(entry):
    answers = [(title, reference.composes(entry, settings)) for title, settings in reference.TRIED]
    answers = [(title, "it does not climb in a ball" if answer == "–" else answer) for title, answer in answers]
    return "| shared options | taken |\n|---|---|\n" + "\n".join(f"| {title} | {answer} |" for title, answer in answers)


def page(entry):
    path, text = formula(entry.name)
    parts = [f"# {entry.name}", "", f"A {entry.section}. {prose.escaped(entry.summary)}" + (f" Paper: {prose.escaped(entry.reference)}." if entry.reference else "")]
    if entry.section == "measure":
        facts = [("uses of the objective", ", ".join(f"`{n}`" for n in entry.needs) or "none")]
    else:
        facts = cost(entry)
    parts += ["", "| | |", "|---|---|", *(f"| {title} | {prose.escaped(value) if '`' not in value else value} |" for title, value in facts), ""]
    parts += ["## What it computes", "", prose.markdown(text), ""]
    if "ascent_norm" in entry.options:
        parts += ["The perturbation's shape and length: [the ball](index.md#the-ball).", ""]
    parts += [f"This stands at the head of `{path}`.", ""]
    parts += ["## Settings" if entry.section == "measure" else "## Options", "", options(list(entry.options.values())), ""]
    if entry.section == "measure":
        parts += ["Settings that every measure has and keys that every report has: [C interface](../c.md#measures).", ""]
    else:
        parts += ["How options are set: [by language](../../guide/loop.md#options). Every optimizer also has the [shared options](../shared.md).", ""]
    if entry.section == "method":
        parts += ["## What composes", "", composition(entry), ""]
    return "\n".join(parts)


def listing(section):
    named = {"method": libsam.methods, "base": libsam.bases, "measure": libsam.measures}[section]()
    intro = {"method": "What is minimised: how often a step evaluates and which gradient it hands to the base. Least bytes: of memory traffic per f32 parameter and step, "
                       "over sgd with momentum ([how they are counted](../../benchmarks/results-steps.md)).",
             "base": "What turns a method's direction into an update; torch's arithmetic and order where torch has the optimizer. Least bytes: under `none`.",
             "measure": "Numbers about the loss around the weights. [How to measure honestly](../../guide/measuring.md)."}[section]
    if section == "measure":
        head, rows = "| measure | what it tells | uses of the objective |\n|---|---|---|", [f"| [{e.name}]({e.name}.md) | {prose.escaped(e.summary)} | {', '.join(e.needs)} |" for e in named.values()]
    else:
        head = f"| {section} | what it does | evaluations | kept | least bytes |\n|---|---|--:|--:|--:|"
        rows = [f"| [{e.name}]({e.name}.md) | {prose.escaped(e.summary)} | {e.evaluations} | {reference.state(e)} | {format(b, 'g') if (b := BYTES[KINDS[section]][e.name]['bytes']) is not None else ''} |"
                for e in named.values()]
    behind = ["", "## The ball", "", prose.markdown(ball())] if section == "method" else []
    return "\n".join([f"# {KINDS[section].capitalize()}", "", intro, "", head, *rows, *behind, ""])


def option_index():
    """Every option by name, with the pages that have it: what the search finds."""
    found = {}
    for owner, listed in [(None, libsam.shared_options()), *((e, e.options) for e in entries())]:
        for option in listed.values():
            found.setdefault(option.name, {}).setdefault(option.summary, []).append((owner, option))
    parts = ["# Options by name", "", "Every option of methods and bases, every setting of measures, and the options of every optimizer."]
    for name in sorted(found):
        parts += ["", f"## {name}", ""]
        for summary, owners in found[name].items():
            links = ", ".join(f"[{'every optimizer' if e is None else e.name}]({'shared.md' if e is None else place(e.section, e.name).removeprefix('reference/')}#option-{name})" for e, _ in owners)
            parts.append(f"- {prose.escaped(summary)} {links}.")
    return "\n".join(parts) + "\n"


def schedules():
    """The kinds, with the formulas of sam.h."""
    text = re.search(r"/\* (The course of an option.*?)\*/", (ROOT / "include" / "sam.h").read_text(), re.S)[1]
    intro, lines = text.split('     "constant"', 1)
    formulas = {name: " ".join(words.split()) for name, words in re.findall(r'"(\w+)"(.*?)(?=\n *"\w+"  |\Z)', '"constant"' + lines, re.S)}
    parts = ["# Schedules", "", prose.escaped(" ".join(intro.split())), "", "How a schedule is set: [by language](../guide/loop.md#schedules)."]
    for entry in libsam.schedules().values():
        parts += ["", f"## {entry.name}", "", prose.escaped(entry.summary), "", "```text", formulas[entry.name], "```"]
    return "\n".join(parts) + "\n"


def shared():
    return "\n".join(["# Options of every optimizer", "", options(list(libsam.shared_options().values())), "", "What they do in full: [Options](c.md#options) of the C interface. "
                      "Which methods take them: each method's page.", ""])


def overview():
    counts = [len(kind()) for kind in (libsam.methods, libsam.bases, libsam.measures, libsam.schedules)]
    return "\n".join(["# Reference", "", f"Written from the catalogue of libsam {libsam.__version__} when the site is built; `python -m libsam show NAME` prints the same of a name.", "",
                      f"- [{counts[0]} methods](methods/index.md)", f"- [{counts[1]} bases](bases/index.md)", f"- [{counts[2]} measures](measures/index.md)",
                      f"- [{counts[3]} schedules](schedules.md)", "- [Options of every optimizer](shared.md)", "- [Options by name](options.md)", "- [C interface](c.md)", ""])


def pages():
    """Source path -> Markdown."""
    made = {"reference/index.md": overview(), "reference/shared.md": shared(), "reference/options.md": option_index(), "reference/schedules.md": schedules()}
    for section, folder in list(KINDS.items())[:3]:
        made[f"reference/{folder}/index.md"] = listing(section)
    made.update((place(e.section, e.name), page(e)) for e in entries() if e.section != "schedule")
    return made
