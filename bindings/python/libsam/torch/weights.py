"""The memory of a trained tensor through the steps: followed where the tensor's data are replaced, kept alive meanwhile."""
from __future__ import annotations

import torch

from .. import _abi
from ..errors import ArgumentError, StateError
from .statistics import UNINITIALIZED

DTYPES = {torch.float32: _abi.SAM_F32, torch.float64: _abi.SAM_F64, torch.bfloat16: _abi.SAM_BF16,
          torch.float16: _abi.SAM_F16}


def checked(tensor: torch.Tensor, what: str) -> torch.Tensor:
    """The tensor itself, if it is one that the library can step or read."""
    if isinstance(tensor, UNINITIALIZED):
        raise ArgumentError(f"{what} has no shape yet (a lazy module): run the model once on a batch before the "
                            "optimizer is made")
    if type(tensor.data) is not torch.Tensor:
        raise ArgumentError(f"{what} is a {type(tensor.data).__name__}: a plain tensor is needed, whole and on this process")
    if tensor.layout is not torch.strided:
        where = "nn.Embedding(…, sparse=False) makes it a dense one" if what.startswith("the gradient") else "to_dense() makes it one"
        raise ArgumentError(f"{what} is sparse ({tensor.layout}): a dense tensor is needed; {where}")
    if tensor.device.type != "cpu":
        raise ArgumentError(f"{what} is on {tensor.device}: a tensor on the CPU is needed; the guide's page \"A network on a GPU\" "
                            "(docs/guide/gpu.md) has a loop for networks elsewhere")
    if tensor.dtype not in DTYPES:
        hint = "; torch.view_as_real makes a real tensor of it" if tensor.dtype.is_complex else ""
        raise ArgumentError(f"{what} has dtype {tensor.dtype}: float32, float64, bfloat16 or float16 is needed{hint}")
    return tensor


def resolved(tensor: torch.Tensor) -> torch.Tensor:
    """Without lazy signs and conjugates: memory has the values."""
    return tensor.resolve_conj().resolve_neg()


def overlaps_itself(tensor: torch.Tensor) -> bool:
    """Whether two elements may share memory, as in an expanded tensor."""
    reach = 0
    for stride, size in sorted(zip(tensor.stride(), tensor.shape)):
        if size > 1:
            if stride <= reach:
                return True
            reach += stride * (size - 1)
    return False


class Held:
    """A trained tensor and the memory that the library works in: the tensor's own where that is contiguous, else a
    contiguous copy that is written back after each call. The memory stays alive as long as the library may write to
    it, whatever becomes of the tensor's data."""

    __slots__ = ("tensor", "name", "shape", "dtype", "work", "address", "start", "pointer", "strides", "apart", "owners",
                 "left")

    def __init__(self, tensor: torch.Tensor, name: str) -> None:
        self.tensor, self.name = tensor, name
        self.shape, self.dtype = checked(tensor, self.what).shape, tensor.dtype
        self.admit()

    @property
    def what(self) -> str:
        return f"parameter {self.name!r}"

    def is_same(self) -> bool:
        """Whether the tensor is where it was when it was last looked at, and what it was."""
        tensor = self.tensor
        return (_pointer(tensor) == self.pointer and tensor.dtype is self.dtype and tensor.shape == self.shape
                and (tensor.stride() == self.strides if self.apart else tensor.is_contiguous()) and not tensor.is_neg())

    def is_alive(self) -> bool:
        """Whether the library's memory still is: its storage can be resized by whoever has it."""
        return self.work.data_ptr() == self.address

    def check(self) -> None:
        """Raises where the tensor is another than was registered."""
        tensor = checked(self.tensor, self.what)
        if tensor.shape != self.shape or tensor.dtype != self.dtype:
            raise ArgumentError(f"{self.what} is {tensor.dtype} {tuple(tensor.shape)} now, it was registered as {self.dtype} "
                                f"{tuple(self.shape)}: make a new optimizer, or put a new parameter into param_groups")
        if not fits(tensor):
            raise StateError(f"{self.what}: the memory of its storage was given back (storage().resize_): give it memory of its "
                             "size before the optimizer is called")
        if overlaps_itself(tensor):
            raise ArgumentError(f"{self.what} (shape {tuple(tensor.shape)}, strides {tensor.stride()}) has elements that share "
                                "memory, and it is stepped in place: give the module a tensor of its own (p.data = p.data.clone())")

    def admit(self) -> None:
        """Takes the tensor as it is now. Between steps."""
        self.check()
        tensor = self.tensor.detach()
        self.start, self.pointer, self.strides = tensor, tensor.data_ptr(), tensor.stride()
        self.apart = not tensor.is_contiguous() or tensor.is_neg()
        self.work = torch.empty(self.shape, dtype=self.dtype) if self.apart else tensor
        self.address = self.work.data_ptr()
        self.owners: torch.Tensor | None = None             # what is in the memory of `work` while the tensor is elsewhere
        self.left: torch.Tensor | None = None               # what the library left there

    def take(self, perturbed: bool) -> None:
        """Before the library reads within a step: what the host made of the weights. perturbed: whether the step has
        evaluated weights other than the iterate; values that were replaced then are no iterate to go on from."""
        if self.is_same():
            if self.apart:
                self.work.copy_(self.tensor.detach())
            return
        self.check()
        tensor = self.tensor.detach()
        if perturbed and not same_bits(tensor, self.work if self.left is None else self.left):
            raise StateError(f"the data of {self.what} were replaced by other values within a step that evaluates perturbed weights: "
                             "what belongs to the iterate cannot be told from the perturbation. The weights are as before the step. "
                             "Replace data between steps, or put the old ones back before the evaluation ends")
        if self.start is self.work and self.owners is None:
            self.owners = self.work.clone()                 # somebody may keep it
        self.work.copy_(tensor)
        self.pointer, self.strides, self.apart = tensor.data_ptr(), tensor.stride(), True

    def give(self) -> None:
        """After the library wrote: the weights are in the tensor too."""
        if self.apart:
            self.tensor.detach().copy_(self.work)
        if self.owners is not None:
            self.left = self.work.clone()
            self.work.copy_(self.owners)

    def give_up(self) -> None:
        """Before the library ends the step: the values that it left are in its memory."""
        if self.left is not None:
            self.work.copy_(self.left)

    def put_back(self) -> None:
        """After a step that was given up: the tensor has the memory that it had when the step began, with the iterate in it."""
        if not fits(self.start):
            return
        if self.start is not self.work:
            self.start.copy_(self.work)
        if not self.is_same() or self.pointer != self.start.data_ptr():
            self.tensor.data = self.start
            self.pointer, self.strides = self.start.data_ptr(), self.start.stride()
            self.apart = self.start is not self.work
        self.owners = self.left = None


def fits(tensor: torch.Tensor) -> bool:
    """Whether its storage has memory for all its elements."""
    end = _range(tensor)[1]
    storage = tensor.untyped_storage()
    return not tensor.numel() or (storage.nbytes() > 0 and end <= storage.data_ptr() + storage.nbytes())


def share_memory(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors have an element of memory in common."""
    first, second = _range(one), _range(other)
    if first[0] >= second[1] or second[0] >= first[1]:
        return False
    if one.is_contiguous() and other.is_contiguous():
        return True
    return not set(_bytes(one)).isdisjoint(_bytes(other))


def same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors of one shape and dtype have the same bits."""
    whole = {2: torch.int16, 4: torch.int32, 8: torch.int64, 1: torch.uint8, 16: torch.int64}[one.element_size()]
    return torch.equal(*(resolved(t).contiguous().reshape(-1).view(whole) for t in (one, other)))


def _pointer(tensor: torch.Tensor) -> int:
    try:
        return tensor.data_ptr()
    except RuntimeError:                    # it has no memory of its own
        return 0


def _range(tensor: torch.Tensor) -> tuple[int, int]:
    """First byte and end."""
    if not tensor.numel():
        return 0, 0
    reach = sum(stride * (size - 1) for stride, size in zip(tensor.stride(), tensor.shape)) + 1
    return tensor.data_ptr(), tensor.data_ptr() + reach * tensor.element_size()


def _bytes(tensor: torch.Tensor) -> list[int]:
    """The address of each byte."""
    places = torch.full(tensor.shape, tensor.data_ptr())
    for axis, (stride, size) in enumerate(zip(tensor.stride(), tensor.shape)):
        along = [1] * tensor.dim()
        along[axis] = size
        places = places + (torch.arange(size) * stride * tensor.element_size()).reshape(along)
    return [address + byte for address in places.reshape(-1).tolist() for byte in range(tensor.element_size())]
