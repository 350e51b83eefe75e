"""Slack's own markup, read as Slack's clients read it: for drawing what was posted."""

import re
from html import unescape
from typing import Literal

import msgspec

from reletan.sandbox.slack.workspace import Workspace

Kind = Literal["text", "link", "mention", "everyone"]
_TOKEN = re.compile(r"<([^<>]*)>|(`[^`]+`)|([*_~])")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_STYLES = {"*": "bold", "_": "italic", "~": "struck"}


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a line that looks the same all over. ``text`` is as people see it, without escapes; ``url`` only where it
    is a link to the web; ``styles``: of bold, italic, struck, code.
    """

    text: str
    kind: Kind = "text"
    url: str | None = None
    styles: frozenset[str] = frozenset()


def lines(written: str, workspace: Workspace) -> list[list[Piece]]:
    return [_pieces(line, workspace) for line in re.split(r"\r\n?|\n", written)]


def plain(text: str) -> str:
    """``&amp;``, ``&lt;`` and ``&gt;`` as the characters that they stand for; Slack knows no others."""
    return re.sub(r"&(?:amp|lt|gt);", lambda found: unescape(found[0]), text)


def _pieces(line: str, workspace: Workspace) -> list[Piece]:
    pieces: list[Piece] = []
    styles: frozenset[str] = frozenset()
    done = 0
    for found in _TOKEN.finditer(line):
        style = _STYLES.get(found[3] or "")
        if style and not _is_mark(line, found, style in styles):
            continue
        if text := line[done : found.start()]:
            pieces.append(Piece(text=plain(text), styles=styles))
        done = found.end()
        if style:
            styles ^= {style}
        elif found[2]:
            pieces.append(Piece(text=plain(found[2][1:-1]), styles=styles | {"code"}))
        else:
            pieces.append(_control(found[1], workspace, styles))
    if text := line[done:]:
        pieces.append(Piece(text=plain(text), styles=styles))
    return pieces


def _is_mark(line: str, found: re.Match[str], open: bool) -> bool:
    """Whether this character begins, or where it is ``open`` ends, a style: it stands at the edge of words."""
    before, after = line[: found.start()], line[found.end() :]
    if open:
        return not before[-1:].isspace() and not re.match(r"\w", after)
    closes = re.search(rf"\S{re.escape(found[3])}(?!\w)", after)
    return not re.search(r"\w$", before) and after[:1].strip() != "" and closes is not None


def _control(inside: str, workspace: Workspace, styles: frozenset[str]) -> Piece:
    """What stands between angle brackets."""
    target, _, label = inside.partition("|")
    name, shown = target[1:], plain(label)
    if target.startswith("@"):
        member = workspace.member(name)
        return Piece(text=f"@{member.name if member else shown or name}", kind="mention", styles=styles)
    if target.startswith("#"):
        channel = workspace.find_channel(name)
        return Piece(text=f"#{channel.name if channel else shown or name}", kind="mention", styles=styles)
    if target.startswith("!"):
        return Piece(text=shown or f"@{plain(name)}", kind="everyone", styles=styles)
    url = plain(target)
    if _WEB.match(url):
        return Piece(text=shown or url, kind="link", url=url, styles=styles)
    return Piece(text=f"{shown} ({url})" if shown else url, styles=styles)
