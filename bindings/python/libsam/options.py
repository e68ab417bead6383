"""Options as attributes: of all groups, of one, and of the method, the base or the shared ones alone."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from . import _abi
from .errors import UnknownNameError, UnknownOptionError
from .handle import Handle

if TYPE_CHECKING:
    from ._declared import Attributes
else:
    Attributes = object


class Scope(Attributes):
    """Reads and sets options as attributes: `scope.lr`, `scope.lr = 0.01`. Numbers are numbers, flags bool, choices str.

    A misspelt name raises UnknownOptionError, which names the nearest. `get` and `set` do the same by the option's text.
    """

    __slots__ = ("_optimizer", "_group", "_section", "__weakref__")
    _optimizer: OptionHandle
    _group: int
    _section: str

    def __init__(self, optimizer: OptionHandle, group: int = -1, section: str = "") -> None:
        object.__setattr__(self, "_optimizer", optimizer)
        object.__setattr__(self, "_group", group)
        object.__setattr__(self, "_section", section)

    def get(self, option: str) -> Any:
        """What the next step will use."""
        return self._optimizer.get(self._section + option, group=self._group)

    def set(self, option: str, value: float | bool | str) -> None:
        """Sets it for the coming steps and removes its schedule."""
        self._optimizer.set(self._section + option, value, group=self._group)

    if not TYPE_CHECKING:
        def __getattr__(self, option: str) -> Any:
            return attribute(self, option)

        def __setattr__(self, option: str, value: Any) -> None:
            set_attribute(self, option, value)

    def _names(self) -> Iterator[str]:
        section = self._section.rstrip(".")
        for full, option in self._optimizer._options.items():
            if (full.startswith(self._section) if section else self._group < 0 or option.per_group):
                yield full.removeprefix(self._section)

    def __dir__(self) -> list[str]:
        return ["get", "set", *(name.rpartition(".")[2] for name in self._names())]

    def __repr__(self) -> str:
        return f"options({', '.join(f'{name}={self.get(name)!r}' for name in self._names())})"


def attribute(owner: Any, option: str) -> Any:
    """owner.get(option), for owner.__getattr__."""
    if option.startswith("__"):
        raise AttributeError(option)
    try:
        return owner.get(option)
    except UnknownNameError as error:
        raise UnknownOptionError(str(error), option, owner) from None


def set_attribute(owner: Any, option: str, value: Any) -> None:
    """owner.set(option, value), for owner.__setattr__; a choice that is not known stays a plain UnknownNameError."""
    try:
        owner.set(option, value)
    except UnknownNameError as error:
        if isinstance(value, str):
            raise
        raise UnknownOptionError(str(error), option, owner) from None


class Groups:
    """The groups of an optimizer's parameters, by number or name: `groups[1].lr`, `groups["head"].lr`. Number 0 is of the
    parameters that are in no group of their own."""

    def __init__(self, optimizer: OptionHandle, names: list[str]) -> None:
        self._optimizer, self._names = optimizer, names

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, key: int | str) -> Scope:
        if isinstance(key, str):
            if key not in self._names[1:]:
                raise UnknownNameError(f"no group is named {key!r}; the groups are {', '.join(self._names[1:]) or 'none'}")
            key = self._names.index(key)
        if not -len(self) <= key < len(self):
            raise IndexError(f"group {key} of {len(self)}")
        return Scope(self._optimizer, key % len(self))


class OptionHandle(Handle, Attributes):
    """A handle whose options are attributes."""

    def __init__(self, tensors: Iterable[_abi.sam_parameter], groups: Iterable[str], method: str, base: str | None,
                 options: Mapping[str, Any], *kept: Any) -> None:
        names = list(groups)
        super().__init__(tensors, names, method, base, *kept)
        self._groups = Groups(self, ["", *names])
        for option, value in options.items():
            self.set(option, value)

    @property
    def groups(self) -> Groups:
        """The groups' options: groups[1].lr or groups["head"].lr; number 0: of the parameters in no group of their own."""
        return self._groups

    @property
    def method(self) -> Scope:
        """The method's options."""
        return Scope(self, section="method.")

    @property
    def base(self) -> Scope:
        """The base's options."""
        return Scope(self, section="base.")

    @property
    def shared(self) -> Scope:
        """The options of every optimizer."""
        return Scope(self, section="shared.")

    if not TYPE_CHECKING:           # a type checker knows the options by their names
        def __getattr__(self, option: str) -> Any:
            if option.startswith("_"):
                raise AttributeError(option)
            return attribute(self, option)

        def __setattr__(self, option: str, value: Any) -> None:
            if option.startswith("_") or hasattr(type(self), option):
                object.__setattr__(self, option, value)
            else:
                set_attribute(self, option, value)

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *(full.partition(".")[2] for full in self._options)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
