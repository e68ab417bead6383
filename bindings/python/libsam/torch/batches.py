"""The data of an objective: batches, what they weigh in the mean over all, and evaluations that are differentiated twice."""
from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from ..errors import ArgumentError, UnsupportedError

Loss = Callable[..., torch.Tensor]
CROSS_ENTROPIES = (functional.cross_entropy, functional.nll_loss)
MODULES = (nn.CrossEntropyLoss, nn.NLLLoss)


def is_batch(data: Any) -> bool:
    """Whether it is a pair of inputs and targets."""
    return isinstance(data, (tuple, list)) and len(data) == 2 and all(isinstance(one, torch.Tensor) for one in data)


def is_class(targets: torch.Tensor) -> bool:
    """Whether each is the number of a class."""
    return targets.ndim == 1 and not targets.is_floating_point() and not targets.is_complex() and not bool((targets < 0).any())


def leave_inference(batch: Any) -> Any:
    """Tensors made in inference mode can be in no graph: copies that can."""
    if isinstance(batch, torch.Tensor):
        with torch.inference_mode(False):
            return batch.clone() if batch.is_inference() else batch
    if type(batch) in (tuple, list):
        return type(batch)(map(leave_inference, batch))
    return {key: leave_inference(one) for key, one in batch.items()} if type(batch) is dict else batch


def given_weights(weights: Sequence[float], batches: Sequence[Any]) -> list[float]:
    """As numbers; ArgumentError for what are none."""
    found = [float(weight) for weight in weights]
    if len(found) != len(batches) or not all(math.isfinite(weight) and weight >= 0 for weight in found) or not any(found):
        raise ArgumentError(f"batch_weights = {list(weights)!r}: expected {len(batches)} numbers, one for each batch that is not "
                            "empty, none negative and not all 0")
    return found


def weights_of(loss: Loss, batches: Sequence[Any], pairs: bool) -> list[float] | None:
    """What each batch weighs, where that is not its number of examples; None: nothing is known of it."""
    if not pairs:
        sizes = [_length(batch) for batch in batches]
        known = [float(size) for size in sizes if size is not None]
        return known if len(known) == len(sizes) > 1 and any(known) else None
    settings = _settings(loss)
    if len(batches) < 2 or settings is None:
        return None
    if settings["reduction"] != "mean":
        raise ArgumentError(f"the loss has reduction = {settings['reduction']!r} and the data have {len(batches)} batches: expected "
                            "'mean', of which the library takes the mean over all")
    if any(targets.is_floating_point() for _, targets in batches):
        return None                         # soft targets: the mean is over examples
    made = [_normalizer(targets, settings["weight"], settings["ignore_index"]) for _, targets in batches]
    return made if any(made) else None


def _normalizer(targets: torch.Tensor, weight: torch.Tensor | None, ignored: int) -> float:
    """What the mean of cross entropy divides by."""
    kept = targets[targets != ignored].long()
    return float(len(kept) if weight is None else weight.double()[kept].sum())


def _settings(loss: Loss) -> dict[str, Any] | None:
    """Of a cross entropy, as torch's module, function or a partial of it; else None."""
    usual: dict[str, Any] = {"weight": None, "ignore_index": -100, "reduction": "mean"}
    if isinstance(loss, MODULES):
        return {key: getattr(loss, key) for key in usual}
    if isinstance(loss, functools.partial) and loss.func in CROSS_ENTROPIES and not loss.args:
        return {key: loss.keywords.get(key, value) for key, value in usual.items()}
    return usual if loss in CROSS_ENTROPIES else None


def _length(batch: Any) -> int | None:
    """The first axis of its first tensor."""
    if isinstance(batch, torch.Tensor):
        return len(batch) if batch.ndim else None
    members: Iterable[Any] = batch.values() if isinstance(batch, Mapping) else batch if isinstance(batch, (tuple, list)) else ()
    return next((size for size in map(_length, members) if size is not None), None)


def single(value: Any) -> torch.Tensor:
    """The loss, which is one number."""
    if not isinstance(value, torch.Tensor):
        raise ArgumentError(f"the loss is {value!r}: a tensor of one number is needed, which depends on the weights")
    if value.numel() != 1:
        raise ArgumentError(f"the loss has shape {tuple(value.shape)}: expected one number, the mean over the examples "
                            "(reduction='mean')")
    return value.reshape(())


class NotTwiceDifferentiable(UnsupportedError):
    """The loss has an operation without a second derivative."""


def twice(product: Callable[..., Any]) -> Callable[..., Any]:
    """A product that differentiates twice: attention takes its mathematical form, which can be; NotTwiceDifferentiable
    names the way around where another operation cannot."""
    @functools.wraps(product)
    def wrapped(*arguments: Any) -> Any:
        try:
            with torch.inference_mode(False), torch.enable_grad(), sdpa_kernel(SDPBackend.MATH):
                return product(*arguments)
        except (RuntimeError, NotImplementedError) as failure:
            if not any(word in str(failure) for word in ("derivative for", "is not implemented", "not differentiable", "double back", "does not support",
                                                         "once_differentiable", "not supported", "differentiated twice", "does not require grad")):
                raise
            raise NotTwiceDifferentiable(f"the loss cannot be differentiated twice ({failure}): the setting hessian=\"central\", or "
                                   "objective(…, products=False), takes differences of gradients in its place") from failure
    return wrapped
