"""Pictures of what measures find, by matplotlib, which is imported at the first of them.

Each takes Results of libsam.measure, or arrays, and optional axes, and returns the axes: titles, limits and files are the caller's.

    axes = libsam.plot.spectrum(libsam.measure(optimizer, objective, "spectral_density"))
    axes.figure.savefig("spectrum.png")

Colours: Okabe and Ito's palette and cividis, told apart with any colour vision.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .errors import ArgumentError
from .result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STYLES = ("-", "--", "-.", ":")
MAP = "cividis"
EIGENVALUE = "eigenvalue of the Hessian, loss / weight²"


def spectrum(found: Any, *, eigenvalues: Any = None, stem: bool = False, axes: Axes | None = None, label: str | None = None) -> Axes:
    """The Hessian's eigenvalues. Of spectral_density: their density over a logarithmic scale; stem: the quadrature's nodes with
    their weights instead. Of eigenpairs, or an array: a stem for each, the first to the left. eigenvalues: of eigenpairs, or an
    array, marked in a density. Another call with the same axes draws over it."""
    if not (isinstance(found, Result) and "density" in found):
        return _ranked(_values(found), axes, label)
    axes = _axes(axes)
    colour = _next_colour(axes)
    if stem:
        nodes, weights = found.nodes.ravel(), found.weights.ravel() / len(found.nodes)
        shown = weights > 1e-12
        axes.vlines(nodes[shown], 1e-12, weights[shown], color=colour, linewidth=1.2, alpha=0.7)
        axes.plot(nodes[shown], weights[shown], "o", color=colour, markersize=3.5, label=label)
        axes.set_ylim(bottom=weights[shown].min() / 3)
        axes.set_ylabel("share of the eigenvalues")
    else:
        axes.plot(found.grid, found.density, color=colour, linewidth=1.6, label=label)
        low = 1e-7 * found.density.max()
        axes.set_ylim(bottom=min(low, axes.get_ylim()[0]) if len(axes.lines) > 1 else low)
        axes.set_ylabel("density, share per unit of eigenvalue")
    axes.set_yscale("log")
    if eigenvalues is not None:
        marks = np.ravel(_values(eigenvalues))
        axes.plot(marks, np.full(marks.shape, 0.03), "v", transform=axes.get_xaxis_transform(), color=COLOURS[1], markersize=6,
                  label="eigenvalues", zorder=3)
    axes.set_xlabel(EIGENVALUE)
    return _finish(axes, label is not None or eigenvalues is not None)


def _ranked(values: np.ndarray, axes: Axes | None, label: str | None) -> Axes:
    axes, values = _axes(axes), np.ravel(values)
    places, colour = np.arange(1, values.size + 1), _next_colour(axes)
    axes.vlines(places, 0, values, color=colour, linewidth=1.5)
    axes.plot(places, values, "o", color=colour, label=label)
    axes.axhline(0, color="0.4", linewidth=0.8)
    axes.xaxis.get_major_locator().set_params(integer=True)         # type: ignore[call-arg]
    axes.set(xlabel="number of the eigenvalue", ylabel=EIGENVALUE)
    return _finish(axes, label is not None)


def landscape_1d(*found: Any, labels: Sequence[str] | None = None, unit: str = "lengths of the direction", axes: Axes | None = None) -> Axes:
    """The loss along a direction: slice_1d, or (coordinates, losses), one or several. unit: of the coordinate, 0 being the
    weights measured; of directions normalised by filter: "lengths of each filter"."""
    axes = _axes(axes)
    for one, label in zip(found, _labels(labels, len(found))):
        x, losses = (one.coordinates, one.losses) if isinstance(one, Result) else map(np.asarray, one)
        axes.plot(x, losses, color=_next_colour(axes), linestyle=_next_style(axes), linewidth=1.6, label=label)
    axes.axvline(0, color="0.4", linewidth=0.8, zorder=0)
    axes.set(xlabel=f"distance from the weights, {unit}", ylabel="loss")
    axes.margins(x=0)
    return _finish(axes, labels is not None)


def landscape_2d(found: Any = None, *, trajectory: Any = None, surface: bool = False, limits: tuple[float, float] | None = None,
                 levels: int = 12, unit: str = "lengths of the direction", bar: bool = True, axes: Axes | None = None) -> Axes:
    """The loss over a plane: slice_2d, or (x [a], y [b], losses [a, b]), as contours or as a surface (axes then in 3-D).
    trajectory: [points, 2], or a pca_plane, drawn over it or alone: the places of the weights, from a ring to a star. limits: of the colours, so that
    several pictures have one scale; losses beyond them have the colour of the limit. Losses that are not finite stay grey."""
    if isinstance(found, Result) and "coordinates" in found and "losses" not in found:
        found, trajectory = None, found if trajectory is None else trajectory
    axes = _axes(axes, projection="3d" if surface else None)
    if found is not None:
        _plane(axes, found, surface, limits, levels, bar)
        between = ",\n" if surface else ", "
        axes.set(xlabel=f"first direction{between}{unit}", ylabel=f"second direction{between}{unit}")
    if trajectory is not None:
        if surface:
            raise ArgumentError("a trajectory goes with contours, not with a surface")
        _trajectory(axes, trajectory)
    return axes


def _plane(axes: Axes, found: Any, surface: bool, limits: tuple[float, float] | None, levels: int, bar: bool) -> None:
    x, y, losses = (found.x, found.y, found.losses) if isinstance(found, Result) else map(np.asarray, found)
    if losses.shape != (len(x), len(y)):
        raise ArgumentError(f"losses have the shape {losses.shape}, x and y need {(len(x), len(y))}")
    finite = np.ma.masked_invalid(losses.T)
    if finite.count() == 0:
        raise ArgumentError("none of the losses is finite")
    low, high = limits or (float(finite.min()), float(finite.max()))
    high = high if high > low else low + max(abs(low), 1) * 1e-6
    if surface:
        from matplotlib.ticker import MaxNLocator
        clipped = np.clip(np.where(np.isfinite(losses.T), losses.T, np.nan), low, high)
        drawn = axes.plot_surface(*np.meshgrid(x, y), clipped, cmap=MAP, vmin=low, vmax=high, linewidth=0,      # type: ignore[attr-defined]
                                  rcount=len(y), ccount=len(x))
        axes.set_zlim(low, high)                                # type: ignore[attr-defined]
        axes.set_zlabel("" if bar else "loss")                  # type: ignore[attr-defined]
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):       # type: ignore[attr-defined]
            axis.set_major_locator(MaxNLocator(5))
            axis.label.set_size(8)                              # type: ignore[union-attr]
            axis.set_tick_params(labelsize=8)
        axes.xaxis.labelpad = axes.yaxis.labelpad = 8
        axes.set_box_aspect((1, 1, 0.75), zoom=0.9)             # type: ignore[call-arg, arg-type]
    else:
        steps = np.linspace(low, high, levels + 1)
        below, above = finite.min() < low, finite.max() > high
        extend = "both" if below and above else "max" if above else "min" if below else "neither"
        axes.set_facecolor("0.8")
        drawn = axes.contourf(x, y, finite, steps, cmap=MAP, extend=extend)
        lines = axes.contour(x, y, finite, steps, colors="black", linewidths=0.6, alpha=0.6)
        for text in axes.clabel(lines, lines.levels[1:-1:2], fontsize=7, fmt="%.3g"):      # type: ignore[index]
            text.set(alpha=1, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.6, "pad": 0.6})
        if min(x) <= 0 <= max(x) and min(y) <= 0 <= max(y):
            axes.plot(0, 0, "+", color="white", markersize=9, markeredgewidth=1.8)
    if bar:
        axes.figure.colorbar(drawn, ax=axes, label="loss", format="%.3g", **({"shrink": 0.6, "pad": 0.1} if surface else {}))    # type: ignore[arg-type]


def _trajectory(axes: Axes, found: Any) -> None:
    places = np.asarray(found.coordinates if isinstance(found, Result) else found, float)
    if places.ndim != 2 or places.shape[1] < 2:
        raise ArgumentError(f"a trajectory has the shape [points, 2], not {places.shape}")
    axes.plot(places[:, 0], places[:, 1], "-o", color=COLOURS[1], linewidth=1.4, markersize=3, label="trajectory")
    axes.plot(*places[0, :2], "o", color="white", markeredgecolor=COLOURS[1], markersize=8, label="first", zorder=4)
    axes.plot(*places[-1, :2], "*", color=COLOURS[1], markeredgecolor="white", markersize=14, label="last", zorder=4)
    if isinstance(found, Result) and "explained" in found:
        first, second = 100 * found.explained[:2]
        axes.set(xlabel=f"first component ({first:.0f} % of the variance), Euclidean", ylabel=f"second ({second:.0f} %), Euclidean")
    elif not axes.get_xlabel():
        axes.set(xlabel="first direction", ylabel="second direction")
    axes.legend(fontsize=8)


def interpolation(*found: Any, labels: Sequence[str] | None = None, axes: Axes | None = None) -> Axes:
    """The loss between two weights: barrier or bezier, or (positions, losses), one or several; a dotted line joins the ends, and an
    arrow shows the barrier: the most by which the loss stands above that line."""
    axes = _axes(axes)
    for one, label in zip(found, _labels(labels, len(found))):
        losses = np.asarray(one.losses if isinstance(one, Result) else one[1], float)
        x = np.asarray(one["coordinates"], float) if isinstance(one, Result) and "coordinates" in one else \
            np.linspace(0, 1, losses.size) if isinstance(one, Result) else np.asarray(one[0], float)
        colour = _next_colour(axes)
        axes.plot(x, losses, color=colour, marker="o", markersize=3.5, linewidth=1.6, label=label)
        chord = losses[0] + (losses[-1] - losses[0]) * (x - x[0]) / (x[-1] - x[0])
        axes.plot(x[[0, -1]], losses[[0, -1]], ":", color=colour, linewidth=1.2)
        if np.isfinite(losses).any() and (top := int(np.nanargmax(losses - chord))) and losses[top] > chord[top]:
            arrow = {"arrowstyle": "<->", "color": colour, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (x[top], losses[top]), (x[top], chord[top]), arrowprops=arrow)
            axes.annotate(f"barrier {losses[top] - chord[top]:.3g}", (x[top], (losses[top] + chord[top]) / 2), (6, 0), textcoords="offset points",
                          color=colour, va="center", fontsize=9)
    axes.set(xlabel="position between the two weights, 0 to 1", ylabel="loss")
    axes.margins(x=0.02)
    return _finish(axes, labels is not None)


def sharpness_through_training(steps: Any, found: Sequence[Any], *, lr: Any = None, label: str | None = None, unit: str = "steps of training",
                               axes: Axes | None = None) -> Axes:
    """The largest eigenvalue (lambda_max, Results or numbers) along the steps, with error bars where Results have them. lr: a number, or
    one for each step: the line 2 / lr, above which gradient descent with that learning rate is unstable. Where the numbers differ by more
    than ten times they stand on a logarithmic scale."""
    axes, x = _axes(axes), np.asarray(steps, float)
    values = np.array([float(one) for one in found])
    if x.shape != values.shape:
        raise ArgumentError(f"{x.size} steps and {values.size} results: as many are needed")
    errors = np.array([(isinstance(one, Result) and one.standard_error) or 0.0 for one in found])
    colour = _next_colour(axes)
    axes.errorbar(x, values, errors if errors.any() else None, color=colour, marker="o", markersize=3.5, linewidth=1.6, capsize=3,
                  label=label or "largest eigenvalue")
    shown = values
    if lr is not None:
        edge = np.broadcast_to(2 / np.asarray(lr, float), x.shape)
        axes.plot(x, edge, "--", color="black", linewidth=1.2, label="2 / learning rate")
        shown = np.append(values, edge)
    if shown.min(initial=np.inf) > 0 and shown.max() > 10 * shown.min():
        axes.set_yscale("log")
    axes.set(xlabel=unit, ylabel=EIGENVALUE)
    return _finish(axes, True)


def per_layer(*found: Any, key: str = "values", labels: Sequence[str] | None = None, quantity: str | None = None, axes: Axes | None = None) -> Axes:
    """A bar for each parameter, the first at the top: layerwise (its `key`), or name -> number; one or several. quantity: what the
    numbers are, with their unit, for their axis; else the key stands there."""
    tables = [one.by_parameter(key) if isinstance(one, Result) else one for one in found]
    if not tables or not all(isinstance(one, Mapping) and list(one) == list(tables[0]) for one in tables):
        raise ArgumentError("per_layer takes layerwise Results or dicts of numbers, all with the same names")
    names, height = list(tables[0]), 0.8 / len(tables)
    if axes is None:
        axes = _axes(None, figsize=(6.4, max(2.4, 1.1 + (0.28 + 0.14 * (len(tables) - 1)) * len(names))))
    for place, (table, label) in enumerate(zip(tables, _labels(labels, len(tables)))):
        rows = np.arange(len(names)) - 0.4 + height * (place + 0.5)
        bars = axes.barh(rows, list(table.values()), height, color=COLOURS[place % len(COLOURS)], edgecolor="white", label=label,
                         hatch=(None, "///", "...", "xxx")[place % 4])
        axes.bar_label(bars, fmt="%.3g", fontsize=7, padding=2)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.axvline(0, color="0.4", linewidth=0.8)
    axes.margins(x=0.12)
    axes.set_xlabel(quantity or key)
    return _finish(axes, labels is not None, grid="x")


def _values(found: Any) -> np.ndarray:
    if isinstance(found, Result):
        return np.asarray(found["values" if "values" in found else "value"], float)
    return np.asarray(found, float)


def _axes(axes: Axes | None, projection: str | None = None, figsize: tuple[float, float] = (6.4, 4.2)) -> Axes:
    if axes is not None:
        if projection and axes.name != projection:
            raise ArgumentError(f'a surface needs axes made with projection="{projection}"')
        return axes
    import matplotlib.pyplot as plt
    made: Axes = plt.subplots(figsize=figsize, layout="constrained", subplot_kw={"projection": projection})[1]
    return made


def _labels(labels: Sequence[str] | None, count: int) -> Sequence[str | None]:
    if labels is not None and len(labels) != count:
        raise ArgumentError(f"{len(labels)} labels for {count} results: as many are needed")
    return labels if labels is not None else [None] * count


def _drawn(axes: Axes) -> int:
    """How many of our palette's colours are in the axes."""
    used = {line.get_color() for line in axes.lines}
    return sum(colour in used for colour in COLOURS)


def _next_colour(axes: Axes) -> str:
    return COLOURS[_drawn(axes) % len(COLOURS)]


def _next_style(axes: Axes) -> str:
    return STYLES[_drawn(axes) % len(STYLES)]


def _finish(axes: Axes, legend: bool, grid: Literal["x", "both"] = "both") -> Axes:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25, axis=grid)
    axes.set_axisbelow(True)
    if legend:
        axes.legend(frameon=False, fontsize=9)
    return axes
