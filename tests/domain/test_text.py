"""Text from outside comes out inert, whatever it holds."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.domain.text import Text, one_line


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
    assert shown == one_line(raw.replace("\\", ""))


def test_a_text_is_its_raw_value() -> None:
    assert Text("a") == Text("a")
    assert Text("a") != Text("b")
    assert Text("a") != "a"
    assert len({Text("a"), Text("a")}) == 1
    assert repr(Text("a\x1b")) == "Text('a\\x1b')"
