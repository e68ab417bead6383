"""Comments of the sources as Markdown: paragraphs, lists, and lines that stand further in as they are."""
import re
import textwrap


def escaped(text):
    """Text in which Markdown would read characters as its own."""
    return re.sub(r"([\\*_{}\[\]<>|#~^])", lambda m: f"&#{ord(m[1])};", text)


def spoken(text, shown=escaped):
    """Text with `code` in it; shown: what becomes of the rest."""
    parts = text.split("`")
    parts[::2] = map(shown, parts[::2])
    return "`".join(parts)


def markdown(text, shown=escaped):
    kinds, runs = {"- ": "item", "  ": "inner"}, []
    for line in text.split("\n"):
        kind = kinds.get(line[:2], "text") if line.strip() else runs[-1][0] if runs and runs[-1][0] == "inner" else "blank"
        if kind == "inner" and runs and runs[-1][0] == "item" and not line.startswith("   "):
            runs[-1][1].append(line.strip())
        elif runs and runs[-1][0] == kind and kind != "item":
            runs[-1][1].append(line)
        else:
            runs.append((kind, [line.removeprefix("- ") if kind == "item" else line]))
    made, before = "", ""
    for kind, part in runs:
        if kind == "inner":
            code = textwrap.dedent("\n".join(part)).strip("\n")
            made += f"\n\n```{'c' if 'sam_step(' in code else 'text'}\n{code}\n```"
        elif kind == "item":
            made += ("\n" if before == "item" else "\n\n") + "- " + spoken(" ".join(part), shown)
        elif kind == "text":
            made += "\n\n" + spoken(" ".join(part), shown)
        before = kind
    return made.strip()
