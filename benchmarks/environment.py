"""The Python environment of a benchmark: its own, made at the first run and again where its requirements changed."""
import os
import pathlib
import subprocess
import sys


def enter(place, requirements):
    """Goes on in the environment at `place`, made from the file of requirements where it is missing or of another file."""
    stamp, wanted, python = place / "requirements", requirements.read_text(), place / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
        stamp.write_text(wanted)
    if pathlib.Path(sys.prefix).resolve() != place.resolve():
        os.execv(python, [str(python), *sys.argv])
