"""The sandbox's bare repository: commits, merges and tags made straight in it, without a work tree.

Each change is one `git fast-import` stream, so that a history of many pull requests is made in a blink. Hooks do not
run for these changes: this is the server's own hand, as when somebody clicks on GitHub.
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

# How people of the stories whose names have no Latin letters call themselves on GitHub
_ROMAN = {"山田 花子": "yamada-hanako", "佐藤 健": "sato-ken"}


class WorldError(Exception):
    """A verb of the world could not be done: the text holds what git, or reletan, said."""


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
    """A commit to make. Without ``tree``, the tree is the first parent's with ``changes`` (lines of fast-import)."""

    message: str
    author: Person
    committer: Person
    time: int
    parents: Sequence[str] = ()
    tree: str | None = None
    changes: bytes = b""


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

    def git(self, *args: str, stdin: bytes = b"") -> str:
        return run_git(*args, cwd=self.path, env=self.env, stdin=stdin).decode()

    def find(self, revision: str) -> str | None:
        """The object id of ``revision``, or None where there is no such thing."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", revision).strip()
        except WorldError:
            return None

    def commit(self, new: NewCommit, ref: str, *more_refs: str) -> str:
        """Make the commit and point ``ref`` and ``more_refs`` at it; the commit's object id."""
        lines = [
            f"commit {ref}",
            "mark :1",
            f"author {new.author.at(new.time)}",
            f"committer {new.committer.at(new.time)}",
            f"data {len(new.message.encode())}\n{new.message}",
            *(f"{'merge' if i else 'from'} {parent}^0" for i, parent in enumerate(new.parents)),
        ]
        if new.tree is not None:
            lines.append(f'M 040000 {new.tree} ""')
        body = "\n".join(lines).encode() + b"\n" + new.changes + b"\n"
        moves = "".join(f"reset {other}\nfrom :1\n\n" for other in more_refs)
        return self._import(body + moves.encode() + b"get-mark :1\n").strip()

    def tag(self, name: str, at: str, message: str, tagger: Person, time: int) -> None:
        """Make an annotated tag."""
        head = f"tag {name}\nfrom {at}^0\ntagger {tagger.at(time)}\n"
        self._import(f"{head}data {len(message.encode())}\n{message}\n".encode())

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
        base = self._bare_commit(old)
        return self.merged_tree(self._bare_commit(onto, base), self._bare_commit(new, base))

    def _bare_commit(self, revision: str, *parents: str) -> str:
        """A commit of that revision's tree, on no branch."""
        above = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", f"{revision}^{{tree}}", *above, "-m", "carried").strip()

    def _import(self, stream: bytes) -> str:
        return self.git("fast-import", "--quiet", "--force", stdin=stream)


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
