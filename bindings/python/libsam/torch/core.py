"""The library's optimizer over torch's tensors, by their addresses."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from .. import _abi
from .._library import check, encoded, library
from ..arrays import Role
from ..errors import ArgumentError
from ..handle import Handle

DTYPES = {torch.float32: _abi.SAM_F32, torch.float64: _abi.SAM_F64, torch.bfloat16: _abi.SAM_BF16, torch.float16: _abi.SAM_F16}


@dataclass(frozen=True)
class Item:
    """A tensor as it is registered."""

    name: str
    tensor: torch.Tensor
    role: Role
    group: int
    stacked: int = 0


def checked(tensor: torch.Tensor, what: str) -> torch.Tensor:
    """The tensor itself, if the library can work in it. Nothing is ever converted: a copy would be trained in its place."""
    if type(tensor.data) is not torch.Tensor:
        raise ArgumentError(f"{what} is a {type(tensor.data).__name__}: a plain tensor is needed, whole and on this process")
    if tensor.layout is not torch.strided:
        where = "nn.Embedding(…, sparse=False) makes it a dense one" if what.startswith("the gradient") else "to_dense() makes it one"
        raise ArgumentError(f"{what} is sparse ({tensor.layout}): a dense tensor is needed; {where}")
    if tensor.device.type != "cpu":
        raise ArgumentError(f"{what} is on {tensor.device}: a tensor on the CPU is needed")
    if tensor.dtype not in DTYPES:
        raise ArgumentError(f"{what} has dtype {tensor.dtype}: float32, float64, bfloat16 or float16 is needed")
    return tensor


def _contiguous(tensor: torch.Tensor, what: str) -> torch.Tensor:
    if not checked(tensor, what).is_contiguous():
        raise ArgumentError(f"{what} (shape {tuple(tensor.shape)}, strides {tensor.stride()}) is not contiguous, and it is moved in place: "
                            "give the module a contiguous one (p.data = p.data.contiguous()) before the optimizer is made")
    return tensor


def _slope_dtype(tensor: torch.Tensor) -> torch.dtype:
    """What .grad has: the tensor's own, unless torch was told another."""
    return getattr(tensor, "grad_dtype", None) or tensor.dtype


class Core(Handle):
    """Gradients are bound where backward left them, before every call that reads them; weights where they stand."""

    def __init__(self, items: Sequence[Item], groups: Sequence[str], method: str, base: str | None) -> None:
        self.items = items
        self.frozen = [not item.tensor.requires_grad or not item.tensor.numel() for item in items]
        self._data = [0 if frozen else _contiguous(item.tensor, f"parameter {item.name!r}").data_ptr()
                      for item, frozen in zip(items, self.frozen)]
        self._dummy = torch.zeros(len(items))
        self._nowhere = self._reserve()
        self._places = list(self._nowhere)                  # of gradients; 0: missing
        self._shapes = [(item.tensor.shape, item.tensor.dtype, _slope_dtype(item.tensor)) for item in items]
        self._copies: dict[int, torch.Tensor] = {}
        super().__init__(map(self._struct, range(len(items))), groups, method, base, [item.tensor for item in items], self._dummy)

    def _struct(self, place: int) -> _abi.sam_parameter:
        item, (shape, dtype, slope_dtype) = self.items[place], self._shapes[place]
        if self.frozen[place]:
            return self._frozen(item, place)
        return _abi.sam_parameter(
            struct_size=ctypes.sizeof(_abi.sam_parameter), name=encoded(item.name, "name"), dtype=DTYPES[dtype],
            gradient_dtype=DTYPES.get(slope_dtype, 0), role=int(item.role), group=item.group, rank=len(shape),
            shape=(ctypes.c_int64 * max(len(shape), 1))(*shape), data=self._data[place], gradient=self._nowhere[place] or None,
            stacked_axes=item.stacked)

    def _frozen(self, item: Item, place: int) -> _abi.sam_parameter:
        """In the place of a frozen tensor, which may be of any dtype, layout and device: an empty one; where all are frozen one of one
        element that never gets a gradient, for a set in which nothing can be trained is none."""
        awaited = all(self.frozen)
        return _abi.sam_parameter(
            struct_size=ctypes.sizeof(_abi.sam_parameter), name=encoded(item.name, "name"), dtype=_abi.SAM_F32, role=int(item.role),
            group=item.group, rank=1, shape=(ctypes.c_int64 * 1)(int(awaited)), data=self._dummy[place:].data_ptr() if awaited else None,
            trained=int(awaited))

    def _reserve(self) -> list[int]:
        """Addresses that no tensor has, one range for each gradient: they are never read, and memory that nothing touches is not held."""
        sizes = [0 if frozen else item.tensor.numel() * _slope_dtype(item.tensor).itemsize for frozen, item in zip(self.frozen, self.items)]
        self._unused = torch.empty(sum(sizes) + 1, dtype=torch.uint8)
        start, places = self._unused.data_ptr(), []
        for size in sizes:
            places.append(start if size else 0)
            start += size
        return places

    def thawed(self) -> bool:
        """Whether a tensor that was frozen when it was registered requires a gradient now."""
        return any(frozen and item.tensor.requires_grad and item.tensor.numel() for frozen, item in zip(self.frozen, self.items))

    def begin(self) -> None:
        """Before a step: the weights may have moved (p.data = …), and every tensor is expected to have a gradient at the first
        evaluation, whatever it had at the last one: its address is of no meaning yet."""
        moved = [place for place, item in enumerate(self.items)
                 if not self.frozen[place] and (item.tensor.data_ptr() != self._data[place] or item.tensor.dtype != self._shapes[place][1])]
        for place, nowhere in enumerate(self._nowhere):
            if self._places[place] != nowhere and (moved or not self._places[place]):   # weights may have moved to where a gradient was
                check(library.sam_parameters_bind(self._set, place, None, nowhere))
                self._places[place] = nowhere
        for place in moved:
            item, (shape, dtype, _) = self.items[place], self._shapes[place]
            what = f"parameter {item.name!r}"
            if _contiguous(item.tensor, what).shape != shape or item.tensor.dtype != dtype:
                raise ArgumentError(f"{what} is {item.tensor.dtype} {tuple(item.tensor.shape)} now, it was registered as {dtype} "
                                    f"{tuple(shape)}: make a new optimizer")
            address = item.tensor.data_ptr()
            check(library.sam_parameters_bind(self._set, place, address, self._places[place] or None))
            self._data[place] = address

    def bind_gradients(self) -> None:
        """The gradients as they are in .grad; None: missing."""
        self._copies.clear()
        taken: set[int] = set()
        for place, item in enumerate(self.items):
            slope, address = item.tensor.grad, 0
            if self.frozen[place]:
                continue
            if slope is not None:
                plain = slope.layout is torch.strided and slope.is_contiguous() and slope.dtype == self._shapes[place][2]
                if plain and slope.data_ptr() in taken:
                    slope, plain = slope.clone(), False     # one tensor is the gradient of two: each has its own here
                address = slope.data_ptr() if plain else self._copied(place, slope)
                taken.add(address)
            if address != self._places[place]:
                check(library.sam_parameters_bind(self._set, place, None, address or None))
                self._places[place] = address

    def _copied(self, place: int, slope: torch.Tensor) -> int:
        """The address of a contiguous copy, which stays until gradients are bound again."""
        what, wanted = f"the gradient of {self.items[place].name!r}", self._shapes[place][2]
        if checked(slope, what).dtype != wanted:
            raise ArgumentError(f"{what} has dtype {slope.dtype}, {wanted} was registered")
        self._copies[place] = slope.contiguous()
        return self._copies[place].data_ptr()

    def average(self, place: int) -> torch.Tensor:
        """A new tensor of averaged weights; of a frozen one a copy."""
        if self.frozen[place]:
            return self.items[place].tensor.detach().clone()
        out = torch.empty_like(self.items[place].tensor, requires_grad=False)
        check(library.sam_optimizer_average(self._handle, place, out.data_ptr()))
        return out
