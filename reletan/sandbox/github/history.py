"""What origin's git holds at one moment, read in few runs of git: refs, commits, and what lies between two of them."""

from collections.abc import Iterator
from functools import lru_cache
from heapq import heapify, heappop, heappush

import msgspec

from reletan.sandbox.origin import Origin

_FIELDS = "%H%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00%x00"


class Signature(msgspec.Struct, frozen=True):
    """Who and when; ``at`` is in seconds since 1970."""

    name: str
    email: str
    at: int


class Made(msgspec.Struct, frozen=True):
    """A commit as git holds it. ``place``: its place in a list in which no commit stands before one of its children."""

    sha: str
    place: int
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str

    @property
    def headline(self) -> str:
        return self.message.partition("\n")[0]

    @property
    def body(self) -> str:
        return self.message.partition("\n")[2].strip("\n")


class Change(msgspec.Struct, frozen=True):
    """How many lines of one file a change adds and deletes; ``kind``: git's letter, as A, D or M."""

    path: str
    added: int
    deleted: int
    kind: str


class History:
    """Refs and commits of ``server`` as they are now. ``refs``: full name -> object id (an annotated tag's own)."""

    def __init__(self, server: Origin) -> None:
        self._server = server
        self.refs = server.refs()
        self.commits, self._spans = _commits(server, tuple(self.refs.items()))

    def between(self, old: str, new: str) -> list[str]:
        """The commits that ``new`` has and ``old`` has not, newest first."""
        if (old, new) not in self._spans:
            self._spans[old, new] = self._between(old, new)
        return self._spans[old, new]

    def _between(self, old: str, new: str) -> list[str]:
        if not {old, new} <= self.commits.keys():  # no ref leads there any more
            return self._server.ask("rev-list", of=[new, f"^{old}"]).split()
        own: list[str] = []
        olds, seen = {old}, {old, new}
        waiting = [(self.commits[sha].place, sha) for sha in seen]
        heapify(waiting)
        while any(sha not in olds for _, sha in waiting):
            _, sha = heappop(waiting)
            parents = self.commits[sha].parents
            if sha in olds:
                olds.update(parents)
            else:
                own.append(sha)
            for parent in set(parents) - seen:
                seen.add(parent)
                heappush(waiting, (self.commits[parent].place, parent))
        return own

    def commit(self, sha: str) -> Made | None:
        """The commit ``sha``, also where no ref leads to it any more; None where there is none."""
        if sha not in self.commits and self.kind(sha) == "commit":
            return next(_read(self._server.ask("log", "-1", f"--format={_FIELDS}", of=[sha])))
        return self.commits.get(sha)

    def find(self, expression: str) -> str | None:
        """The object id of what git makes of ``expression``, as ``develop:README.md``."""
        return self._server.find(expression)

    def kind(self, oid: str) -> str | None:
        """commit, tag, tree or blob; None where there is no such object."""
        if oid in self.commits:
            return "commit"
        said = self._server.git("cat-file", "--batch-check=%(objecttype)", stdin=f"{oid}\n".encode()).split()
        return None if said[-1] == "missing" else said[0]

    def content(self, kind: str, oid: str) -> str:
        return self._server.ask("cat-file", kind, of=[oid])

    def changes(self, old: str, new: str) -> list[Change]:
        """What ``new`` changes since it left ``old``."""
        since = f"{old}...{new}"
        lines = self._server.ask("diff", "--no-renames", "--numstat", "-z", of=[since]).split("\0")[:-1]
        kinds = self._server.ask("diff", "--no-renames", "--name-status", "-z", of=[since]).split("\0")[:-1]
        return [
            Change(path, _count(added), _count(deleted), kind)
            for (added, deleted, path), kind in zip((line.split("\t", 2) for line in lines), kinds[::2], strict=True)
        ]


@lru_cache(maxsize=4)
def _commits(
    server: Origin, _refs: tuple[tuple[str, str], ...]
) -> tuple[dict[str, Made], dict[tuple[str, str], list[str]]]:
    """All commits, which stay the same as long as the refs do, and a place to note what lies between two of them."""
    log = server.git("log", "--all", "--topo-order", f"--format={_FIELDS}")
    return {made.sha: made for made in _read(log)}, {}


def _read(log: str) -> Iterator[Made]:
    for place, entry in enumerate(log.split("\0\0\n")[:-1]):
        sha, parents, author, author_mail, authored, committer, mail, at, message = entry.split("\0")
        by, put = Signature(author, author_mail, int(authored)), Signature(committer, mail, int(at))
        yield Made(sha, place, tuple(parents.split()), by, put, message.strip("\n"))


def _count(lines: str) -> int:
    """git says "-" for a binary file."""
    return int(lines) if lines.isdigit() else 0
