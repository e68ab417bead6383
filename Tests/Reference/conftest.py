"""Puts the project's folder on the path, so that the texts are Tests.Reference wherever pytest is started."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
