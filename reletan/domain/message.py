"""What reletan says about one release on Slack: one live message, and the replies in its thread."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Literal

import msgspec

Stage = Literal["started", "released", "aborted"]

# Slack counts characters, and nobody knows how: UTF-8 bytes are never fewer. It refuses more than these or a little above
MOST_HEADER = 150
MOST_SECTION = 2_800
MOST_MESSAGE = 11_000
MOST_BLOCKS = 50
MOST_FURTHER = 20
_NOTICE = 300
# A heading, a line and the line that says how many more there are always fit into one message
_LINE = 2_000
_ROOM = MOST_MESSAGE - MOST_HEADER - _NOTICE

_ITEM = "• "
_ATOM = re.compile(r"&(?:amp|lt|gt);|<[^<>]*>|.", re.DOTALL)
_SPECIAL = re.compile(r"<(?P<target>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_MEMBER = re.compile(r"[UW][A-Z0-9]{4,}")
_PLAIN = {"&amp;": "&", "&lt;": "‹", "&gt;": "›"}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One Slack message, all of it escaped for Slack and within its limits.

    ``text``: what notifications and screen readers read, mrkdwn on one line; ``header``: plain text; ``sections``: mrkdwn.
    """

    text: str
    header: str | None = None
    sections: tuple[str, ...] = ()


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the thread. ``key`` is the same on every run: ``list-2`` (what did not fit), ``released``, ``aborted``."""

    key: str
    message: Message


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """How the live message of a release should be. ``repository``: ``owner/name``, or whatever else names it for people.

    ``duty``: who is on duty, as a login or a name, for whoever brings the message up to date later. ``oldest``: no message
    about this release can be older (Unix seconds); None: unknown. ``blind``: planned without having seen what is posted.
    """

    repository: str
    version: str
    stage: Stage
    duty: str
    main: Message
    thread: tuple[Reply, ...] = ()
    oldest: int | None = None
    blind: bool = False


def digest(message: Message) -> str:
    """Tells whether a message that was posted is still what it should be."""
    return sha256(msgspec.json.encode(message)).hexdigest()[:16]


More = Callable[[int], str]
"""The line for so many items that are not in this message, with a link to all of them; empty: no such line."""


def lay_out(text: str, more: More) -> tuple[Message, list[Message]]:
    """The message that ``text`` makes, and the further ones where it is too long for one.

    ``text``: mrkdwn, all of it escaped. A first line ``# title`` is the header, empty lines part paragraphs, lines that begin
    with ``• `` are items. A paragraph that goes on in another message has its heading again. After 20 further messages
    the rest is only counted.
    """
    title, paragraphs = _read(text)
    sections, left = _fill_counting(paragraphs, more)
    first = _message(title, sections)
    further: list[Message] = []
    while left and len(further) < MOST_FURTHER:
        last = len(further) == MOST_FURTHER - 1
        sections, left = _fill_counting(left, more) if last else _fill(left, _ROOM)
        further.append(_message(None, sections))
    return first, further


def shortened(message: Message) -> Message:
    """What is left of a message that Slack finds too long or wrong: the header and the first section, which has the links."""
    if len(message.sections) < 2:
        return msgspec.structs.replace(message, sections=())
    return msgspec.structs.replace(message, sections=(message.sections[0], "…"))


def readable(message: Message) -> str:
    """``message`` as people read it: links by their labels, nothing escaped."""
    return "\n\n".join(_plain(part) for part in (message.header or "", *message.sections) if part)


def mention(member: str) -> str | None:
    """What mentions the person with this Slack member ID; None for what is no such ID."""
    return f"<@{member}>" if _MEMBER.fullmatch(member) else None


def size(text: str) -> int:
    """The length of ``text`` as it counts against the limits."""
    return len(text.encode())


class _Paragraph(msgspec.Struct, frozen=True):
    """``heading``: the line above the items; None where there is none, or no item."""

    heading: str | None
    lines: tuple[str, ...]


def _read(text: str) -> tuple[str | None, list[_Paragraph]]:
    lines = [_cut(line, _LINE) for line in _clean(text).split("\n")]
    title = lines.pop(0)[1:].strip() if lines[0] == "#" or lines[0].startswith("# ") else None
    groups: list[list[str]] = [[]]
    for line in lines:
        if line:
            groups[-1].append(line)
        else:
            groups.append([])
    return title or None, [_paragraph(group) for group in groups if group]


def _clean(text: str) -> str:
    """``text`` without control characters, what cannot be sent, and spaces at the ends of lines."""
    whole = text.encode(errors="replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    lines = ("".join(c for c in line if c >= " " and not "\x7f" <= c <= "\x9f") for line in whole.split("\n"))
    return "\n".join(line.rstrip() for line in lines)


def _paragraph(lines: list[str]) -> _Paragraph:
    headed = not lines[0].startswith(_ITEM) and any(line.startswith(_ITEM) for line in lines)
    return _Paragraph(lines[0], tuple(lines[1:])) if headed else _Paragraph(None, tuple(lines))


def _fill_counting(paragraphs: list[_Paragraph], more: More) -> tuple[list[str], list[_Paragraph]]:
    """As ``_fill``, with a last section that counts what is left."""
    sections, left = _fill(paragraphs, _ROOM)
    if not left:
        return sections, left
    sections, left = _fill(paragraphs, _ROOM - _LINE)
    items = sum(line.startswith(_ITEM) for paragraph in left for line in paragraph.lines)
    line = _cut(" ".join(_clean(more(items)).split()), _LINE)
    return [*sections, line] if line else sections, left


def _fill(paragraphs: list[_Paragraph], room: int) -> tuple[list[str], list[_Paragraph]]:
    """The sections of one message with ``room`` for so much text, and what does not fit into it."""
    sections: list[str] = []
    # a block each for the header and for the line that counts the rest
    blocks = MOST_BLOCKS - 2
    for place, paragraph in enumerate(paragraphs):
        lines = _fitting(paragraph, room)
        made = _sections([paragraph.heading, *lines] if paragraph.heading else lines) if lines else []
        if len(sections) + len(made) > blocks:
            return sections, paragraphs[place:]
        sections += made
        room -= sum(size(section) + 1 for section in made)
        if len(lines) < len(paragraph.lines):
            rest = _Paragraph(paragraph.heading, paragraph.lines[len(lines) :])
            return sections, [rest, *paragraphs[place + 1 :]]
    return sections, []


def _fitting(paragraph: _Paragraph, room: int) -> list[str]:
    """The first lines of a paragraph that fit below its heading."""
    room -= size(paragraph.heading or "") + 1
    lines: list[str] = []
    for line in paragraph.lines:
        room -= size(line) + 1
        if room < 0:
            break
        lines.append(line)
    return lines


def _sections(lines: list[str]) -> list[str]:
    """``lines`` in as few sections as Slack allows."""
    sections = [lines[0]]
    for line in lines[1:]:
        if size(sections[-1]) + 1 + size(line) <= MOST_SECTION:
            sections[-1] += f"\n{line}"
        else:
            sections.append(line)
    return sections


def _message(title: str | None, sections: list[str]) -> Message:
    opening = sections[0].partition("\n")[0] if sections else None
    notice = _cut(" · ".join(filter(None, (title, opening))), _NOTICE)
    return Message(text=notice or "…", header=_header(title) if title else None, sections=tuple(sections))


def _header(title: str) -> str | None:
    """``title`` as plain text, in which nothing is escaped: so it has no angle brackets."""
    return _cut(_plain(title), MOST_HEADER).strip() or None


def _plain(text: str) -> str:
    linkless = _SPECIAL.sub(lambda found: found["label"] or found["target"], text)
    plain = "".join(_PLAIN.get(atom, atom) for atom in _ATOM.findall(linkless))
    return plain.replace("<", "‹").replace(">", "›")


def _cut(line: str, most: int) -> str:
    """``line`` in at most so much, never cut within a link, a mention or an escaped character."""
    if size(line) <= most:
        return line
    room = most - size("…")
    kept: list[str] = []
    for atom in _ATOM.findall(line):
        room -= size(atom)
        if room < 0:
            break
        kept.append(atom)
    return f"{''.join(kept).rstrip()}…"
