"""A listing: how far the version goes up, and its groups."""

import pytest

from reletan.domain.config import Config
from reletan.domain.errors import UsageError
from reletan.domain.flow import Kind
from reletan.domain.listing import Listing, grouped, level
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text


def pull(
    number: int = 1, title: str = "Title", *, name: str | None = "Hana", login: str | None = None,
    labels: tuple[str, ...] | None = None, reverted_by: int | None = None
) -> PullRequest:  # fmt: skip
    return PullRequest(
        number=number, title=Text(title), author=login, author_name=Text(name) if name else None, labels=labels,
        merged_at="2026-01-05T09:00:00Z", commit="a" * 40, how="merge", reverted_by=reverted_by,
    )  # fmt: skip


def listing(*pulls: PullRequest, commits: tuple[str, ...] = ()) -> Listing:
    return Listing(
        since="v1.3.0", since_sha="a", until="develop", until_sha="b", compare_url=None, suggested_version=None,
        pull_requests=pulls,
        commits_without_pull_request=tuple(LooseCommit("c", Text(subject), Text("Hana")) for subject in commits),
    )  # fmt: skip


def test_empty_is_neither_pull_requests_nor_commits() -> None:
    assert listing().empty
    assert not listing(pull()).empty
    assert not listing(commits=("x",)).empty


@pytest.mark.parametrize(
    ("found", "kind", "expected"),
    [
        (listing(), "release", "minor"),
        (listing(pull()), "release", "minor"),
        (listing(pull()), "hotfix", "patch"),
        (listing(pull(title="fix: x")), "release", "patch"),
        (listing(pull(title="feat: x")), "release", "minor"),
        (listing(pull(title="feat!: x")), "release", "major"),
        (listing(pull(labels=("breaking",))), "release", "major"),
        (listing(pull(title="fix: x", labels=("feature",))), "release", "minor"),
        (listing(commits=("feat!: x",)), "release", "major"),
        (listing(pull(title="feat!: x")), "hotfix", "patch"),
        (listing(pull(title="feat!: x", reverted_by=2), pull(2, "fix: y")), "release", "patch"),
    ],
)
def test_how_far_the_version_goes_up(found: Listing, kind: Kind, expected: str) -> None:
    assert level(found, Config(), kind) == expected


def headings(pulls: list[PullRequest], by: str) -> list[tuple[str, list[int]]]:
    return [(heading, [pull.number for pull in group]) for heading, group in grouped(pulls, by)]


def test_without_a_grouping_the_order_stays() -> None:
    assert headings([pull(3), pull(1), pull(2)], "none") == [("", [3, 1, 2])]
    assert headings([], "none") == []


def test_by_author() -> None:
    pulls = [pull(4, name=None), pull(3, name="yuki"), pull(2, name="Hana"), pull(1, name="Yuki N.", login="yuki")]
    assert headings(pulls, "author") == [("Hana", [2]), ("yuki", [3, 1]), ("(unknown author)", [4])]


def test_by_the_first_label() -> None:
    pulls = [pull(4), pull(3, labels=()), pull(2, labels=("feature", "bug")), pull(1, labels=("Bug",))]
    assert headings(pulls, "label") == [("Bug", [1]), ("feature", [2]), ("(labels unknown)", [4]), ("(no label)", [3])]


def test_another_grouping_is_refused() -> None:
    with pytest.raises(UsageError, match="colour"):
        grouped([], "colour")
