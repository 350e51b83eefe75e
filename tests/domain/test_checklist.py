"""The checklist: what has to be confirmed, what people ticked, and what opens again."""

from collections.abc import Sequence

import pytest
from graphs import NAMES, Graph
from hypothesis import given, settings
from hypothesis import strategies as st
from noting import commit, listing, pull

from reletan.domain.checklist import (
    Entry,
    Item,
    Mark,
    brought_in,
    entries_of,
    named_in,
    overview,
    read,
    settle,
)
from reletan.domain.history import Commit
from reletan.domain.pulls import survey
from reletan.domain.text import Text

A, B, C = "a" * 40, "b" * 40, "c" * 40
SHORT_A, SHORT_B, SHORT_C = A[:10], B[:10], C[:10]


def entry(number: int, *commits: str, author: str | None = "hana", name: str | None = "Hana Sato") -> Entry:
    return Entry(
        number=number, title=Text("Add a basket"), author=author, author_name=Text(name) if name else None, url=None,
        commits=commits,
    )  # fmt: skip


def said(message: str, parents: int = 1) -> Commit:
    return Commit(A, (B,) * parents, 0, "Hana", message)


# --- which pull requests


def test_what_brings_something_has_to_be_confirmed() -> None:
    found = entries_of(
        listing(
            pull(5, "Search", author="yuki", author_name=Text("Yuki Mori")), pull(4, 'Revert "Faster"'),
            pull(3, "Faster", reverted_by=4), pull(2, "Left out of the notes", "skip-notes"),
            pull(1, "Old", author=None, author_name=None, url=None), commit(7),
        ),
        {},
    )  # fmt: skip
    assert [one.number for one in found] == [5, 2, 1]
    assert found[0] == Entry(
        number=5, title=Text("Search"), author="yuki", author_name=Text("Yuki Mori"),
        url="https://github.com/acme/shop/pull/5", commits=(f"{5:040x}",),
    )  # fmt: skip
    assert (found[2].author, found[2].author_name, found[2].url) == (None, None, None)


def test_what_takes_back_and_brings_more_and_the_revert_of_an_old_one_are_entries() -> None:
    found = entries_of(listing(pull(9, 'Revert "Old" (#2)'), pull(4, "New basket"), pull(3, reverted_by=4)), {})
    assert [one.number for one in found] == [9, 4]


def test_what_landed_is_the_merge_and_what_names_it_each_once() -> None:
    landed = f"{5:040x}"
    (found,) = entries_of(listing(pull(5)), {5: [B, landed, A], 6: [C]})
    assert found.commits == (landed, B, A)


def test_of_very_many_commits_the_newest_count() -> None:
    many = [f"{number:040x}" for number in range(1000, 2000)]
    (found,) = entries_of(listing(pull(5)), {5: many})
    assert found.commits == (f"{5:040x}", *many[:49])
    (ticked,) = settle([found], {5: Mark(True, frozenset(one[:10] for one in found.commits))})
    (later,) = entries_of(listing(pull(5)), {5: [A, *many]})
    assert settle([later], {5: ticked.mark})[0].reopened == (A,)


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("Fix the total (refs #12)", {12}),
        ("Fix the total (#12)", {12}),
        ("#12: fix the total", {12}),
        ("Fix the total\n\nrefs #12, #13 and #12.", {12, 13}),
        ("Fix #12-b", {12}),
        ("合計を直す（#12）", {12}),
        ("Fix a#12, o/r#12, o/r/#12, ##12, &#12; and #12b", set()),
        ("Fix #012, #0, #99999999999 and #4294967296", set()),
        ("Fix #１２", set()),
        ("Fix # 12, GH-12, 12", set()),
    ],
)
def test_which_numbers_a_message_names(message: str, numbers: set[int]) -> None:
    assert named_in([said(message)]) == {number: [A] for number in numbers}


def test_a_merge_names_by_its_body_only() -> None:
    merge = said("Merge pull request #15 from o/fix-#12\n\nFix the total of #13\n", parents=2)
    assert named_in([merge]) == {13: [A]}


def test_commits_that_name_a_number_are_in_their_order() -> None:
    log = [Commit(one, (), 0, "Hana", f"Fix #12 ({one[:3]})") for one in (C, A, B)]
    assert named_in(log) == {12: [C, A, B]}


def test_which_commits_each_pull_request_brought() -> None:
    graph = Graph()
    graph.branch("outer")
    graph.commit("Outer", on="outer")
    graph.branch("side", at="outer")
    graph.commit("Aside", on="side")
    graph.commit("Outer again", on="outer")
    graph.merge("side", message="Merge branch 'side'", into="outer")
    graph.pull(2, "Inner one", "Inner two", into="outer")
    graph.merge_pull(1, "outer")
    graph.commit("Squashed (#3)")
    graph.commit("On its own")
    known = survey(graph.log(), tip=graph.heads["develop"], names=NAMES, pull_heads={})
    subjects = {number: [one.subject.raw for one in own] for number, own in brought_in(known).items()}
    assert subjects == {3: ["Squashed (#3)"], 2: ["Inner two", "Inner one"], 1: ["Outer again", "Aside", "Outer"]}


# --- what opens again

TICKED = Mark(True, frozenset([SHORT_A]))


@pytest.mark.parametrize(
    ("commits", "mark", "item"),
    [
        ([A], None, (False, [])),
        ([A], Mark(False, frozenset([SHORT_A])), (False, [])),
        ([A], Mark(True, frozenset([SHORT_A])), (True, [])),
        ([A], Mark(True, frozenset([A[:7]])), (True, [])),
        ([A], Mark(True, frozenset([A])), (True, [])),
        ([A], Mark(True, frozenset([SHORT_A, SHORT_B])), (True, [])),
        ([A, B], Mark(True, frozenset([SHORT_A])), (False, [B])),
        ([A, B], Mark(True), (False, [A, B])),
        ([], Mark(True), (True, [])),
        # not ticked before: nothing to open
        ([A, B], Mark(False, frozenset([SHORT_A])), (False, [])),
        # open again: until somebody ticks it, and then with what is known by then
        ([A, B], Mark(False, frozenset([SHORT_A]), frozenset([SHORT_B])), (False, [B])),
        ([A, B, C], Mark(False, frozenset([SHORT_A]), frozenset([SHORT_B])), (False, [B, C])),
        ([A, B], Mark(True, frozenset([SHORT_A]), frozenset([SHORT_B])), (True, [])),
        ([A, B, C], Mark(True, frozenset([SHORT_A]), frozenset([SHORT_B])), (False, [C])),
        # what came later is gone again
        ([A], Mark(False, frozenset([SHORT_A]), frozenset([SHORT_B])), (False, [])),
    ],
)
def test_a_tick_holds_for_what_its_mark_knows(
    commits: list[str], mark: Mark | None, item: tuple[bool, list[str]]
) -> None:
    (found,) = settle([entry(12, *commits)], {12: mark} if mark else {})
    assert (found.ticked, list(found.reopened)) == item


def test_order_and_words_are_those_of_now() -> None:
    entries = [entry(3, A), entry(1, A), entry(2, A)]
    items = settle(entries, {1: TICKED, 9: TICKED})
    assert [item.entry for item in items] == entries
    assert [item.ticked for item in items] == [False, True, False]


def test_the_comment_of_an_item() -> None:
    assert Item(entry(12, A, B)).comment == f"<!-- reletan:item 12 {SHORT_A},{SHORT_B} -->"
    assert (
        Item(entry(12, A, B, C), reopened=(B, C)).comment == f"<!-- reletan:item 12 {SHORT_A} +{SHORT_B},{SHORT_C} -->"
    )
    assert Item(entry(12, A), reopened=(A,)).comment == f"<!-- reletan:item 12 +{SHORT_A} -->"
    assert Item(entry(12)).comment == "<!-- reletan:item 12 -->"


IDS = st.lists(st.sampled_from([f"{number:x}" * 40 for number in range(1, 9)]), unique=True, max_size=5)


def text_of(items: Sequence[Item]) -> str:
    return "\n".join(f"- [{'x' if item.ticked else ' '}] {item.comment}" for item in items)


@settings(deadline=None)
@given(IDS, IDS, st.booleans(), st.booleans())
def test_a_text_tells_all_that_there_is_to_know(first: list[str], later: list[str], before: bool, ticked: bool) -> None:
    """Whatever arrives between two looks, what the text says settles the same way again."""
    items = settle([entry(12, *first)], {12: Mark(before, Item(entry(12, *first)).mark.seen)})
    items = settle([entry(12, *later)], read(text_of(items)))
    assert read(text_of(items)) == {12: items[0].mark}
    assert settle([entry(12, *later)], read(text_of(items))) == items
    if ticked:
        (done,) = settle([entry(12, *later)], read(text_of(items).replace("[ ]", "[x]")))
        assert (done.ticked, done.reopened) == (True, ())


# --- who has what to do


def test_each_author_once_those_with_a_login_first() -> None:
    items = settle(
        [
            entry(9, A, author=None, name=None), entry(8, A, author="yuki"), entry(7, A, author="renovate[bot]"),
            entry(6, A, author=None, name="Kenji"), entry(5, A, author="Hana"), entry(4, A, author="hana"), entry(3, A, author="yuki"),
        ],
        {8: TICKED, 4: TICKED},
    )  # fmt: skip
    people = [(one.login, [item.entry.number for item in one.open], one.done) for one in overview(items)]
    assert people == [
        ("Hana", [5], 1), ("yuki", [3], 1), ("renovate[bot]", [7], 0), (None, [6], 0), (None, [9], 0),
    ]  # fmt: skip
    assert overview([]) == []
