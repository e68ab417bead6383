"""The library's optimizer over torch's tensors, by their addresses."""
from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from .. import _abi
from .._library import check, encoded, library
from ..arrays import Role
from ..errors import ArgumentError, StateError
from ..handle import Handle
from ..stepping import Ask, Metrics
from .statistics import UNINITIALIZED
from .weights import DTYPES, Held, checked, resolved, share_memory

@dataclass(frozen=True)
class Item:
    """A tensor as it is registered."""

    name: str
    tensor: torch.Tensor
    role: Role
    group: int
    stacked: int = 0


def is_trained(tensor: torch.Tensor) -> bool:
    """Whether the optimizer steps it: as in torch what has a gradient, or will have one. An uninitialized one counts, so that
    it is refused."""
    if isinstance(tensor, UNINITIALIZED):
        return tensor.requires_grad
    return (tensor.requires_grad or tensor.grad is not None) and tensor.numel() > 0


def _slope_dtype(tensor: torch.Tensor) -> torch.dtype:
    """What .grad has: the tensor's own, unless torch was told another."""
    return getattr(tensor, "grad_dtype", None) or tensor.dtype


class Core(Handle):
    """The library's optimizer. Weights and gradients are looked at before every call that reads or writes them: followed
    to where they are now, or refused before anything moves."""

    _under_way: set[int] = set()
    """Addresses of all weights that are in the middle of a step of some optimizer."""

    def __init__(self, items: Sequence[Item], groups: Sequence[str], method: str, base: str | None) -> None:
        self.items = items
        self.frozen = [not is_trained(item.tensor) for item in items]
        self._held = [None if frozen else Held(item.tensor, item.name) for item, frozen in zip(items, self.frozen)]
        self._trained = [(place, held) for place, held in enumerate(self._held) if held is not None]
        self._refuse_shared([held for _, held in self._trained])
        self._dummy = torch.zeros(len(items))
        self._slope_dtypes = [_slope_dtype(item.tensor) for item in items]
        self._nowhere = self._reserve()
        self._places = list(self._nowhere)                  # of gradients; 0: missing
        self._copies: dict[int, torch.Tensor] = {}
        self._alive = [held.work for _, held in self._trained]
        """The memory that the library may write to when the handle ends in the middle of a step."""
        self._is_inside, self._was_perturbed, self._has_loss = False, False, True
        self._busy: list[int] = []
        weakref.finalize(self, _release, self._busy)
        super().__init__(map(self._struct, range(len(items))), groups, method, base, self._alive, self._dummy)

    def _struct(self, place: int) -> _abi.sam_parameter:
        item, held = self.items[place], self._held[place]
        if held is None:
            return self._frozen(item, place)
        return _abi.sam_parameter(
            struct_size=ctypes.sizeof(_abi.sam_parameter), name=encoded(item.name, "name"), dtype=DTYPES[held.dtype],
            gradient_dtype=DTYPES.get(self._slope_dtypes[place], 0), role=int(item.role), group=item.group, rank=len(held.shape),
            shape=(ctypes.c_int64 * max(len(held.shape), 1))(*held.shape), data=held.address,
            gradient=self._nowhere[place] or None, stacked_axes=item.stacked)

    def _frozen(self, item: Item, place: int) -> _abi.sam_parameter:
        """In the place of a frozen tensor, which may be of any dtype, layout and device: an empty one; where all are
        frozen one of one element that never gets a gradient, for the library takes no set in which nothing is trained."""
        awaited = all(self.frozen)
        return _abi.sam_parameter(
            struct_size=ctypes.sizeof(_abi.sam_parameter), name=encoded(item.name, "name"), dtype=_abi.SAM_F32, role=int(item.role),
            group=item.group, rank=1, shape=(ctypes.c_int64 * 1)(int(awaited)), data=self._dummy[place:].data_ptr() if awaited else None,
            trained=int(awaited))

    def _reserve(self) -> list[int]:
        """Addresses that no tensor has, one range for each gradient: they are never read, and memory that nothing
        touches is not held."""
        sizes = [0 if frozen else item.tensor.numel() * dtype.itemsize
                 for frozen, item, dtype in zip(self.frozen, self.items, self._slope_dtypes)]
        self._unused = torch.empty(sum(sizes) + 1, dtype=torch.uint8)
        start, places = self._unused.data_ptr(), []
        for size in sizes:
            places.append(start if size else 0)
            start += size
        return places

    def _refuse_shared(self, looked: Sequence[Held]) -> None:
        """Weights that are no contiguous tensors share no memory with others: the library cannot see it in the copies
        that it works in. Of contiguous ones it says so itself."""
        for held in looked:
            for _, other in self._trained:
                if held is not other and (held.apart or other.apart) and share_memory(held.start, other.start):
                    raise ArgumentError(f"{held.what} shares memory with {other.what}: a tied weight is one parameter, with the "
                                        "summed gradient")

    # ---- where weights are

    def thawed(self) -> bool:
        """Whether a tensor that was frozen when it was registered is trained now."""
        return any(frozen and is_trained(item.tensor) for frozen, item in zip(self.frozen, self.items))

    def follow(self) -> None:
        """Between steps: the library works in the weights that are there now (p.data = …)."""
        if self._is_inside:
            return
        moved = [(place, held) for place, held in self._trained if not (held.is_same() and held.is_alive())]
        for _, held in moved:
            held.check()
        for place, nowhere in enumerate(self._nowhere):
            if self._places[place] != nowhere and (moved or not self._places[place]):   # weights may have moved to where a gradient was
                check(library.sam_parameters_bind(self._set, place, None, nowhere))
                self._places[place] = nowhere
        if moved:
            self._move(moved)
        for _, held in self._trained:
            if held.apart:
                held.take(perturbed=False)

    def _move(self, moved: Sequence[tuple[int, Held]]) -> None:
        """Binds other memory. Two tensors may have exchanged theirs: all leave the old before one takes the new."""
        for _, held in moved:
            held.admit()
        self._refuse_shared([held for _, held in moved])
        meanwhile = [torch.empty_like(held.work) for _, held in moved] if len(moved) > 1 else []
        for (place, _), free in zip(moved, meanwhile):
            check(library.sam_parameters_bind(self._set, place, free.data_ptr(), self._places[place] or None))
        for place, held in moved:
            check(library.sam_parameters_bind(self._set, place, held.address, self._places[place] or None))
        self._alive[:] = [held.work for _, held in self._trained]

    def begin(self) -> None:
        """Before a step. Every tensor is expected to have a gradient at the first evaluation, whatever it had at the last
        one: its address is of no meaning yet."""
        if all(self.frozen) and any(item.tensor.numel() for item in self.items):
            raise StateError("no parameter of the optimizer requires a gradient: nothing can be trained; "
                             "requires_grad_(True) makes a tensor a trained one")
        self.follow()
        addresses = [held.address for _, held in self._trained]
        if not Core._under_way.isdisjoint(addresses):
            name = next(held.what for _, held in self._trained if held.address in Core._under_way)
            raise StateError(f"{name} is in the middle of a step of another optimizer: finish that one, or end it with cancel()")
        self._busy[:] = addresses
        Core._under_way.update(addresses)
        self._is_inside, self._was_perturbed, self._has_loss = True, False, True

    def deliver(self, has_loss: bool = True) -> None:
        """Before an evaluation is delivered: weights as the host left them, gradients as they are in .grad."""
        self._has_loss = has_loss
        self._stay_alive()
        for _, held in self._trained:
            held.take(self._was_perturbed)
        self.bind_gradients()

    def advance(self, loss: float = 0.0) -> Ask:
        ask = super().advance(loss)
        for _, held in self._trained:
            held.give()
        self._was_perturbed |= bool(ask & Ask.PERTURBED)
        if not ask:
            self._end()
        return ask

    def cancel(self) -> None:
        if not self._handle:
            return
        if self._is_inside:
            self._stay_alive()
            for _, held in self._trained:
                held.give_up()
        super().cancel()
        if self._is_inside:
            for _, held in self._trained:
                held.put_back()
            self._end()

    def _end(self) -> None:
        self._is_inside = False
        _release(self._busy)

    def _stay_alive(self) -> None:
        """Memory that a storage gave back in the middle of a step is neither read nor written: the library, which knows
        its address, is called no more."""
        lost = [held for _, held in self._trained if not held.is_alive()]
        if not lost:
            return
        self._close.detach()
        self._set, self._handle = ctypes.c_void_p(), ctypes.c_void_p()
        self._end()
        raise StateError(f"{lost[0].what}: the memory of its storage was given back in the middle of a step (resize_): the step "
                         "cannot be ended, and the optimizer no longer be used. Make a new one")

    # ---- gradients

    def bind_gradients(self) -> None:
        """The gradients as they are in .grad; None: missing."""
        self._copies.clear()
        taken: set[int] = set()
        for place, held in self._trained:
            slope, address = held.tensor.grad, 0
            if slope is not None:
                plain = (slope.layout is torch.strided and slope.dtype == self._slope_dtypes[place] and slope.is_contiguous()
                         and slope.shape == held.shape and not slope.is_neg() and slope.device.type == "cpu")
                if plain and slope.data_ptr() in taken:
                    slope, plain = slope.clone(), False     # one tensor is the gradient of two: each has its own here
                address = slope.data_ptr() if plain else self._copied(place, slope)
                taken.add(address)
            if address != self._places[place]:
                check(library.sam_parameters_bind(self._set, place, None, address or None))
                self._places[place] = address

    def _copied(self, place: int, slope: torch.Tensor) -> int:
        """The address of a contiguous copy, which stays until gradients are bound again."""
        what, wanted, shape = f"the gradient of {self.items[place].name!r}", self._slope_dtypes[place], self.items[place].tensor.shape
        if checked(slope, what).dtype != wanted:
            raise ArgumentError(f"{what} has dtype {slope.dtype}, {wanted} was registered")
        if slope.shape != shape:
            raise ArgumentError(f"{what} has shape {tuple(slope.shape)}, its parameter {tuple(shape)}: expected the same")
        self._copies[place] = resolved(slope).contiguous()
        return self._copies[place].data_ptr()

    # ---- what is read

    def average(self, place: int) -> torch.Tensor:
        """A new tensor of averaged weights, laid out as the parameter; of a frozen one a copy."""
        self.follow()
        held = self._held[place]
        if held is None:
            return self.items[place].tensor.detach().clone()
        out = torch.empty(held.shape, dtype=held.dtype)
        check(library.sam_optimizer_average(self._handle, place, out.data_ptr()))
        return torch.empty_like(held.tensor, requires_grad=False).copy_(out) if held.apart else out

    def state(self) -> bytes:
        self._look()
        return super().state()

    def restore(self, state: bytes | bytearray | memoryview) -> None:
        self._look()
        super().restore(state)

    def _look(self) -> None:
        """Between steps, before a call that may read the memory of weights: of those that are elsewhere now the old is kept
        alive; where it was given back they are followed."""
        if not self._is_inside and not all(held.is_alive() for _, held in self._trained):
            self.follow()

    @property
    def metrics(self) -> Metrics:
        found = super().metrics
        return found if self._has_loss else replace(found, loss=float("nan"), perturbed_loss=float("nan"))


def _release(addresses: list[int]) -> None:
    Core._under_way.difference_update(addresses)
    addresses.clear()
