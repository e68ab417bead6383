"""What the generators do with the texts that they write."""
import difflib
import pathlib
import sys


def settle(texts: dict[pathlib.Path, str], check: bool) -> None:
    """Writes the files whose text changed; with check it prints the difference, writes nothing and ends with status 1 where there is one."""
    differs = False
    for path, text in texts.items():
        old = path.read_text() if path.exists() else ""
        if check:
            difference = list(difflib.unified_diff(old.splitlines(), text.splitlines(), path.name, "as it would be written", lineterm=""))
            print("\n".join(difference[:40]))
            differs |= bool(difference)
        elif old != text:
            path.write_text(text)
    sys.exit(differs)
