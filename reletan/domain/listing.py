"""What is new in a range: the contract of ``reletan list --json`` (schema 1)."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from reletan.domain.config import Config
from reletan.domain.contributors import Contributor
from reletan.domain.errors import UsageError
from reletan.domain.flow import Kind
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text
from reletan.domain.version import Level, level_of


class Warning(msgspec.Struct, frozen=True):
    code: str
    message: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The pull requests of a range, newest first. Unknown is None; ``since`` is None for a first release. ``breaking``:
    a commit of the range has the footer ``BREAKING CHANGE:``.
    """

    schema: int = 1
    since: str | None
    since_sha: str | None
    until: str
    until_sha: str
    compare_url: str | None
    suggested_version: str | None
    source: Literal["github", "history"] = "history"
    complete: bool = True
    warnings: tuple[Warning, ...] = ()
    pull_requests: tuple[PullRequest, ...]
    commits_without_pull_request: tuple[LooseCommit, ...]
    contributors: tuple[Contributor, ...] | None = None
    breaking: bool = False

    @property
    def empty(self) -> bool:
        return not self.pull_requests and not self.commits_without_pull_request

    @property
    def entries(self) -> tuple[PullRequest | LooseCommit, ...]:
        return (*self.pull_requests, *self.commits_without_pull_request)

    @property
    def waiting(self) -> bool:
        """Whether something is left for the next version: that no open release has."""
        return any(entry.in_release is None for entry in self.entries)


def level(listing: Listing, settings: Config, kind: Kind) -> Level:
    """How far the version goes up: by labels and titles; without a signal minor for a release, patch for a hotfix."""
    counted = [pull for pull in listing.pull_requests if pull.reverted_by is None]
    titles = [pull.title.raw for pull in counted]
    titles += [commit.subject.raw for commit in listing.commits_without_pull_request]
    labels = [label for pull in counted for label in pull.labels or ()]
    asked = level_of(titles, labels, settings.version.major_labels, settings.version.minor_labels)
    if kind == "hotfix":
        return "patch"
    return "major" if listing.breaking else asked or "minor"


def grouped(pulls: Iterable[PullRequest], by: str) -> list[tuple[str, list[PullRequest]]]:
    """(heading, pull requests) by ``label``, ``author`` or ``none``; a heading is raw text from outside."""
    if by not in ("label", "author", "none"):
        raise UsageError(f"--group-by takes label, author or none, not {by!r}.")
    groups: dict[str, list[PullRequest]] = {}
    for pull in pulls:
        groups.setdefault(_heading(pull, by), []).append(pull)
    if by == "none":
        return list(groups.items())
    return sorted(groups.items(), key=lambda group: (group[0].startswith("("), group[0].casefold()))


def _heading(pull: PullRequest, by: str) -> str:
    if by == "author":
        return pull.author or (pull.author_name or Text("(unknown author)")).raw
    if by == "label":
        if pull.labels is None:
            return "(labels unknown)"
        return pull.labels[0] if pull.labels else "(no label)"
    return ""
