"""A range of history: its commits, and which merge brought each of them in."""

from collections.abc import Container, Mapping, Sequence

import msgspec

# git's idea of white space: a message may hold others, and they are text
BLANKS = " \t\r\n"

NOBODY = -1
UNREACHED = -2


class Commit(msgspec.Struct, frozen=True, gc=False):
    """A commit as git tells it. ``committed``: unix seconds; ``author``: a name; ``message``: the whole of it, raw."""

    sha: str
    parents: tuple[str, ...]
    committed: int
    author: str
    message: str

    @property
    def subject(self) -> str:
        """The first paragraph on one line, as git's ``%s``."""
        first, _, rest = self.message.partition("\n")
        subject = first.rstrip(BLANKS)
        # Nearly every message begins with one line alone; thousands of them are read
        return subject if subject and rest[:1] in ("", "\n") else _paragraphs(self.message)[0]

    @property
    def body(self) -> str:
        """What follows the first paragraph, as git's ``%b``."""
        first, _, rest = self.message.partition("\n")
        if rest[:1] == "\n" and first.strip(BLANKS):
            body = rest.lstrip("\n")
            if body[:1] not in (" ", "\t", "\r"):
                return body
        return _paragraphs(self.message)[1]

    @property
    def is_merge(self) -> bool:
        return len(self.parents) > 1


def _paragraphs(message: str) -> tuple[str, str]:
    """The subject and the body of ``message``."""
    lines = message.split("\n")
    start = _skip(lines, 0, blank=True)
    end = _skip(lines, start, blank=False)
    rest = _skip(lines, end, blank=True)
    return " ".join(line.rstrip(BLANKS) for line in lines[start:end]), "\n".join(lines[rest:])


def _skip(lines: Sequence[str], at: int, *, blank: bool) -> int:
    """The first line from ``at`` on that is not blank (or, with ``blank=False``, the first that is)."""
    while at < len(lines) and (not lines[at].strip(BLANKS)) is blank:
        at += 1
    return at


class Lineage(msgspec.Struct, frozen=True):
    """The commits that a tip reaches, and the merge that brought each in. Commits go by their position in the log.

    ``order`` has every merge before what it brought in. ``into`` holds the merge's position, ``NOBODY`` on the tip's
    own first-parent line, and ``UNREACHED`` for what the tip does not reach.
    """

    commits: Sequence[Commit]
    index: Mapping[str, int]
    order: Sequence[int]
    into: Sequence[int]

    def enclosing(self, marked: Container[int]) -> list[int]:
        """For each commit the innermost marked merge that brought it in, else ``NOBODY``."""
        into = self.into
        innermost = [NOBODY] * len(self.commits)
        for at in self.order:
            merge = into[at]
            if merge >= 0:
                innermost[at] = merge if merge in marked else innermost[merge]
        return innermost

    def wholly(self, marked: Mapping[int, int]) -> dict[int, int]:
        """The merges all of whose non-merge commits, one at least, are marked; with the least of their marks."""
        least: dict[int, int] = {}
        spoilt: set[int] = set()
        for at in reversed(self.order):
            is_merge = self.commits[at].is_merge
            mark = least.get(at) if is_merge else marked.get(at)
            merge = self.into[at]
            if at in spoilt or (mark is None and not is_merge):
                spoilt.add(merge)
            elif mark is not None:
                least[merge] = min(mark, least.get(merge, mark))
        return {merge: mark for merge, mark in least.items() if merge >= 0 and merge not in spoilt}


def trace(commits: Sequence[Commit], tip: str) -> Lineage:
    """Which merge brought in each of ``commits`` (a log in any order) that ``tip`` reaches.

    A commit belongs to the oldest merge of the tip's own line that reaches it; among what that merge brought in, the
    same holds again for the line of the branch that was merged.
    """
    index = {commit.sha: at for at, commit in enumerate(commits)}
    into = [UNREACHED] * len(commits)
    order: list[int] = []
    # Lines that wait to be walked. A line is walked from its newest commit, so its oldest merge comes off first,
    # and with it all that this merge brought in, before any newer merge gets a turn
    waiting = [(NOBODY, tip)]
    while waiting:
        merge, sha = waiting.pop()
        at = index.get(sha)
        while at is not None and into[at] == UNREACHED:
            into[at] = merge
            order.append(at)
            parents = commits[at].parents
            if len(parents) > 1:
                waiting.extend((at, parent) for parent in reversed(parents[1:]))
            at = index.get(parents[0]) if parents else None
    return Lineage(commits, index, order, into)


def reached(commits: Sequence[Commit], index: Mapping[str, int], head: str) -> set[int]:
    """The positions of the commits that ``head`` reaches, itself included; none when it is outside the range."""
    seen: set[int] = set()
    waiting = [head]
    while waiting:
        at = index.get(waiting.pop())
        if at is not None and at not in seen:
            seen.add(at)
            waiting.extend(commits[at].parents)
    return seen
