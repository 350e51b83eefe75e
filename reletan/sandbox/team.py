"""What a team does to its repository: commits, pull requests, releases; straight in the bare origin.

Branches are named without ``refs/heads/``; a revision is anything that git resolves in origin.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from reletan.sandbox.origin import NewCommit, Origin, Person, WorldError, written

How = Literal["merge", "squash", "rebase", "true"]
Files = Mapping[str, str | None]

START = 1767603600  # 2026-01-05T09:00:00Z
GITHUB = Person("GitHub")
OWNER = "acme"
LONG_LIVED = ("main", "develop")


class Pull(msgspec.Struct):
    """A pull request as the world remembers it. Times are in seconds since 1970.

    ``merged`` is the commit that base was at when it got it, ``base_was`` the one before; ``owner`` is who has its
    branch: the team, or somebody with a fork. ``closed``: without being merged.
    """

    number: int
    title: str
    branch: str
    base: str
    author: Person
    merged: str | None = None
    owner: str = OWNER
    body: str = ""
    draft: bool = False
    closed: bool = False
    labels: list[str] = msgspec.field(default_factory=list)
    opened_at: int = 0
    ended_at: int | None = None
    merged_by: Person | None = None
    how: How | None = None
    base_was: str | None = None
    auto_merge: How | None = None
    assignees: list[str] = msgspec.field(default_factory=list)
    reviewers: list[str] = msgspec.field(default_factory=list)

    @property
    def ref(self) -> str:
        return f"refs/pull/{self.number}/head"

    @property
    def open(self) -> bool:
        return self.merged is None and not self.closed

    @property
    def fork(self) -> bool:
        return self.owner != OWNER


class Team:
    """The verbs. ``clock`` is in seconds since 1970 and goes on one minute with each thing that is made."""

    def __init__(self, server: Origin) -> None:
        self.clock = START
        self.pulls: dict[int, Pull] = {}
        self.last_number = 0
        self._server = server

    def found(self) -> None:
        """The first commit, on main; develop starts there."""
        self.commit("main", "Begin", {"README.md": "# Shop\n", "VERSION": "0\n"})
        self.branch("develop", "refs/heads/main")

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
        return self._grow(branch, _message(subject, body), Person(author), written(files), parent)

    def open_pull(
        self,
        title: str,
        branch: str | None = None,
        base: str = "develop",
        author: str = "Hana",
        files: Files | None = None,
        commits: int = 1,
        *,
        fork: str | None = None,
        draft: bool = False,
        body: str = "",
        labels: Sequence[str] = (),
    ) -> int:
        """Open a pull request of ``commits`` new commits; its number. A missing ``branch`` is made at ``base``.

        ``fork``: the login of somebody whose fork has the branch; then origin has only the pull request's ref.
        """
        number = self.next_number()
        pull = Pull(number, title, branch or f"feature/{number}", base, Person(author), owner=fork or OWNER)
        pull.draft, pull.body, pull.labels, pull.opened_at = draft, body, list(labels), self.clock
        known = not pull.fork and self.head(pull.branch) is not None
        parent = f"refs/heads/{pull.branch if known else base}"
        self.pulls[number] = pull
        if not commits:
            self._server.point(pull.ref, parent)
        for i in range(1, commits + 1):
            own = {f"src/{number}-{i}.txt": f"{title}\n"} if i > 1 or files is None else files
            self._push_to_pull(pull, title if i == 1 else f"{title}, part {i}", own, parent)
            parent = pull.ref
        return number

    def next_number(self) -> int:
        """Issues and pull requests are counted together."""
        self.last_number += 1
        return self.last_number

    def push_to_pull(self, number: int, subject: str = "More", files: Files | None = None) -> str:
        """One more commit on the branch of an open pull request; the new head."""
        pull = self.pulls[number]
        own = {f"src/{number}-{self.clock}.txt": f"{subject}\n"} if files is None else files
        return self._push_to_pull(pull, subject, own, pull.ref)

    def _push_to_pull(self, pull: Pull, subject: str, files: Files, parent: str) -> str:
        changes = written(files)
        if not pull.fork:
            return self._grow(pull.branch, subject, pull.author, changes, parent)
        return self._server.commit(self._new(subject, pull.author, parent, changes), pull.ref)

    def merge_pull(
        self,
        number: int,
        how: How = "merge",
        keep_branch: bool = False,
        *,
        title: str | None = None,
        body: str | None = None,
        by: str | None = None,
    ) -> str:
        """Merge an open pull request as GitHub does, or by hand ("true"); the commit that base is at then.

        ``title`` and ``body`` of the commit are GitHub's where they are not given. Its branch goes away, unless it is
        main or develop. Raises WorldError where the merge has conflicts, or the pull request is not open any more.
        """
        pull = self.pulls[number]
        if not pull.open:
            raise WorldError(f"pull request {number} is merged already, or closed")
        pull.base_was = self.head(pull.base)
        if how == "squash":
            pull.merged = self._squash(pull, title, body)
        elif how == "rebase":
            pull.merged = self._rebase(pull)
        elif how == "merge":
            subject = title or f"Merge pull request #{number} from {pull.owner}/{pull.branch}"
            message = _message(subject, pull.title if body is None else body)
            pull.merged = self._merge(pull.base, pull.ref, message, pull.author, GITHUB)
        else:
            message = f"Merge branch '{pull.branch}' into {pull.base}"
            pull.merged = self._merge(pull.base, pull.ref, message, pull.author, pull.author)
        pull.how, pull.ended_at, pull.merged_by = how, self.clock - 60, Person(by) if by else pull.author
        if not keep_branch and not pull.fork and pull.branch not in LONG_LIVED:
            self.delete_branch(pull.branch)
        return pull.merged

    def pull(
        self,
        title: str,
        branch: str | None = None,
        base: str = "develop",
        author: str = "Hana",
        files: Files | None = None,
        commits: int = 1,
        how: How = "merge",
    ) -> int:
        """Open a pull request and merge it at once; its number."""
        number = self.open_pull(title, branch, base, author, files, commits)
        self.merge_pull(number, how)
        return number

    def revert(self, number: int, how: How = "merge", author: str = "Hana") -> int:
        """Revert a merged pull request by another one, as GitHub's button does; the number of the new one."""
        pull = self.pulls[number]
        if pull.merged is None:
            raise WorldError(f"pull request {number} is not merged")
        branch, base = f"revert-{number}-{pull.branch}", f"refs/heads/{pull.base}"
        parents = self.parents(pull.merged)
        what = f"{pull.merged}, reversing\nchanges made to {parents[0]}." if len(parents) > 1 else f"{pull.merged}."
        message = _message(f'Revert "{self.subject(pull.merged)}"', f"This reverts commit {what}")
        self._carry(branch, message, Person(author), base, pull.merged, parents[0])
        return self.pull(f'Revert "{pull.title}"', branch, pull.base, author, commits=0, how=how)

    def release(self, version: str, prefix: str = "release/", author: str = "Hana") -> str:
        """Release as git-flow does: merge into main, tag it, merge the tag into develop; the tagged commit."""
        branch, tag, who = f"{prefix}{version}", f"v{version}", Person(author)
        if self.head(branch) is None:
            self.branch(branch, "refs/heads/develop" if prefix == "release/" else "refs/heads/main")
        tagged = self._merge("main", f"refs/heads/{branch}", f"Merge branch '{branch}'", who, who)
        self._server.tag(tag, tagged, f"{tag}\n", who, self._tick())
        self._merge("develop", f"refs/tags/{tag}", f"Merge tag '{tag}' into develop", who, who)
        self.delete_branch(branch)
        return tagged

    def conflict_between(self, one: str, other: str, path: str = "VERSION") -> None:
        """Change the same line of ``path`` on two branches in two ways."""
        for branch in (one, other):
            self.commit(branch, f"Change {path} on {branch}", {path: f"as {branch} wants it\n"})

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
        return self._server.git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/").split()

    def tags(self) -> dict[str, str]:
        """The tags of origin: name -> the commit that each peels to."""
        shape = "%(refname:lstrip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)"
        lines = self._server.git("for-each-ref", f"--format={shape}", "refs/tags/").splitlines()
        return {name: commit for name, _, commit in (line.partition(" ") for line in lines)}

    def parents(self, revision: str) -> list[str]:
        return self._server.git("log", "-1", "--format=%P", revision).split()

    def subject(self, revision: str) -> str:
        return self._server.git("log", "-1", "--format=%s", revision).rstrip("\n")

    def tree(self, revision: str) -> dict[str, str]:
        """The files of a commit: path -> blob id."""
        entries = self._server.git("ls-tree", "-r", "-z", revision).split("\0")[:-1]
        return {path: info.split(" ")[2] for info, _, path in (entry.partition("\t") for entry in entries)}

    def read(self, revision: str, path: str) -> str:
        """The content of one file of a commit."""
        return self._server.git("cat-file", "blob", f"{revision}:{path}")

    # how it is made

    def _tick(self) -> int:
        self.clock += 60
        return self.clock - 60

    def _land(self, branch: str, new: NewCommit) -> str:
        """Move a branch to a new commit, and with it the heads of the open pull requests from that branch."""
        heads = [pull.ref for pull in self.pulls.values() if pull.branch == branch and pull.open and not pull.fork]
        return self._server.commit(new, f"refs/heads/{branch}", *heads)

    def _grow(self, branch: str, message: str, author: Person, changes: bytes, parent: str | None = None) -> str:
        return self._land(branch, self._new(message, author, parent, changes))

    def _new(self, message: str, author: Person, parent: str | None, changes: bytes) -> NewCommit:
        parents = [parent] if parent else []
        return NewCommit(
            message=message, author=author, committer=author, time=self._tick(), parents=parents, changes=changes
        )

    def _carry(self, branch: str, message: str, author: Person, parent: str, old: str, new: str) -> str:
        """A commit on ``parent`` that changes what ``new`` changes in ``old``."""
        tree = self._server.carried_tree(parent, old, new)
        commit = msgspec.structs.replace(self._new(message, author, parent, b""), tree=tree)
        return self._land(branch, commit)

    def _merge(self, into: str, theirs: str, message: str, author: Person, committer: Person) -> str:
        ours = f"refs/heads/{into}"
        new = NewCommit(
            message=message,
            author=author,
            committer=committer,
            time=self._tick(),
            parents=[ours, theirs],
            tree=self._server.merged_tree(ours, theirs),
        )
        return self._land(into, new)

    def _squash(self, pull: Pull, title: str | None, body: str | None) -> str:
        base = f"refs/heads/{pull.base}"
        subjects = self._server.git("log", "--reverse", "--format=* %s", f"{base}..{pull.ref}").rstrip("\n")
        usual = subjects if "\n" in subjects else self._server.git("log", "-1", "--format=%b", pull.ref).rstrip("\n")
        new = NewCommit(
            message=_message(title or f"{pull.title} (#{pull.number})", usual if body is None else body),
            author=pull.author,
            committer=GITHUB,
            time=self._tick(),
            parents=[base],
            tree=self._server.merged_tree(base, pull.ref),
        )
        return self._land(pull.base, new)

    def _rebase(self, pull: Pull) -> str:
        base = f"refs/heads/{pull.base}"
        landed = ""
        commits = self._server.git("rev-list", "--reverse", "--no-merges", f"{base}..{pull.ref}").split()
        for commit in commits:
            message = self._server.git("log", "-1", "--format=%B", commit).rstrip("\n")
            landed = self._carry(pull.base, message, pull.author, base, f"{commit}^", commit)
        return landed


def _message(subject: str, body: str) -> str:
    return f"{subject}\n\n{body}" if body else subject
