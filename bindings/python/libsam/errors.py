"""The exceptions of libsam: one for each status of the C interface, all of them libsam.Error.

Each carries the library's sentence, its `status` (the number of sam.h) and the status's `name`, as "SAM_ERROR_RANGE".
"""
from typing import Any

from . import _abi


class Error(RuntimeError):
    """Any failure of the library. `status`: the number in sam.h; `name`: its name there."""

    status: int = 0
    name: str = "unknown"


class ArgumentError(Error, ValueError):
    """An argument that cannot be: an array of the wrong kind, a shape that does not fit, a closed optimizer."""

    status, name = _abi.SAM_ERROR_ARGUMENT, "SAM_ERROR_ARGUMENT"


class UnknownNameError(Error, LookupError):
    """A name of a method, base, option, choice, schedule or group that is unknown, can mean two things, or is taken."""

    status, name = _abi.SAM_ERROR_NAME, "SAM_ERROR_NAME"


class UnknownOptionError(UnknownNameError, AttributeError):  # type: ignore[misc]  # `name` stays the status's
    """The same for an option that was addressed as an attribute (`optimizer.rhoo`)."""

    def __init__(self, message: str, option: str = "", owner: Any = None) -> None:
        AttributeError.__init__(self, message, name=option, obj=owner)


class RangeError(Error, ValueError):
    """A number outside the bounds of its option, or NaN."""

    status, name = _abi.SAM_ERROR_RANGE, "SAM_ERROR_RANGE"


class StateError(Error):
    """A call that is right at another time, as setting an option in the middle of a step."""

    status, name = _abi.SAM_ERROR_STATE, "SAM_ERROR_STATE"


class NonfiniteError(Error, ArithmeticError):
    """A loss or gradient that is not finite. The step was given up: the weights are those before it."""

    status, name = _abi.SAM_ERROR_NONFINITE, "SAM_ERROR_NONFINITE"


class OutOfMemoryError(Error, MemoryError):
    """Memory of the library could not be had."""

    status, name = _abi.SAM_ERROR_MEMORY, "SAM_ERROR_MEMORY"


class FileError(Error):
    """A file could not be read or written."""

    status, name = _abi.SAM_ERROR_IO, "SAM_ERROR_IO"


class FormatError(Error, ValueError):
    """A file or buffer is not what it should be."""

    status, name = _abi.SAM_ERROR_FORMAT, "SAM_ERROR_FORMAT"


class MismatchError(Error, ValueError):
    """A saved state belongs to other parameters or another method."""

    status, name = _abi.SAM_ERROR_MISMATCH, "SAM_ERROR_MISMATCH"


class CallbackError(Error):
    """A function of the host answered with a failure."""

    status, name = _abi.SAM_ERROR_CALLBACK, "SAM_ERROR_CALLBACK"


class CancelledError(Error):
    """The host asked to stop."""

    status, name = _abi.SAM_ERROR_CANCELLED, "SAM_ERROR_CANCELLED"


class UnsupportedError(Error, NotImplementedError):
    """Possible in itself, but not in this combination or version."""

    status, name = _abi.SAM_ERROR_UNSUPPORTED, "SAM_ERROR_UNSUPPORTED"


BY_STATUS: dict[int, type[Error]] = {kind.status: kind for kind in (
    ArgumentError, UnknownNameError, RangeError, StateError, NonfiniteError, OutOfMemoryError, FileError, FormatError,
    MismatchError, CallbackError, CancelledError, UnsupportedError)}


def from_status(status: int, message: str) -> Error:
    """The exception that belongs to a negative status."""
    error = BY_STATUS.get(status, Error)(message)
    error.status = status
    return error
