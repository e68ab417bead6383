"""The Python package's tests. They use the package of the checkout (bindings/python) and its library (build/, or what
LIBSAM_LIBRARY names), whatever else is installed."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "bindings" / "python"), str(ROOT / "examples" / "digits")]
