"""include/sam.h as a page: its sections, types and functions with their comments, each function under a heading of its own."""
import pathlib
import re
import textwrap

HEADER = pathlib.Path(__file__).resolve().parents[2] / "include" / "sam.h"
DECLARATION = re.compile(r"^(?:SAM_API|static inline) [^;{]*?\b(sam_\w+)\([^;{]*\)(?:;| \{\n.*?^\})", re.M | re.S)
TYPE = re.compile(r"^(?:typedef struct (\w+) \{\n.*?^\} \w+;|enum \{\n.*?^\};|typedef struct \w+ \w+;[^\n]*)", re.M | re.S)
TOKEN = re.compile(rf"(?P<comment>/\*.*?\*/)|(?P<function>{DECLARATION.pattern})|(?P<type>{TYPE.pattern})|(?P<macro>^#define SAM_ABI[^\n]*)", re.M | re.S)


def functions():
    """Their names, in the header's order."""
    return [match[1] for match in DECLARATION.finditer(HEADER.read_text())]


def _linked(text, names):
    """Text for Markdown: names in code, those of this page with a link."""
    def word(match):
        name = match[0]
        return f"[`{name}`](#{name})" if name in names else f"`{name}`" if name.isupper() or name.startswith("sam_") else name.replace("_", "&#95;")
    parts = text.split("`")
    parts[::2] = [re.sub(r"\w*_\w+", word, re.sub(r"([\\*{}\[\]<>|~^])", lambda m: f"&#{ord(m[1])};", part)) for part in parts[::2]]
    return "`".join(parts)


def _prose(comment, names):
    """A comment's paragraphs and lists; lines that stand further in stay as they are."""
    lines = re.sub(r"^ {3}", "", comment.removeprefix("/*").removesuffix("*/").strip(), flags=re.M).split("\n")
    kinds, runs = {"- ": "item", "  ": "inner"}, []
    for line in lines:
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
            made += ("\n" if before == "item" else "\n\n") + "- " + _linked(" ".join(part), names)
        elif kind == "text":
            made += "\n\n" + _linked(" ".join(part), names)
        before = kind
    return made.strip()


def page():
    text = HEADER.read_text()
    names = set(functions()) | {name for name in re.findall(r"typedef struct (sam_\w+) \{", text)}
    parts = ["# C interface", "", "Written from `include/sam.h`, which is the manual: what is said here stands there."]
    first, comment, last = True, "", ""
    for match in TOKEN.finditer(text):
        if match["comment"]:
            if first:
                first = False
                parts += ["", _prose(match["comment"], names)]
            elif section := re.match(r"/\* ---- ([^-]+) ---- *(.*)\*/", match["comment"], re.S):
                parts += ["", f"## {section[1].split(':')[0]}", "", _prose(section[2], names)]
                comment = ""
            else:
                comment = match["comment"]
            continue
        name = match["function"] and DECLARATION.match(match["function"])[1]
        struct = match["type"] and TYPE.match(match["type"])[1]
        code = match["function"] or match["type"] or match["macro"]
        if name and "{" in code:
            code = code.split(" {")[0] + ";"
        if name or struct:
            parts += ["", f"### {name or struct}"]
        comment = comment or (last if name else "")             # several functions behind one comment
        if comment:
            parts += ["", _prose(comment, names)]
        parts += ["", "```c", code.removeprefix("SAM_API "), "```"]
        comment, last = "", comment if name else ""
    return "\n".join(parts) + "\n"
