"""Where a run is struck, and how: a point is one blow at one effect of a case, and who finishes the work after it."""

import re
from collections.abc import Iterator
from typing import Literal, get_args

import msgspec

Kind = Literal[
    "kill", "kill-after", "int", "int-after", "term", "term-after", "error", "error-after", "ctrl-c", "down"
]  # fmt: skip
Way = Literal["again", "resume", "again-elsewhere", "resume-elsewhere"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WAYS: tuple[Way, ...] = get_args(Way)

_CHANGING_GIT = re.compile(
    r" (push|update-ref|fetch|merge|switch|commit-tree|mktag|merge-tree|config --local|config --unset) "
)
_READING_HTTP = re.compile(r"GET |POST /api/(auth|conversations|users|chat\.getPermalink)")


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """``number``: of the effect, from 1; ``second``: number and kind of another blow, for the run that goes on (in the same
    clone) after the first one.
    """

    case: str
    number: int
    kind: Kind
    way: Way
    second: tuple[int, Kind] | None = None

    @property
    def name(self) -> str:
        """As ``--only`` takes it."""
        more = f":{self.second[0]}:{self.second[1]}" if self.second else ""
        return f"{self.case}:{self.number}:{self.kind}:{self.way}{more}"


def parse(name: str) -> list[Point]:
    """The points of a name; without a way, there is one for each. Raises ValueError."""
    case, number, kind, *more = name.split(":")
    ways = WAYS if not more else (more[0],)
    second = (int(more[1]), more[2]) if len(more) > 1 else None
    return [
        msgspec.convert(
            {"case": case, "number": int(number), "kind": kind, "way": way, "second": second}, Point
        )
        for way in ways
    ]  # fmt: skip


def kinds(effect: str) -> tuple[Kind, ...]:
    """The blows that differ at an effect. After one that only reads, the world is as it is before the next."""
    sort, _, text = effect.partition(" ")
    if sort == "git":
        return KINDS[:-1] if _CHANGING_GIT.search(text) else ("kill", "int", "term", "error", "ctrl-c")
    if sort == "http":
        return ("kill", "int", "term", "down") if _READING_HTTP.match(text) else (*KINDS[:-2], "down")
    if sort == "file":
        return ("kill", "int", "term", "error", "down")
    # nothing there lasts
    return ("error",) if text in ("open", "mkdir") else ()


def changes(effect: str) -> bool:
    """Whether anything is another one after it."""
    return writes(effect) if effect.startswith("file ") else "kill-after" in kinds(effect)


def writes(effect: str) -> bool:
    """Whether what counts is another one after it: of a new journal only its renaming, of git more than loose objects."""
    sort, _, text = effect.partition(" ")
    if sort == "file":
        return text.startswith("rename") or (text.startswith("remove") and text.endswith(".json"))
    return changes(effect) and not re.search(r" (commit-tree|mktag|merge-tree) ", text)


def singles(case: str, effects: list[str], ways: tuple[Way, ...], turn: int) -> tuple[list[Point], list[Point]]:
    """Every blow at every effect that writes, and one at every other effect; and then the other blows there.

    Blows and the ways to go on take turns.
    """
    first: list[Point] = []
    more: list[Point] = []
    for number, effect in enumerate(effects, turn + 1):
        known = kinds(effect)
        for place, kind in enumerate(known):
            into = first if changes(effect) or place == number % len(known) else more
            into.append(Point(case=case, number=number - turn, kind=kind, way=ways[(number + place) % len(ways)]))
    return first, more


def blows(effects: list[str]) -> Iterator[tuple[int, Kind]]:
    """The moments between which a world differs: around each effect that writes."""
    for number, effect in enumerate(effects, 1):
        if writes(effect):
            yield number, "kill"
            if not effect.startswith("file "):
                yield number, "kill-after"
