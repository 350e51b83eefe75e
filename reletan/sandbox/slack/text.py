"""A channel as people read it in a terminal: plain lines of 80 columns that nothing posted can break out of."""

import re
from datetime import UTC, datetime
from typing import Any

from rich.cells import cell_len

from reletan.domain.text import one_line
from reletan.sandbox.slack.model import Channel, Post
from reletan.sandbox.slack.mrkdwn import Piece, lines, plain
from reletan.sandbox.slack.workspace import Workspace

WIDTH = 80
_THREAD = "    "
_MARKS = {"bold": "*", "italic": "_", "struck": "~", "code": "`"}
_WIDE = (
    "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U0001f000-\U0003fffd"
)
# a line may end after any wide character; other words stay whole
_WORD = re.compile(rf"\s+|[^\s{_WIDE}]+|\S")


def of(workspace: Workspace, channel: Channel, *, urls: bool) -> str:
    """``urls``: links with their addresses behind them."""
    drawn = [f"#{one_line(channel.name)}" + (" (archived)" if channel.archived else "")]
    for post in channel.posts:
        drawn += ["", *_post(workspace, post, urls, "")]
        for reply in post.replies:
            drawn += ["", *_post(workspace, reply, urls, _THREAD)]
    return "\n".join(drawn) + "\n"


def moment(ts: str) -> datetime:
    return datetime.fromtimestamp(int(ts.partition(".")[0]), UTC)


def _post(workspace: Workspace, post: Post, urls: bool, indent: str) -> list[str]:
    app = " (app)" if post.author.bot_id else ""
    edited = " (edited)" if post.edited else ""
    head = f"{post.author.name}{app}, {moment(post.ts):%Y-%m-%d %H:%M}{edited}"
    body = [line for block in post.blocks for line in ("", *_block(workspace, block, urls, WIDTH - len(indent)))][1:]
    if not post.blocks:
        body = _wrapped(_mrkdwn(workspace, post.text, urls), WIDTH - len(indent))
    return [f"{indent}{line}".rstrip() for line in (one_line(head), *body)]


def _block(workspace: Workspace, block: dict[str, Any], urls: bool, width: int) -> list[str]:
    if block["type"] == "divider":
        return ["─" * width]
    if block["type"] == "header":
        return _wrapped([f"*{plain(block['text']['text'])}*"], width)
    texts = [block["text"]] if "text" in block else []
    drawn: list[str] = []
    for text in [*texts, *block.get("fields", []), *block.get("elements", [])]:
        written = text["text"]
        drawn += _mrkdwn(workspace, written, urls) if text["type"] == "mrkdwn" else plain(written).splitlines()
    return _wrapped(drawn, width)


def _mrkdwn(workspace: Workspace, written: str, urls: bool) -> list[str]:
    return ["".join(_piece(piece, urls) for piece in line) for line in lines(written, workspace)]


def _piece(piece: Piece, urls: bool) -> str:
    text = piece.text
    for style in _MARKS:
        text = f"{_MARKS[style]}{text}{_MARKS[style]}" if style in piece.styles else text
    return f"{text} ({piece.url})" if urls and piece.url and piece.url != piece.text else text


def _wrapped(drawn: list[str], width: int) -> list[str]:
    return [line for text in drawn for line in _wrap(one_line(text), width)]


def _wrap(line: str, width: int) -> list[str]:
    """The line in several, none wider than ``width`` columns; items go on below their text."""
    hanging = "  " if line.startswith("• ") else ""
    done, now = [], ""
    for word in _WORD.findall(re.sub(r" {3,}", "  ", line)):
        if cell_len(now + word) > width and now.strip(" •"):
            done.append(now.rstrip())
            now, word = hanging, word.lstrip()
        while cell_len(now + word) > width:
            head = _fitting(word, width - cell_len(now))
            done.append(now + head)
            now, word = hanging, word[len(head) :]
        now += word
    return [*done, now.rstrip()]


def _fitting(word: str, width: int) -> str:
    """As much of the beginning as has room, at least one character."""
    end = 1
    while end < len(word) and cell_len(word[: end + 1]) <= width:
        end += 1
    return word[:end]
