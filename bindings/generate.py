#!/usr/bin/env python3
"""Writes python/libsam/_abi.py from include/sam.h: its constants, structs and functions, for ctypes.

    python bindings/generate.py            writes the file
    python bindings/generate.py --check    status 1 and the difference if the file is not what would be written

It reads the regular C of sam.h and no more than that: #define of a number or a string, enum, typedef struct (opaque,
or with members that are numbers, pointers or pointers to functions), functions behind SAM_API. What it does not
understand ends it with the text of the declaration, so that nothing is left out in silence.
"""
import argparse
import pathlib
import re
import sys

from written import settle

ROOT = pathlib.Path(__file__).resolve().parents[1]
HEADER = ROOT / "include" / "sam.h"
OUTPUT = ROOT / "bindings" / "python" / "libsam" / "_abi.py"

NUMBERS = {"int": "c_int", "unsigned": "c_uint", "int8_t": "c_int8", "uint8_t": "c_uint8", "int16_t": "c_int16",
           "uint16_t": "c_uint16", "int32_t": "c_int32", "uint32_t": "c_uint32", "int64_t": "c_int64",
           "uint64_t": "c_uint64", "size_t": "c_size_t", "float": "c_float", "double": "c_double"}


class Unreadable(Exception):
    """A declaration that is not of the header's regular form."""


def declarations(text):
    """(defines, statements): the #define lines with a value, and what stands between semicolons at the top level."""
    text = re.sub(r"\\\n", " ", text)
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    text = re.sub(r"#\s*ifdef\s+__cplusplus.*?#\s*endif", " ", text, flags=re.S)
    defines = re.findall(r"^\s*#\s*define[ \t]+(SAM_\w+)[ \t]+(-?\d\w*|\"[^\"]*\")[ \t]*$", text, flags=re.M)
    text = re.sub(r"^\s*#.*$", " ", text, flags=re.M)
    text = re.sub(r"static\s+inline[^{;]*\{(?:[^{}]|\{[^{}]*\})*\}", " ", text)
    statements, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if letter == ";" and depth == 0:
            statements.append(" ".join(text[start:place].split()))
            start = place + 1
    if text[start:].strip():
        raise Unreadable(text[start:].strip())
    return defines, [s for s in statements if s]


def split(text):
    """The parts of a list at its commas, those inside parentheses excepted."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text + ","):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [p for p in parts if p]


def unnamed(argument):
    words = [w for w in argument.replace("*", " * ").split() if w not in ("const", "struct")]
    return argument if words[-1] == "*" or len(words) == 1 else re.sub(r"\w+$", "", argument.strip())


class Header:
    """What sam.h declares. constants: name -> number or text; structs: name -> [(member, ctypes text)] or None where
    it is opaque; functions: name -> (result, [arguments])."""

    def __init__(self, text):
        self.constants, self.structs, self.functions = {}, {}, {}
        defines, statements = declarations(text)
        self.defined = {found[1] for s in statements if (found := re.match(r"typedef struct (\w+) ?\{", s))}
        for name, value in defines:
            self.constants[name] = value.strip('"') if value.startswith('"') else int(value.rstrip("uUlL"), 0)
        for statement in statements:                    # the names first: a member may point to a later struct
            if found := re.match(r"(?:typedef )?struct (\w+)", statement):
                self.structs.setdefault(found[1], None)
        for statement in statements:
            self.read(statement)

    def read(self, statement):
        if found := re.fullmatch(r"(?:typedef )?enum(?: \w+)? ?\{(.*)\}(?: ?\w+)?", statement):
            self.read_enum(found[1])
        elif re.fullmatch(r"typedef struct (\w+) \1|struct \w+", statement):
            pass
        elif found := re.fullmatch(r"typedef struct (\w+) ?\{(.*)\} ?\1", statement):
            self.structs[found[1]] = [m for line in found[2].split(";") if line.strip() for m in self.members(line)]
        elif found := re.fullmatch(r"(?:SAM_\w+ )*SAM_API (?:SAM_\w+ )*([\w\s*]*?[\s*])(sam_\w+) ?\((.*)\)(?: SAM_\w+)*", statement):
            self.functions[found[2]] = (self.ctype(found[1]), self.arguments(found[3]))
        else:
            raise Unreadable(statement)

    def read_enum(self, body):
        following = 0
        for item in split(body):
            name, _, value = (part.strip() for part in item.partition("="))
            number = eval(value, {"__builtins__": {}}, dict(self.constants)) if value else following
            self.constants[name], following = number, number + 1

    def ctype(self, text):
        """The ctypes text of a C type: a number, text, a struct by value or behind pointers."""
        stars, words = text.count("*"), [w for w in text.replace("*", " ").split() if w not in ("const", "struct")]
        if len(words) != 1:
            raise Unreadable(text)
        name = words[0]
        if name == "void" and stars == 0:
            return "None"
        if stars and (name in ("void", "char") or name in self.structs and name not in self.defined):
            kind, stars = ("c_char_p" if name == "char" else "c_void_p"), stars - 1
        elif name in NUMBERS:
            kind = NUMBERS[name]
        elif name in self.defined:
            kind = name
        else:
            raise Unreadable(text)
        return "POINTER(" * stars + kind + ")" * stars

    def arguments(self, text):
        """The types of an argument list, whose arguments have names (`const char *option`) or none (`const sam_entry *`)."""
        return [] if text.strip() == "void" else [self.ctype(unnamed(argument)) for argument in split(text)]

    def members(self, line):
        line = line.strip()
        if found := re.fullmatch(r"([\w\s*]+?)\(\s*\*\s*(\w+)\s*\)\s*\((.*)\)", line):
            yield found[2], f"CFUNCTYPE({', '.join([self.ctype(found[1]), *self.arguments(found[3])])})"
            return
        first, *others = split(line)
        found = re.fullmatch(r"((?:const |struct |unsigned )*\w+)\b(.*)", first)
        for declarator in [found[2], *others]:
            name = re.search(r"(\w+)\s*$", declarator)
            yield name[1], self.ctype(found[1] + " " + declarator[:name.start()])


def render(header):
    """The text of _abi.py."""
    defined = {name: members for name, members in header.structs.items() if members is not None}
    body = "\n".join([m for members in defined.values() for _, m in members]
                     + [" ".join([result, *arguments]) for result, arguments in header.functions.values()])
    names = sorted(set(re.findall(r"c_\w+|POINTER|CFUNCTYPE", body)) | {"CDLL"} | ({"Structure"} if defined else set()))
    lines = ['"""The C interface of include/sam.h for ctypes. Written by bindings/generate.py: do not edit."""', ""]
    lines += wrap("from ctypes import (", names, ")") + [""]
    lines += [f"{name} = {value!r}" for name, value in header.constants.items()]
    for name in defined:
        lines += ["", "", f"class {name}(Structure):", "    pass"]
    for name, members in defined.items():
        lines += ["", "", f"{name}._fields_ = ["] + [f'    ("{m}", {kind}),' for m, kind in members] + ["]"]
    lines += ["", "", "# name: (result, arguments)", "FUNCTIONS = {"]
    lines += [f'    "{name}": ({result}, [{", ".join(arguments)}]),' for name, (result, arguments) in header.functions.items()]
    lines += ["}", "", "", "def declare(library: CDLL) -> CDLL:",
              '    """Gives every function of the library its argument and result types."""',
              "    for name, (result, arguments) in FUNCTIONS.items():",
              "        function = getattr(library, name)",
              "        function.restype, function.argtypes = result, arguments",
              "    return library", ""]
    return "\n".join(lines)


def wrap(opening, names, closing, width=116):
    lines, line = [], opening
    for place, name in enumerate(names):
        piece = name + (", " if place + 1 < len(names) else closing)
        if len(line) + len(piece) > width:
            lines.append(line.rstrip())
            line = " " * len(opening)
        line += piece
    return lines + [line]


def main():
    parser = argparse.ArgumentParser(description="Writes the bindings' ABI tables from include/sam.h.")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if the file would change")
    check = parser.parse_args().check
    try:
        text = render(Header(HEADER.read_text()))
    except Unreadable as declaration:
        sys.exit(f"{HEADER}: not understood: {declaration}")
    settle({OUTPUT: text}, check)


if __name__ == "__main__":
    main()
