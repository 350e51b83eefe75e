"""The pull requests in a range of history, and the commits that came without one."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from reletan.domain.answers import PullFacts
from reletan.domain.history import NOBODY, UNREACHED, Commit, Lineage, reached, trace
from reletan.domain.merges import Names, contributions, find
from reletan.domain.reverts import Repository, undone_by
from reletan.domain.subjects import How, Said, released_numbers
from reletan.domain.text import Text
from reletan.domain.version import level_of

__all__ = [
    "Collected",
    "LooseCommit",
    "Names",
    "PullRequest",
    "Released",
    "Survey",
    "collect",
    "loose",
    "released_numbers",
    "survey",
]


# https://www.conventionalcommits.org/en/v1.0.0/#specification
_BREAKING = re.compile(r"^BREAKING[ -]CHANGE: \S", re.MULTILINE)


class PullRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A merged pull request. ``author`` and ``labels`` are None where only GitHub could tell.

    ``merged_at``: "2026-11-20T10:00:00Z"; ``commit``: its merge or squash commit; ``via``: the pull request whose
    branch it was merged into; ``reverted_by``: the number of the pull request that takes it back, else the sha of the
    commit; ``in_release``: the version of the open release that has it.
    """

    number: int
    title: Text
    author: str | None = None
    author_name: Text | None = None
    labels: tuple[str, ...] | None = None
    url: str | None = None
    merged_at: str
    commit: str
    how: How
    source: Literal["history", "github"] = "history"
    via: int | None = None
    reverted_by: int | str | None = None
    in_release: str | None = None


class LooseCommit(msgspec.Struct, frozen=True, gc=False):
    """A commit that no pull request brought; ``in_release`` as that of a pull request."""

    sha: str
    subject: Text
    author_name: Text
    in_release: str | None = None


class Released(msgspec.Struct, frozen=True):
    """What is released although ancestry does not show it: numbers of pull requests, and shas of commits."""

    numbers: frozenset[int] = frozenset()
    commits: frozenset[str] = frozenset()


class Collected(msgspec.Struct, frozen=True):
    """What a range holds, newest first as in the log; ``breaking``: some commit has a footer that says so."""

    pull_requests: list[PullRequest]
    commits: list[LooseCommit]
    breaking: bool = False


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """A range as its history tells it: ``found`` says which commits (by position) merged which pull request.

    ``facts``: what GitHub told about pull requests; ``brought``: number -> the commits (by position) that it told came
    with that one, beside those of merge commits.
    """

    lineage: Lineage
    names: Names
    found: Mapping[int, Said]
    released: Released = Released()
    facts: Mapping[int, PullFacts] = {}
    brought: Mapping[int, frozenset[int]] = {}

    def counted(self) -> dict[int, Said]:
        """The contributions of the range, by position."""
        return contributions(self.lineage, self.found, self.names)

    def came_with(self, at: int, word: Said) -> frozenset[int]:
        """The positions of a contribution that landed commit by commit; of any other only its own."""
        return self.brought.get(word.number, frozenset((at,))) if word.how == "rebase" else frozenset((at,))


def survey(
    commits: Sequence[Commit],
    *,
    tip: str,
    names: Names,
    pull_heads: Mapping[int, str],
    released: Released = Released(),  # noqa: B008 - a frozen value
) -> Survey:
    """What the history says of all that ``tip`` reaches within ``commits``. Never raises.

    ``commits``: one log of the tip and the open release heads, newest first. ``pull_heads``: the head of each pull
    request of the repository, as far as known.
    """
    lineage = trace(commits, tip)
    return Survey(lineage=lineage, names=names, found=find(lineage, names, pull_heads), released=released)


def collect(survey: Survey, open_releases: Mapping[str, str], released: Collection[str] = ()) -> Collected:
    """The pull requests and the other commits of the range. Never raises.

    ``open_releases``: version -> head; what several of them have goes to the first, and what is ``released`` to none.
    """
    lineage, names = survey.lineage, survey.names
    counted = survey.counted()
    inside = lineage.enclosing(counted)
    brought = {at: survey.came_with(at, word) for at, word in counted.items()}
    undone = undone_by(lineage, counted, _repository(names), brought)
    reverters = _reverters(survey, counted, inside, undone)
    homes = _homes(lineage, open_releases, frozenset(released))
    return Collected(
        _entries(survey, listed(survey), reverters, homes),
        _loose(survey, counted, inside, homes),
        any(at not in undone and _says_breaking(lineage.commits[at].message) for at in lineage.order)
        or level_of(lineage.commits[at].subject for at in _rebased(survey, counted) if at not in undone) == "major",
    )


def _rebased(survey: Survey, counted: Mapping[int, Said]) -> Iterator[int]:
    """Commits that a pull request brought each on its own: their titles count as its own does."""
    for at, word in counted.items():
        if word.how == "rebase":
            yield from survey.came_with(at, word)


def _says_breaking(message: str) -> bool:
    # The quick look comes first: thousands of messages are read
    return "BREAKING" in message and _BREAKING.search(message) is not None


def listed(survey: Survey) -> dict[int, Said]:
    """The contributions that are new in the range, by position."""
    lineage, released, counted = survey.lineage, survey.released, survey.counted()
    if not released.numbers and not released.commits:
        return counted
    marks = {at: at for at in lineage.order if lineage.commits[at].sha in released.commits}
    gone = marks.keys() | lineage.wholly(marks).keys()
    return {
        at: word
        for at, word in counted.items()
        if word.number not in released.numbers and not survey.came_with(at, word) <= gone
    }


def _repository(names: Names) -> Repository:
    path = (names.url or "").rstrip("/").split("/")[-2:]
    return Repository(names.owner, "/".join(path) if len(path) == 2 else None)


def _reverters(
    survey: Survey, counted: Mapping[int, Said], inside: Sequence[int], undone: Mapping[int, int]
) -> dict[int, int | str]:
    """For each pull request that is taken back: the number of the pull request that does it, else the commit's sha."""
    lineage = survey.lineage
    wholly = lineage.wholly(undone) if undone else {}
    reverters: dict[int, int | str] = {}
    for at in counted.keys() & (undone.keys() | wholly.keys()):
        by = undone[at] if at in undone else wholly[at]
        if by == at:  # a merge that says to take back what it brings in
            continue
        if not survey.came_with(at, counted[at]) <= undone.keys() | wholly.keys():
            continue
        word = counted.get(by) or counted.get(inside[by])
        other = word is not None and word.number != counted[at].number
        reverters[at] = word.number if word and other else lineage.commits[by].sha
    return reverters


def _homes(lineage: Lineage, open_releases: Mapping[str, str], released: frozenset[str]) -> list[tuple[str, set[int]]]:
    gone = {at for sha in released if (at := lineage.index.get(sha)) is not None}
    return [(version, reached(lineage.commits, lineage.index, head) - gone) for version, head in open_releases.items()]


def _home(homes: Sequence[tuple[str, set[int]]], at: int) -> str | None:
    return next((version for version, has in homes if at in has), None)


def _entries(
    survey: Survey,
    listed: Mapping[int, Said],
    reverters: Mapping[int, int | str],
    homes: Sequence[tuple[str, set[int]]],
) -> list[PullRequest]:
    lineage, url = survey.lineage, survey.names.url
    outer = lineage.enclosing(listed)
    entries = []
    for at in _one_a_number(listed, outer):
        word, commit = listed[at], lineage.commits[at]
        entry = PullRequest(
            number=word.number,
            title=Text(word.title),
            author_name=_author_name(lineage, commit),
            url=f"{url}/pull/{word.number}" if url else None,
            merged_at=utc(commit.committed),
            commit=commit.sha,
            how=word.how,
            via=None if outer[at] == NOBODY else listed[outer[at]].number,
            reverted_by=reverters.get(at),
            in_release=_home(homes, at),
        )
        facts = survey.facts.get(word.number)
        entries.append(_completed(entry, facts) if facts else entry)
    return entries


def _completed(entry: PullRequest, facts: PullFacts) -> PullRequest:
    """What GitHub knows better than the history; where it knows nothing, the history's word stays."""
    name = Text(facts.author_name) if facts.author_name else entry.author_name
    return msgspec.structs.replace(
        entry, title=Text(facts.title), author=facts.author, author_name=name, labels=facts.labels,
        merged_at=facts.merged_at or entry.merged_at, source="github",
    )  # fmt: skip


def _one_a_number(listed: Mapping[int, Said], outer: Sequence[int]) -> list[int]:
    """The position that stands for each number, in the order of the log.

    A number comes twice when its commit was cherry-picked, or landed again after a revert. What came directly tells
    more than what came with another pull request; of two such the newest is what the range ends with. And no pull
    request comes via itself.
    """
    chosen: dict[int, int] = {}
    for at in sorted(listed, key=lambda at: (outer[at] != NOBODY, at)):
        number = listed[at].number
        if outer[at] == NOBODY or listed[outer[at]].number != number:
            chosen.setdefault(number, at)
    return sorted(chosen.values())


def _author_name(lineage: Lineage, commit: Commit) -> Text | None:
    """Who wrote it: a merge's own author only pressed the button, so there the author of the head's newest commit."""
    writer: Commit | None = commit
    while writer is not None and writer.is_merge:
        at = lineage.index.get(writer.parents[writer is commit])
        writer = None if at is None else lineage.commits[at]
    return Text(writer.author) if writer is not None and writer.author else None


def loose(survey: Survey) -> list[LooseCommit]:
    """The commits that came without a pull request, as far as ``survey`` knows."""
    counted = survey.counted()
    return _loose(survey, counted, survey.lineage.enclosing(counted))


def _loose(
    survey: Survey, counted: Mapping[int, Said], inside: Sequence[int], homes: Sequence[tuple[str, set[int]]] = ()
) -> list[LooseCommit]:
    """A commit of a pull request that does not count, since it is the flow's own, is on its own again."""
    lineage, released = survey.lineage, survey.released
    known = {word.number for word in counted.values()} | released.numbers
    covered = {at for number, positions in survey.brought.items() if number in known for at in positions}
    return [
        LooseCommit(commit.sha, Text(commit.subject), Text(commit.author), _home(homes, at))
        for at, commit in enumerate(lineage.commits)
        if lineage.into[at] != UNREACHED
        and inside[at] == NOBODY
        and not commit.is_merge
        and at not in counted
        and at not in covered
        and commit.sha not in released.commits
    ]


def utc(seconds: int) -> str:
    """Unix seconds as "2026-11-20T10:00:00Z"; dates outside the years 1 to 9999 become the nearest day."""
    days, second = divmod(seconds, 86_400)
    return f"{_day(days)}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    epoch = date(1970, 1, 1).toordinal()
    return date.fromordinal(min(max(days + epoch, 1), date.max.toordinal())).isoformat()
