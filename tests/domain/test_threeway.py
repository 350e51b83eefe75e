"""Two changes of one text in one: what both did stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.domain.threeway import MOST_LINES, merged

BASE = "Dear all\n\n- [ ] one\n- [ ] two\n- [ ] three\n\nBye\n"


def ticked(*names: str, text: str = BASE) -> str:
    for name in names:
        text = text.replace(f"- [ ] {name}\n", f"- [x] {name}\n")
    return text


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    [
        (ticked("one"), ticked("three"), ticked("one", "three")),
        (ticked("one"), ticked("two"), ticked("one", "two")),
        (ticked("one", "two"), ticked("two", "three"), ticked("one", "two", "three")),
        (ticked("one"), ticked("one"), ticked("one")),
        (ticked("one"), BASE, ticked("one")),
        (BASE, ticked("one"), ticked("one")),
        (f"Urgent!\n{BASE}", ticked("one"), f"Urgent!\n{ticked('one')}"),
        (f"{BASE}PS\n", f"Urgent!\n{BASE}", f"Urgent!\n{BASE}PS\n"),
        (BASE.replace("- [ ] two\n", ""), ticked("one"), ticked("one").replace("- [ ] two\n", "")),
        (BASE.replace("Bye", "See you"), BASE.replace("Bye", "Cheers"), BASE.replace("Bye", "Cheers\nSee you")),
        (BASE.replace("Bye\n", ""), BASE.replace("Bye", "Cheers"), BASE.replace("Bye", "Cheers")),
        (f"{BASE}Mine\n", f"{BASE}Yours\n", f"{BASE}Yours\nMine\n"),
        ("", ticked("one"), ticked("one")),
        (f"{BASE}Mine", f"{BASE}Yours", f"{BASE}Yours\nMine"),
        (ticked("one"), ticked("two").replace("\n", "\r\n"), ticked("one", "two").replace("\n", "\r\n")),
        (ticked("one").replace("\n", "\r\n"), ticked("two"), ticked("one", "two")),
    ],
)
def test_both_changes_are_in_it(ours: str, theirs: str, both: str) -> None:
    assert merged(BASE, ours, theirs) == both


texts = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "d", "\n", "- [ ] x\n", "- [x] x\n"])).map("".join)


@given(texts, texts)
def test_who_changes_alone_is_followed(base: str, changed: str) -> None:
    assert merged(base, changed, base) == changed
    assert merged(base, base, changed) == changed
    assert merged(base, changed, changed) == changed


@given(texts, texts, texts)
def test_no_new_line_is_lost_whatever_the_texts(base: str, ours: str, theirs: str) -> None:
    made = merged(base, ours, theirs)
    for changed in (ours, theirs):
        new = set(changed.splitlines()) - set(base.splitlines())
        assert [line for line in new if line not in made] == []


@given(st.sets(st.integers(0, 19)), st.sets(st.integers(0, 19)))
def test_all_ticks_of_both_stay(ours: set[int], theirs: set[int]) -> None:
    def boxes(which: set[int]) -> str:
        return "".join(f"- [{'x' if i in which else ' '}] #{i}\n" for i in range(20))

    assert merged(boxes(set()), boxes(ours), boxes(theirs)) == boxes(ours | theirs)


def test_a_text_of_many_lines_takes_no_long_time() -> None:
    base = "".join(f"{i % 7}\n" for i in range(30_000))
    ours = "".join(f"{i % 5}\n" for i in range(30_000))
    made = merged(base, ours, f"new\n{base}")
    assert made.startswith("new\n")
    assert made.count("\n") > MOST_LINES
