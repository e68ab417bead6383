"""What the tensors of a model are, found from its modules: roles, and groups with and without weight decay."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

import torch
from torch import nn

from ..arrays import Role
from ..errors import ArgumentError

if TYPE_CHECKING:
    from .. import typing

NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)
EMBEDDINGS = (nn.Embedding, nn.EmbeddingBag)


def roles(model: nn.Module) -> dict[str, Role]:
    """The role of each of model.named_parameters(), by name: EMBEDDING of nn.Embedding and nn.EmbeddingBag; NORM of torch's
    normalisation layers and of classes whose name has "Norm" in it (vectors alone); BIAS where the name says so; else WEIGHT.
    What a parametrization (torch.nn.utils.parametrize) computes a tensor from has the tensor's role. A tied tensor has one
    name, its first, and is an EMBEDDING if one of its modules is."""
    found: dict[int, Role] = {}
    owners = {id(list_): (module, name) for module in model.modules() if nn.utils.parametrize.is_parametrized(module)
              for name, list_ in module.parametrizations.items()}                       # type: ignore[operator, union-attr]
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            role = of(*owners.get(id(module), (module, name)), parameter)
            if role is Role.EMBEDDING or id(parameter) not in found:
                found[id(parameter)] = role
    return {name: found[id(parameter)] for name, parameter in model.named_parameters()}


def of(module: nn.Module, name: str, parameter: torch.Tensor) -> Role:
    """The role of a module's own parameter."""
    if isinstance(module, EMBEDDINGS):
        return Role.EMBEDDING
    if isinstance(module, NORMS) or ("norm" in type(module).__name__.lower() and parameter.ndim <= 1):
        return Role.NORM
    return named(name)


def named(name: str) -> Role:
    """The role that a name alone tells: BIAS or WEIGHT."""
    _, is_parametrized, after = name.rpartition("parametrizations.")
    last = after.partition(".")[0] if is_parametrized else name.rpartition(".")[2]
    return Role.BIAS if "bias" in last else Role.WEIGHT


def groups(model: nn.Module, *, no_decay: Iterable[Role | str] = (Role.BIAS, Role.NORM), **options: Unpack[typing.TorchOptions]) -> list[dict[str, Any]]:
    """Two groups for Optimizer, "decay" and "no decay": tensors of the roles in no_decay have weight_decay 0 in the second.
    options: starting values for both.

        Optimizer(groups(model, weight_decay=0.05), "sam", "adamw", lr=1e-3)
    """
    spared = {Role.of(role) for role in no_decay}
    kinds = roles(model)
    made = []
    for name, chosen, own in (("decay", False, {}), ("no decay", True, {"weight_decay": 0.0})):
        members = [(key, p) for key, p in model.named_parameters() if (kinds[key] in spared) == chosen]
        if members:
            made.append({"name": name, "params": members, "roles": [kinds[key].name.lower() for key, _ in members], **options, **own})
    if not made:
        raise ArgumentError("the model has no parameters")
    return made
