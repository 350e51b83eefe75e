"""Text from outside, made inert for the place it goes to.

Titles, names and branch names come from strangers. ``Text`` carries them through the program; they come out only
through a method that names the destination.
"""

import re
import unicodedata

_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!@&$+-])")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")
# What GitHub links even where Markdown is escaped: @name, #1, GH-1, addresses
_GITHUB_LINKS = re.compile(r"(\\[@#](?=\w)|GH\\-(?=\d)|(?<![a-z])[a-z]+:(?=//)|www\.)", re.IGNORECASE)


def one_line(value: str) -> str:
    """``value`` on one line without control or format characters; tabs and newlines become spaces.

    Gone are escape sequences, bidirectional marks and zero-width characters; U+200D too, which joins emoji but also
    hides text.
    """
    if value.isascii() and value.isprintable():
        return value
    spaced = (" " if c in "\t\n\r\v\f\x85\u2028\u2029" else c for c in value)
    return " ".join("".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")).split())


class Text:
    """A value from outside. Shapes: ``terminal`` and ``markdown`` are one line of plain text."""

    __slots__ = ("raw",)

    def __init__(self, raw: str) -> None:
        self.raw = raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"Text({self.raw!r})"

    def __str__(self) -> str:
        return self.terminal()

    def terminal(self) -> str:
        """One line that cannot move the cursor, change colours, reverse the text or make a link."""
        return one_line(self.raw)

    def markdown(self) -> str:
        """One line of Markdown in which nothing is live: no mention, heading, link, image, issue reference or HTML."""
        escaped = _LIST_NUMBER.sub(r"\1\\\2", _MARKDOWN_SPECIAL.sub(r"\\\1", one_line(self.raw)))
        # A zero-width space inside stops the link
        return _GITHUB_LINKS.sub("\\1\u200b", escaped)
