"""A channel as a page for the browser: no scripts, nothing from elsewhere, and all that was posted is escaped."""

from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from reletan.sandbox.http.wire import Reply
from reletan.sandbox.slack.model import Channel, Post
from reletan.sandbox.slack.mrkdwn import Piece, lines, plain
from reletan.sandbox.slack.text import moment
from reletan.sandbox.slack.workspace import Workspace

_RELOAD = 3  # seconds
_TAGS = {"bold": "strong", "italic": "em", "struck": "s", "code": "code"}


def answer(workspace: Workspace, path: str) -> Reply | None:
    """The page at this path: the channel to begin with, a channel by its name, or the one that a permalink is in."""
    if path == "/favicon.ico":
        return Reply(204, {}, b"")
    where = unquote(path).strip("/").split("/")
    channel: Channel | None = None
    if where == [""]:
        channel = workspace.find_channel(workspace.webhook.channel)
    elif where[0] == "channels" and len(where) == 2:
        channel = workspace.channels.get(where[1])
    elif where[0] == "archives" and len(where) == 3:
        channel = workspace.find_channel(where[1])
    return Reply.text(200, of(workspace, channel, served=True), "text/html") if channel else None


def of(workspace: Workspace, channel: Channel, *, served: bool = False) -> str:
    """``served``: it loads itself again, and has links to the other channels; a file has neither."""
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    name = escape(channel.name)
    posts = "\n".join(_post(workspace, post) for post in channel.posts)
    reload = f'<meta http-equiv="refresh" content="{_RELOAD}">\n' if served else ""
    others = "".join(_other(one, channel) for one in workspace.channels.values()) if served else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
{reload}<meta name="referrer" content="no-referrer">
<title>#{name} · sandbox Slack</title>
<style>
{style}</style>
</head>
<body>
<header class="bar">
<h1># {name}</h1>
<p>{"archived · " if channel.archived else ""}{len(channel.members)} members · a sandbox, not Slack itself</p>
{f'<nav aria-label="Channels">{others}</nav>' if others else ""}
</header>
<main>
{f'<ol class="posts">{posts}</ol>' if posts else '<p class="nothing">Nothing has been posted here yet.</p>'}
</main>
</body>
</html>
"""


def _other(one: Channel, current: Channel) -> str:
    here = ' aria-current="page"' if one is current else ""
    return f'<a href="/channels/{quote(one.name, safe="")}"{here}>#{escape(one.name)}</a> '


def _post(workspace: Workspace, post: Post) -> str:
    drawn = "".join(_block(workspace, block) for block in post.blocks) or _paragraph(workspace, post.text)
    name, time = escape(post.author.name), moment(post.ts)
    app = '<span class="app">APP</span> ' if post.author.bot_id else ""
    edited = ' <span class="edited">(edited)</span>' if post.edited else ""
    return f"""<li class="post{" gone" if post.gone else ""}" id="p{post.ts.replace(".", "")}">
<div class="avatar{" bot" if app else ""}" aria-hidden="true">{escape(post.author.name[:1].upper())}</div>
<div class="body">
<p class="who"><b>{name}</b> {app}<time datetime="{time:%Y-%m-%dT%H:%M:%SZ}">{time:%Y-%m-%d %H:%M}</time>{edited}</p>
{drawn}{_thread(workspace, post)}
</div>
</li>"""


def _thread(workspace: Workspace, post: Post) -> str:
    if not post.replies:
        return ""
    count = f"{len(post.replies)} {'reply' if len(post.replies) == 1 else 'replies'}"
    replies = "\n".join(_post(workspace, reply) for reply in post.replies)
    return f'<section class="thread" aria-label="Thread">\n<p class="count">{count}</p>\n<ol>{replies}</ol>\n</section>'


def _block(workspace: Workspace, block: dict[str, Any]) -> str:
    kind = block["type"]
    if kind == "divider":
        return "<hr>"
    if kind == "header":
        return f"<h2>{escape(plain(block['text']['text']))}</h2>"
    texts = [block["text"]] if "text" in block else []
    section = "".join(_text(workspace, text) for text in texts)
    small = [*block.get("fields", []), *block.get("elements", [])]
    if small:
        cells = "".join(f"<div>{_text(workspace, text)}</div>" for text in small)
        section += f'<div class="{"fields" if "fields" in block else "context"}">{cells}</div>'
    return section


def _text(workspace: Workspace, text: dict[str, Any]) -> str:
    if text["type"] == "mrkdwn":
        return _paragraph(workspace, text["text"])
    return f'<p class="text">{escape(plain(text["text"]))}</p>'


def _paragraph(workspace: Workspace, written: str) -> str:
    drawn = "\n".join("".join(_piece(piece) for piece in line) for line in lines(written, workspace))
    return f'<p class="text">{drawn}</p>'


def _piece(piece: Piece) -> str:
    drawn = escape(piece.text)
    if piece.url:
        drawn = f'<a href="{escape(piece.url)}" rel="noopener noreferrer nofollow">{drawn}</a>'
    elif piece.kind != "text":
        drawn = f'<span class="{piece.kind}">{drawn}</span>'
    for style in _TAGS:
        drawn = f"<{_TAGS[style]}>{drawn}</{_TAGS[style]}>" if style in piece.styles else drawn
    return drawn
