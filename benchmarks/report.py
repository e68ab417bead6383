"""results.json as tables and a chart."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt                             # noqa: E402

import peers                                                # noqa: E402

GOALS = {"one tensor 1e7": "1.1", "ResNet-50 shapes, 25.6 M": "1.15", "GPT-2 shapes, 124 M": "1.1", "60 tiny tensors, 1e5": "2.0",
         "one tensor of 1000": "0.5 us from C, 5 us from Python"}
SMALL = "one tensor of 1000"
BASES = {"sgd": "SGD", "adamw": "AdamW"}


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def number(x):
    return f"{x:.0f}" if x >= 9.95 else f"{x:.1f}" if x >= 2.995 else f"{x:.2f}"


def short(seconds):
    micro = 1e6 * seconds
    return f"{micro:.2f} us" if micro < 9.995 else f"{micro:.0f} us"


def value(cell, name, in_time=False):
    """A peer's multiple of the limit, or its time; – where it was not measured, * where it failed."""
    if cell is None or name not in cell.get("peers", {}):
        return "–" if cell is None or "error" not in cell else "*"
    peer = cell["peers"][name]
    return "*" if "error" in peer else short(peer["seconds"]) if in_time else number(peer["bytes"] / cell["minimal"])


def failures(cells, label):
    found = {}
    for cell in cells:
        for name, peer in {"": cell, **cell.get("peers", {})}.items():
            if "error" in peer:
                found.setdefault((name or "the cell", peer["error"]), []).append(label(cell))
    return [f"\\* {name}: {error} ({'; '.join(places)})\n" for (name, error), places in found.items()]


def pair(cells, key, name, in_time=False):
    """One thread / two threads."""
    return " / ".join(value(next((c for c in cells if c["threads"] == n and all(c[k] == v for k, v in key.items())), None), name, in_time) for n in (1, 2))


def heading(title, part, first):
    """Date and place of a part; the place in full where it is not that of the first."""
    machine, versions = part["machine"], part["versions"]
    still = lambda one: {**one["machine"], "load": None}
    if part is not first and (still(part), versions) == (still(first), first["versions"]):
        return f"## {title}\n\n{part['date']}, load {machine['load']} at the start; machine and versions as above.\n"
    caches = ", ".join(f"{name} {size}" for name, size in machine["caches"].items())
    return f"""## {title}

{part["date"]}; {machine["processor"]}, {machine["cores"]} cores, {machine["vectors"]}, {caches}; {machine["memory_MiB"]} MiB, huge pages {machine["huge_pages"]};
{machine["kernel"]}, load {machine["load"]} at the start; {", ".join(f"{name} {version}" for name, version in versions.items())}; {part["runs"]} process(es) for each cell.
"""


def by_layout(part, order, goals):
    text, cells = [], part["cells"]
    columns = [name for name in peers.LAYOUTS if any(c["layout"] == name for c in cells)]
    for base, title in BASES.items():
        rows = [[name, *(pair(cells, {"layout": layout, "base": base}, name, layout == SMALL) for layout in columns)] for name in order
                if any(name in c.get("peers", {}) for c in cells if c["base"] == base)]
        limits = [["the limit itself, GB/s", *(" / ".join(f"{1e-9 / c['byte']:.0f}" for c in cells if c["layout"] == layout and c["base"] == base and "byte" in c)
                                             for layout in columns)]]
        wanted = [["**wanted of libsam**", *(GOALS[layout] for layout in columns)]] if goals else []
        minimal = next((c["minimal"] for c in cells if c["base"] == base), 0)
        text += [f"### {'SAM + ' if goals else ''}{title}: {minimal} bytes a scalar\n", table(["one / two threads", *columns], rows + wanted + limits)]
    return text + losses(cells) + failures(cells, lambda c: f"{BASES[c['base']]}, {c['layout']}, {c['threads']}")


def losses(cells):
    """Where another is quicker than libsam from C, by more than 3 %."""
    found = []
    for cell in cells:
        good = {name: peer["seconds"] for name, peer in cell.get("peers", {}).items() if "error" not in peer}
        ours = good.get(peers.OUR_C)
        quicker = [f"{name} {ours / seconds:.2f} times" for name, seconds in good.items() if ours and not name.startswith("libsam") and seconds * 1.03 < ours]
        if quicker:
            found.append(f"- {BASES[cell['base']]}, {cell['layout']}, {cell['threads']} thread(s): {', '.join(quicker)}")
    return ["Quicker than libsam from C by more than 3 %: " + ("none.\n" if not found else "\n\n" + "\n".join(found) + "\n")]


def methods(part, kind):
    rows = []
    for cell in part["cells"]:
        if cell["kind"] != kind:
            continue
        peer = cell.get("peers", {}).get(cell["name"], cell)
        if "error" in peer:
            rows.append([f"`{cell['name']}`", "*", "", "", ""])
        else:
            rows.append([f"`{cell['name']}`", f"{1e9 * peer['seconds'] / cell['scalars']:.2f}", f"{peer['bytes']:.0f}", f"{cell['minimal']:g}" if cell["minimal"] else "",
                         f"{peer['bytes'] / cell['minimal']:.2f}" if cell["minimal"] else ""])
    return [table([kind, "ns a scalar", "bytes that the axpy moves in that time", "minimal bytes", "multiple"], rows),
            *failures([c for c in part["cells"] if c["kind"] == kind], lambda c: c["name"])]


def text(results, picture):
    first = next((results[name] for name in ("layouts", "alone", "scaling", "methods", "types") if name in results), None)
    out = ["""# Time of a step: libsam beside its peers

Written by `scripts/benchmark` (benchmarks/steps.py says how; numbers: results.json). The optimizer's own part of a step alone: gradients stand there, no model is evaluated. Numbers
are multiples of the limit: the minimal bytes of the step at the speed of an in-place axpy over the same set in the same process. 1 is what the
memory allows (inside the caches the axpy is no strict limit). Peers step in turns; medians. A libsam that looks at its last gradient for NaN and
infinity (nonfinite = "error", the default) reads 4 bytes more; in_place = 0 needs 4 fewer: both are shown over the same minimal bytes as the rest.
"""]
    if "layouts" in results:
        out += [f"![Times as multiples of the limit]({picture})\n", heading("SAM", results["layouts"], first), *by_layout(results["layouts"], peers.SAM, True)]
    if "alone" in results:
        out += [heading("The base alone", results["alone"], first), *by_layout(results["alone"], peers.ALONE, False)]
    if "scaling" in results:
        part = results["scaling"]
        cells = part["cells"]
        sizes = sorted({c["scalars"] for c in cells})
        out.append(heading("From a thousand scalars to a hundred million, one tensor", part, first))
        for base, title in BASES.items():
            names = {name: None for c in cells for name in c.get("peers", {})}
            for head, in_time in (("multiples of the limit", False), ("time of a step", True)):
                shown = [n for n in sizes if not in_time or n <= 1e5]
                out += [f"### SAM + {title}: {head}\n", table(["one / two threads", *(f"{n:.0e}".replace("+0", "") for n in shown)],
                                                           [[name, *(pair(cells, {"base": base, "scalars": n}, name, in_time) for n in shown)] for name in names])]
        out += failures(cells, lambda c: f"{BASES[c['base']]}, {c['scalars']}, {c['threads']}")
    if "methods" in results:
        part = results["methods"]
        out += [heading("Every method over SGD with momentum, one thread", part, first),
                "One tensor; means over ten steps in a row, medians of those. Minimal bytes, where a step is made of elementwise passes alone: bytes.json.\n", *methods(part, "method"),
                "### Every base alone, one thread, tensors of 500 x 500\n", *methods(part, "base")]
    if "types" in results:
        part = results["types"]
        cells = part["cells"]
        rows = [[f"{kind}, {'f32 masters' if master else 'no masters'}, SAM + {title}", f"{cell['minimal']}", pair(cells, {"type": kind, "master": master, "base": base}, f"libsam {kind}")]
                for kind in ("bf16", "f16") for master in (True, False) for base, title in BASES.items()
                for cell in cells[:1] for cell in [next(c for c in cells if (c["type"], c["master"], c["base"]) == (kind, master, base))]]
        out += [heading("Weights and gradients of 16 bits, one tensor", part, first), table(["", "minimal bytes", "multiple, one / two threads"], rows),
                *failures(cells, lambda c: f"{c['type']}, {'masters' if c['master'] else 'no masters'}, {BASES[c['base']]}, {c['threads']}")]
    return "\n".join(out)


OURS, THEIRS, SECOND = "#0072B2", "#D55E00", "#E69F00"


def chart(part, file):
    """Dots on a logarithmic scale: rows the peers, a panel for each layout and base, filled for one thread, hollow for two."""
    cells = part["cells"]
    columns = [name for name in peers.LAYOUTS if any(c["layout"] == name for c in cells)]
    names = [name for name in peers.SAM][::-1]
    figure, axes = plt.subplots(2, len(columns), figsize=(4.4 + 2.4 * len(columns), 7.4), sharey=True, squeeze=False, layout="constrained")
    for row, (base, title) in zip(axes, BASES.items()):
        for ax, layout in zip(row, columns):
            seen = [1.0]
            for cell in cells:
                if (cell["layout"], cell["base"]) != (layout, base):
                    continue
                for place, name in enumerate(names):
                    peer = cell.get("peers", {}).get(name, {})
                    if "bytes" in peer:
                        x = peer["bytes"] / cell["minimal"]
                        seen.append(x)
                        colour, one = OURS if name.startswith("libsam") else THEIRS, cell["threads"] == 1
                        ax.plot(x, place + (0.15 if one else -0.15), "o", markersize=5.5, color=colour, markerfacecolor=colour if one else "white", markeredgewidth=1.3)
            ax.axvline(1, color="black", linewidth=1.2)
            ax.set(xscale="log", xlim=(min(0.8, 0.9 * min(seen)), 1.3 * max(max(seen), 3)), ylim=(-0.6, len(names) - 0.4))
            ax.set_yticks(range(len(names)), names)
            ax.xaxis.set_major_formatter("{x:g}")
            ticks = [t for t in (0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if ax.get_xlim()[0] <= t <= ax.get_xlim()[1]]
            ax.set_xticks(ticks if len(ticks) < 7 else [t for t in ticks if t not in (3, 20, 50, 200, 500, 2000)])
            ax.xaxis.set_minor_formatter(lambda x, _: "")
            ax.grid(axis="y", alpha=0.25)
            ax.grid(axis="x", alpha=0.25)
            ax.spines[["top", "right", "left"]].set_visible(False)
            ax.tick_params(axis="y", length=0)
            ax.set_title(f"SAM + {title}\n{layout}", fontsize=9.5)
            for label, name in zip(ax.get_yticklabels(), names):
                label.set_color(OURS if name.startswith("libsam") else "black")
    figure.supxlabel(f"time of a step over the memory's limit (line at 1); filled: one thread, hollow: two; {part['machine']['processor']}, {part['date']}", fontsize=9.5)
    figure.savefig(file, dpi=110)
    plt.close(figure)
