"""libsam: sharpness-aware optimizers over numpy arrays, in place, for any training loop.

    import libsam
    optimizer = libsam.Optimizer({"w": w}, {"w": g}, method="sam", base="sgd", lr=0.1, rho=0.05)
    loss = optimizer.step(closure)      # closure(ask) fills g and answers the loss

    libsam.measure(optimizer, evaluate, "lambda_max")       # how sharp the minimum is

libsam.methods(), libsam.bases() and libsam.measures() say what there is, libsam.show("sam") prints one of them with its options.
libsam.typing has all names and options for annotations.
"""
from typing import TYPE_CHECKING, Any

from . import plot
from ._library import build_info, set_threads, threads, version
from .arrays import Role
from .catalog import Entry, Option, bases, entry, measures, methods, schedules, shared_options, show
from .errors import (ArgumentError, CallbackError, CancelledError, Error, FileError, FormatError, MismatchError,
                     NonfiniteError, OutOfMemoryError, RangeError, StateError, UnknownNameError, UnknownOptionError,
                     UnsupportedError)
from .objective import Objective, Query
from .optimizer import Optimizer
from .result import Result
from .stepping import Ask, Metrics

if TYPE_CHECKING:
    from . import typing as typing
    from ._declared import measure
else:
    from .measuring import measure

    def __getattr__(name: str) -> Any:
        """libsam.typing is imported when it is looked at."""
        if name != "typing":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib
        return importlib.import_module(".typing", __name__)

__version__ = version()

__all__ = [
    "ArgumentError", "Ask", "CallbackError", "CancelledError", "Entry", "Error", "FileError", "FormatError",
    "Metrics", "MismatchError", "NonfiniteError", "Objective", "Optimizer", "Option", "OutOfMemoryError", "Query",
    "RangeError", "Result", "Role", "StateError", "UnknownNameError", "UnknownOptionError", "UnsupportedError",
    "bases", "build_info", "entry", "measure", "measures", "methods", "plot", "schedules", "set_threads", "shared_options",
    "show", "threads", "version",
]
