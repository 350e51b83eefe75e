"""Histories made in a few words, for the tests of what is in a range."""

import hashlib
from collections.abc import Mapping

from hypothesis import strategies as st

from reletan.domain.history import Commit, Lineage, trace
from reletan.domain.pulls import Collected, Names, PullRequest, Released, collect, survey

NAMES = Names(production="main", development="develop", release_prefix="release/", hotfix_prefix="hotfix/", owner="o")
AT = 1_795_168_800  # 2026-11-20T10:00:00Z


def sha(n: int) -> str:
    return hashlib.sha256(str(n).encode()).hexdigest()[:40]


class Graph:
    """A history that grows commit by commit, each newer than all before it. It begins with one commit on develop."""

    def __init__(self) -> None:
        self.heads: dict[str, str] = {}
        self.commits: list[Commit] = []
        self.commit("Begin")

    def branch(self, name: str, at: str = "develop") -> None:
        self.heads[name] = self.heads.get(at, at)

    def commit(self, message: str, on: str = "develop", author: str = "Hana") -> str:
        return self._add(message, on, [self.heads[on]] if on in self.heads else [], author)

    def merge(self, *branches: str, message: str, into: str = "develop", author: str = "Duty") -> str:
        return self._add(message, into, [self.heads[name] for name in (into, *branches)], author)

    def pull(self, number: int, *subjects: str, head: str | None = None, into: str = "develop", title: str = "") -> str:
        """A pull request with a commit for each subject, merged with a merge commit."""
        branch = f"head-{number}-{len(self.commits)}"
        self.branch(branch, at=into)
        for subject in subjects or (f"Work on {number}",):
            self.commit(subject, on=branch)
        return self.merge_pull(number, branch, head=head, into=into, title=title)

    def merge_pull(
        self, number: int, branch: str, head: str | None = None, into: str = "develop", title: str = ""
    ) -> str:
        subject = f"Merge pull request #{number} from {head or f'o/topic-{number}'}"
        return self.merge(branch, message=f"{subject}\n\n{title or f'Title {number}'}\n", into=into)

    def log(self) -> list[Commit]:
        return self.commits[::-1]

    def trace(self, tip: str = "develop") -> Lineage:
        return trace(self.log(), self.heads[tip])

    def collect(
        self,
        tip: str = "develop",
        names: Names = NAMES,
        pull_heads: Mapping[int, str] | None = None,
        open_releases: Mapping[str, str] | None = None,
        released: Released | None = None,
    ) -> Collected:
        known = survey(
            self.log(),
            tip=self.heads[tip],
            names=names,
            pull_heads=pull_heads or {},
            released=released or Released(),
        )
        return collect(known, open_releases or {})

    def pulls(self, **options: object) -> dict[int, PullRequest]:
        pulls = self.collect(**options).pull_requests  # type: ignore[arg-type]
        numbers = {pull.number: pull for pull in pulls}
        assert len(numbers) == len(pulls)
        return numbers

    def loose(self, **options: object) -> list[str]:
        """The subjects of the commits without a pull request, newest first."""
        return [commit.subject.raw for commit in self.collect(**options).commits]  # type: ignore[arg-type]

    def _add(self, message: str, on: str, parents: list[str], author: str) -> str:
        commit = Commit(sha(len(self.commits)), tuple(parents), AT + len(self.commits), author, message)
        self.commits.append(commit)
        self.heads[on] = commit.sha
        return commit.sha


MESSAGES = [
    "Work",
    "Merge branch 'topic'",
    "Merge branch 'develop' of github.com:o/r into develop",
    "Merge pull request #{n} from o/topic\n\nTitle",
    "Merge pull request #{n} from o/release/1.4.0\n\nTitle",
    "Merge pull request #{n} from o/hotfix/1.4.1\n\nTitle",
    "Merge pull request #{n} from bob/develop\n\nTitle",
    "Merge pull request #{n} from o/revert-{m}-topic\n\nTitle",
    "Title (#{n})",
    'Revert "Title (#{m})" (#{n})\n\nReverts o/r#{m}',
    "Undo\n\nThis reverts commit {sha}.\nThis reverts commit {short}, reversing changes",
]


@st.composite
def logs(draw: st.DrawFn, messages: list[str] = MESSAGES, distinct: bool = False) -> list[Commit]:
    """A random graph with random words, in nearly the order of its dates."""
    size = draw(st.integers(1, 25))
    commits = []
    for n in range(size):
        parents = draw(st.lists(st.integers(max(0, n - 5), n - 1), max_size=3, unique=True)) if n else []
        number = n + 1 if distinct else draw(st.integers(0, 8))
        other = draw(st.integers(0, size))
        message = draw(st.sampled_from(messages)).format(n=number, m=other, sha=sha(other), short=sha(other)[:7])
        commits.append(Commit(sha(n), tuple(map(sha, parents)), n, "Hana", message))
    return commits[::-1]
