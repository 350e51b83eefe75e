"""What a text says about the items: ticks are found wherever people moved them, and no text is too strange."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reletan.domain.checklist import BLOCK, Mark, disarmed, read

B, C = "b" * 40, "c" * 40
SHORT_A, SHORT_B = "a" * 10, "b" * 10
TICKED = Mark(True, frozenset([SHORT_A]))
OPEN = Mark(False, frozenset([SHORT_A]))
MARK = f"<!-- reletan:item 12 {SHORT_A} -->"


@pytest.mark.parametrize(
    "line",
    [
        "- [x] Add a basket (#12) {}", "- [X] {}", "  * [x] {}", "\t+ [x] Add {} a basket", "1. [x] {}", "12) [x] {}",
        "-   [x]Add a basket{}", "> - [x] {}", "> > * [x] {}", "[x] no item any more {}", "\r\n- [x] {}\r\n", "\r- [x] {}",
        "- [x] Add a basket,\n  which is heavy {}", "- [x] Add a basket\n{}", "- [x] ~~Add~~ <b>a</b> [basket](x) {}",
        "# Ours\n\n| a |\n- [ ] mine\n- [x] theirs {} and so on", "- [x] <!-- mine --> {}", "- [x] <!-- {}",
    ],
)  # fmt: skip
def test_a_tick_is_found_whatever_people_made_of_the_line(line: str) -> None:
    assert read(line.format(MARK)) == {12: TICKED}
    assert read(line.replace("[x]", "[ ]").replace("[X]", "[ ]").format(MARK)) == {12: OPEN}


@pytest.mark.parametrize(
    "text",
    [
        "{}", "Add a basket {}", "- Add a basket {}", "- [x] mine\n- Add a basket {}", "- [x] mine\n\n{}", "- [x] mine\n>\n{}",
        "- [x] mine\n# Ours\n{}", "- [] {}", "- [v] {}", "- [ x ] {}", "- \\[x] {}", "{} - [x] behind it", "{}\n- [x] below it",
        "text - [x] within {}", "- [x] mine\n1. theirs {}",
    ],
)  # fmt: skip
def test_no_box_of_its_own_is_no_tick(text: str) -> None:
    assert read(text.format(MARK)) == {12: OPEN}


def test_lines_that_people_joined_keep_their_own_boxes() -> None:
    other = f"<!-- reletan:item 13 {SHORT_B} -->"
    assert read(f"- [x] one {MARK} - [ ] two {other}") == {12: TICKED, 13: Mark(False, frozenset([SHORT_B]))}
    assert read(f"- [ ] one {MARK} - [x] two {other}") == {12: OPEN, 13: Mark(True, frozenset([SHORT_B]))}
    assert read(f"- [x] one {MARK} {other}") == {12: TICKED, 13: Mark(False, frozenset([SHORT_B]))}


@pytest.mark.parametrize(
    "mark",
    [
        "<!-- reletan:item -->", "<!-- reletan:item x -->", "<!-- reletan:item 0 -->", "<!-- reletan:item 012 -->",
        "<!-- reletan:item 99999999999 -->", "<!-- reletan:item 12 xyz -->", "<!-- reletan:item 12 abc123 -->",
        "<!-- reletan:item 12 , -->", "<!-- reletan:item 12 + -->", "<!-- reletan:item 12 abcdef01, -->", "<!--reletan item 12-->",
        "<!-- reletan:items 12 -->", "<!-- reletan:item 12", "&lt;!-- reletan:item 12 --&gt;", "<!-- reletan:item １２ -->",
        "\\<\\!\\-\\- reletan:item 12 \\-\\-\\>", f"<!-- reletan:item 12 {'a' * 65} -->", "<!-- reletan:item\n12 -->",
    ],
)  # fmt: skip
def test_marks_that_make_no_sense_are_none(mark: str) -> None:
    assert read(f"- [x] Add a basket {mark}\n- [x] other <!-- reletan:item 7 -->") == {7: Mark(True)}


def test_what_a_mark_knows() -> None:
    text = f"- [ ] x <!--reletan:item  12 {SHORT_A},{B}\t+{C[:7]} -->"
    assert read(text) == {12: Mark(False, frozenset([SHORT_A, B]), frozenset([C[:7]]))}


@pytest.mark.parametrize(
    ("boxes", "ticked"), [("xx", True), ("x ", False), (" x", False), ("  ", False), ("xxx x", False)]
)
def test_a_number_twice_is_ticked_where_all_are(boxes: str, ticked: bool) -> None:
    assert read("\n".join(f"- [{box}] {MARK}" for box in boxes)) == {12: Mark(ticked, frozenset([SHORT_A]))}


def test_of_two_marks_the_one_that_says_what_opened_it_counts() -> None:
    assert read(f"- [ ] {MARK}\n- [x] <!-- reletan:item 12 {SHORT_B} +{SHORT_A} -->") == {
        12: Mark(False, frozenset([SHORT_B]), frozenset([SHORT_A]))
    }


@pytest.mark.parametrize(("inside", "outside", "ticked"), [("x", " ", True), (" ", "x", False), (" ", "xxx", False)])
def test_in_the_block_is_what_counts(inside: str, outside: str, ticked: bool) -> None:
    around = "\n".join(f"- [{box}] {MARK}" for box in outside)
    for body in (
        f"{around}\n\n{BLOCK.begin}\n- [{inside}] {MARK}\n{BLOCK.end}",
        f"{BLOCK.begin}\n- [{inside}] {MARK}\n{BLOCK.end}\n{around}",
    ):
        assert read(body) == {12: Mark(ticked, frozenset([SHORT_A]))}
    assert read(f"{BLOCK.begin}\n{BLOCK.end}\n- [x] {MARK}") == {12: TICKED}
    assert read(f"{BLOCK.begin}\n- [x] {MARK}\n- [ ] {MARK}") == {12: OPEN}


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("- [x] Add {}", "- Add {}"), ("  1. [ ] {}\r\n", "  1. {}\r\n"), ("> * [X] Add {} and {}", "> * Add {} and {}"),
        ("[x] Add {}", "[x] Add {}"), ("a - [x] b {}", "a - [x] b {}"), ("```\n- [x] {}\n```", None), ("- [x] mine", None),
    ],
)  # fmt: skip
def test_an_older_list_becomes_words(line: str, plain: str | None) -> None:
    inert = MARK.replace("reletan:", "reletan: ")
    made = disarmed(line.replace("{}", MARK))
    assert made == (line.replace("{}", MARK) if plain is None else plain.replace("{}", inert))
    assert plain is None or read(made) == {}


def test_what_a_fence_quotes_counts_where_it_stands_nowhere_else() -> None:
    assert read(f"```\n- [ ] {MARK}\n```\n- [x] {MARK}") == {12: TICKED}
    assert read(f"```\n- [x] {MARK}\n```\n- [ ] {MARK}") == {12: OPEN}
    assert read(f"```\n- [x] {MARK}\n```") == {12: TICKED}
    assert read(f"```\n- [x] {MARK}") == {12: TICKED}


def test_nothing_stands_nowhere() -> None:
    assert read(None) == {}
    assert read("") == {}


HOSTILE = {
    "marks": "- [x] a <!-- reletan:item 12 aaaaaaa -->\n" * 100_000,
    "marks of one line": "- [x] <!-- reletan:item 12 aaaaaaa -->" * 100_000,
    "one number, other commits": "".join(f"<!-- reletan:item 12 {number:07x} -->\n" for number in range(100_000)),
    "other numbers": "".join(f"<!-- reletan:item {number} aaaaaaa -->\n" for number in range(100_000)),
    "half a mark": "<!-- reletan:item 12 " * 100_000,
    "a long mark": "<!-- reletan:item 12 " + "aaaaaaa," * 100_000,
    "spaces in a mark": "<!--" + " " * 300_000,
    "words in a mark": "<!-- reletan:item 12" + " +" * 300_000,
    "beginnings": "<!--" * 200_000,
    "brackets": "[x" * 200_000,
    "quotes": "> " * 200_000,
    "bullets": "- " * 200_000,
    "digits": "1" * 500_000,
    "blanks": " \t" * 200_000 + "\n" + "-" + " " * 300_000,
    "fences": "```\n~~~\n" * 60_000,
    "ends of lines": "\r\n\r" * 200_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_take_no_time(body: str) -> None:
    assert len(read(body)) <= 100_000
    assert len(disarmed(body)) <= len(body) + 100_000


PIECES = [
    "<!--",
    "-->",
    " ",
    "reletan:item",
    "12",
    "13",
    "aaaaaaa",
    "+",
    ",",
    "- [x]",
    "- [ ]",
    "* ",
    ">",
    "```",
    "\n",
    "\r",
    "é",
]


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)))
def test_no_text_is_too_strange(body: str) -> None:
    for number, mark in read(body).items():
        assert number > 0
        assert not mark.seen & mark.fresh
    assert disarmed(disarmed(body)) == disarmed(body)
