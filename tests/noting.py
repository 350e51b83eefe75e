"""Release notes to look at: what a list says, where they are of, and one example that has something of everything."""

from typing import Any

from reletan.domain.config import Category, Config
from reletan.domain.contributors import Contributor
from reletan.domain.listing import Listing
from reletan.domain.notes import MARKDOWN, Notes, Place, Policy, Script, compose, context, policy_of
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text

PAGE = "https://github.com/acme/shop"
COMPARE = f"{PAGE}/compare/v1.3.0...v1.4.0"
DEFAULT = policy_of(Config(), None, "en")


def pull(number: int, title: str = "A title", *labels: str, author: str | None = "hana", **more: Any) -> PullRequest:
    values = {"author_name": Text("Hana Sato"), "url": f"{PAGE}/pull/{number}", "source": "github", **more}
    return PullRequest(
        number=number, title=Text(title), author=author, labels=labels, merged_at="2026-11-20T10:00:00Z",
        commit=f"{number:040x}", how="merge", **values,
    )  # fmt: skip


def commit(number: int, subject: str = "Tidy up", author: str = "Kenji") -> LooseCommit:
    return LooseCommit(f"{number:07x}".ljust(40, "0"), Text(subject), Text(author))


def person(login: str | None, *numbers: int, first: bool = False, name: str | None = None) -> Contributor:
    return Contributor(login=login, name=Text(name) if name else None, first_time=first, pull_requests=numbers)


def listing(*entries: PullRequest | LooseCommit, people: tuple[Contributor, ...] | None = None, **more: Any) -> Listing:
    values: dict[str, Any] = {"since": "v1.3.0", "source": "github", "compare_url": COMPARE, **more}
    return Listing(
        since_sha="a" * 40, until="release/1.4.0", until_sha="b" * 40, suggested_version=None, contributors=people,
        pull_requests=tuple(one for one in entries if isinstance(one, PullRequest)),
        commits_without_pull_request=tuple(one for one in entries if isinstance(one, LooseCommit)), **values,
    )  # fmt: skip


def place(**more: Any) -> Place:
    values: dict[str, Any] = {
        "version": "1.4.0", "tag": "v1.4.0", "released": True, "date": "2026-11-20", "repository": "acme/shop",
        "web_url": PAGE, "compare_url": COMPARE,
    }  # fmt: skip
    return Place(**(values | more))


NOWHERE = place(
    version=None, tag=None, released=False, date=None, repository=None, web_url=None, compare_url=None
)  # fmt: skip


def policy(*categories: Category, labels: tuple[str, ...] = (), authors: tuple[str, ...] = ()) -> Policy:
    return Policy(categories=categories, exclude_labels=labels, exclude_authors=authors)


def notes(*entries: PullRequest | LooseCommit, by: Policy = DEFAULT, at: Place | None = None, **more: Any) -> Notes:
    return compose(listing(*entries, **more), by, at or place())


def filled(made: Notes, script: Script = MARKDOWN, *, for_release: bool = False) -> dict[str, Any]:
    """What a template of release notes is given."""
    return {**context(made, script), "for_release": for_release}


EXAMPLE = notes(
    pull(20, "Search by colour", "feature", author="yuki", author_name=Text("Yuki Mori"), via=15, in_release="1.4.0"),
    pull(19, "Fix the basket's total", "bug"),
    pull(18, 'Revert "Faster start" (#17)'),
    pull(17, "Faster start", "feature", reverted_by=18),
    pull(16, "Update the CI image", "skip-notes"),
    commit(0xA1B2C3D, "Correct a typing error"),
    people=(person("yuki", 20, first=True, name="Yuki Mori"), person("hana", 19, 18, 17, 16, name="Hana Sato")),
)
"""A release with something of everything."""

BARE = notes(
    pull(3, "Tidy up", author=None, author_name=None, url=None, source="history"),
    pull(2, "Faster", author=None, author_name=None, url=None, reverted_by="a" * 40),
    commit(1), people=(person(None, 3, name="Kenji"), person("yuki", 2, first=True)), at=NOWHERE, since=None,
    compare_url=None, source="history",
)  # fmt: skip
"""The same where nobody knows much."""
