"""What the site has beside the pages in docs/: the reference, the C interface, the recipes with their source, the benchmarks' results, the
changelog. Links of the sources lead to files of the repository, so that they work there; here they are turned to the site's pages."""
import ast
import os
import pathlib
import re
import sys
import textwrap

from mkdocs.structure.files import File

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
import catalogue  # noqa: E402
import header  # noqa: E402
import prose  # noqa: E402

ASSETS = ["style.css", "iframe-worker.js", "mark.svg"]
# file of the repository -> page; those not written here come as they are
TAKEN = {"benchmarks/results-steps.md": "benchmarks/results-steps.md", "benchmarks/results-measures.md": "benchmarks/results-measures.md",
         "CHANGELOG.md": "changelog.md", "examples/torch/README.md": "recipes/index.md"}
# page -> file
RECIPES = {**{path.stem: path for path in sorted((ROOT / "examples" / "torch").glob("*.py"))},
           **{name: ROOT / "examples" / name / "plain.py" for name in ("jax", "numpy")}}
PAGES = {**TAKEN, "README.md": "index.md", "include/sam.h": "reference/c.md", "docs/reference.md": "reference/index.md",
         **{str(path.relative_to(ROOT)): f"recipes/{name}.md" for name, path in RECIPES.items()}}
SECTIONS = {"options-of-every-optimizer": "reference/shared.md", "schedules": "reference/schedules.md",
            **{name: f"reference/{name}/index.md" for name in ("methods", "bases", "measures")}}
ORIGINS = {**{page: origin for origin, page in TAKEN.items()}, "benchmarks/demo.md": "README.md"}
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"(^```.*?^```$)", re.M | re.S)
README = (ROOT / "README.md").read_text()
DEMO = "# Does it help?\n" + re.search(r"<!-- demo -->\n(.*?)<!-- demo end -->", README, re.S)[1]
PROGRAMS = dict(reversed(re.findall(r"^```(\w+)\n(.*?)^```", README, re.M | re.S)))


def recipe(name):
    """What the file says of itself, and the file."""
    text = RECIPES[name].read_text()
    said = ast.get_docstring(ast.parse(text)).split("\n\n")
    shown = [f"```text\n{textwrap.dedent(part)}\n```" if "   " in part else prose.markdown(part) for part in said]
    return "\n\n".join([f"# {name}", *shown, f"```python title=\"{RECIPES[name].relative_to(ROOT)}\"\n{text}```\n"])


def on_config(config):
    """The menu: what is written here, and behind it the names of the catalogue."""
    def listed(section):
        return [f"reference/{catalogue.KINDS[section]}/index.md", *(catalogue.place(e.section, e.name) for e in catalogue.entries() if e.section == section)]
    config.nav = [
        {"Start": ["index.md", {"C": "start/c.md"}, {"C++": "start/cpp.md"}, {"Python": "start/python.md"}, {"PyTorch": "start/torch.md"}, {"JAX": "start/jax.md"}, {"Swift": "start/swift.md"}]},
        {"Guide": ["guide/index.md", "guide/choosing.md", "guide/axes.md", "guide/radius.md", "guide/expect.md", "guide/training.md", "guide/distributed.md", "guide/gpu.md", "guide/cheaper.md",
                   "guide/measuring.md", "guide/loop.md"]},
        {"Questions": "faq.md"},
        {"Recipes": ["recipes/index.md", *(f"recipes/{name}.md" for name in RECIPES)]},
        {"Reference": ["reference/index.md", {"Methods": listed("method")}, {"Bases": listed("base")}, {"Measures": listed("measure")}, "reference/schedules.md",
                       "reference/shared.md", "reference/options.md", "reference/c.md"]},
        {"Project": ["platforms.md", "adding.md", {"Benchmarks": ["benchmarks/demo.md", "benchmarks/results-steps.md", "benchmarks/results-measures.md"]}, "changelog.md"]}]
    return config


def on_files(files, config):
    made = {**catalogue.pages(), "reference/c.md": header.page(), **{f"recipes/{name}.md": recipe(name) for name in RECIPES},
            "benchmarks/demo.md": DEMO, **{page: (ROOT / origin).read_text() for origin, page in TAKEN.items()}}
    for path, text in made.items():
        files.append(File.generated(config, path, content=text))
    for path in ASSETS:
        files.append(File.generated(config, f"assets/{path}", abs_src_path=str(HERE / path)))
    for path in sorted((ROOT / "benchmarks").glob("*.png")):
        files.append(File.generated(config, f"benchmarks/{path.name}", abs_src_path=str(path)))
    return files


def _target(origin, page, text, link):
    """Where a link of a file of the repository leads on the site; None: to nothing there."""
    path, _, anchor = link.partition("#")
    wanted = os.path.normpath(os.path.join(os.path.dirname(origin), path)) if path else origin
    if wanted == "docs/reference.md" and anchor:
        owner = {e.name: e for e in catalogue.entries()}.get(anchor)
        there = catalogue.place(owner.section, owner.name) if owner else SECTIONS[anchor]
        anchor = ""
    elif wanted == "README.md" and anchor == "does-it-help":
        there, anchor = "benchmarks/demo.md", ""
    elif wanted.startswith("docs/"):
        there = wanted.removeprefix("docs/")
    elif wanted in PAGES:
        there = PAGES[wanted]
        if wanted == "include/sam.h" and re.fullmatch(r"`sam_\w+`", text):
            anchor = text.strip("`")
    elif (ROOT / wanted).exists():
        return None
    else:
        return link                                         # as it is: the build ends with a warning
    return os.path.relpath(there, os.path.dirname(page) or ".") + (f"#{anchor}" if anchor else "")


def on_page_markdown(markdown, page, config, files):
    path = page.file.src_uri
    origin = ORIGINS.get(path) or (f"docs/{path}" if page.file.generated_by is None else None)
    if origin is None:                                      # written above, with the site's links
        return markdown

    def link(match):
        image, text, aim = match.groups()
        if "://" in aim:
            return match[0]
        there = _target(origin, path, text, aim)
        return text if there is None else f"{image}[{text}]({there})"
    parts = FENCE.split(markdown)
    parts[::2] = [re.sub(r"<!-- program of the README: (\w+) -->", lambda m: f"```{m[1]}\n{PROGRAMS[m[1]]}```", LINK.sub(link, part)) for part in parts[::2]]
    return "".join(parts)
