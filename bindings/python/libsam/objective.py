"""What is measured: a loss, as Python callables, and what they are asked."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import arrays
from .stepping import Ask

Named = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Query:
    """What a callback evaluates, at the weights that now stand in the arrays."""

    ask: Ask
    """EVALUATE, with LOSS_ONLY where the gradient is not needed, PERTURBED where the weights are not the caller's own."""
    batch: int
    """0 to batches - 1; -1: everything (asked only where batches is 0)."""
    class_index: int
    """Only the examples of this class; -1: all."""
    example: int
    """Only the example at this place of the batch; -1: all."""


@dataclass
class Objective:
    """A loss, by callbacks. libsam.measures()[name].needs says which of them a measure uses.

        libsam.Objective(evaluate, {"w": g})        # evaluate() or evaluate(query) fills g and answers the loss

    Losses are means over the examples asked for. With batches = 0 every query is for everything; else each names one batch, and
    the library combines them. The same query at the same weights gives the same numbers; no callback writes the weights. An
    exception in a callback ends the measure, with the weights as they were, and goes on to its caller.
    """

    evaluate: Callable[..., float] | None = None
    """Answers the loss and, unless LOSS_ONLY is asked, fills the gradient arrays. It gets the query if it has an argument
    without a default."""
    gradients: arrays.Arrays | None = None
    """The arrays that `evaluate` fills, by the parameters' names: a parameter without one is frozen. None: there are none,
    for measures that need losses alone; or an Optimizer is measured, which has its own."""
    hessian_product: Callable[[Query, Named], Any] | None = None
    """The Hessian of the query's loss times a direction, both by name; without it the gradients are differentiated."""
    gauss_newton_product: Callable[[Query, Named], Any] | None = None
    """The same with the Gauss-Newton matrix."""
    example_losses: Callable[[Query], Any] | None = None
    """One loss for each example of the batch."""
    evaluate_example: Callable[[Query], float] | None = None
    """As evaluate, for query.example alone; hessian_product then honours query.example too."""
    logits: Callable[[Query], tuple[Any, Any]] | None = None
    """Logits [examples, outputs] and labels of the batch."""
    backpropagate_logits: Callable[[Query, np.ndarray], Any] | None = None
    """Fills the gradients of the sum of the given array times the logits, not divided by the examples."""
    freeze: Callable[[bool], Any] | None = None
    """Evaluation mode on (True) before the first callback, as before (False) behind the last, also after an exception."""
    refresh: Callable[[], Any] | None = None
    """Recomputes running statistics at the weights standing."""
    progress: Callable[[float, str], Any] | None = None
    """Called with the fraction done, 0 to 1, and the stage before every other callback; a true answer cancels."""
    other: Objective | None = None
    """A second data set over the same parameters and gradients."""
    forward_ones: Callable[[], float] | None = None
    """The sum of the outputs on an input of ones."""
    train: Callable[[int, int], float] | None = None
    """Trains on that many examples from that seed and answers the training error."""
    batches: int = 0
    """How many; 0: as many as batch_examples has."""
    classes: int = 0
    """How many; 0: as many as class_examples has columns."""
    examples: int = 0
    """All of them; 0: the sum of batch_examples."""
    outputs: int = 0
    """Logits of an example."""
    batch_examples: Sequence[int] | None = None
    """[batches], all > 0."""
    batch_weights: Sequence[float] | None = None
    """[batches]; None: batch_examples, without those equal."""
    class_examples: Sequence[Sequence[int]] | Sequence[int] | None = None
    """[max(batches, 1)][classes]."""
