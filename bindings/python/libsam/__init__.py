"""libsam: sharpness-aware optimizers over numpy arrays, in place, for any training loop.

    import libsam
    optimizer = libsam.Optimizer({"w": w}, {"w": g}, method="sam", base="sgd", lr=0.1, rho=0.05)
    loss = optimizer.step(closure)      # closure(ask) fills g and answers the loss

libsam.methods() and libsam.bases() say what there is, libsam.show("sam") prints one of them with its options.
"""
from ._library import build_info, set_threads, threads, version
from .arrays import Role
from .catalog import Entry, Option, bases, entry, methods, schedules, shared_options, show
from .errors import (ArgumentError, CallbackError, CancelledError, Error, FileError, FormatError, MismatchError,
                     NonfiniteError, OutOfMemoryError, RangeError, StateError, UnknownNameError, UnknownOptionError,
                     UnsupportedError)
from .optimizer import Optimizer
from .stepping import Ask, Metrics

__version__ = version()

__all__ = [
    "ArgumentError", "Ask", "CallbackError", "CancelledError", "Entry", "Error", "FileError", "FormatError", "Metrics",
    "MismatchError", "NonfiniteError", "Optimizer", "Option", "OutOfMemoryError", "RangeError", "Role", "StateError",
    "UnknownNameError", "UnknownOptionError", "UnsupportedError", "bases", "build_info", "entry", "methods", "schedules",
    "set_threads", "shared_options", "show", "threads", "version",
]
