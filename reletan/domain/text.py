"""Text from outside, made inert for the place it goes to.

Titles, names and branch names come from strangers. ``Text`` carries them through the program; they come out only
through a method that names the destination.
"""

import re
import unicodedata

# Control and format characters: escape sequences, carriage returns, bidirectional marks, zero-width characters.
# U+200D joins emoji and is harmless between them, but it also hides text, so it goes as well.
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!@&$-])")


def one_line(value: str) -> str:
    """``value`` on one line without control or format characters; tabs and newlines become spaces."""
    if value.isascii() and value.isprintable():
        return value
    kept = ("".join(" " if c in "\t\n\r\v\f\x85\u2028\u2029" else c for c in value)).split()
    return "".join(c for c in " ".join(kept) if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


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
        escaped = _MARKDOWN_SPECIAL.sub(r"\\\1", one_line(self.raw))
        # GitHub links mentions and references even behind a backslash; a zero-width space after the sign stops it
        return re.sub(r"\\([@#])(?=\w)", "\\\\\\1\u200b", escaped)
