"""A model, a loss and data as the objective of measures."""
from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from ..arrays import stacks
from ..errors import ArgumentError
from ..measuring import WeightedObjective
from ..objective import Query
from ..stepping import Ask
from .roles import roles
from .statistics import refresh_statistics

Batch = Any
Named = Mapping[str, np.ndarray]


class Objective(WeightedObjective):
    """What `objective` answers: a libsam.Objective over the model's own weights. measure(name, **settings) is
    libsam.measure(self.parameters, self, name, roles=self.roles, stacked=self.stacked, **settings); running statistics, gradients
    and torch's random state are the same afterwards."""

    _model: _Model

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The weights as they stand now, by name, as arrays that share their memory."""
        self.gradients = self._model.look()
        return {name: p.detach().numpy() for name, p in self._model.named.items()}

    @property
    def roles(self) -> Mapping[str, Any]:
        """libsam.torch.roles of the model."""
        return roles(self._model.model)


def objective(model: nn.Module, loss: Callable[..., torch.Tensor], data: Any, *, pairs: bool = True,
              stacked: Mapping[str, int] | None = None) -> Objective:
    """The loss of `model` over `data`, for measures of its sharpness:

        sharpness = libsam.torch.objective(model, torch.nn.functional.cross_entropy, batches)
        sharpness.measure("lambda_max").value

    loss: loss(outputs, targets), the mean over the examples. data: (inputs, targets), or an iterable of such batches, which is gone
    through once and kept: the same batches serve every query. pairs=False: data is an iterable of batches of any kind and the loss
    is loss(batch), for losses of another form; then measures that look at logits, classes or single examples are refused.
    The model is in evaluation mode while it is measured. Weights: float32 or float64, on the CPU, contiguous; those that require no
    gradient are frozen. Hessian and Gauss-Newton products are exact, by differentiating twice.
    stacked: name -> how many leading axes only stack tensors, as for the Optimizer.
    """
    batches = [data] if pairs and _is_batch(data) else list(data)
    if not batches:
        raise ArgumentError("the data have no batch")
    made = _Model(model, loss, batches, pairs).objective()
    made.stacked = stacks(stacked, made.parameters)
    return made


def _is_batch(data: Any) -> bool:
    return isinstance(data, (tuple, list)) and len(data) == 2 and all(isinstance(one, torch.Tensor) for one in data)


class _Model:
    """The callbacks."""

    def __init__(self, model: nn.Module, loss: Callable[..., torch.Tensor], batches: list[Batch], pairs: bool) -> None:
        if pairs and not all(_is_batch(batch) for batch in batches):
            raise ArgumentError("the data must be (inputs, targets), or an iterable of such pairs; pairs=False for a loss of another form")
        self.model, self.loss, self.batches, self.pairs = model, loss, batches, pairs
        self._modes: dict[nn.Module, bool] = {}

    def look(self) -> dict[str, np.ndarray]:
        """Takes the parameters as they are now: moved, converted, frozen or not. Answers the arrays of their gradients."""
        self.named = dict(self.model.named_parameters())
        for name, p in self.named.items():
            if p.device.type != "cpu" or p.dtype not in (torch.float32, torch.float64) or not p.is_contiguous():
                raise ArgumentError(f"parameter {name!r} is {p.dtype} on {p.device}, strides {p.stride()}: measures need contiguous float32 or "
                                    "float64 tensors on the CPU (model.float())")
        self.free = {name: p for name, p in self.named.items() if p.requires_grad}
        self.slopes = {name: torch.zeros_like(p, requires_grad=False) for name, p in self.free.items()}
        return {name: slope.numpy() for name, slope in self.slopes.items()}

    def objective(self) -> Objective:
        made = Objective(self.evaluate, self.look(), self.hessian_product, freeze=self.freeze,
                         batches=len(self.batches) if len(self.batches) > 1 else 0)
        made._model = self
        if self.pairs:
            made.example_losses, made.evaluate_example = self.example_losses, self.evaluate
            made.forward_ones, made.refresh, made.gauss_newton_product = self.forward_ones, self.refresh, self.gauss_newton_product
            sizes = [len(inputs) for inputs, _ in self.batches]
            made.batch_examples, made.examples = (sizes if len(sizes) > 1 else None), sum(sizes)
            self._classify(made)
        return made

    def _classify(self, made: Objective) -> None:
        """Where targets are classes and outputs their logits."""
        inputs, targets = self.batches[0]
        with torch.no_grad(), self.evaluation():
            outputs = self.model(inputs[:1])
        if outputs.ndim == 2 and all(t.ndim == 1 and not t.is_floating_point() for _, t in self.batches):
            made.logits, made.backpropagate_logits, made.outputs = self.logits, self.backpropagate_logits, outputs.shape[1]
            made.classes = max(int(t.max()) for _, t in self.batches) + 1
            made.class_examples = [torch.bincount(t, minlength=made.classes).tolist() for _, t in self.batches]

    def freeze(self, on: bool) -> None:
        if on:
            self._modes = {module: module.training for module in self.model.modules()}
            self.model.eval()
        else:
            for module, training in self._modes.items():
                module.training = training

    @contextlib.contextmanager
    def evaluation(self) -> Iterator[None]:
        self.freeze(True)
        try:
            yield
        finally:
            self.freeze(False)

    def _chosen(self, query: Query) -> Batch:
        batch = self.batches[max(query.batch, 0)]
        if query.example >= 0:
            return tuple(one[query.example:query.example + 1] for one in batch)
        if query.class_index >= 0:
            return tuple(one[batch[1] == query.class_index] for one in batch)
        return batch

    def _loss(self, query: Query) -> torch.Tensor:
        batch = self._chosen(query)
        return self.loss(self.model(batch[0]), batch[1]) if self.pairs else self.loss(batch)

    def _fill(self, value: torch.Tensor) -> None:
        for slope, found in zip(self.slopes.values(), torch.autograd.grad(value, list(self.free.values()), materialize_grads=True)):
            slope.copy_(found)

    def evaluate(self, query: Query) -> float:
        with torch.set_grad_enabled(not self.pairs or not query.ask & Ask.LOSS_ONLY):      # a loss of its own form may differentiate
            value = self._loss(query)
        if not query.ask & Ask.LOSS_ONLY:
            self._fill(value)
        return float(value.detach().item())

    def _vector(self, direction: Named) -> list[torch.Tensor]:
        return [torch.from_numpy(direction[name].copy()) for name in self.free]

    def _named(self, products: Iterable[torch.Tensor]) -> dict[str, np.ndarray]:
        return {name: found.detach().numpy() for name, found in zip(self.free, products)}

    @torch.enable_grad()
    def hessian_product(self, query: Query, direction: Named) -> dict[str, np.ndarray]:
        weights, vector = list(self.free.values()), self._vector(direction)
        slopes = torch.autograd.grad(self._loss(query), weights, create_graph=True, materialize_grads=True)
        along = sum(((slope * v).sum() for slope, v in zip(slopes, vector)), torch.zeros((), dtype=slopes[0].dtype))
        if not along.requires_grad:         # a loss that is linear in the weights
            return self._named(map(torch.zeros_like, weights))
        return self._named(torch.autograd.grad(along, weights, materialize_grads=True))

    @torch.enable_grad()
    def gauss_newton_product(self, query: Query, direction: Named) -> dict[str, np.ndarray]:
        """J' H J v: J v by differentiating the product J' u, which is linear in u."""
        weights, vector, (inputs, targets) = list(self.free.values()), self._vector(direction), self._chosen(query)
        outputs = self.model(inputs)
        u = torch.zeros_like(outputs, requires_grad=True)
        back = torch.autograd.grad(outputs, weights, u, create_graph=True, materialize_grads=True)
        forward, = torch.autograd.grad(back, u, vector, retain_graph=True)
        at = outputs.detach().requires_grad_()
        slope, = torch.autograd.grad(self.loss(at, targets), at, create_graph=True)
        curved, = torch.autograd.grad(slope, at, forward) if slope.requires_grad else (torch.zeros_like(at),)
        return self._named(torch.autograd.grad(outputs, weights, curved, materialize_grads=True))

    @torch.no_grad()
    def example_losses(self, query: Query) -> np.ndarray:
        inputs, targets = self._chosen(query)
        outputs = self.model(inputs)
        return np.array([float(self.loss(outputs[i:i + 1], targets[i:i + 1])) for i in range(len(outputs))])

    @torch.no_grad()
    def logits(self, query: Query) -> tuple[np.ndarray, np.ndarray]:
        inputs, targets = self._chosen(query)
        return self.model(inputs).double().numpy(), targets.long().numpy()

    @torch.enable_grad()
    def backpropagate_logits(self, query: Query, slope: np.ndarray) -> None:
        outputs = self.model(self._chosen(query)[0])
        self._fill((outputs * torch.from_numpy(slope).to(outputs.dtype)).sum())

    @torch.no_grad()
    def forward_ones(self) -> float:
        return float(self.model(torch.ones_like(self.batches[0][0][:1])).sum())

    def refresh(self) -> None:
        refresh_statistics(self.model, self.batches)
