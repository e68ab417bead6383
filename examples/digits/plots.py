"""The pictures. Colours: Okabe and Ito's palette, told apart with any colour vision; sgd is always black."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import measure
from report import SHORT, mean_error

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F"]
STYLES = ["-", "--", "-.", (0, (1, 1))]
plt.rcParams.update({"figure.dpi": 150, "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                     "axes.grid": True, "grid.alpha": 0.25, "axes.axisbelow": True, "legend.frameon": False})


def look(names):
    """{name: its colour and line style}"""
    others = [name for name in names if name not in ("sgd", SHORT)]
    found = {"sgd": ("black", "-"), SHORT: ("#7F7F7F", "-"),
             **{name: (COLOURS[i % len(COLOURS)], STYLES[i % len(STYLES)]) for i, name in enumerate(others)}}
    return {name: found[name] for name in names}


def band(axes, x, samples, look, label):
    """The mean over samples [seeds, points] and a band of one standard error."""
    mean, error = np.array([mean_error(column) for column in np.transpose(samples)]).T
    axes.plot(x, mean, color=look[0], linestyle=look[1], label=label, linewidth=1.6)
    axes.fill_between(x, mean - error, mean + error, color=look[0], alpha=0.18, linewidth=0)


def save(figure, path):
    figure.savefig(path, bbox_inches="tight")
    plt.close(figure)


def curves(results, path):
    """Test accuracy and training loss along the runs of the same number of evaluations."""
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.9), layout="constrained")
    for name, style in look(results).items():
        paths = [np.array(r.curve) for r in results[name]]
        x = np.linspace(0, max(p[-1, 0] for p in paths), 41)
        for axes, column, scale in ((panels[0], 2, 100), (panels[1], 1, 1)):
            band(axes, x, [scale * np.interp(x, p[:, 0], p[:, column]) for p in paths], style, name)
    panels[0].set(title="Test accuracy (right labels)", ylabel="correct, %", ylim=(20, 100))
    panels[1].set(title="Training loss (40 % of the labels wrong)", ylabel="mean cross-entropy, nats", ylim=(0, None))
    for axes in panels:
        axes.set_xlabel("gradient evaluations")
        axes.margins(x=0)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=min(len(results), 8))
    figure.suptitle(f"Mean over {len(results['sgd'])} seeds, band: one standard error")
    save(figure, path)


def accuracy(tables, path):
    """Bars of the test accuracy at the end, for both ways of limiting the runs."""
    styles = look(tables["evaluations"])
    figure, axes = plt.subplots(figsize=(8.5, 3.9), layout="constrained")
    for side, unit, more in ((-1, "evaluations", {}), (1, "steps", {"hatch": "///", "alpha": 0.5})):
        for place, (name, (colour, _)) in enumerate(styles.items()):
            if name in tables[unit]:
                runs = [100 * r.test for r in tables[unit][name]]
                x, (mean, error) = place + (side * 0.19 if name != SHORT else 0), mean_error(runs)
                axes.bar(x, mean, 0.36, color=colour, edgecolor="white", **more)
                axes.errorbar(x, mean, error, color="black", capsize=3, linewidth=1.2, zorder=3)
                axes.plot(np.full(len(runs), x), runs, "o", color="white", markeredgecolor="black", markersize=3.5,
                          markeredgewidth=0.7, zorder=4)
                axes.text(x, 2, f"{mean:.1f}", ha="center", va="bottom", fontsize=7.5, zorder=5,
                          bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85})
    handles = [plt.Rectangle((0, 0), 1, 1, color="gray"),
               plt.Rectangle((0, 0), 1, 1, facecolor="gray", alpha=0.5, hatch="///", edgecolor="white"),
               plt.Line2D([], [], linestyle="none", marker="o", color="white", markeredgecolor="black", markersize=4)]
    figure.legend(handles, ["same number of evaluations", "same number of steps", "one seed"], loc="outside lower center", ncols=3)
    axes.set_xticks(range(len(styles)), styles)
    axes.set(ylabel="test images correct, %", ylim=(0, 100), title="Test accuracy at the end of training, mean ± standard error")
    axes.grid(axis="x", visible=False)
    save(figure, path)


def landscape(results, other, path):
    """How the training loss rises around the weights that sgd and another method found."""
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
    for name, style in (("sgd", ("black", "-")), (other, (COLOURS[0], "--"))):
        for place, (axes, x) in enumerate(((panels[0], measure.ALONG_RANDOM), (panels[1], measure.ALONG_TOP))):
            band(axes, x, [r.slices[place] for r in results[name]], style, name)
    panels[0].set(title="Along random directions", xlabel="distance, in lengths of each unit's weights",
                  ylabel="rise of the training loss, nats")
    panels[1].set(title="Along the Hessian's top eigenvector", xlabel="distance in the weights, Euclidean")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(f"Rise of the loss around the end of training, mean over {len(results['sgd'])} seeds, band: one standard error")
    save(figure, path)
