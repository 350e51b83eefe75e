"""The text of a GitHub Release: what people wrote stays, and reletan's notes are made again."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reletan.domain.errors import Blocked
from reletan.domain.releasebody import BEGIN, END, LIMIT, has_block, is_damaged, with_block

NOTES = "## Features\n\n- Add a basket (#7)"
OLD = f"{BEGIN}\nold notes\n{END}"
NEW = f"{BEGIN}\n{NOTES}\n{END}"


@pytest.mark.parametrize(
    ("body", "made"),
    [
        (None, NEW),
        ("", NEW),
        (OLD, NEW),
        ("Dear all", f"Dear all\n\n{NEW}"),
        ("Dear all\n", f"Dear all\n\n{NEW}"),
        ("Dear all\n\n", f"Dear all\n\n{NEW}"),
        (f"Dear all,\n{OLD}\nyours, Hana\n", f"Dear all,\n{NEW}\nyours, Hana\n"),
        (f"{OLD}  \nBye", f"{NEW}\nBye"),
        (f"\n \n{OLD}\n\n", f"\n \n{NEW}\n\n"),
        (f"{BEGIN}\n{END}", NEW),
        ("<!-- reletan:notes -->\nof another version\n<!-- reletan:notes:end -->", NEW),
    ],
)
def test_the_notes_have_their_place_and_the_rest_stays(body: str | None, made: str) -> None:
    assert with_block(body, NOTES) == made
    assert not is_damaged(body)


def test_what_the_web_editor_saved_is_the_same_text() -> None:
    saved = with_block("Dear all", NOTES).replace("\n", "\r\n")
    assert with_block(saved, NOTES) == saved
    assert with_block("Dear\r\nall", NOTES) == f"Dear\nall\n\n{NEW}".replace("\n", "\r\n")
    assert with_block("Dear all", NOTES.replace("\n", "\r\n")) == with_block("Dear all", NOTES)


DAMAGED = {
    "no end": (f"Mine\n{BEGIN}\nold\nYours", "Mine\nold\nYours"),
    "no beginning": (f"Mine\nold\n{END}\nYours", "Mine\nold\nYours"),
    "two beginnings": (f"Mine\n{BEGIN}\nmore\n{BEGIN}\nold\n{END}\nYours", "Mine\nmore\nold\nYours"),
    "two ends": (f"Mine\n{OLD}\nYours\n{END}", "Mine\nold notes\nYours"),
    "two blocks": (f"{OLD}\nMine\n{OLD}", "old notes\nMine\nold notes"),
    "the end first": (f"Mine\n{END}\nYours\n{BEGIN}\nTheirs", "Mine\nYours\nTheirs"),
    "one in the other": (f"{BEGIN}\n{OLD}\nMine\n{END}", "old notes\nMine"),
}


@pytest.mark.parametrize(("body", "kept"), DAMAGED.values(), ids=DAMAGED)
def test_of_damaged_marks_no_word_is_lost(body: str, kept: str) -> None:
    assert is_damaged(body)
    assert not has_block(body)
    assert with_block(body, NOTES) == f"{kept}\n\n{NEW}"


QUOTED = [
    f"Our marks:\n```html\n{OLD}\n```",
    f"~~~~\n{BEGIN}\n~~~\n~~~~\n",
    f"   ```\n```not an end\n{END}\n````  \t\n",
    f"> {BEGIN}",
    f"    {BEGIN}\n    mine\n    {END}",
    f"Do not touch {BEGIN}",
    f"{BEGIN} please",
    BEGIN.replace("reletan:notes", "reletan:notesbook"),
]


@pytest.mark.parametrize("body", QUOTED)
def test_marks_that_people_quote_are_their_text(body: str) -> None:
    made = with_block(body, NOTES)
    assert made.startswith(body)
    assert made.endswith(f"\n\n{NEW}")
    assert with_block(made, "other") == made.replace(NOTES, "other")


def test_a_fence_that_nobody_closed_does_not_hide_the_block() -> None:
    assert with_block(f"```\nMine\n{OLD}\nYours", NOTES) == f"```\nMine\n{NEW}\nYours"
    assert with_block(f"``` no fence `\n{OLD}\n```", NOTES) == f"``` no fence `\n{NEW}\n```"


def test_notes_whose_code_would_end_an_open_fence_come_first() -> None:
    body, notes = "```\nMine", "```\ncode\n```"
    made = with_block(body, notes)
    assert made == f"{BEGIN}\n{notes}\n{END}\n\n{body}\n\n"
    assert with_block(made, notes) == made


def test_a_fence_that_the_notes_leave_open_is_closed() -> None:
    assert with_block("Mine", "~~~~ python\n~~~\ncode") == f"Mine\n\n{BEGIN}\n~~~~ python\n~~~\ncode\n~~~~\n{END}"


def test_marks_in_the_notes_are_no_marks() -> None:
    made = with_block(f"Mine\n{OLD}\nYours", f"new\n{END}\n```\n{BEGIN}\n```\nnotes")
    assert (made.count(BEGIN), made.count(END)) == (1, 1)
    assert with_block(made, "other") == f"Mine\n{BEGIN}\nother\n{END}\nYours"


# too long


def test_long_notes_are_cut_at_a_line_and_people_s_text_is_not() -> None:
    entries = [f"- Entry {number}" for number in range(20_000)]
    made = with_block("Mine\n" * 1000 + OLD + "\nYours" * 1000, "\n".join(entries), more="_and more: LINK_")
    assert made.startswith("Mine\n" * 1000 + BEGIN)
    assert made.endswith(END + "\nYours" * 1000)
    assert LIMIT - 30 < len(made) <= LIMIT
    *kept, blank, more = made.partition(f"{BEGIN}\n")[2].partition(f"\n{END}")[0].split("\n")
    assert (kept, blank, more) == (entries[: len(kept)], "", "_and more: LINK_")


def test_code_that_is_cut_is_closed_before_the_last_line() -> None:
    notes = with_block(None, "```\n" + "code\n" * 30_000 + "```", more="more")
    assert notes.endswith(f"code\n```\n\nmore\n{END}")
    assert LIMIT - 10 < len(notes) <= LIMIT


FRAME = len(f"\n\n{BEGIN}\n\n{END}")


def test_all_the_room_is_used_and_no_more() -> None:
    assert len(with_block("x" * (LIMIT - FRAME - 9), "123456789", more="more")) == LIMIT
    assert f"\nmore\n{END}" in with_block("x" * (LIMIT - FRAME - 8), "123456789", more="more")
    assert len(with_block("x" * (LIMIT - FRAME - 4), "123456789", more="more")) == LIMIT


def test_people_s_text_that_leaves_no_room_is_told_of() -> None:
    with pytest.raises(Blocked, match="leaves no room for the notes: GitHub takes 125,000 characters"):
        with_block("x" * (LIMIT - FRAME - 3), "123456789", more="more")


# whatever people and templates write

ENDS = st.sampled_from(["\n", "\r\n", "\r"])
MARKS = st.sampled_from([BEGIN, END, f"{BEGIN} ", "<!-- reletan:notes -->", f"> {END}"])
FENCES = st.sampled_from(["```", "````", "~~~", "```py", "~~~~ ~", "   ```", "``` `"])
WORDS = st.sampled_from(["a", "b c", "- d", "## e", "", "  ", "\t", "\u2028f", "\x0cg"])
LINES = st.one_of(WORDS, MARKS, FENCES, st.text(max_size=5))
NO_MARK = st.one_of(WORDS, FENCES, st.text(max_size=5)).filter(lambda line: "reletan:" not in line)


def texts(lines: st.SearchStrategy[str], most: int = 9) -> st.SearchStrategy[str]:
    """Lines with ends of all kinds; the last one may have none."""
    whole = st.lists(st.builds(str.__add__, lines, ENDS), max_size=most).map("".join)
    return st.builds(str.__add__, whole, st.one_of(st.just(""), lines))


def numbered(body: str) -> tuple[str, list[str]]:
    """Each line of words gets a word that no other line has."""
    lines = body.splitlines(keepends=True)
    plain = {number for number, line in enumerate(lines) if not line.startswith(("<!--", ">", "`", "~", " "))}
    return "".join(f"w{number}w{line}" if number in plain else line for number, line in enumerate(lines)), [
        f"w{number}w" for number in sorted(plain)
    ]


@settings(deadline=None)
@given(texts(LINES), texts(LINES))
def test_the_second_time_nothing_changes(body: str, notes: str) -> None:
    made = with_block(body, notes)
    assert has_block(made)
    assert with_block(made, notes) == made


@settings(deadline=None)
@given(texts(NO_MARK), texts(LINES))
def test_a_text_without_marks_is_kept_to_the_byte(body: str, notes: str) -> None:
    assert body in with_block(body, notes)


@settings(deadline=None)
@given(texts(WORDS), texts(LINES), texts(LINES), texts(WORDS))
def test_what_is_above_and_below_the_block_is_kept_to_the_byte(above: str, old: str, new: str, below: str) -> None:
    above, below = (above and f"{above}\n"), (below and f"\n{below}")
    made = with_block(above + with_block(None, old) + below, new)
    assert made.startswith(above + BEGIN)
    assert made.endswith(END + below)


@settings(deadline=None)
@given(texts(LINES), texts(LINES))
def test_no_word_outside_of_an_undamaged_block_is_lost(body: str, notes: str) -> None:
    body, words = numbered(body)
    assume(not has_block(body))
    made = with_block(body, notes)
    places = [made.find(word) for word in words]
    assert -1 not in places
    assert places == sorted(places)


@settings(deadline=None)
@given(texts(LINES), texts(WORDS), texts(WORDS))
def test_notes_leave_nothing_behind(body: str, old: str, new: str) -> None:
    assume("\r" in body or "\r" not in old)
    assert with_block(with_block(body, old), new) == with_block(body, new)


@settings(deadline=None, max_examples=50)
@given(texts(NO_MARK), texts(LINES), st.integers(0, 10_000), st.integers(0, 2_000))
def test_the_whole_fits_or_is_refused(body: str, line: str, room: int, times: int) -> None:
    # what people wrote is long, for to cut much takes much time, and shows no more than to cut little
    body, notes = "x" * (LIMIT - room) + "\n" + body, (f"{line}\n" * times)[:20_000]
    try:
        made = with_block(body, notes, more="and more")
    except Blocked:
        assert len(body) + FRAME + 4 + min(len(notes), len("and more")) > LIMIT
    else:
        assert len(made) <= LIMIT
        assert body in made
        assert with_block(made, notes, more="and more") == made
