"""An option of an optimizer in the place of its learning rate, for torch's schedulers."""
from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

import torch

from ..errors import UnknownNameError

if TYPE_CHECKING:
    from .optimizer import Optimizer


class Course(MutableMapping[str, Any]):
    """A group in which "lr" stands for the option, "initial_lr" for its initial value, and so on."""

    def __init__(self, group: dict[str, Any], option: str) -> None:
        self._group, self._option = group, option

    def _key(self, key: str) -> str:
        return self._option if key == "lr" else f"{key[:-2]}{self._option}" if key.endswith("_lr") else key

    def __getitem__(self, key: str) -> Any:
        return self._group[self._key(key)]

    def __setitem__(self, key: str, value: Any) -> None:
        self._group[self._key(key)] = value

    def __delitem__(self, key: str) -> None:
        del self._group[self._key(key)]

    def __iter__(self) -> Iterator[str]:
        yield "lr"
        for key in self._group:
            if key.endswith(f"_{self._option}"):
                yield key.removesuffix(self._option) + "lr"

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Scheduled(torch.optim.Optimizer):
    """`optimizer.scheduled(option)`: the optimizer as schedulers see it, with the option for lr. It does not step."""

    def __init__(self, optimizer: Optimizer, option: str) -> None:
        if not isinstance(optimizer.defaults.get(option), (int, float)):
            raise UnknownNameError(f"{option!r} is no option of this optimizer that is a number: see its param_groups")
        self._optimizer, self._option = optimizer, option
        self.defaults = {"lr": optimizer.defaults[option]}

    @property
    def param_groups(self) -> list[Any]:    # type: ignore[override]
        return [Course(group, self._option) for group in self._optimizer.param_groups]

    @property
    def _opt_called(self) -> bool:
        return getattr(self._optimizer, "_opt_called", False)

    @_opt_called.setter
    def _opt_called(self, called: bool) -> None: ...

    def __eq__(self, other: object) -> bool:
        """Also to its optimizer, and to what wraps it: trainers ask whether a scheduler's optimizer is one of those
        that they step."""
        return self is other or getattr(other, "_inner", None) is self._optimizer._inner

    def __hash__(self) -> int:
        return hash(self._optimizer)

    def step(self, closure: Any = None) -> Any:
        """The optimizer steps, not this."""
        raise NotImplementedError("step the optimizer itself")

    def __repr__(self) -> str:
        return f"{self._option} of {self._optimizer!r}"
