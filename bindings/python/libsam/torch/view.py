"""optimizer.state: what is kept of each parameter, as torch has it."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import torch

Entries = dict[str, Any]


class View(defaultdict[Any, Entries]):
    """By parameter what the library keeps of it, read when somebody looks, and what others put there. Until the next
    step begins it is one set of tensors: what is changed in it then goes into the library."""

    def __init__(self, read: Callable[[], dict[torch.Tensor, Entries]], write: Callable[[dict[Any, Entries]], None],
                 own: Callable[[str], bool]) -> None:
        super().__init__(dict)
        self._read, self._write, self._own = read, write, own
        self._seen: dict[Any, dict[str, tuple[Any, int]]] | None = None

    def look(self) -> None:
        """Reads what the library has, unless that was done since the last step."""
        if self._seen is not None:
            return
        self._seen = {}                     # reading looks at nothing here
        try:
            found = self._read()
        except BaseException:
            self._seen = None
            raise
        for key, entries in found.items():
            super().__getitem__(key).update(entries)
        self._seen = {key: _marks(entries) for key, entries in found.items()}

    def settle(self) -> None:
        """Before a step, or before the library's optimizer is made anew: what was changed goes into the library, and
        what was read is forgotten."""
        if self._seen is None:
            return
        now = {key: {name: value for name, value in entries.items() if self._own(name)}
               for key, entries in super().items() if isinstance(entries, dict)}
        changed = any(_marks(now.get(key, {})) != self._seen.get(key, {}) for key in {*now, *self._seen})
        if changed:
            self._write(now)
        self.forget()

    def forget(self) -> None:
        """What was read is read anew when somebody looks; what others put there stays."""
        if self._seen is None:
            return
        self._seen = None
        for key in list(super().keys()):
            entries = super().__getitem__(key)
            if not isinstance(entries, dict):
                continue
            for name in [name for name in entries if self._own(name)]:
                del entries[name]
            if not entries:
                super().__delitem__(key)

    def others(self) -> dict[Any, Entries]:
        """What others put there."""
        found: dict[Any, Any] = {}
        for key, entries in super().items():
            if isinstance(entries, dict):
                entries = {name: value for name, value in entries.items() if not self._own(name)}
            if entries != {}:
                found[key] = entries
        return found

    def replace_others(self, content: dict[Any, Any]) -> None:
        """Takes the place of what others put there, when nothing of the library is read."""
        super().clear()
        super().update(content)

    def replace(self, content: dict[Any, Any]) -> None:
        """Takes the place of everything: what the library has of a tensor that is not in it begins anew."""
        self.look()
        super().clear()
        super().update(content)

    def __bool__(self) -> bool:
        return True                         # torch.distributed.checkpoint makes a step where there is no state

    def __reduce__(self) -> Any:
        self.look()
        return defaultdict, (dict, dict(super().items()))

    def __copy__(self) -> Any:
        return defaultdict(dict, self)

    copy = __copy__

    def __deepcopy__(self, memo: Any) -> Any:
        import copy
        return defaultdict(dict, copy.deepcopy(dict(self.items()), memo))


def _marks(entries: Entries) -> dict[str, tuple[Any, int]]:
    """By which a change is seen: the objects, and the versions of tensors."""
    return {name: (id(value), value._version) if isinstance(value, torch.Tensor) else (value, 0)
            for name, value in entries.items()}


def _looking(name: str) -> Callable[..., Any]:
    def method(self: View, *arguments: Any, **named: Any) -> Any:
        self.look()
        return getattr(super(View, self), name)(*arguments, **named)
    return method


for _name in ("__getitem__", "__setitem__", "__delitem__", "__contains__", "__iter__", "__len__", "__eq__", "__ne__", "__or__",
              "__ror__", "__ior__", "__repr__", "__reversed__", "keys", "values", "items", "get", "pop", "popitem",
              "setdefault", "update", "clear"):
    setattr(View, _name, _looking(_name))
