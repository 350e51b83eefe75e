"""What GitHub said about pull requests, as plain values."""

from collections.abc import Mapping

import msgspec


class PullFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request as GitHub tells it; texts are raw.

    ``commit``: the commit that merging it made; ``headline``: the first line of its message, cut by GitHub at 72
    characters. ``head``, ``branch``, ``owner``: the last commit of its branch, the branch's name, and whose it is (None:
    the fork is gone). ``author`` is a login (None: the account is gone). ``labels``, and ``commits`` (how many it had),
    are None where that was not told. ``merged_at``: like "2026-11-20T10:00:00Z"; ``repository``: the "owner/name" that
    it was merged into.
    """

    number: int
    title: str
    merged: bool
    repository: str
    merged_at: str | None = None
    commit: str | None = None
    headline: str | None = None
    head: str | None = None
    branch: str | None = None
    owner: str | None = None
    author: str | None = None
    author_name: str | None = None
    labels: tuple[str, ...] | None = None
    commits: int | None = None


class Asked(msgspec.Struct, frozen=True):
    """What to look up: pull requests by number, and the pull requests that commits came with."""

    numbers: tuple[int, ...] = ()
    commits: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.numbers or self.commits)


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """``repository``: its name as it is now. ``pulls`` holds None for a number that is no pull request. What is in
    neither mapping was not answered. ``recent``: what was merged last, which GitHub knows before it can tell what a
    commit came with. ``now``: GitHub's clock at the last answer, in seconds since 1970.
    """

    repository: str = ""
    now: int = 0
    pulls: Mapping[int, PullFacts | None] = {}
    by_commit: Mapping[str, tuple[PullFacts, ...]] = {}
    recent: tuple[PullFacts, ...] = ()

    def joined(self, later: "Answers") -> "Answers":
        """Both; where both answer, the later one."""
        return Answers(
            repository=later.repository or self.repository,
            now=max(self.now, later.now),
            pulls={**self.pulls, **later.pulls},
            by_commit={**self.by_commit, **later.by_commit},
            recent=later.recent or self.recent,
        )

    def unanswered(self, asked: Asked) -> Asked:
        """What of ``asked`` has no answer."""
        return Asked(
            tuple(number for number in asked.numbers if number not in self.pulls),
            tuple(sha for sha in asked.commits if sha not in self.by_commit),
        )
