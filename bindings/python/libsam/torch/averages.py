"""The averaged weights of a torch optimizer."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

from ..errors import ArgumentError, StateError
from .states import States


class Averages(States):
    """What averaged() and averaged_weights() do."""

    def averaged(self, parameter: torch.Tensor) -> torch.Tensor:
        """A new tensor of a parameter's averaged weights: where the option `average` is "ema" or "swa", else of a
        base that keeps an average (schedule-free). The weights themselves where none was averaged yet."""
        if not self._inner.ask:
            self._regroup()
        for place, item in enumerate(self._library.items):
            if item.tensor is parameter:
                return self._library.average(place)
        raise ArgumentError("the tensor is no parameter of this optimizer")

    @contextlib.contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """Within it the parameters hold their averages, for evaluation; after it the iterate again, bit for bit.
        Running statistics belong to other weights: libsam.torch.refresh_statistics."""
        if self._inner.ask or self._inner.averaging:
            raise StateError("averaged_weights() is for between steps, and once")
        self._regroup()
        trained = [place for place, frozen in enumerate(self._library.frozen) if not frozen]
        averages = [self._library.average(place) for place in trained]
        kept = [self._library.items[place].tensor.detach().clone() for place in trained]
        self._inner.averaging = True
        try:
            self._put(trained, averages)
            yield
        finally:
            self._put(trained, kept)
            self._inner.averaging = False

    @torch.no_grad()
    def _put(self, places: list[int], values: list[torch.Tensor]) -> None:
        for place, value in zip(places, values):
            self._library.items[place].tensor.copy_(value)
