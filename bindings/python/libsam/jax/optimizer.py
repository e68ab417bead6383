"""The optimizer over a pytree of jax's arrays."""
from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Unpack

import jax
import numpy as np

from .. import _abi, _documents, arrays
from .._library import check, library
from .._text import further
from ..arrays import Role
from ..errors import ArgumentError, StateError
from ..handle import number
from ..options import OptionHandle
from ..stepping import Ask
from . import tree
from .tree import Tree

if TYPE_CHECKING:
    from .. import typing

REFUSED = {"in_place": "arrays of jax are never moved in place", "zero_gradient": "arrays of jax are never written to"}


class Optimizer(OptionHandle):
    """A method and a base of libsam over a pytree of arrays: takes params and answers new ones, as is usual in JAX.

        optimizer = libsam.jax.Optimizer(params, "sam", "adamw", lr=1e-3, rho=0.05)
        value_and_grad = jax.jit(jax.value_and_grad(loss))          # loss(params, x, y)
        for x, y in batches:
            params, value = optimizer.step(value_and_grad, params, x, y)

    or as a loop of one's own:

        optimizer.params = params                                   # where they come from elsewhere
        ask = optimizer.advance()                                   # begins a step
        while ask:
            value, slopes = value_and_grad(optimizer.params, x, y)  # at the weights to evaluate
            ask = optimizer.advance(value, slopes)                  # delivers the evaluation just made
        params = optimizer.params

    params: any pytree of jax or numpy arrays of float32, float64 (with jax_enable_x64), bfloat16 or float16. A leaf's name is its path:
        "layers/0/kernel".
    method, base: names of libsam.methods() and libsam.bases(); base None for methods that are their own optimizer.
    roles: name -> "weight", "bias", "norm" or "embedding"; libsam.jax.role where it is not given.
    groups: name -> the name of a group, or None; a group has options of its own: optimizer.groups["head"].lr = 0.01.
    frozen: name -> whether the leaf is never moved.
    stacked: name -> how many leading axes only stack tensors, as those that flax's nn.scan or jax.vmap put in front: a leaf (12, 96, 32)
        with 1 is stepped as twelve of (96, 32). Without, the first axis are a matrix' rows and all others its columns.
    options: starting values, for all groups; also by their full names, as **{"base.rho": 0.9}.

    Options are attributes: optimizer.rho, optimizer.rho = 0.1. Where method and base both have one of that name:
    optimizer.method.rho, optimizer.base.rho; those of every optimizer are also at optimizer.shared.

    A step is no part of a compiled function: compile what it evaluates. A key for random numbers that is one of the arguments is the
    same in all evaluations of a step, so that dropout is too.

    What is copied: the weights are kept in numpy's memory, which the library moves, and no array of jax shares it. For each evaluation
    at other weights than the last array that was handed out, and for the new params, the weights are copied into memory of their own
    (with sam: twice a step). Params that are the very arrays of the last answer are not read; others are copied in. Gradients on the CPU
    are read where they are. Arrays on other devices go there and back; those tied to a device or sharding come back to it.

    After every step, error, interrupt and cancel the weights are the iterate, bit for bit. Errors are those of libsam.
    It is a context manager; close() frees the library's memory.
    """

    def __init__(self, params: Any, method: typing.Method = "sam", base: typing.Base | None = "sgd", *,
                 roles: Callable[[str], Role | typing.RoleName | int] = tree.role, groups: Callable[[str], str | None] | None = None,
                 frozen: Callable[[str], bool] | None = None, stacked: Callable[[str], int] | None = None, **options: Unpack[typing.Options]) -> None:
        self._tree = Tree(params)
        names, leaves = self._tree.names, self._tree.leaves
        read = [tree.host(leaf, f"leaf {name!r}") for name, leaf in zip(names, leaves)]
        self._still = [array.size == 0 or frozen is not None and bool(frozen(name)) for name, array in zip(names, read)]
        self._buffers = [np.array(array, order="C") for array in read]
        self._places = [tree.place_of(leaf) for leaf in leaves]
        self._handed = [self._kept(place, leaf) for place, leaf in enumerate(leaves)]   # the iterate, as it was handed out
        self._point: list[Any] | None = None                                            # perturbed weights, as they were handed out
        # a buffer that nothing reads, until the first gradient is there
        self._slopes: list[np.ndarray | None] = [None if still else np.empty_like(buffer) for still, buffer in zip(self._still, self._buffers)]
        kinds = [Role.of(roles(name)) for name in names]
        chosen = [groups(name) if groups is not None else None for name in names]
        numbers = {group: place for place, group in enumerate(dict.fromkeys(group for group in chosen if group is not None), 1)}
        stacks = tree.stacks(names, stacked)
        tensors = (arrays.parameter(tree.registered(name, kind), buffer, None, kind, 0 if group is None else numbers[group], stacks[name], not still)
                   for name, buffer, still, kind, group in zip(names, self._buffers, self._still, kinds, chosen))
        super().__init__(tensors, numbers, method, base, options, self._buffers, self._slopes)

    def _kept(self, place: int, leaf: Any) -> jax.Array:
        """The leaf itself; of a numpy array, which may change, a copy."""
        return leaf if isinstance(leaf, jax.Array) else tree.copied(self._buffers[place])

    # ---- stepping

    def step(self, value_and_grad: Callable[..., Any], params: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """One step from `params`; answers the new params and the value at the step's first evaluation. value_and_grad(params, *args,
        **kwargs) answers (value, gradients) as jax.value_and_grad does; with has_aux the value is (loss, aux). It is called as often
        as the method asks, and may look at optimizer.ask and optimizer.batch, where a step takes several batches. If it raises, the
        step is cancelled and the exception goes on to the caller."""
        if self._ask:
            raise StateError("a step is under way: finish it with advance() or end it with cancel() before step()")
        self.params = params
        first, begun, ask = None, False, self.advance()
        try:
            while ask:
                if ask & Ask.AUXILIARY:
                    raise ArgumentError(f"method {self._method!r} asks for an auxiliary objective: loop over advance(), and evaluate that "
                                        "objective where libsam.Ask.AUXILIARY is in the answer")
                value, slopes = value_and_grad(self.params, *args, **kwargs)
                first, begun = (first, True) if begun else (value, True)
                ask = self.advance(value[0] if isinstance(value, tuple) else value, slopes) if self._ask else Ask(0)
        except BaseException:
            self.cancel()
            raise
        return self.params, first

    def advance(self, loss: Any = 0.0, gradients: Any = None) -> Ask:
        """Begins a step (its arguments are ignored) or delivers the evaluation just made: the loss, and the gradients as a tree of the
        params' structure (None where LOSS_ONLY was asked). Answers what to evaluate next, at optimizer.params; Ask(0): the step is
        complete. An exception of this call ends the step with the weights restored."""
        try:
            if self._ask:
                loss = number(loss, "the loss")
                if not self._ask & Ask.LOSS_ONLY:
                    self._bind(gradients)
            ask = super().advance(loss if self._ask else 0.0)
        except BaseException:
            self.cancel()
            raise
        self._point = None
        if not ask:
            self._handed = [kept if still else tree.copied(buffer, place) for kept, still, buffer, place in
                            zip(self._handed, self._still, self._buffers, self._places)]
        return ask

    def _bind(self, gradients: Any) -> None:
        taken: set[int] = set()
        for place, slope in enumerate(self._tree.flat(gradients, "the gradients")):
            if self._still[place]:
                continue
            what = f"the gradient of {self._tree.names[place]!r}"
            array = tree.fits(tree.host(slope, what), self._buffers[place], what)
            if array.ctypes.data in taken:
                array = array.copy()                        # one array is the gradient of two: each has its own here
            taken.add(array.ctypes.data)
            check(library.sam_parameters_bind(self._set, place, None, array.ctypes.data))
            self._slopes[place] = array                 # its memory lives until another is bound

    @property
    def ask(self) -> Ask:
        """What is to be evaluated now; Ask(0) between steps."""
        return self._ask

    # ---- arrays

    @property
    def params(self) -> Any:
        """The weights that stand now, as a tree of jax's arrays: in a step those to evaluate, else the iterate. They never change.
        Setting them, between steps, takes other weights: every leaf that is not the very array of the last answer is copied in."""
        if not self._ask & Ask.PERTURBED:
            return self._tree.whole(self._handed)
        if self._point is None:
            self._point = [kept if still else tree.copied(buffer, place) for kept, still, buffer, place in
                           zip(self._handed, self._still, self._buffers, self._places)]
        return self._tree.whole(self._point)

    @params.setter
    def params(self, params: Any) -> None:
        leaves = self._tree.flat(params, "the new params")
        changed = {place: leaf for place, leaf in enumerate(leaves) if leaf is not self._handed[place]}
        if not changed:
            return
        if self._ask:
            raise StateError("a step is under way: params can be set between steps")
        read = {}
        for place, leaf in changed.items():
            what = f"leaf {self._tree.names[place]!r}"
            read[place] = tree.fits(tree.host(leaf, what), self._buffers[place], what)
            if self._buffers[place].itemsize == 2 and not self._still[place] and self.get("master"):
                raise StateError(f"{what} is another array than the last answer, and with master = True its copy in float32 is what is "
                                 "stepped: make a new optimizer")
        for place, array in read.items():
            self._buffers[place][...] = array
            self._places[place] = tree.place_of(leaves[place])
            self._handed[place] = self._kept(place, leaves[place])

    def averaged(self) -> Any:
        """A tree of the averaged weights: where the option `average` is "ema" or "swa", else of a base that keeps an average
        (schedule-free). The weights themselves where none was averaged yet."""
        found = []
        for place, buffer in enumerate(self._buffers):
            out = np.empty_like(buffer)
            check(library.sam_optimizer_average(self._handle, place, arrays.address(out)))
            found.append(tree.copied(out, self._places[place]))
        return self._tree.whole(found)

    @property
    def names(self) -> list[str]:
        """The leaves' paths, in the tree's order: what roles, groups and frozen are asked about."""
        return list(self._tree.names)

    # ---- options

    def set(self, option: str, value: float | bool | str, *, group: int = -1) -> None:
        """As of every optimizer; in_place and zero_gradient are refused, since jax's arrays never change."""
        if (name := option.rpartition(".")[2]) in REFUSED:
            raise ArgumentError(f"{name}: {REFUSED[name]}")
        super().set(option, value, group=group)

    def __repr__(self) -> str:
        if not self._close.alive:
            return f"Optimizer({self._method!r}, {self._base!r}, closed)"
        return f"Optimizer({self._method!r}, {self._base!r}, {len(self._buffers)} leaves, {self.method!r}, {self.base!r})"


further(Optimizer, _documents.TREES)
