"""A model, a loss and data as the objective of measures."""
from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from ..arrays import stacks
from ..errors import ArgumentError
from ..measuring import WeightedObjective
from ..objective import Query
from ..result import Result
from ..stepping import Ask
from .batches import NotTwiceDifferentiable, given_weights, is_batch, is_class, leave_inference, single, twice, weights_of
from .roles import roles
from .statistics import Freeze, refresh_statistics

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

    if not TYPE_CHECKING:
        def measure(self, name: str, **settings: Any) -> Result:
            """As of libsam.WeightedObjective. Weights (to=, point=, direction=) can be another model, its state_dict(), or
            tensors by name: buffers and further names of tied weights in it are left out."""
            given = {key: self._model.arrays(value) for key, value in settings.items()}
            try:
                return super().measure(name, **given)
            except NotTwiceDifferentiable:
                if self.hessian_product is None or given.get("hessian", "auto") != "auto" or "gauss_newton" in given.values():
                    raise
                self.hessian_product = None     # hessian = auto: differences where there are no products
                return super().measure(name, **given)


def objective(model: nn.Module, loss: Callable[..., torch.Tensor], data: Any, *, pairs: bool = True,
              stacked: Mapping[str, int] | None = None, batch_weights: Sequence[float] | None = None,
              batch_norm: str = "running", products: bool = True) -> Objective:
    """The loss of `model` over `data`, for measures of its sharpness:

        sharpness = libsam.torch.objective(model, torch.nn.functional.cross_entropy, batches)
        sharpness.measure("lambda_max").value

    loss: loss(outputs, targets), the mean over the examples. data: (inputs, targets), or an iterable of such batches, which
    is gone through once and kept: the same batches serve every query; empty ones are left out. pairs=False: data is an
    iterable of batches of any kind and the loss is loss(batch), for losses of another form; then measures that look at
    logits, classes or single examples are refused. Where outputs are no tensor (tuples, dicts) or targets no class
    numbers (ignored labels, soft ones), measures that look at logits or classes are.
    stacked: name -> how many leading axes only stack tensors, as for the Optimizer.
    batch_weights: of each batch in the mean over batches, not negative. None: its examples; for cross entropy (and
    nll_loss) with class weights or ignored labels what its mean divides by; with pairs=False the length of the batch's
    first tensor.
    batch_norm: "running": the model is in evaluation mode while it is measured, batch norm normalises by its running
    statistics. "batch": it normalises by each batch, as in training; then there are no single examples. Running
    statistics and all other buffers are the same afterwards either way.
    products: Hessian and Gauss-Newton products are exact, by differentiating twice (attention by its mathematical form).
    False: none are offered, and the library takes differences of gradients, as it does by itself where it meets an
    operation that has no second derivative.
    Weights: float32 or float64, on the CPU, contiguous; those that require no gradient are frozen.
    """
    batches = list(map(leave_inference, [data] if pairs and is_batch(data) else list(data)))
    if pairs:
        batches = [batch for batch in batches if not is_batch(batch) or len(batch[0])]
    if not batches:
        raise ArgumentError("the data have no batch")
    if batch_norm not in ("running", "batch"):
        raise ArgumentError(f"batch_norm = {batch_norm!r}: expected 'running' or 'batch'")
    weights = weights_of(loss, batches, pairs) if batch_weights is None else given_weights(batch_weights, batches)
    made = _Model(model, loss, batches, pairs, batch_norm == "batch").objective(weights)
    if not products:
        made.hessian_product = made.gauss_newton_product = None
    made.stacked = stacks(stacked, made.parameters)
    return made


class _Model:
    """The callbacks."""

    def __init__(self, model: nn.Module, loss: Callable[..., torch.Tensor], batches: list[Batch], pairs: bool, by_batch: bool) -> None:
        if pairs and not all(is_batch(batch) for batch in batches):
            raise ArgumentError("the data must be (inputs, targets), or an iterable of such pairs; pairs=False for a loss of another form")
        self.model, self.loss, self.batches, self.pairs, self.by_batch = model, loss, batches, pairs, by_batch
        self._modes: dict[nn.Module, bool] = {}
        self._buffers, self._draws = Freeze(model), torch.empty(0)

    @torch.inference_mode(False)
    def look(self) -> dict[str, np.ndarray]:
        """Takes the parameters as they are now: moved, converted, frozen or not. Returns the arrays of their gradients."""
        self.named = dict(self.model.named_parameters())
        for name, p in self.named.items():
            if p.device.type != "cpu" or p.dtype not in (torch.float32, torch.float64) or not p.is_contiguous():
                raise ArgumentError(f"parameter {name!r} is {p.dtype} on {p.device}, strides {p.stride()}: measures need contiguous float32 or "
                                    "float64 tensors on the CPU (model.float())")
        self.free = {name: p for name, p in self.named.items() if p.requires_grad}
        self.slopes = {name: torch.zeros_like(p, requires_grad=False) for name, p in self.free.items()}
        return {name: slope.numpy() for name, slope in self.slopes.items()}

    def objective(self, weights: Sequence[float] | None) -> Objective:
        made = Objective(self.evaluate, self.look(), self.hessian_product, freeze=self.freeze,
                         batches=len(self.batches) if len(self.batches) > 1 else 0)
        made._model, made.batch_weights, made.refresh = self, weights, self.refresh if self.pairs else None
        if not self.pairs:
            return made
        sizes = [len(inputs) for inputs, _ in self.batches]
        made.batch_examples, made.examples = (sizes if len(sizes) > 1 else None), sum(sizes)
        with torch.no_grad(), self.evaluation():
            outputs = self.model(self.batches[0][0] if self.by_batch else self.batches[0][0][:1])
        self.is_plain = isinstance(outputs, torch.Tensor)
        if not self.by_batch:
            made.example_losses, made.evaluate_example = self.example_losses, self.evaluate
        if self.is_plain:
            made.gauss_newton_product = self.gauss_newton_product
            made.forward_ones = None if self.by_batch else self.forward_ones
            if outputs.ndim == 2 and all(is_class(t) for _, t in self.batches):
                self._classify(made, outputs.shape[1])
        return made

    def _classify(self, made: Objective, outputs: int) -> None:
        """Where targets are classes and outputs their logits."""
        made.logits, made.backpropagate_logits, made.outputs = self.logits, self.backpropagate_logits, outputs
        if not self.by_batch:
            made.classes = max(int(t.max()) for _, t in self.batches) + 1
            made.class_examples = [torch.bincount(t.long(), minlength=made.classes).tolist() for _, t in self.batches]

    def arrays(self, given: Any) -> Any:
        """Weights as measures take them: arrays by the names of the parameters."""
        if isinstance(given, nn.Module):
            given = dict(given.named_parameters())
        if isinstance(given, (list, tuple)) and any(isinstance(one, (nn.Module, Mapping)) for one in given):
            return [self.arrays(one) for one in given]
        if not isinstance(given, Mapping) or not any(isinstance(one, torch.Tensor) for one in given.values()):
            return given
        others = {name for name, _ in self.model.named_buffers()} | {name for name, _ in self.model.named_parameters(remove_duplicate=False)}
        return {name: value.detach().cpu().contiguous().numpy() if isinstance(value, torch.Tensor) else value
                for name, value in given.items() if name in self.named or name not in others}

    def freeze(self, on: bool) -> None:
        """Evaluation mode, on copies of the buffers; afterwards modes, buffers and torch's random state are as before."""
        if on:
            self._modes, self._draws = {module: module.training for module in self.model.modules()}, torch.get_rng_state()
            self._buffers.on()
            self.model.eval()
            for module in self._modes if self.by_batch else ():
                if isinstance(module, nn.modules.batchnorm._NormBase):
                    module.train()
        elif self._modes:
            for module, training in self._modes.items():
                module.training = training
            self._buffers.off()
            torch.set_rng_state(self._draws)
            self._modes = {}

    @contextlib.contextmanager
    def evaluation(self) -> Iterator[None]:
        self.freeze(True)
        try:
            with torch.inference_mode(False):
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
        return single(self.loss(self.model(batch[0]), batch[1]) if self.pairs else self.loss(batch))

    def _fill(self, value: torch.Tensor) -> None:
        for slope, found in zip(self.slopes.values(), torch.autograd.grad(value, list(self.free.values()), materialize_grads=True)):
            slope.copy_(found.to_dense() if found.is_sparse else found)

    @torch.inference_mode(False)
    def evaluate(self, query: Query) -> float:
        with torch.set_grad_enabled(not self.pairs or not query.ask & Ask.LOSS_ONLY):      # a loss of its own form may differentiate
            value = self._loss(query)
        if not query.ask & Ask.LOSS_ONLY:
            self._fill(value)
        return float(value.detach().item())

    def _vector(self, direction: Named) -> list[torch.Tensor]:
        return [torch.from_numpy(direction[name].copy()) for name in self.free]

    def _named(self, products: Iterable[torch.Tensor]) -> dict[str, np.ndarray]:
        return {name: (found.to_dense() if found.is_sparse else found).detach().numpy() for name, found in zip(self.free, products)}

    @twice
    def hessian_product(self, query: Query, direction: Named) -> dict[str, np.ndarray]:
        weights, vector = list(self.free.values()), self._vector(direction)
        slopes = torch.autograd.grad(self._loss(query), weights, create_graph=True, materialize_grads=True)
        along = sum(((slope * v).sum() for slope, v in zip(slopes, vector)), torch.zeros((), dtype=slopes[0].dtype))
        if not along.requires_grad:         # a loss that is linear in the weights
            return self._named(map(torch.zeros_like, weights))
        return self._named(torch.autograd.grad(along, weights, materialize_grads=True))

    @twice
    def gauss_newton_product(self, query: Query, direction: Named) -> dict[str, np.ndarray]:
        """J' H J v: J v by differentiating the product J' u, which is linear in u."""
        weights, vector, (inputs, targets) = list(self.free.values()), self._vector(direction), self._chosen(query)
        outputs = self.model(inputs)
        u = torch.zeros_like(outputs, requires_grad=True)
        back = torch.autograd.grad(outputs, weights, u, create_graph=True, materialize_grads=True)
        forward, = torch.autograd.grad(back, u, vector, retain_graph=True)
        at = outputs.detach().requires_grad_()
        slope, = torch.autograd.grad(single(self.loss(at, targets)), at, create_graph=True)
        curved, = torch.autograd.grad(slope, at, forward) if slope.requires_grad else (torch.zeros_like(at),)
        return self._named(torch.autograd.grad(outputs, weights, curved, materialize_grads=True))

    @torch.inference_mode(False)
    @torch.no_grad()
    def example_losses(self, query: Query) -> np.ndarray:
        inputs, targets = self._chosen(query)
        if not self.is_plain:
            return np.array([float(single(self.loss(self.model(inputs[i:i + 1]), targets[i:i + 1]))) for i in range(len(inputs))])
        outputs = self.model(inputs)
        return np.array([float(single(self.loss(outputs[i:i + 1], targets[i:i + 1]))) for i in range(len(outputs))])

    @torch.inference_mode(False)
    @torch.no_grad()
    def logits(self, query: Query) -> tuple[np.ndarray, np.ndarray]:
        inputs, targets = self._chosen(query)
        return self.model(inputs).double().numpy(), targets.long().numpy()

    @torch.inference_mode(False)
    @torch.enable_grad()
    def backpropagate_logits(self, query: Query, slope: np.ndarray) -> None:
        outputs = self.model(self._chosen(query)[0])
        self._fill((outputs * torch.from_numpy(slope).to(outputs.dtype)).sum())

    @torch.inference_mode(False)
    @torch.no_grad()
    def forward_ones(self) -> float:
        return float(self.model(torch.ones_like(self.batches[0][0][:1])).sum())

    def refresh(self) -> None:
        refresh_statistics(self.model, self.batches)
