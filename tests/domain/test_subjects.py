import pytest

from reletan.domain.history import Commit
from reletan.domain.subjects import (
    Said,
    merged_branch,
    pull_number,
    released_numbers,
    said_by,
    trailing_number,
    written_title,
)

ONE = ("a" * 40,)
TWO = ("a" * 40, "b" * 40)


def commit(message: str, parents: tuple[str, ...] = ONE) -> Commit:
    return Commit("c" * 40, parents, 0, "Hana", message)


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("12", 12),
        ("2147483647", 2**31 - 1),
        ("2147483648", None),
        ("9" * 5000, None),
        ("0", None),
        ("012", None),
        ("", None),
        ("-1", None),
        ("1_0", None),
        ("١٢", None),
        ("²", None),
    ],
)
def test_numbers_are_written_as_github_writes_them(digits: str, number: int | None) -> None:
    assert pull_number(digits) == number


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Add x (#12)", ("Add x", 12)),
        ('Revert "x (#12)" (#15)', ('Revert "x (#12)"', 15)),
        ("Backport (#12) (#15)", ("Backport (#12)", 15)),
        ("Add x!(#12)", ("Add x!", 12)),
        ("(#12)", ("(#12)", 12)),
        ("Fix (#12) in y", None),
        ("Fix x (#12).", None),
        ("Fix x (owner/repo#12)", None),
        ("fix(#12)", None),
        ("fix_(#12)", None),
        ("owner/repo(#12)", None),
        ("Fix x (#0)", None),
        ("Fix x (#99999999999)", None),
        ("Fix x (#12 #13)", None),
        ("Fix x (#)", None),
        ("Fix x #12", None),
        (")", None),
        ("", None),
        ("(#1)" * 9999 + " (#2)", ("(#1)" * 9999, 2)),
    ],
)
def test_only_a_number_at_the_very_end_counts(subject: str, expected: tuple[str, int] | None) -> None:
    assert trailing_number(subject) == expected


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "Merge pull request #12 from o/topic\n\nAdd x\n\nMore.",
            Said(12, "merge", "Add x", owner="o", branch="topic"),
        ),
        (
            "Merge pull request #12 from o/deep/topic\n\n\n  Add x",
            Said(12, "merge", "Add x", owner="o", branch="deep/topic"),
        ),
        ("Merge pull request #12 from o/deep/topic", Said(12, "merge", "deep/topic", owner="o", branch="deep/topic")),
        ("Merge pull request #12 from o/topic\nAdd x", Said(12, "merge", "Add x", owner="o", branch="topic")),
        ("Merge pull request #12 from topic\n\nAdd x", Said(12, "merge", "Add x", owner=None, branch="topic")),
        (
            "Merge pull request #12 from unknown repository\n\nAdd x",
            Said(12, "merge", "Add x", owner=None, branch="unknown repository"),
        ),
        ("Add x (#12)\n\nWhy.", Said(12, "merge", "Add x")),
        (
            "Merge branch 'topic' into develop (#12)",
            Said(12, "merge", "Merge branch 'topic' into develop", None, "topic"),
        ),
        ("Merge pull request #0 from o/topic\n\nAdd x", None),
        ("Merge pull request #12 of o/topic\n\nAdd x", None),
        ("Again: Merge pull request #12 from o/topic\n\nAdd x", None),
        ("Merge branch 'topic' into develop", None),
        ("Fix (#12) in y", None),
    ],
)
def test_what_a_merge_says(message: str, said: Said | None) -> None:
    assert said_by(commit(message, TWO)) == said


@pytest.mark.parametrize("parents", [(), ONE])
def test_a_squash_commit_has_one_parent_or_none(parents: tuple[str, ...]) -> None:
    assert said_by(commit("Add x (#12)\n\nWhy (#13)", parents)) == Said(12, "squash", "Add x")


def test_a_commit_with_one_parent_only_looks_like_a_merge() -> None:
    assert said_by(commit("Merge pull request #12 from o/topic\n\nAdd x")) is None


@pytest.mark.parametrize(
    ("subject", "branch"),
    [
        ("Merge branch 'main' into develop", "main"),
        ("Merge branch 'develop' of github.com:o/r into develop", "develop"),
        ("Merge remote-tracking branch 'origin/release/1.4.0' into x", "release/1.4.0"),
        ("Merge remote-tracking branch 'develop'", "develop"),
        ("Merge branch 'bob:main' into main", "main"),
        ("Merge branches 'one' and 'two' into develop", "one"),
        ("Merge tag 'v1.3.0' into develop", None),
        ("Merge commit 'abc'", None),
        ("Merge branch '", None),
        ("Do not Merge branch 'x'", None),
    ],
)
def test_the_branch_that_a_merge_names(subject: str, branch: str | None) -> None:
    assert merged_branch(subject) == branch


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Add x\n\nWhy.", "Add x"),
        ("\n  Add x", "Add x"),
        ("# Conflicts:\n#\tREADME", None),
        ("Conflicts:\n\tREADME", None),
        ("* topic:\n  Add x", None),
        ("Signed-off-by: Hana <h@example.com>", None),
        ("", None),
    ],
)
def test_a_title_is_what_somebody_wrote(body: str, title: str | None) -> None:
    assert written_title(commit(f"Merge branch 'topic'\n\n{body}", TWO)) == title


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("Add x (#12)", {12}),
        ("Release 1.4.0 (#30)\n\n* Add x (#12)\n* Merge pull request #13 from o/b\n- #14 Add y\n", {30, 12, 13, 14}),
        ("Release\n\n  * Add x (#12)\r\n- [x] #13 Add y @hana\n- [ ] #14", {12, 13, 14}),
        ('Release\n\n* Revert "x (#12)" (#15)', {15}),
        ("Release\n\nAdd x (#12)\n* see #13\n* #14, too\n* Add (#15) y\n* x (o/r#16)\n* #0 zero\n*#17", set()),
    ],
)
def test_a_squashed_release_names_what_it_has(message: str, numbers: set[int]) -> None:
    assert released_numbers([commit(message)]) == numbers


def test_the_body_of_a_merge_is_a_description_and_names_nothing() -> None:
    assert released_numbers([commit("Merge pull request #12 from o/b\n\nAdd x\n\n- #13 was broken", TWO)]) == {12}
