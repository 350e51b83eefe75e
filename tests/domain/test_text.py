"""Text from outside comes out inert, whatever it holds."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.domain.text import Text, one_line, safe_url, without_controls


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Plain", "Plain"),
        ("two\nlines", "two lines"),
        ("tab\tand\r\nreturn", "tab and return"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]8;;https://x\x07link\x1b]8;;\x07", "]8;;https://xlink]8;;"),
        ("\x9b1mC1", "1mC1"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("line\u2028and\u2029paragraph\x85next", "line and paragraph next"),
        ("ログイン画面を改善", "ログイン画面を改善"),
        ("商品　一覧", "商品 一覧"),
        ("\ud800lone", "lone"),
        ("é e\u0301 👍", "é e\u0301 👍"),
        ("", ""),
    ],
)
def test_one_line(raw: str, expected: str) -> None:
    assert one_line(raw) == expected
    assert str(Text(raw)) == Text(raw).terminal() == expected


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(raw: str) -> None:
    line = one_line(raw)
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert one_line(line) == line


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_ascii_stays_as_it_is(raw: str) -> None:
    assert one_line(raw) == raw


PIECES = [*"\\`*_{}[]()<>#|~!@&$+-.:/1aw \n\u202e", "www.", "http://", "GH-1", "@a", "#1"]
MARKUP = st.lists(st.sampled_from(PIECES)).map("".join)


@given(MARKUP)
def test_no_markup_is_live(raw: str) -> None:
    out = Text(raw).markdown()
    bare = re.sub(r"\\[\\`*_{}\[\]<>#|~!@&$+.)-]", "", out)
    assert not set(bare) & set("\\`*_{}[]<>#|~!@&$+-\n")
    assert not re.search(r"[@#]\w|GH\\?-\d|[a-z]://|www\.\w", out)


@given(st.text())
def test_the_words_stay(raw: str) -> None:
    shown = re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", Text(raw.replace("\\", "")).markdown()).replace("\u200b", "")
    assert shown == one_line(raw.replace("\\", "")).strip()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1. one", "1\\. one"),
        ("   2) two", "2\\) two"),
        ("3.", "3\\."),
        ("1.4.0 is out", "1.4.0 is out"),
        ("    code", "code"),
        ("- item", "\\- item"),
        ("@_x #_1", "\\@\u200b\\_x \\#\u200b\\_1"),
    ],
)
def test_what_begins_in_markdown_is_no_list_code_or_mention(raw: str, expected: str) -> None:
    assert Text(raw).markdown() == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Plain words", "Plain words"),
        ("R&D <!channel> <@U1>", "R&amp;D &lt;!channel&gt; &lt;@\u200bU1&gt;"),
        ("&lt;", "&amp;lt;"),
        ("*bold* _italic_ ~gone~", "∗bold∗ ˍitalicˍ ∼gone∼"),
        ("`code` and ```more```", "ˋcodeˋ and ˋˋˋmoreˋˋˋ"),
        ("＊太字＊ ＿斜体＿ ｀式｀", "﹡太字﹡ ⸏斜体⸏ ˋ式ˋ"),
        ("日*本*語", "日∗本∗語"),
        ("snake_case 2*3 a~b", "snake_case 2*3 a~b"),
        ("__init__", "ˍˍinitˍˍ"),
        ("> quoted > twice", "\u00ad&gt; quoted &gt; twice"),
        ("＞ quoted", "\u00ad＞ quoted"),
        ("@here ＠channel a@b.c @ x", "@\u200bhere ＠\u200bchannel a@\u200bb.c @ x"),
        (" two\nlines\x1b[0m\u202e ", "two lines[0m"),
        (":tada: https://example.com/a_b", ":tada: https://example.com/a_b"),
        ("", ""),
    ],
)
def test_slack(raw: str, expected: str) -> None:
    assert Text(raw).slack() == expected


SLACK_PIECES = [*"*_~`＊＿｀>＞<&@＠!|#:/a1題 \n\u200b", "<!here>", "<@U1>", "<http://x|y>", "&lt;", "&gt;", "@here"]


@given(st.lists(st.sampled_from(SLACK_PIECES)).map("".join) | st.text())
def test_no_mrkdwn_is_live(raw: str) -> None:
    out = Text(raw).slack()
    assert "\n" not in out
    plain = re.sub("&(amp|lt|gt);", "", out)
    assert not set(plain) & set("<>&`＊＿｀")
    # A mark within a word is none for Slack; a zero-width space would end the word
    assert not re.search(r"(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|[@＠](?![\u200b\s]|$)", out)
    assert not out.startswith(("&gt;", "＞"))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("@hana: *done*\n#12", "@\u200bhana: *done* #12"),
        ("＠here", "＠\u200bhere"),
        ("at @ 5", "at @ 5"),
        (" \x1b[1m<b> ", "[1m<b>"),
    ],
)
def test_pasted(raw: str, expected: str) -> None:
    assert Text(raw).pasted() == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b/pull/1", "https://github.com/a/b/pull/1"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
        ("https://github.com", "https://github.com"),
        ("https://x.y/a...release/1.0#2?&$!*", "https://x.y/a...release/1.0%232%3F%26%24%21%2A"),
        ("https://x.y/(a)[b]<c>|d\\`e\"' f", "https://x.y/%28a%29%5Bb%5D%3Cc%3E%7Cd%5C%60e%22%27%20f"),
        ("https://x.y/題\n\x1b", "https://x.y/%E9%A1%8C%0A%1B"),
        ("https://x.y/a%2Fb%zz%", "https://x.y/a%2Fb%25zz%25"),
        ("https://x.y/\ud800", "https://x.y/%3F"),
        ("https://me:secret@x.y/a", None),
        ("https://x.y?a=b", None),
        ("javascript:alert(1)", None),
        ("HTTPS://x.y/a", None),
        ("//x.y/a", None),
        ("https:///a", None),
        ("https://x y/a", None),
        ("", None),
        (None, None),
    ],
)
def test_safe_url(url: str | None, expected: str | None) -> None:
    assert safe_url(url) == expected


@given(st.text())
def test_a_safe_address_ends_no_link(path: str) -> None:
    url = safe_url(f"https://x.y/{path}")
    assert url is not None
    assert re.fullmatch(r"https://x\.y/[A-Za-z0-9._~/%:@+,;=-]*", url)
    assert safe_url(url) == url


def test_without_controls() -> None:
    raw = "# A\tb  \r\n\r  c\x1b[0m\u202e\x00\u2028d\x85 @\u200bhana\n"
    assert without_controls(raw) == "# A    b  \n\n  c[0md @\u200bhana\n"


def test_a_text_is_its_raw_value() -> None:
    assert Text("a") == Text("a")
    assert Text("a") != Text("b")
    assert Text("a") != "a"
    assert len({Text("a"), Text("a")}) == 1
    assert repr(Text("a\x1b")) == "Text('a\\x1b')"
