"""The text of a pull request that people edit, and a change as reletan makes it."""

import re
from collections.abc import Callable
from typing import Any

from reletan.sandbox.world import World

ONE, EDITS = "/repos/*/pulls/*", "userContentEdits"
BOXES = "".join(f"- [ ] Change {n} (#{n})\n" for n in (1, 2, 3))
BODY = f"Dear all\n<!-- begin -->\n{BOXES}<!-- end -->\nBye\n"


def checklist(*numbers: int, wording: str = "Now") -> Callable[[str | None], str]:
    """A change as reletan makes it: the list between the marks anew, the ticks as they are, the rest untouched."""

    def change(body: str | None) -> str:
        ticked = set(re.findall(r"\[x\].*\(#(\d+)\)", body or ""))
        items = "".join(f"- [{'x' if str(n) in ticked else ' '}] {wording} {n} (#{n})\n" for n in numbers)
        before, _, rest = (body or "<!-- begin -->\n<!-- end -->\n").partition("<!-- begin -->\n")
        return f"{before}<!-- begin -->\n{items}<!-- end -->{rest.partition('<!-- end -->')[2]}"

    return change


FOUR = checklist(1, 2, 3, 4)


def body(world: World, number: int) -> str:
    return world.pulls[number].body


def ticked(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\[x\].*\(#(\d+)\)", text)]


def writes(world: World) -> int:
    return world.github.requests("PATCH", ONE)


Verb = Callable[[Any], object]


def tick(number: int, *items: int) -> Verb:
    return lambda site: [site.tick(number, item) for item in items]


def add(number: int, *, above: str = "", below: str = "") -> Verb:
    return lambda site: site.edit_body(number, f"{above}{site.pulls[number].body}{below}")
