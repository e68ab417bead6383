"""The pictures. Colours: Okabe and Ito's palette, told apart with any colour vision; the base is black in pictures of the runs."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import libsam
from report import alone, mean_error, portraits, short

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F"]
RISE = 0.1                              # of the loss, marked on the planes
STYLES = ["-", "--", "-.", (0, (1, 1))]
plt.rcParams.update({"figure.dpi": 150, "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                     "axes.grid": True, "grid.alpha": 0.25, "axes.axisbelow": True, "legend.frameon": False})


def look(names):
    """{name: its colour and line style}"""
    base = alone(names)
    others = [name for name in names if name not in (base, short(base))]
    found = {base: ("black", "-"), short(base): ("#7F7F7F", "-"),
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
    figure.suptitle(f"Mean over {len(results[alone(results)])} seeds, band: one standard error")
    save(figure, path)


def accuracy(tables, path):
    """Bars of the test accuracy at the end, for both ways of limiting the runs."""
    styles = look(tables["evaluations"])
    figure, axes = plt.subplots(figsize=(8.5, 3.9), layout="constrained")
    for side, unit, more in ((-1, "evaluations", {}), (1, "steps", {"hatch": "///", "alpha": 0.5})):
        for place, (name, (colour, _)) in enumerate(styles.items()):
            if name in tables[unit]:
                runs = [100 * r.test for r in tables[unit][name]]
                x, (mean, error) = place + (side * 0.19 if name != short(alone(styles)) else 0), mean_error(runs)
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
    """How the training loss rises around the weights that the base and another method found."""
    base = alone(results)
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
    for name, style in ((base, ("black", "-")), (other, (COLOURS[0], "--"))):
        for place, axes in enumerate(panels):
            band(axes, results[name][0].slices[place][0], [r.slices[place][1] for r in results[name]], style, name)
    panels[0].set(title="Along random directions", xlabel="distance, in lengths of each filter",
                  ylabel="rise of the training loss, nats")
    panels[1].set(title="Along the Hessian's top eigenvector", xlabel="distance in the weights, Euclidean")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(f"Rise of the loss around the end of training, mean over {len(results[base])} seeds, band: one standard error")
    save(figure, path)


def minima(results, path):
    """The training loss on a plane around the minimum of the base and of another method, on one scale; where it has risen by RISE."""
    found = {name: portrait["slice_2d"] for name, portrait in portraits(results).items()}
    limits = min(one.losses.min() for one in found.values()), max(one.losses.max() for one in found.values())
    figure, panels = plt.subplots(1, len(found), figsize=(9.5, 4.6), layout="constrained", sharex=True, sharey=True)
    for axes, (name, one) in zip(panels, found.items()):
        libsam.plot.landscape_2d(one, limits=limits, levels=14, unit="lengths of each filter", bar=False, axes=axes)
        if one.value > RISE:
            axes.clabel(axes.contour(one.x, one.y, (one.losses - one.loss).T, [RISE], colors="white", linestyles="dotted"), fmt="+%g", fontsize=8)
        axes.grid(visible=False)
        axes.label_outer()
        axes.set(title=f"{name}: loss {one.loss:.3f}, greatest rise {one.value:.2f}", aspect="equal", xticks=one.x[::5], yticks=one.y[::5])
    figure.colorbar(panels[0].collections[0], ax=panels, label="mean cross-entropy, nats", format="%.2f")
    figure.suptitle(f"Training loss on a random plane through the weights found (seed 0); dotted: where it has risen by {RISE:g}")
    save(figure, path)


def sharpness(results, path):
    """Density of the Hessian's eigenvalues, the largest of them, and the trace by layer, at two minima."""
    found = portraits(results)
    figure, panels = plt.subplots(1, 3, figsize=(13, 3.9), layout="constrained", width_ratios=(1.15, 0.85, 1))
    for name, portrait in found.items():
        libsam.plot.spectrum(portrait["spectral_density"], label=name, axes=panels[0])
        libsam.plot.spectrum(portrait["eigenpairs"], label=name, axes=panels[1])
    libsam.plot.per_layer(*(portrait["layerwise"] for portrait in found.values()), labels=list(found),
                          quantity="trace of the Hessian's block, loss / weight²", axes=panels[2])
    for axes, title in zip(panels, ("Density of the eigenvalues", "The five largest", "Trace by layer")):
        axes.set_title(title)
    figure.suptitle("The Hessian of the training loss at the weights found (seed 0)")
    save(figure, path)
