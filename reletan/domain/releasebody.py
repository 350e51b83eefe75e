"""The text of a GitHub Release: reletan's notes between two hidden marks, and around them whatever people wrote."""

from reletan.domain.errors import Blocked
from reletan.domain.markedblock import MarkedBlock, Room, lines_of

LIMIT = 125_000  # characters; GitHub refuses more
_NOTES = MarkedBlock(
    "notes", LIMIT, "made again, down to the next mark; your own text above or below them is kept"
)  # fmt: skip
BEGIN, END = _NOTES.begin, _NOTES.end


def has_block(body: str | None) -> bool:
    """Whether reletan's notes are in the text of a GitHub Release, undamaged."""
    return _NOTES.is_in(body)


def is_damaged(body: str | None) -> bool:
    """Whether there are marks that enclose nothing: older notes may then stand among people's text."""
    return _NOTES.is_damaged(body)


def with_block(body: str | None, notes: str, *, more: str = "…") -> str:
    """``body`` with ``notes`` (Markdown) as reletan's block; the very same where it is so already.

    The text outside of the block is kept as it is, to the byte. Notes that are too long are cut at a line, and ``more``, a
    line of Markdown, ends them. Raises Blocked where people's own text leaves no room.
    """
    return _NOTES.put(body, lambda room: _fitting(notes, more, room))


def _fitting(notes: str, more: str, room: Room) -> list[str]:
    """The lines of the notes, or as many of the first ones as there is room for, then ``more``."""
    if room.fits(whole := _NOTES.prepared(notes)):
        return whole
    lines = lines_of(notes.strip("\r\n"))
    most, left = 0, room.size - len(more)
    while most < len(lines) and (left := left - len(lines[most].rstrip("\r\n")) - len(room.newline)) >= 0:
        most += 1
    for count in range(most, -1, -1):
        kept = _NOTES.prepared("".join(lines[:count]))
        # The blank line keeps it out of the list above
        cut = [*kept, "", more] if kept else [more]
        if room.fits(cut):
            return cut
    raise Blocked(
        f"The text of the GitHub Release leaves no room for the notes: GitHub takes {LIMIT:,} characters.",
        next="shorten the release's own text on GitHub, and run the command again",
    )
