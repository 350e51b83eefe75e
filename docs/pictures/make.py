"""Makes the pictures of this folder: a release of the sandbox's shop, as its people see it on Slack and on GitHub.

python docs/pictures/make.py [FOLDER]
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from drawing import Line, Run, picture
from markdown_it import MarkdownIt
from markdown_it.token import Token
from terminal import Command, Shown, moving, recorded

from reletan.domain.message import Message, digest
from reletan.sandbox.slack.model import Post
from reletan.sandbox.slack.mrkdwn import Piece, lines, plain
from reletan.sandbox.slack.text import moment
from reletan.sandbox.slack.workspace import Workspace
from reletan.sandbox.stories import shop
from reletan.sandbox.world import World

AN_HOUR = 3_600
LEFT = 24


class Told(msgspec.Struct, frozen=True):
    """What the story leaves: the release's message with its thread, and the notes by language."""

    workspace: Workspace
    post: Post
    notes: dict[str, str]


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as somewhere:
        told = _a_release(Path(somewhere) / "shop")
        told_ja = _a_release(Path(somewhere) / "shop-ja", language="ja")
        played = _a_recording(Path(somewhere) / "recorded")
    message = {"text": told.post.text, "blocks": told.post.blocks, "metadata": told.post.metadata}
    texts = {
        "slack_message.json": json.dumps(message, ensure_ascii=False, indent=2) + "\n",
        "slack_message.svg": picture(_channel(told, EN), title="The message of a release on Slack, and its thread"),
        "slack_message.ja.svg": picture(_channel(told_ja, JA), title="Slack に届くリリースのメッセージとスレッド"),
        "release_notes.md": told.notes["en"],
        "release_notes.ja.md": told.notes["ja"],
        "terminal.svg": moving(played, title="A release in the terminal: reletan start, reletan tag"),
        "release_notes.svg": picture(_rendered(told.notes["en"]), title="The notes of a release"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _a_release(folder: Path, *, language: str = "en") -> Told:
    """The shop's next release: begun, mended by Yuki, and made; ``language``: the team's on Slack."""
    world = World(folder)
    shop(world)
    spoken = {"RELETAN_SLACK_LANGUAGE": language}
    with world.on_github() as github, world.on_slack() as slack:
        world.clock += AN_HOUR
        world.reletan("start", "--yes", env=spoken, check=True)
        world.commit("release/1.4.0", "Fix the total on invoices", {"src/invoice.txt": "with tax\n"}, "Yuki")
        world.clock += AN_HOUR
        world.reletan("tag", "--yes", env=spoken, check=True)
        notes = {
            language: world.reletan("notes", "1.4.0", "--language", language, check=True).out
            for language in ("en", "ja")
        }
        (post,) = slack.posts("#release")
        site = github.url
        return Told(slack, _public(post, site), {lang: _elsewhere(text, site) for lang, text in notes.items()})


def _a_recording(folder: Path) -> list[Shown]:
    """A small release, by somebody who reads the plans and says yes."""
    world = World.bare_minimum(folder)
    start = Command(("start",), (("Version of the", "\r"), ("Do exactly this", "y")))
    with world.on_github(), world.on_slack():
        return recorded(world, [start, Command(("tag",), (("Do exactly this", "y"),))])


def _elsewhere(text: str, site: str) -> str:
    """With GitHub's own address instead of the sandbox's, which is another one each time."""
    return text.replace(site, "https://github.com")


def _public(post: Post, site: str) -> Post:
    """The post as it would be on GitHub's own site: the digest in its metadata is that of the text."""
    assert post.metadata is not None  # noqa: S101 - reletan's messages have some
    assert post.metadata["event_payload"]["digest"] == _digest(post)  # noqa: S101 - else it would be wrong below, too
    public = msgspec.json.decode(_elsewhere(msgspec.json.encode(post).decode(), site), type=Post)
    assert public.metadata is not None  # noqa: S101 - as above
    public.metadata["event_payload"]["digest"] = _digest(public)
    return public


def _digest(post: Post) -> str:
    header, *sections = [block["text"]["text"] for block in post.blocks]
    return digest(Message(text=post.text, header=header, sections=tuple(sections)))


# Slack


class Words(msgspec.Struct, frozen=True):
    """What Slack itself says around a message."""

    app: str
    edited: str
    replies: str


EN = Words("APP", "(edited)", "1 reply")
JA = Words("アプリ", "(編集済み)", "1件の返信")


def _channel(told: Told, words: Words) -> Iterator[Line]:
    yield Line(runs=(Run("# release", "text bold"),), x=LEFT, size=18, ruled=True)
    body = LEFT + 46
    yield from _post(told.workspace, told.post, words, body, 36, None)
    (reply,) = told.post.replies
    yield Line(runs=(), x=body, size=8)
    yield Line(runs=(Run(words.replies, "soft bold"),), x=body + 15, size=12, bar=body)
    yield from _post(told.workspace, reply, words, body + 49, 24, body)


def _post(workspace: Workspace, post: Post, words: Words, x: int, box: int, bar: int | None) -> Iterator[Line]:
    edited = f" {words.edited}" if post.edited else ""
    time = f"  {words.app}  {moment(post.ts):%Y-%m-%d %H:%M}{edited}"
    who = (Run(post.author.name, "text bold"), Run(time, "soft small"))
    yield Line(runs=who, x=x, above=10, avatar=post.author.name[0].upper(), box=box, bar=bar)
    for number, block in enumerate(post.blocks):
        for above, line in _block(workspace, block, 0 if number == 0 else 8):
            yield msgspec.structs.replace(line, x=x, above=above, bar=bar)


def _block(workspace: Workspace, block: dict[str, Any], space: int) -> Iterator[tuple[int, Line]]:
    written = block["text"]["text"]
    if block["type"] == "header":
        yield space, Line(runs=(Run(plain(written), "text bold"),), x=0, size=18)
        return
    for number, pieces in enumerate(lines(written, workspace)):
        yield 0 if number else space, Line(runs=tuple(Run(piece.text, _look(piece)) for piece in pieces), x=0)


def _look(piece: Piece) -> str:
    color = "text" if piece.kind == "text" else "link"
    return f"{color} bold" if "bold" in piece.styles or piece.kind == "mention" else color


# the notes


def _rendered(markdown: str) -> Iterator[Line]:
    """As GitHub shows it, nearly: headings, lists and paragraphs."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    for opening, token in pairwise(tokens):
        if token.type != "inline":
            continue
        runs = tuple(_runs(token.children or []))
        if opening.type == "heading_open":
            bold = tuple(Run(run.text, f"{run.look} bold") for run in runs)
            first = opening.tag == "h2"
            yield Line(runs=bold, x=LEFT, size=24 if first else 18, above=0 if first else 16, ruled=first)
        elif token.level > 1:
            yield Line(runs=(Run("•  "), *runs), x=LEFT + 14, above=4)
        else:
            yield Line(runs=runs, x=LEFT, above=10)


def _runs(children: list[Token]) -> Iterator[Run]:
    color, bold = "text", ""
    for child in children:
        if child.type in ("link_open", "link_close"):
            color = "link" if child.type == "link_open" else "text"
        elif child.type in ("strong_open", "strong_close"):
            bold = " bold" if child.type == "strong_open" else ""
        else:
            yield Run(child.content, f"{color}{bold}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
