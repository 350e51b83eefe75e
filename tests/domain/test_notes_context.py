"""The release notes as data for templates: plain, and nothing from outside live in it."""

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from noting import BARE, COMPARE, EXAMPLE, PAGE, commit, filled, listing, notes, person, place, policy, pull

from reletan.adapters.templates import render_template
from reletan.domain.config import Category
from reletan.domain.notes import MARKDOWN, PLAIN, SLACK, Notes, Script, compose, context
from reletan.domain.text import Text, one_line

SCRIPTS = pytest.mark.parametrize("script", [MARKDOWN, SLACK, PLAIN], ids=["markdown", "slack", "plain"])


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else value is None


@SCRIPTS
@pytest.mark.parametrize("made", [EXAMPLE, BARE], ids=["example", "bare"])
def test_the_context_is_plain_and_has_one_shape(script: Script, made: Notes) -> None:
    found = context(made, script)
    assert shape(found) == shape(context(made, MARKDOWN))
    assert msgspec.json.decode(msgspec.json.encode(found)) == found


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            MARKDOWN,
            ["[#20](U/pull/20)", "[#18](U/pull/18)", "[a1b2c3d](U/commit/S)", "[v1.4.0](U/releases/tag/v1.4.0)"],
        ),
        (SLACK, ["<U/pull/20|#20>", "<U/pull/18|#18>", "<U/commit/S|a1b2c3d>", "<U/releases/tag/v1.4.0|v1.4.0>"]),
        (PLAIN, ["#20 U/pull/20", "#18 U/pull/18", "a1b2c3d U/commit/S", "v1.4.0 U/releases/tag/v1.4.0"]),
    ],
    ids=["markdown", "slack", "plain"],
)
def test_links(script: Script, expected: list[str]) -> None:
    made = context(EXAMPLE, script)
    first = made["sections"][0]["pull_requests"][0]["link"]
    found = [first, made["reverted"][0]["link"], made["commits"][0]["link"], made["release_link"]]
    assert found == [one.replace("U", PAGE).replace("S", commit(0xA1B2C3D).sha) for one in expected]


@SCRIPTS
def test_without_an_address_a_link_is_its_label(script: Script) -> None:
    made = context(BARE, script)
    assert [one["link"] for section in made["sections"] for one in section["pull_requests"]] == ["#3"]
    assert [one["link"] for one in (*made["reverted"], *made["commits"])] == ["aaaaaaa", "0000001"]
    assert (made["compare_link"], made["release_link"]) == (None, None)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://me:secret@github.com/a", "file:///etc", "", "https://a b"]
)
def test_an_unsafe_address_is_no_link(url: str) -> None:
    made = context(notes(pull(1, url=url), at=place(web_url=url, compare_url=url)), MARKDOWN)
    one = made["sections"][0]["pull_requests"][0]
    assert (one["url"], one["link"], made["compare_url"], made["release_url"]) == (None, "#1", None, None)


@pytest.mark.parametrize(
    ("login", "mention", "author"),
    [
        ("hana", "@hana", "hana"),
        ("hana-2", "@hana-2", "hana\\-2"),
        ("hana_acme", "@hana_acme", "hana\\_acme"),
        ("dependabot[bot]", "dependabot\\[bot\\]", "dependabot\\[bot\\]"),
        ("acme/team", "acme/team", "acme/team"),
        ("a--b", "a\\-\\-b", "a\\-\\-b"),
        ("x" * 61, "x" * 61, "x" * 61),
        (None, "Hana Sato", "Hana Sato"),
    ],
)
def test_a_mention_is_a_login_and_nothing_else(login: str | None, mention: str, author: str) -> None:
    (found,) = context(notes(pull(1, author=login)), MARKDOWN)["sections"][0]["pull_requests"]
    assert (found["mention"], found["author"]) == (mention, author)
    for script in (SLACK, PLAIN):
        (found,) = context(notes(pull(1, author=login)), script)["sections"][0]["pull_requests"]
        assert found["mention"] == found["author"]
        assert "@" not in found["mention"]


def test_before_the_release_there_is_no_page_of_it() -> None:
    made = context(notes(pull(1), at=place(released=False, date=None)), MARKDOWN)
    assert (made["release_url"], made["release_link"], made["date"]) == (None, None, None)
    assert made["compare_link"] == f"[v1.3.0...v1.4.0]({COMPARE})"


def test_newcomers_are_among_the_contributors() -> None:
    made = context(EXAMPLE, MARKDOWN)
    assert made["newcomers"] == [one for one in made["contributors"] if one["first_time"]] != []
    assert made["counts"] == {"pull_requests": 2, "reverted": 1, "commits": 1, "contributors": 2}


def test_a_moment_that_is_none_is_not_told() -> None:
    odd = msgspec.structs.replace(pull(1), merged_at="](x) 2026")
    assert context(notes(odd), MARKDOWN)["sections"][0]["pull_requests"][0]["merged_at"] == ""


# --- nothing from outside is live


PIECES = [*"\\`*_{}[]()<>#|~!@&$+-.:/1aw= \n\t\u202e\u200b\x1b", "www.", "http://x.y", "GH-1", "@a/b", "#1", "closes #1",
          "    ", "1. ", "<b>", "![a](b)", "[a]: b", "<!-- ", "&lt;", "題", "o/r#1", "```", "---", "> ", "# ", "- [ ] "]  # fmt: skip
HOSTILE = st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
LIVE = re.compile(r"[@#]\w|GH-\d|(?:https?|ftp)://|www\.\w", re.IGNORECASE)
OURS = {"text", "softbreak", "link_open", "link_close", "strong_open", "strong_close"}


def hostile(word: str, login: str, ref: str) -> Notes:
    """Notes in which everything that comes from outside is one of these."""
    ref = f"{ref}x"  # no release is without a name
    made = listing(
        pull(4, word, word, author=login, author_name=Text(word), url=f"{PAGE}/{ref}", in_release=ref),
        pull(3, word, "feature", author=None, author_name=Text(word)),
        pull(2, word, author=login, reverted_by="a" * 40), commit(1, word, word),
        people=(person(login, 4, first=True, name=word), person(None, 3, name=word)), since=ref,
    )  # fmt: skip
    by = policy(Category(word, ("feature",)))
    return compose(made, by, place(tag=ref, version=ref, repository=ref, compare_url=f"{PAGE}/compare/{ref}"))


@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from(["en", "ja"]))
def test_whatever_the_words_only_our_own_markup_is_live_in_markdown(
    word: str, login: str, ref: str, language: str
) -> None:
    text = render_template("release_notes.md.j2", language, filled(hostile(word, login, ref)))
    assert not set("".join(text.split("\n"))) & set(map(chr, [*range(32), *range(127, 160), 0x202E, 0x2028, 0x2029]))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    kinds = {"heading", "paragraph", "list_item", "bullet_list"}
    assert {one.type for one in tokens} <= {"inline", *(f"{kind}_{end}" for kind in kinds for end in ("open", "close"))}
    assert sum(one.type == "list_item_open" for one in tokens) == 5
    inner = [one for token in tokens for one in token.children or ()]
    assert {one.type for one in inner} <= OURS
    assert all(str(one.attrs["href"]).startswith(PAGE) for one in inner if one.type == "link_open")
    shown = "\n".join("".join(one.content for one in token.children or ()) for token in tokens)
    assert not LIVE.search(re.sub(r"#\d", "", shown))


@given(HOSTILE)
def test_a_title_in_markdown_is_the_plain_title(word: str) -> None:
    (found,) = context(notes(pull(1, word)), MARKDOWN)["sections"][0]["pull_requests"]
    assert "\n" not in found["title"]
    _, paragraph, _ = MarkdownIt("commonmark").parse(f"{found['title']}x")
    (text,) = paragraph.children or []
    assert (text.type, text.content.replace("\u200b", "")) == ("text", f"{one_line(word).strip()}x")


@given(HOSTILE, HOSTILE, HOSTILE)
def test_whatever_the_words_nothing_is_live_in_slack_or_pasted(word: str, login: str, ref: str) -> None:
    for script in (SLACK, PLAIN):
        for text in texts(context(hostile(word, login, ref), script)):
            assert "\n" not in text
            assert not re.search(r"[@＠][^\s\u200b]", re.sub(r"https?://\S+", "", text))
            assert script is PLAIN or not re.search(r"<(?!https://github\.com/acme/shop[^<>| ]*\|[^<>]*>)", text)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []
