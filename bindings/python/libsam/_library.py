"""Finds and loads the shared library, and turns its statuses into exceptions."""
import ctypes
import json
import os
import pathlib
import sys
from typing import Any

from . import _abi
from .errors import ArgumentError, from_status

FILE = "libsam.dylib" if sys.platform == "darwin" else "libsam.so"
HERE = pathlib.Path(__file__).resolve().parent


def locate() -> pathlib.Path:
    """The library's file: what the environment's LIBSAM_LIBRARY names; else the one beside the package (an installed
    wheel has it there); else build/ of the checkout that the package stands in. ImportError where there is none."""
    named = os.environ.get("LIBSAM_LIBRARY")
    if named:
        if not pathlib.Path(named).is_file():
            raise ImportError(f"LIBSAM_LIBRARY is {named!r}: no such file")
        return pathlib.Path(named)
    places = [HERE / FILE, HERE.parents[2] / "build" / FILE]
    for place in places:
        if place.is_file():
            return place
    raise ImportError(f"{FILE} was not found at {' or '.join(map(str, places))}: build it (cmake -S . -B build -G Ninja && "
                      "cmake --build build) or name it in the environment's LIBSAM_LIBRARY")


def load() -> ctypes.CDLL:
    """The library with its prototypes. ImportError if its ABI is not the one that this package was generated for."""
    path = locate()
    try:
        loaded = ctypes.CDLL(str(path))
    except OSError as failure:
        raise ImportError(f"{path} cannot be loaded: {failure}") from failure
    try:
        loaded.sam_abi_version.restype, loaded.sam_abi_version.argtypes = ctypes.c_int, []
        found = loaded.sam_abi_version()
        if found != _abi.SAM_ABI_VERSION:
            raise ImportError(f"{path} has ABI version {found}, this package needs {_abi.SAM_ABI_VERSION}: install the two "
                              "together")
        return _abi.declare(loaded)
    except AttributeError as missing:
        raise ImportError(f"{path} is not the library that this package needs: {missing}") from missing


library = load()


def check(status: int) -> int:
    """The answer itself where it is no failure; else the exception with the library's sentence."""
    if status < 0:
        raise from_status(status, library.sam_error_message().decode("utf-8", "replace"))
    return status


def encoded(text: Any, what: str) -> bytes:
    """A name as the library takes it: bytes that a NUL ends, for which none may be in it. Bytes that came as surrogates are those bytes again."""
    if not isinstance(text, str):
        raise ArgumentError(f"{what} must be a str, not {text!r}")
    if "\0" in text:
        raise ArgumentError(f"{what} = {text!r}: expected a name without a NUL")
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def encoded_path(path: Any) -> bytes:
    """A file's name as the system takes it."""
    name = os.fsencode(path)
    if b"\0" in name:
        raise ArgumentError(f"path = {path!r}: expected a name without a NUL")
    return name


def version() -> str:
    """The library's version, as "1.0.0"."""
    text: bytes = library.sam_version()
    return text.decode()


def build_info() -> dict[str, Any]:
    """What the library was built with and uses: version, instruction set, threads, BLAS, mode of compilation."""
    info: dict[str, Any] = json.loads(library.sam_build_info())
    return info


def set_threads(count: int) -> None:
    """How many threads large passes may use, in the whole process: 1 (the default) to 1024. Never changes a result."""
    check(library.sam_set_threads(count))


def threads() -> int:
    """The number that set_threads gave, 1 before."""
    return int(library.sam_threads())
