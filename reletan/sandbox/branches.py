"""What stands in origin: its branches, tags and commits; how to look at them, and how to make more of them.

Branches are named without ``refs/heads/``; a revision is anything that git resolves in origin.
"""

from collections.abc import Mapping

from reletan.sandbox.origin import NewCommit, Origin, Person, written

Files = Mapping[str, str | None]

START = 1767603600  # 2026-01-05T09:00:00Z


class Branches:
    """``clock`` is in seconds since 1970 and goes on one minute with each thing that is made."""

    def __init__(self, server: Origin) -> None:
        self.clock = START
        self._server = server

    def commit(
        self,
        branch: str,
        subject: str,
        files: Files | None = None,
        author: str = "Hana",
        body: str = "",
    ) -> str:
        """A commit on a branch of origin, without a pull request; its object id.

        A missing branch starts without a parent. ``files``: path -> content, None deletes; by default one new file.
        """
        if files is None:
            files = {f"notes/{self.clock}.txt": f"{subject}\n"}
        parent = f"refs/heads/{branch}" if self.head(branch) else None
        return self._grow(branch, message(subject, body), Person(author), written(files), parent)

    def merge_into(self, branch: str, theirs: str, text: str, author: Person, committer: Person) -> str:
        """Merge a revision into a branch; the merge commit. Raises WorldError with the conflicting files."""
        ours = self._server.id(f"refs/heads/{branch}")
        made = self._merged(ours, self._server.id(theirs), text, author, committer)
        self._land(branch, made, ours)
        return made

    def branch(self, name: str, at: str) -> None:
        """Make or move a branch of origin."""
        self._server.point(f"refs/heads/{name}", at)

    def delete_branch(self, name: str) -> None:
        self._server.delete(f"refs/heads/{name}")

    def tag(self, name: str, at: str, annotated: bool = True) -> None:
        """Make or move a tag of origin."""
        if annotated:
            self._server.tag(name, at, f"{name}\n", Person("Hana"), self._tick())
        else:
            self._server.point(f"refs/tags/{name}", at)

    # what origin holds

    def head(self, branch: str) -> str | None:
        """The commit that a branch of origin is at, or None without such a branch."""
        return self._server.find(f"refs/heads/{branch}")

    def branches(self) -> list[str]:
        return [ref.removeprefix("refs/heads/") for ref in self._server.refs() if ref.startswith("refs/heads/")]

    def tags(self) -> dict[str, str]:
        """The tags of origin: name -> the commit that each peels to."""
        shape = "%(refname:lstrip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)"
        lines = self._server.git("for-each-ref", f"--format={shape}", "refs/tags/").splitlines()
        return {name: commit for name, _, commit in (line.partition(" ") for line in lines)}

    def parents(self, revision: str) -> list[str]:
        return self._server.ask("log", "-1", "--format=%P", of=[revision]).split()

    def subject(self, revision: str) -> str:
        return self._server.ask("log", "-1", "--format=%s", of=[revision]).rstrip("\n")

    def tree(self, revision: str) -> dict[str, str]:
        """The files of a commit: path -> blob id."""
        entries = self._server.ask("ls-tree", "-r", "-z", of=[revision]).split("\0")[:-1]
        return {path: info.split(" ")[2] for info, _, path in (entry.partition("\t") for entry in entries)}

    def read(self, revision: str, path: str) -> str:
        """The content of one file of a commit."""
        return self._server.ask("cat-file", "blob", of=[f"{revision}:{path}"])

    # how it is made

    def _tick(self) -> int:
        self.clock += 60
        return self.clock - 60

    def _grow(self, branch: str, text: str, author: Person, changes: bytes, parent: str | None = None) -> str:
        """A commit with changes of files, which the branch goes on to."""
        return self._server.grow(f"refs/heads/{branch}", self._new(text, author, parent), changes)

    def _land(self, branch: str, new: str, old: str | None) -> None:
        """Move a branch to a commit. Raises Moved where somebody was faster: it is not at ``old`` (None: nowhere)."""
        self._server.move(f"refs/heads/{branch}", new, old or "0" * 40)

    def _new(self, text: str, author: Person, *parents: str | None, committer: Person | None = None) -> NewCommit:
        known = [parent for parent in parents if parent]
        return NewCommit(message=text, author=author, committer=committer or author, time=self._tick(), parents=known)

    def _merged(self, ours: str, theirs: str, text: str, author: Person, committer: Person) -> str:
        """A merge commit of two commits, on no branch."""
        tree = self._server.merged_tree(ours, theirs)
        return self._server.make(self._new(text, author, ours, theirs, committer=committer), tree)


def message(subject: str, body: str) -> str:
    return f"{subject}\n\n{body}" if body else subject
