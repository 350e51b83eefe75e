"""A part of a text on GitHub that reletan makes again and again: between two hidden marks, and around them people's words.

The marks are lines of their own, one of each, the first one first, and neither quoted in a code fence. Only what is between
them is made again. Where people damaged them (one is missing, doubled, or before the other), nobody knows any more which
words are whose: then all words stay, the old ones of reletan too, the marks that are left go, and a new block comes below.
"""

import re
from collections.abc import Callable, Sequence

import msgspec

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FENCE = re.compile(r" {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))")


class Room(msgspec.Struct, frozen=True):
    """What a block may hold: so many characters, and what each end of a line counts as."""

    size: int
    newline: str

    def fits(self, lines: Sequence[str]) -> bool:
        return _size(lines, self.newline) <= self.size


class MarkedBlock(msgspec.Struct, frozen=True):
    """One kind of block. ``limit``: how many characters GitHub takes for a whole text; ``hint``: for who edits the text."""

    name: str
    limit: int
    hint: str

    @property
    def begin(self) -> str:
        return f"<!-- reletan:{self.name} ({self.hint}) -->"

    @property
    def end(self) -> str:
        return f"<!-- reletan:{self.name}:end -->"

    def is_in(self, body: str | None) -> bool:
        """Whether the block is in a text, undamaged."""
        lines = lines_of(body or "")
        return self._encloses(self._marks(lines))

    def is_damaged(self, body: str | None) -> bool:
        """Whether there are marks that enclose nothing: an older block may then stand among people's text."""
        lines = lines_of(body or "")
        marks = self._marks(lines)
        return bool(marks) and not self._encloses(marks)

    def inside(self, lines: Sequence[str]) -> range:
        """Which of ``lines`` (a whole text's, as ``lines_of`` gives them) are the block's; none where it is damaged."""
        marks = self._marks(lines)
        return range(*marks) if self._encloses(marks) else range(0)

    def put(self, body: str | None, write: Callable[[Room], list[str]]) -> str:
        """``body`` with what ``write`` makes as its block; the very same where it is so already.

        ``write`` gives lines that fit into the room, prepared by ``prepared``; or it raises. The text outside of the block
        is kept as it is, to the byte.
        """
        newline = "\r\n" if body and "\r" in body else "\n"
        before, after = self._outside(body or "", newline)
        made = self._joined(before, after, write, newline)
        if self._outside(made, newline) == (before, after):
            return made
        # A code fence that is open above would be closed by one in the block, and hide the first mark: nothing is above
        # the top
        return self._joined("", newline * 2 + before + after, write, newline)

    def prepared(self, text: str) -> list[str]:
        """The lines of ``text`` without their ends, and without blank ones around them: none is a mark, no fence is open."""
        lines = [_text(line) for line in lines_of(text.strip("\r\n"))]
        mark = self._mark
        inert = [line.replace("reletan:", "reletan: ", 1) if mark.fullmatch(line) else line for line in lines]
        _, fence = _fences(inert)
        # Nothing below is to be code
        return [*inert, fence] if fence else inert

    def _joined(self, before: str, after: str, write: Callable[[Room], list[str]], newline: str) -> str:
        room = Room(self.limit - len(before + after) - _size([self.begin, "", self.end], newline), newline)
        return before + newline.join([self.begin, *write(room), self.end]) + after

    def _outside(self, body: str, newline: str) -> tuple[str, str]:
        """People's text above and below the block. Without one, all of it is above, and a blank line ends it."""
        lines = lines_of(body)
        marks = self._marks(lines)
        if self._encloses(marks):
            first, last = marks
            return "".join(lines[:first]), lines[last][len(_text(lines[last])) :] + "".join(lines[last + 1 :])
        kept = [line for number, line in enumerate(lines) if number not in marks]
        if kept and _text(kept[-1]):
            kept.append(newline if kept[-1] != _text(kept[-1]) else newline * 2)
        return "".join(kept), ""

    @property
    def _mark(self) -> re.Pattern[str]:
        return re.compile(rf"<!-- *reletan:{self.name}(:end)?(?: .*)?-->[ \t]*")

    def _marks(self, lines: Sequence[str]) -> dict[int, bool]:
        """Which lines are marks, and whether they end the block. What a code fence encloses is quoted."""
        mark = self._mark
        matches = ((number, mark.fullmatch(_text(line))) for number, line in enumerate(lines))
        found = {number: match[1] is not None for number, match in matches if match}
        quoted = fenced(lines) if found else set()
        return {number: ends for number, ends in found.items() if number not in quoted}

    def _encloses(self, marks: dict[int, bool]) -> bool:
        return list(marks.values()) == [False, True]


def lines_of(text: str) -> list[str]:
    """The lines with their ends, of whichever kind."""
    return _LINE.findall(text)


def fenced(lines: Sequence[str]) -> set[int]:
    """The lines that code fences enclose, the fences included; a fence that nobody closed encloses nothing."""
    return _fences(lines)[0]


def _text(line: str) -> str:
    return line.rstrip("\r\n")


def _size(lines: Sequence[str], newline: str) -> int:
    return sum(map(len, lines)) + len(newline) * (len(lines) - 1)


def _fences(lines: Sequence[str]) -> tuple[set[int], str | None]:
    """The lines of all code fences that are closed, and the first fence that is not (``~~~~``); None where all are."""
    fences = [(number, *_fence(match)) for number, line in enumerate(lines) if (match := _FENCE.fullmatch(_text(line)))]
    enclosed: set[int] = set()
    never_closed: list[str] = []
    until = -1
    for index, (number, fence, _) in enumerate(fences):
        # What did not close a fence before does not close this one: the work stays bounded whatever the text
        if number <= until or any(fence.startswith(other) for other in never_closed):
            continue
        later = (fences[at] for at in range(index + 1, len(fences)))
        ends = (last for last, other, bare in later if bare and other.startswith(fence))
        if (end := next(ends, None)) is None:
            never_closed.append(fence)
        else:
            enclosed.update(range(number, end + 1))
            until = end
    return enclosed, next(iter(never_closed), None)


def _fence(match: re.Match[str]) -> tuple[str, bool]:
    """The fence itself, and whether nothing follows it, as in those that close."""
    fence, rest = (match[1], match[2]) if match[1] else (match[3], match[4])
    return fence, not rest.strip(" \t")
