"""A loss over a pytree and data as the objective of measures."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..errors import ArgumentError
from ..measuring import WeightedObjective
from ..objective import Query
from ..stepping import Ask
from . import tree
from .tree import Tree

Named = Mapping[str, np.ndarray]


class Objective(WeightedObjective):
    """What `objective` answers: a libsam.Objective over a copy of the params. measure(name, **settings) is
    libsam.measure(self.parameters, self, name, roles=self.roles, stacked=self.stacked, **settings)."""

    _model: _Model

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The weights by their paths, as arrays of numpy that no array of jax shares."""
        return self._model.weights

    @property
    def roles(self) -> Mapping[str, Any]:
        """libsam.jax.role of each path."""
        return {name: tree.role(name) for name in self._model.weights}

    @property
    def params(self) -> Any:
        """The weights that are measured, as a tree; set them to measure others of the same structure."""
        return self._model.params()

    @params.setter
    def params(self, params: Any) -> None:
        self._model.take(params)


def objective(loss: Callable[..., Any], params: Any, data: Any, *, model: Callable[..., Any] | None = None,
              stacked: Callable[[str], int] | None = None) -> Objective:
    """The loss of `params` over `data`, for measures of its sharpness:

        sharpness = libsam.jax.objective(loss, params, batches)
        sharpness.measure("lambda_max").value

    loss: loss(params, *batch), the mean over the batch's examples; differentiable twice for measures that take products. data: a batch,
    which is a tuple of arrays whose first axis is the examples, or a list of such batches, kept: the same serve every query.
    model: model(params, inputs) answers the outputs, loss is loss(outputs, targets), and the batches are (inputs, targets); then
    measures that look at logits, classes or the Gauss-Newton matrix work too.
    stacked: name -> how many leading axes only stack tensors, as for the Optimizer.
    The functions are compiled (jax.jit). Hessian products are exact: the derivative of the gradient along the direction (jax.jvp of
    jax.grad); Gauss-Newton products too. The params are copied for each evaluation.
    """
    batches = [data] if isinstance(data, tuple) else list(data)
    if not batches or not all(isinstance(batch, tuple) and batch for batch in batches):
        raise ArgumentError("the data must be a tuple of arrays, or a list of such tuples")
    if model is not None and not all(len(batch) == 2 for batch in batches):
        raise ArgumentError("with a model each batch must be (inputs, targets)")
    made = _Model(loss, params, batches, model).objective()
    made.stacked = tree.stacks(made.parameters, stacked)
    return made


class _Model:
    """The callbacks."""

    def __init__(self, loss: Callable[..., Any], params: Any, batches: list[tuple[Any, ...]], model: Callable[..., Any] | None) -> None:
        self.tree = Tree(params)
        self.weights = {name: np.array(tree.host(leaf, f"leaf {name!r}"), order="C") for name, leaf in zip(self.tree.names, self.tree.leaves)}
        self.slopes = {name: np.zeros_like(array) for name, array in self.weights.items()}
        self.batches = [tuple(jnp.array(one) for one in batch) for batch in batches]
        if len({len(one) if one.ndim else -1 for one in self.batches[0]}) != 1:
            raise ArgumentError("the arrays of a batch must have one first axis, the examples")
        self.model, self.outer = model, loss

        def whole(params: Any, *batch: Any) -> Any:
            return loss(params, *batch) if model is None else loss(model(params, batch[0]), batch[1])

        self.loss, self.value_and_grad = jax.jit(whole), jax.jit(jax.value_and_grad(whole))
        self.each = jax.jit(jax.vmap(lambda params, *one: whole(params, *(x[None] for x in one)), in_axes=(None, *[0] * len(self.batches[0]))))
        self.hessian = jax.jit(lambda params, along, *batch: jax.jvp(lambda at: jax.grad(whole)(at, *batch), (params,), (along,))[1])
        self.gauss_newton, self.back = jax.jit(self._gauss_newton), jax.jit(self._back)

    def objective(self) -> Objective:
        sizes = [len(batch[0]) for batch in self.batches]
        several = len(self.batches) > 1
        made = Objective(self.evaluate, self.slopes, self.hessian_product, example_losses=self.example_losses, evaluate_example=self.evaluate,
                         batches=len(sizes) if several else 0, batch_examples=sizes if several else None, examples=sum(sizes))
        made._model = self
        if self.model is not None:
            made.gauss_newton_product = self.gauss_newton_product
            self._classify(made)
        return made

    def _classify(self, made: Objective) -> None:
        """Where targets are classes and outputs their logits."""
        outputs = jax.eval_shape(self.model, self.params(), self.batches[0][0])     # type: ignore[arg-type]
        targets = [np.asarray(batch[1]) for batch in self.batches]
        if len(outputs.shape) == 2 and all(t.ndim == 1 and t.dtype.kind in "iu" for t in targets):
            made.logits, made.backpropagate_logits, made.outputs = self.logits, self.backpropagate_logits, outputs.shape[1]
            made.classes = max(int(t.max()) for t in targets) + 1
            made.class_examples = [np.bincount(t, minlength=made.classes).tolist() for t in targets]

    def take(self, params: Any) -> None:
        for (name, own), leaf in zip(self.weights.items(), self.tree.flat(params, "the params")):
            own[...] = tree.fits(tree.host(leaf, f"leaf {name!r}"), own, f"leaf {name!r}")

    def params(self) -> Any:
        """As they stand now."""
        return self._tree(self.weights)

    def _tree(self, named: Named) -> Any:
        return self.tree.whole([tree.copied(named[name]) for name in self.tree.names])

    def _chosen(self, query: Query) -> tuple[Any, ...]:
        batch = self.batches[max(query.batch, 0)]
        if query.example >= 0:
            return tuple(one[query.example:query.example + 1] for one in batch)
        if query.class_index >= 0:
            places = np.flatnonzero(np.asarray(batch[1]) == query.class_index)
            return tuple(one[places] for one in batch)
        return batch

    def _named(self, found: Any) -> dict[str, np.ndarray]:
        return {name: np.asarray(leaf) for name, leaf in zip(self.tree.names, self.tree.flat(found, "the gradients"))}

    def _fill(self, found: Any) -> None:
        for name, slope in self._named(found).items():
            self.slopes[name][...] = slope

    def evaluate(self, query: Query) -> float:
        if query.ask & Ask.LOSS_ONLY:
            return float(self.loss(self.params(), *self._chosen(query)))
        value, slopes = self.value_and_grad(self.params(), *self._chosen(query))
        self._fill(slopes)
        return float(value)

    def hessian_product(self, query: Query, direction: Named) -> dict[str, np.ndarray]:
        return self._named(self.hessian(self.params(), self._tree(direction), *self._chosen(query)))

    def _gauss_newton(self, params: Any, along: Any, inputs: Any, targets: Any) -> Any:
        """J' H J v."""
        def run(at: Any) -> Any:
            return self.model(at, inputs)   # type: ignore[misc]
        outputs, forward = jax.jvp(run, (params,), (along,))
        curved = jax.jvp(jax.grad(lambda out: self.outer(out, targets)), (outputs,), (forward,))[1]
        return jax.vjp(run, params)[1](curved)[0]

    def gauss_newton_product(self, query: Query, direction: Named) -> dict[str, np.ndarray]:
        return self._named(self.gauss_newton(self.params(), self._tree(direction), *self._chosen(query)))

    def example_losses(self, query: Query) -> np.ndarray:
        return np.asarray(self.each(self.params(), *self._chosen(query)), np.float64)

    def logits(self, query: Query) -> tuple[np.ndarray, np.ndarray]:
        inputs, targets = self._chosen(query)
        return np.asarray(self.model(self.params(), inputs), np.float64), np.asarray(targets, np.int64)     # type: ignore[misc]

    def _back(self, params: Any, slope: Any, inputs: Any) -> Any:
        outputs, back = jax.vjp(lambda at: self.model(at, inputs), params)     # type: ignore[misc]
        return back(slope.astype(outputs.dtype))[0]

    def backpropagate_logits(self, query: Query, slope: np.ndarray) -> None:
        self._fill(self.back(self.params(), slope, self._chosen(query)[0]))
