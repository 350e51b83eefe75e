"""Text from outside, made inert for the place it goes to.

Titles, names and branch names come from strangers. ``Text`` carries them through the program; they come out only
through a method that names the destination.
"""

import re
import unicodedata
from urllib.parse import quote

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!@&$+-])")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")
# What GitHub links even where Markdown is escaped: @name, #1, GH-1, addresses
_GITHUB_LINKS = re.compile(r"(\\[@#](?=\\?\w)|GH\\-(?=\d)|(?<![a-z])[a-z]+:(?=//)|www\.)", re.IGNORECASE)
_SLACK_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Slack formats at word edges, the full-width forms too, and has no escape for that; a zero-width space makes an edge
_SLACK_MARKS = re.compile(r"(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|[`＊＿｀]")
_LOOK_ALIKE = str.maketrans("*_~`＊＿｀", "∗ˍ∼ˋ﹡⸏ˋ")
_MENTION = re.compile(r"([@＠])(?=\S)")
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def one_line(value: str) -> str:
    """``value`` on one line without control or format characters; tabs and newlines become spaces.

    Gone are escape sequences, bidirectional marks and zero-width characters; U+200D too, which joins emoji but also
    hides text.
    """
    if value.isascii() and value.isprintable():
        return value
    spaced = (" " if c in "\t\n\r\v\f\x85\u2028\u2029" else c for c in value)
    return " ".join("".join(c for c in spaced if unicodedata.category(c) not in _UNSEEN).split())


def without_controls(text: str) -> str:
    """``text`` with its lines and spaces as they are, but without control and format characters.

    What keeps a mention from coming to life, the zero-width space of this module, stays.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(c for c in lines if c in "\n\u200b" or unicodedata.category(c) not in _UNSEEN)


def safe_url(url: str | None) -> str | None:
    """``url`` in characters that end no link in Markdown or Slack; None where it is no plain web address.

    What stands behind the host is a path: ``?``, ``#`` and ``&`` are parts of names (of a branch), and encoded as such.
    """
    scheme, _, rest = (url or "").partition("://")
    host, slash, path = rest.partition("/")
    if scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    return f"{scheme}://{host}{slash}{quote(_STRAY_PERCENT.sub('%25', path), safe='/%:@+,;=', errors='replace')}"


class Text:
    """A value from outside. Shapes: each method gives one line that is plain text where it goes to."""

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
        escaped = _LIST_NUMBER.sub(r"\1\\\2", _MARKDOWN_SPECIAL.sub(r"\\\1", one_line(self.raw).strip()))
        # A zero-width space inside stops the link
        return _GITHUB_LINKS.sub("\\1\u200b", escaped)

    def slack(self) -> str:
        """One line of Slack's mrkdwn in which nothing is live: no mention, link, quote or formatting."""
        line = _SLACK_MARKS.sub(lambda mark: mark[0].translate(_LOOK_ALIKE), one_line(self.raw).strip())
        # An invisible hyphen: Slack takes even an escaped > at the beginning of a line for a quote
        quoted = "\u00ad" if line.startswith((">", "＞")) else ""
        return quoted + _MENTION.sub("\\1\u200b", line).translate(_SLACK_ENTITIES)

    def pasted(self) -> str:
        """One line for a person to paste somewhere: as it is, but no mention comes to life."""
        return _MENTION.sub("\\1\u200b", one_line(self.raw).strip())
