"""The release notes: what stands where, each pull request in exactly one place."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noting import commit, notes, person, policy, pull

from reletan.domain.config import Category
from reletan.domain.notes import Notes
from reletan.domain.pulls import PullRequest


def headings(made: Notes) -> list[tuple[str | None, list[int]]]:
    return [(s.title.raw if s.title else None, [one.number for one in s.pull_requests]) for s in made.sections]


def pairs(made: Notes) -> list[tuple[int, int | str]]:
    return [(pair.pull_request.number, pair.by) for pair in made.reverted]


# --- what stands where


def test_headings_in_their_order_the_others_last_and_no_empty_one() -> None:
    made = notes(pull(5, "x"), pull(4, "x", "bug"), pull(3, "feat: x"), pull(2, "x", "bug", "feature"), pull(1, "y"))
    assert headings(made) == [("Features", [3, 2]), ("Fixes", [4]), (None, [5, 1])]
    assert headings(notes(pull(1, "fix: x"))) == [("Fixes", [1])]


def test_the_first_category_that_fits_takes_it() -> None:
    rest = Category("Rest", ("*",), exclude_labels=("dependencies",))
    by = policy(rest, Category("Updates", ("dependencies",)), Category("Bugs", ("bug",)))
    made = notes(pull(3, "x", "bug"), pull(2, "x", "dependencies"), pull(1), by=by)
    assert headings(made) == [("Rest", [3, 1]), ("Updates", [2])]


def test_what_is_left_out_is_counted_and_its_author_is_no_contributor() -> None:
    people = (person("yuki", 3), person("hana", 2, 1), person("dependabot[bot]", 4))
    by = policy(labels=("skip-notes",), authors=("dependabot",))
    made = notes(pull(4, author="dependabot[bot]"), pull(3, "x", "skip-notes", author="yuki"), pull(2),
                 pull(1, "x", "skip-notes"), people=people, by=by)  # fmt: skip
    assert headings(made) == [(None, [2])]
    assert made.excluded == 3
    assert made.contributors == (person("hana", 2),)


def test_nobody_knows_the_contributors() -> None:
    assert notes(pull(1)).contributors is None


@pytest.mark.parametrize(
    ("more", "complete"),
    [({}, True), ({"source": "history"}, False), ({"complete": False}, False), ({"since": None}, True)],
)
def test_what_is_known(more: dict[str, Any], complete: bool) -> None:
    made = notes(pull(1), **more)
    assert made.complete is complete
    assert (made.since, made.until) == (more.get("since", "v1.3.0"), "release/1.4.0")


# --- what was taken back


def test_a_pull_request_and_the_one_that_took_it_back_are_a_pair_and_nothing_else() -> None:
    made = notes(pull(3, 'Revert "x"'), pull(2, "x", "feature", reverted_by=3), pull(1, "y", "feature"))
    assert headings(made) == [("Features", [1])]
    assert pairs(made) == [(2, 3)]
    assert made.excluded == 0


def test_one_may_take_back_several() -> None:
    made = notes(pull(3, "revert: x and y"), pull(2, reverted_by=3), pull(1, reverted_by=3))
    assert headings(made) == []
    assert pairs(made) == [(2, 3), (1, 3)]


@pytest.mark.parametrize(
    ("title", "only_in_the_pair"),
    [
        ('Revert "Add x"', True),
        ("revert: feat: add x", True),
        ("[Revert] add x", True),
        ("Reverts #2", True),
        ("「x」をリバート", False),
        ("リバート: x", True),
        ("取り消し: x", True),
        ("New basket", False),
        ("Revertible orders", False),
    ],
)
def test_what_takes_back_and_brings_something_else_keeps_its_place(title: str, only_in_the_pair: bool) -> None:
    made = notes(pull(3, title), pull(2, reverted_by=3))
    assert pairs(made) == [(2, 3)]
    assert headings(made) == ([] if only_in_the_pair else [(None, [3])])


def test_a_commit_that_took_something_back_is_only_in_the_pair() -> None:
    made = notes(pull(1, reverted_by=commit(7).sha), commit(8), commit(7, 'Revert "x"'))
    assert pairs(made) == [(1, commit(7).sha)]
    assert made.commits == (commit(8),)


def test_the_revert_of_an_earlier_releases_pull_request_is_an_entry() -> None:
    assert headings(notes(pull(9, 'Revert "Old" (#2)'))) == [(None, [9])]


@pytest.mark.parametrize("labelled", [2, 3])
def test_a_pair_is_left_out_whole(labelled: int) -> None:
    labels = {labelled: ("skip-notes",)}
    made = notes(pull(3, 'Revert "x"', *labels.get(3, ())), pull(2, "x", *labels.get(2, ()), reverted_by=3))
    assert (headings(made), pairs(made), made.excluded) == ([], [], 2)


def test_one_pair_left_out_leaves_the_other() -> None:
    made = notes(pull(3, "Revert x"), pull(2, "x", "skip-notes", reverted_by=3), pull(1, reverted_by=3))
    assert (pairs(made), made.excluded) == ([(1, 3)], 1)


LABELS = st.lists(st.sampled_from(["feature", "Bug", "skip-notes", "x"]), max_size=2)


@st.composite
def lists(draw: st.DrawFn) -> list[PullRequest]:
    """What takes back something is itself not taken back."""
    numbers = draw(st.lists(st.integers(1, 12), unique=True, max_size=8))
    gone = draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    by = st.sampled_from([*(number for number in [*numbers, 99] if number not in gone), "f" * 40])
    titles = st.sampled_from(["x", 'Revert "x"', "feat: x", "fix: x"])
    return [
        pull(number, draw(titles), *draw(LABELS), reverted_by=draw(by) if number in gone else None)
        for number in numbers
    ]


@given(lists(), st.sampled_from([(), ("skip-notes",), ("bug",)]))
def test_every_pull_request_is_in_exactly_one_place(pulls: list[PullRequest], left_out: tuple[str, ...]) -> None:
    made = notes(*pulls, by=policy(Category("F", ("feature",)), Category("B", ("bug",)), labels=left_out))
    told = [number for _, numbers in headings(made) for number in numbers]
    taken_back = [number for number, _ in pairs(made)]
    assert len(told + taken_back) == len({*told, *taken_back})
    takers = {by for _, by in pairs(made)}
    only_named = {one.number for one in pulls if one.number in takers} - {*told, *taken_back}
    assert all(one.title.raw.startswith("Revert") for one in pulls if one.number in only_named)
    assert len(told) + len(taken_back) + len(only_named) + made.excluded == len(pulls)
    assert not [
        one for section in made.sections for one in section.pull_requests if {*left_out} & {*(one.labels or ())}
    ]
