"""Two people changed the same text at the same time: both changes in one text."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from reletan.domain.markedblock import lines_of

# Comparing takes time with the square of it; a text of GitHub's may have ten times as many
MOST_LINES = 3000


class _Hunk(msgspec.Struct, frozen=True):
    """``lines`` stand in place of the base's lines from ``start`` up to ``end``."""

    start: int
    end: int
    lines: Sequence[str]


def merged(base: str, ours: str, theirs: str) -> str:
    """``base`` with what ``ours`` and ``theirs`` change in it, line by line.

    Where both change the same lines in different ways, both stay: theirs, then what is in ours alone. Ends of lines are
    theirs, since some pages change them all at once.
    """
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    lines, mine, yours = (lines_of(text.replace("\r\n", "\n")) for text in (base, ours, theirs))
    made = "".join(line for part in _parts(lines, _hunks(lines, mine), _hunks(lines, yours)) for line in part)
    return made.replace("\n", "\r\n") if "\r\n" in theirs else made


def _hunks(base: Sequence[str], changed: Sequence[str]) -> list[_Hunk]:
    """What differs, in pieces as small as can be."""
    first = _same(base, changed)
    last = _same(base[first:][::-1], changed[first:][::-1])
    old, new = base[first : len(base) - last], changed[first : len(changed) - last]
    if max(len(old), len(new)) > MOST_LINES:
        return [_Hunk(first, first + len(old), new)]
    found = []
    for kind, start, end, at, to in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "replace" and end - start == to - at:
            # As many lines as before: each is another wording of its own, as where boxes are ticked
            found += [_Hunk(first + start + i, first + start + i + 1, [new[at + i]]) for i in range(end - start)]
        elif kind != "equal":
            found.append(_Hunk(first + start, first + end, new[at:to]))
    return found


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same at the beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _parts(base: Sequence[str], ours: Sequence[_Hunk], theirs: Sequence[_Hunk]) -> Iterator[Sequence[str]]:
    done = 0
    for start, end, mine, yours in _together(ours, theirs):
        yield base[done:start]
        yield _both(base[start:end], _applied(base, start, end, mine), _applied(base, start, end, yours))
        done = end
    yield base[done:]


def _together(
    ours: Sequence[_Hunk], theirs: Sequence[_Hunk]
) -> Iterator[tuple[int, int, Sequence[_Hunk], Sequence[_Hunk]]]:
    """Ranges of the base that somebody changes, in order, and the hunks of both in each."""
    waiting = sorted(
        [(hunk.start, hunk.end, side, hunk) for side, hunks in enumerate((ours, theirs)) for hunk in hunks],
        key=lambda one: one[:3],
    )
    at = 0
    while at < len(waiting):
        start, end = waiting[at][:2]
        sides: tuple[list[_Hunk], list[_Hunk]] = ([], [])
        while at < len(waiting) and (waiting[at][0] < end or waiting[at][0] == start):
            _, stop, side, hunk = waiting[at]
            sides[side].append(hunk)
            end, at = max(end, stop), at + 1
        yield start, end, *sides


def _applied(base: Sequence[str], start: int, end: int, hunks: Sequence[_Hunk]) -> list[str]:
    made: list[str] = []
    for hunk in hunks:
        made += [*base[start : hunk.start], *hunk.lines]
        start = hunk.end
    return [*made, *base[start:end]]


def _both(base: Sequence[str], ours: list[str], theirs: list[str]) -> list[str]:
    if ours in (list(base), theirs):
        return theirs
    if theirs == list(base):
        return ours
    known = {*base, *theirs}
    alone = [line for line in ours if line not in known]
    # A text may end without the end of a line
    ended = [f"{line}\n" if alone and line[-1] not in "\r\n" else line for line in theirs]
    return [*ended, *alone]
