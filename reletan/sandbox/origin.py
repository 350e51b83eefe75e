"""The sandbox's bare repository: commits, merges and tags made straight in it, without a work tree.

Each change is one `git fast-import` stream, so that a history of many pull requests is made in a blink. Hooks do not
run for these changes: this is the server's own hand, as when somebody clicks on GitHub.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from reletan.sandbox.reffiles import read_loose, read_refs

# How people of the stories whose names have no Latin letters call themselves on GitHub
_ROMAN = {"山田 花子": "yamada-hanako", "佐藤 健": "sato-ken"}

# the full name of a branch, or of the head of a pull request
_HEAD = re.compile(r"refs/(heads|pull)(/[\w-][\w.-]*)+", re.ASCII)
# an object id, what leads on from there, and what lies between two
_OF_AN_ID = re.compile(r"\^?[0-9a-f]{40}([:^].*|\.{2,3}[0-9a-f]{40})?", re.DOTALL)


class WorldError(Exception):
    """A verb of the world could not be done: the text holds what git, or reletan, said."""


class Moved(WorldError):
    """A ref is not where it was when somebody looked: another one was faster."""


class Person(msgspec.Struct, frozen=True):
    """Somebody of the team, as git writes a person down."""

    name: str

    @property
    def login(self) -> str:
        """The name on GitHub: letters and digits of the name, else a code for it."""
        local = "".join(c for c in self.name.lower() if c.isascii() and c.isalnum())
        return local or _ROMAN.get(self.name) or self.name.encode().hex()[:12]

    @property
    def email(self) -> str:
        return f"{self.login}@example.com"

    def at(self, time: int) -> str:
        """``Name <email> seconds zone``, as git's objects hold it; ``time`` is in seconds since 1970, UTC."""
        return f"{self.name} <{self.email}> {time} +0000"


class NewCommit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit to make."""

    message: str
    author: Person
    committer: Person
    time: int
    parents: Sequence[str] = ()


def run_git(*args: str, cwd: Path, env: Mapping[str, str], stdin: bytes = b"") -> bytes:
    """Run git; its stdout. Raises WorldError with what git said where it fails."""
    done = subprocess.run(["git", *args], cwd=cwd, env=env, input=stdin, capture_output=True, timeout=60, check=False)
    if done.returncode:
        said = (done.stderr + done.stdout).decode(errors="replace")
        raise WorldError(f"git {' '.join(args)} (in {cwd}): exit {done.returncode}\n{said}")
    return done.stdout


class Origin:
    """A bare repository. ``revision`` is anything that git resolves; branches are given without ``refs/heads/``."""

    def __init__(self, path: Path, env: Mapping[str, str]) -> None:
        self.path = path
        self.env = env
        # what git was asked about objects by their ids
        self._answers: dict[tuple[str, ...], str] = {}

    def git(self, *args: str, stdin: bytes = b"") -> str:
        return run_git(*args, cwd=self.path, env=self.env, stdin=stdin).decode()

    def ask(self, *args: str, of: Sequence[str]) -> str:
        """``git args of``. What is said of object ids never changes, and git is asked for it once."""
        if not all(_OF_AN_ID.fullmatch(revision) for revision in of):
            return self.git(*args, *of)
        if (*args, *of) not in self._answers:
            self._answers[*args, *of] = self.git(*args, *of)
        return self._answers[*args, *of]

    def refs(self) -> dict[str, str]:
        """All refs: full name -> object id (an annotated tag's own), by name."""
        return read_refs(self.path)

    def find(self, revision: str) -> str | None:
        """The object id of ``revision``, or None where there is no such thing."""
        if _HEAD.fullmatch(revision):
            return read_loose(self.path / revision) or self.refs().get(revision)
        try:
            return self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", of=[revision]).strip()
        except WorldError:
            return None

    def grow(self, ref: str, new: NewCommit, changes: bytes) -> str:
        """Make a commit of the first parent's files with ``changes`` (lines of fast-import), and point ``ref`` at it.

        The ref only moves forward, even where somebody pushes meanwhile: else WorldError.
        """
        lines = [
            f"commit {ref}",
            "mark :1",
            f"author {new.author.at(new.time)}",
            f"committer {new.committer.at(new.time)}",
            f"data {len(new.message.encode())}\n{new.message}",
            *(f"{'merge' if i else 'from'} {parent}^0" for i, parent in enumerate(new.parents)),
        ]
        return self._import("\n".join(lines).encode() + b"\n" + changes + b"\nget-mark :1\n").strip()

    def make(self, new: NewCommit, tree: str) -> str:
        """Make a commit of a tree, on no branch; parents are object ids."""
        author, committer = new.author.at(new.time), new.committer.at(new.time)
        return self._write_commit(tree, new.parents, author, committer, new.message)

    def carry(self, commit: str, onto: str, committer: Person, time: int) -> str:
        """Make the commit anew on ``onto`` (an object id), on no branch; its author and its message stay.

        Raises WorldError where that conflicts.
        """
        head, _, message = self.ask("cat-file", "commit", of=[commit]).partition("\n\n")
        author = next(line for line in head.splitlines() if line.startswith("author ")).removeprefix("author ")
        tree = self.carried_tree(onto, f"{commit}^", commit)
        return self._write_commit(tree, [onto], author, committer.at(time), message)

    def _write_commit(self, tree: str, parents: Sequence[str], author: str, committer: str, message: str) -> str:
        above = [f"parent {parent}" for parent in parents]
        lines = [f"tree {tree}", *above, f"author {author}", f"committer {committer}", "", message]
        return self.git("hash-object", "-t", "commit", "-w", "--stdin", stdin="\n".join(lines).encode()).strip()

    def move(self, ref: str, new: str, old: str) -> None:
        """Point ``ref`` at ``new`` (object ids). Raises Moved where it is not at ``old`` any more."""
        try:
            self.git("update-ref", ref, new, old)
        except WorldError as error:
            raise Moved(str(error)) from None

    def tag(self, name: str, at: str, message: str, tagger: Person, time: int) -> None:
        """Make an annotated tag."""
        head = f"tag {name}\nfrom {at}^0\ntagger {tagger.at(time)}\n"
        self._import(f"{head}data {len(message.encode())}\n{message}\n".encode())

    def id(self, revision: str) -> str:
        """The commit's object id; raises WorldError where there is none."""
        at = self.find(revision) if _HEAD.fullmatch(revision) else None
        return at or self.ask("rev-parse", "--verify", "--end-of-options", of=[f"{revision}^{{commit}}"]).strip()

    def has(self, descendant: str, commit: str) -> bool:
        """Whether ``descendant`` is or contains ``commit``."""
        return self.ask("rev-list", "-1", of=[commit, f"^{descendant}"]) == ""

    def point(self, ref: str, at: str) -> None:
        self.git("update-ref", ref, f"{at}^0")

    def delete(self, ref: str) -> None:
        self.git("update-ref", "-d", ref)

    def merged_tree(self, ours: str, theirs: str) -> str:
        """The tree of a real merge; raises WorldError with the conflicting files where the merge has conflicts."""
        return self.git("merge-tree", "--write-tree", "--name-only", ours, theirs).splitlines()[0]

    def carried_tree(self, onto: str, old: str, new: str) -> str:
        """The tree of ``onto`` with what leads from ``old`` to ``new``; raises WorldError where that conflicts.

        git learned `merge-tree --merge-base` in 2.40; until then commits that say what the base is do the same.
        """
        trees = [f"{revision}^{{tree}}" for revision in (onto, old, new)]
        ours, base, theirs = self.ask("rev-parse", of=trees).split()
        if ours == base:
            return theirs
        fork = self._bare_commit(base)
        return self.merged_tree(self._bare_commit(ours, fork), self._bare_commit(theirs, fork))

    def _bare_commit(self, tree: str, *parents: str) -> str:
        above = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", tree, *above, "-m", "carried").strip()

    def _import(self, stream: bytes) -> str:
        return self.git("fast-import", "--quiet", stdin=stream)


def written(files: Mapping[str, str | None]) -> bytes:
    """Files to write (path -> content; None deletes) as lines of fast-import."""
    lines = []
    for path, content in files.items():
        if content is None:
            lines.append(f"D {path}\n".encode())
        else:
            data = content.encode()
            lines.append(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    return b"".join(lines)
