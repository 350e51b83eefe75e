"""Titles and names on their way to a terminal, to Markdown, to Slack; notes and messages that are made of them."""

import json
from collections.abc import Callable
from typing import Any

from noting import PAGE, commit, filled, listing, person, place, policy, pull

from reletan.adapters.slackchannel import blocks
from reletan.adapters.templates import render_template
from reletan.domain.config import Category
from reletan.domain.message import (
    Message,
    digest,
    lay_out,
    readable,
    shortened,
    size,
)
from reletan.domain.notes import MARKDOWN, PLAIN, SLACK, Notes, Script, compose
from reletan.domain.text import Text, one_line, safe_url, without_controls
from reletan.render import to_json
from torture.fuzz_case import Family, require
from torture.fuzz_rules import (
    live,
    obeyed,
    parsed,
    require_document,
    require_markdown,
    require_pasted,
    require_slack,
    require_terminal,
    texts_in,
)
from torture.fuzz_source import Source

LANGUAGES = ("en", "ja")
# What Slack takes of a header and of all blocks; each character counts as one there, and has a byte at least
MOST_HEADER_BYTES, MOST_BYTES = 150, 13_200
_REQUIRE: dict[str, tuple[Script, Callable[[str], None]]] = {
    "markdown": (MARKDOWN, require_markdown), "slack": (SLACK, require_slack), "plain": (PLAIN, require_pasted),
}  # fmt: skip


# titles


def check_title(raw: str) -> None:
    text = Text(raw)
    shown, markdown = text.terminal(), text.markdown()
    require_terminal(shown)
    require(one_line(shown) == shown and len(shown) <= max(len(raw), 1), "one line stays as it is", shown)
    require_markdown(markdown)
    require(len(markdown) <= 3 * len(shown) + 1, "Markdown is not much longer", len(markdown))
    require_slack(text.slack())
    require_pasted(text.pasted())
    require(text.pasted() == Text(text.pasted().replace("\u200b", "")).pasted(), "what is pasted again stays", raw)
    _require_rest(raw)


def _require_rest(raw: str) -> None:
    kept = without_controls(raw)
    require(not obeyed(kept, "\n\u200b") and without_controls(kept) == kept, "no control characters", kept)
    url = safe_url(f"https://x.y/{raw}")
    require(
        url is not None and url.isascii() and not set(url) & set(" ()[]<>|\\`\"'*!#?&$"), "an address ends no link", url
    )
    for address in (raw, f"https://{raw}"):
        require(set(safe_url(address) or "h") <= set(map(chr, range(0x21, 0x7F))), "a plain address, or none", address)


def check_json(raw: str) -> None:
    """Whatever people wrote, a script gets JSON, and a terminal nothing that it obeys."""
    out = to_json({"title": Text(raw), raw: raw, "list": [raw]})
    require(not live(out), "nothing that a terminal obeys in JSON", live(out))
    require(json.loads(out)["title"] == raw.encode("utf-16", "replace").decode("utf-16"), "the text as it is", out)
    require("##[" not in out, "no command to a CI log", out)


def check_line(titles: list[str]) -> None:
    """A line of a list, as a reader of Markdown has it: text, and our one link."""
    one, two = (Text(title).markdown() for title in titles)
    tokens = parsed(f"# Ours\n\n- {one} ([#12]({PAGE}/pull/12)) by {two}\n\n{one}\n")
    kinds = [token.type for token in tokens if token.type.endswith("_open")]
    lines = ["heading_open", "bullet_list_open", "list_item_open", "paragraph_open"]
    require(kinds in (lines, [*lines, "paragraph_open"]), "a heading, an item and a line", kinds)
    inner = [child.type for token in tokens for child in token.children or ()]
    require(
        inner.count("link_open") == 1 and not {"html_inline", "image", "code_inline", "em_open", "s_open"} & {*inner},
        "one link",
        inner,
    )


# notes


def make_notes(source: Source) -> dict[str, Any]:
    """What ``notes_of`` makes notes of."""
    return {
        "pulls": [_pull(source) for _ in range(source.randint(0, 6))],
        "commits": [[source.text(4), source.text(2)] for _ in range(source.randint(0, 3))],
        "heading": source.text(3),
        "since": source.choice((None, "v1.3.0", source.text(1))),
        "tag": source.choice((None, "v1.4.0", source.text(1))),
        "url": source.choice((PAGE, _url(source))),
        "people": [_person(source) for _ in range(source.randint(0, 3))],
    }


def _pull(source: Source) -> list[Any]:
    number, title, name = source.randint(1, 30), source.text(4), source.text(2)
    author = source.choice((None, "hana", "Yuki", "bot[bot]", source.text(2)))
    labels = source.some((*MANY_LABELS, source.text(1)), 2)
    return [number, title, author, name, labels, _url(source), source.choice((None, 3, "a" * 40))]


def _url(source: Source) -> str | None:
    """Ours, or none: where the repository is says the team, not a stranger."""
    found: str | None = source.choice((None, PAGE, source.text(2).replace("http", "x")))
    return found


def _person(source: Source) -> list[Any]:
    return [source.choice((None, "hana", source.text(1))), source.text(1), source.randint(1, 30)]


MANY_LABELS = ("feature", "bug", "x")


def notes_of(given: dict[str, Any]) -> Notes:
    pulls = {
        number: pull(number, title, *labels, author=author, author_name=Text(name), url=url, reverted_by=by)
        for number, title, author, name, labels, url, by in given["pulls"]
    }
    loose = [commit(number, subject, author) for number, (subject, author) in enumerate(given["commits"])]
    people = tuple(person(login, number, first=True, name=name) for login, name, number in given["people"])
    told = listing(*pulls.values(), *loose, people=people, since=given["since"])
    headings = policy(
        Category(title=given["heading"], labels=("feature", "x")), Category(title="Fixes", labels=("bug",))
    )
    at = place(
        tag=given["tag"],
        version=given["tag"],
        web_url=given["url"],
        compare_url=given["url"],
        repository=given["heading"],
    )
    return compose(told, headings, at)


def check_context(given: dict[str, Any]) -> None:
    """Every text that a template gets is inert, but for links and the mention."""
    notes = notes_of(given)
    for script, rule in _REQUIRE.values():
        values = filled(notes, script)
        for section in values["sections"]:
            for entry in (section, *section["pull_requests"]):
                for name in ("title", "author", "author_name"):
                    rule(entry.get(name) or "")
        for text in texts_in([values[name] for name in ("version", "tag", "since", "until", "repository")]):
            rule(text)
        for text in texts_in(values):
            require(not obeyed(text, "\u200b\u00ad"), "nothing invisible", text)


def check_notes(given: dict[str, Any]) -> None:
    """reletan's own templates, in both languages."""
    notes = notes_of(given)
    for language in LANGUAGES:
        require_document(render_template("release_notes.md.j2", language, filled(notes)))


# messages on Slack


def make_message(source: Source) -> list[str]:
    """The text of a message: lines whose parts are inert already, and the line that counts the rest."""
    scale = 100 if source.chance(150) else source.choice((1, 1, 1, 1, 8))
    lines = [_slack_line(source) for _ in range(source.randint(0, 8) * scale)]
    return ["\n".join(lines), source.choice(("… and more", "", _slack_line(source)))]


def _slack_line(source: Source) -> str:
    text = SLACK.text(Text(source.text(source.choice((2, 6, 6, 60)))))
    link = SLACK.link(text[:80].replace("&", "").replace(";", "") or "x", f"{PAGE}/{source.plain()}")
    start = source.choice(("", "", "# ", "• ", "• ", "• ", "*x*", "#"))
    return source.choice(
        ("", start + text, f"{start}{text} {link} by <@U0ACME0002>", f"{start}{link}" * source.choice((1, 1, 40)))
    )


def check_message(given: list[str]) -> None:
    text, rest = given
    first, further = lay_out(text, lambda left: f"{rest} {left}" if rest else "")
    require(len(further) <= 20, "not too many messages", len(further))
    for message in (first, *further, *map(shortened, (first, *further))):
        _require_message(message)
        require(not obeyed(readable(message), "\n\u200b\u00ad"), "a text to read", readable(message))
        require(len(digest(message)) == 16, "a digest")


def _require_message(message: Message) -> None:
    made = blocks(message)
    require(len(made) <= 50, "not too many blocks", len(made))
    require(
        size(message.header or "") <= MOST_HEADER_BYTES and "\n" not in (message.header or ""),
        "a short header",
        message.header,
    )
    require(not set(message.header or "") & set("<>"), "a header of plain text", message.header)
    require(
        sum(map(size, message.sections)) <= MOST_BYTES, "a message that Slack takes", sum(map(size, message.sections))
    )
    for part in (message.text, *message.sections):
        require(part.strip() and len(part) <= 3000, "a section that Slack takes", part)
        require(not obeyed(part, "\n\u200b\u00ad"), "nothing invisible", part)
        require(part.count("<") == part.count(">"), "no link is cut", part)


def make_any_message(source: Source) -> str:
    if source.chance(50):
        return source.lines(lambda: source.choice(("• ", "")) + source.text(3) * 50, 200)
    return source.huge() if source.chance(100) else source.lines(source.text)


def check_any_message(text: str) -> None:
    """A template of reletan's gives nothing like it; all the same it has to fit."""
    first, further = lay_out(text, lambda left: f"{left} more")
    for message in (first, *further):
        require(size(message.header or "") <= MOST_HEADER_BYTES, "a short header", message.header)
        require(sum(map(size, message.sections)) <= MOST_BYTES, "a message that Slack takes")
        readable(shortened(message))


def _title(source: Source) -> str:
    return source.huge(4_000) if source.chance(300) else source.text()


FAMILIES = (
    Family(name="titles", weight=260, make=_title, check=check_title),
    Family(name="json", weight=60, make=Source.text, check=check_json),
    Family(name="lines", weight=30, make=lambda source: [source.text(), source.text(3)], check=check_line),
    Family(name="notes", weight=40, make=make_notes, check=check_context),
    Family(name="rendered-notes", weight=3, make=make_notes, check=check_notes),
    Family(name="messages", weight=30, make=make_message, check=check_message),
    Family(name="any-message", weight=20, make=make_any_message, check=check_any_message),
)
