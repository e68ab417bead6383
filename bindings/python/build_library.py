"""Puts the built shared library into the wheel, beside the package's modules."""
import os
import pathlib
import sys
import sysconfig

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILE = "libsam.dylib" if sys.platform == "darwin" else "libsam.so"


class LibraryHook(BuildHookInterface):
    """Takes the library that the environment's SAM_LIBRARY names, else build/ of the checkout. The wheel is for this
    platform and any Python 3: the library is loaded by ctypes."""

    def initialize(self, version, build_data):
        if self.target_name != "wheel" or version == "editable":
            return
        place = pathlib.Path(os.environ.get("SAM_LIBRARY") or pathlib.Path(self.root).parents[1] / "build" / FILE)
        if not place.is_file():
            raise FileNotFoundError(f"{place}: the library is not built. Build it first (cmake -S . -B build -G Ninja && "
                                    "cmake --build build in the checkout) or name it in the environment's SAM_LIBRARY.")
        build_data["force_include"][str(place.resolve())] = f"libsam/{FILE}"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
