"""The pages for users, and the command lines in them."""

import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(
    r"(?:^<!-- (?P<place>[^>\n]*) -->\n\n?)?^(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
# Settings before it, then the program, by whatever path
RELETAN = re.compile(r"(?P<set>(?:[A-Z_]+=\S* +)*)(?:\S*/)?(?:python3? -m +)?reletan(?=\s|$)")
_SPAN = re.compile(r"(?<!`)`(reletan [^`]+)`(?!`)")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A command line of a page. ``number``: in which line of the page it stands; ``place``: what a comment above the block
    says, "" for the block's other lines; ``output``: what it prints, in ``console`` blocks; ``in_ci``: it is a workflow's.
    """

    text: str
    number: int
    place: str | None = None
    output: str | None = None
    in_ci: bool = False

    @property
    def words(self) -> list[str]:
        """Without the comment; of a line that no shell would take, as much as its blanks tell."""
        try:
            return shlex.split(self.text, comments=True)
        except ValueError:
            return self.text.split()


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A fenced block; ``start`` and ``end`` of its text in the page, ``indent`` of the fence."""

    language: str
    text: str
    place: str | None
    number: int
    start: int
    end: int
    indent: str


def pages() -> list[str]:
    """Their names, relative to the repository."""
    readmes = sorted(ROOT.glob("README*.md"))
    return [str(page.relative_to(ROOT)) for page in [*readmes, *sorted((ROOT / "docs").rglob("*.md"))]]


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[Block]:
    for found in _FENCE.finditer(text):
        start, end = found.span("text")
        yield Block(
            language=found["language"], text=textwrap.dedent(found["text"]), place=found["place"],
            number=text.count("\n", 0, start) + 1, start=start, end=end, indent=found["indent"],
        )  # fmt: skip


def lines(page: str) -> list[Line]:
    """All that a page tells people, or a workflow, to run, in the order of the page."""
    return [line for block in blocks(read(page)) for line in lines_of(block)]


def lines_of(block: Block) -> list[Line]:
    if block.language in ("sh", "bash", "shell"):
        return _placed(list(_script(block.text, block)), block)
    if block.language == "console":
        return _placed(list(_session(block)), block)
    if block.language in ("yaml", "yml"):
        runs = "".join(f"{run.rstrip()}\n" for run in _runs(yaml.safe_load(block.text)))
        return [line for line in _script(runs, block, in_ci=True) if is_reletan(line)]
    return []


def _placed(found: list[Line], block: Block) -> list[Line]:
    if block.place is None:
        return found
    return [msgspec.structs.replace(line, place="" if i else block.place) for i, line in enumerate(found)]


def is_reletan(line: Line) -> bool:
    return bool(RELETAN.match(line.text))


def spans(page: str) -> list[str]:
    """The commands between backticks in the prose."""
    return _SPAN.findall(_FENCE.sub("", read(page)))


def _script(text: str, block: Block, *, in_ci: bool = False) -> Iterator[Line]:
    """One line each; a workflow's have the number of its block."""
    begun, number = "", block.number
    for offset, raw in enumerate(text.splitlines()):
        number = number if begun else block.number + (0 if in_ci else offset)
        begun += raw.removesuffix("\\")
        if not raw.endswith("\\"):
            if begun.strip() and not begun.lstrip().startswith("#"):
                yield Line(text=begun.strip(), number=number, in_ci=in_ci)
            begun = ""


def _session(block: Block) -> Iterator[Line]:
    number = block.number
    for part in re.split(r"^(?=\$ )", block.text, flags=re.MULTILINE):
        command, _, output = part.partition("\n")
        if command.startswith("$ "):
            yield Line(text=command[2:].strip(), number=number, output=output)
        number += part.count("\n")


def _runs(node: Any) -> Iterator[str]:
    """The scripts of a workflow: ``run: …``, on CircleCI ``run: {command: …}`` too."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node if isinstance(node, list) else ()):
        script = value.get("command") if key == "run" and isinstance(value, dict) else value
        if key == "run" and isinstance(script, str):
            yield script
        else:
            yield from _runs(value)
