"""include/sam.h as a page: its sections, types and functions with their comments, each function under a heading of its own."""
import pathlib
import re

import prose

HEADER = pathlib.Path(__file__).resolve().parents[2] / "include" / "sam.h"
DECLARATION = re.compile(r"^(?:SAM_API|static inline) [^;{]*?\b(sam_\w+)\([^;{]*\)(?:;| \{\n.*?^\})", re.M | re.S)
TYPE = re.compile(r"^(?:typedef struct (\w+) \{\n.*?^\} \w+;|enum \{\n.*?^\};|typedef struct \w+ \w+;[^\n]*)", re.M | re.S)
TOKEN = re.compile(rf"(?P<comment>/\*.*?\*/)|(?P<function>{DECLARATION.pattern})|(?P<type>{TYPE.pattern})|(?P<macro>^#define SAM_ABI[^\n]*)", re.M | re.S)


def functions():
    """Their names, in the header's order."""
    return [match[1] for match in DECLARATION.finditer(HEADER.read_text())]


def _prose(comment, names):
    """A comment's text; names are code, those of this page with a link."""
    def word(match):
        name = match[0]
        return f"[`{name}`](#{name})" if name in names else f"`{name}`" if name.isupper() or name.startswith("sam_") else prose.escaped(name)

    def shown(text):
        parts = re.split(r"(\w*_\w+)", text)
        return "".join(re.sub(r".+", word, part, flags=re.S) if "_" in part and re.fullmatch(r"\w+", part) else prose.escaped(part) for part in parts)
    return prose.markdown(re.sub(r"^ {3}", "", comment.removeprefix("/*").removesuffix("*/").strip(), flags=re.M), shown)


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
