"""What a team does to its repository: pull requests and releases, straight in the bare origin."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from reletan.sandbox.branches import Branches, Files, message
from reletan.sandbox.origin import Origin, Person, WorldError, written

How = Literal["merge", "squash", "rebase", "true"]

GITHUB = Person("GitHub")
OWNER = "acme"
LONG_LIVED = ("main", "develop")


class AutoMerge(msgspec.Struct, frozen=True):
    """How to merge it once it may be, and who said so; GitHub's own ``title`` and ``body`` where they are None."""

    how: How
    by: Person
    title: str | None = None
    body: str | None = None


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
    auto_merge: AutoMerge | None = None
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


class Team(Branches):
    """The verbs."""

    def __init__(self, server: Origin) -> None:
        super().__init__(server)
        self.pulls: dict[int, Pull] = {}
        self.last_number = 0

    def found(self) -> None:
        """The first commit, on main; develop starts there."""
        self.commit("main", "Begin", {"README.md": "# Shop\n", "VERSION": "0\n"})
        self.branch("develop", "refs/heads/main")

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
        return self._push_to_pull(pull, subject, own, pull.ref if pull.fork else f"refs/heads/{pull.branch}")

    def _push_to_pull(self, pull: Pull, subject: str, files: Files, parent: str) -> str:
        if not pull.fork:
            return self._grow(pull.branch, subject, pull.author, written(files), parent)
        return self._server.grow(pull.ref, self._new(subject, pull.author, parent), written(files))

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

        ``title`` and ``body`` of the commit are GitHub's where they are not given; ``by``: the name of who merges, by
        default the author. Its branch goes away, unless it is main or develop, or was pushed to meanwhile. Raises
        WorldError where the merge has conflicts, or the pull request is not open any more; Moved where somebody pushed
        to the base meanwhile. Then nothing has changed.
        """
        pull, merger = self.pulls[number], Person(by) if by else self.pulls[number].author
        if not pull.open:
            raise WorldError(f"pull request {number} is merged already, or closed")
        base, head = self._server.id(f"refs/heads/{pull.base}"), self._server.id(pull.ref)
        if how == "squash":
            merged = self._squashed(pull, base, head, title, body)
        elif how == "rebase":
            merged = self.rebased(base, head, merger, self._tick())
        elif how == "merge":
            subject = title or f"Merge pull request #{number} from {pull.owner}/{pull.branch}"
            text = message(subject, pull.title if body is None else body)
            merged = self._merged(base, head, text, merger, GITHUB)
        else:
            merged = self._merged(base, head, f"Merge branch '{pull.branch}' into {pull.base}", merger, merger)
        self._land(pull.base, merged, base)
        pull.merged, pull.base_was = merged, base
        pull.how, pull.ended_at, pull.merged_by = how, self.clock - 60, merger
        if not keep_branch and not pull.fork and pull.branch not in LONG_LIVED:
            self._drop_branch(pull, head)
        return merged

    def _drop_branch(self, merged: Pull, head: str) -> None:
        """Delete the branch; the pull requests into it go where it went."""
        try:
            self._server.git("update-ref", "-d", f"refs/heads/{merged.branch}", head)
        except WorldError:
            return
        for pull in self.pulls.values():
            if pull.open and pull.base == merged.branch:
                pull.base = merged.base

    def _squashed(self, pull: Pull, base: str, head: str, title: str | None, body: str | None) -> str:
        """The commit of a squash, on no branch; a single commit gives it its own words."""
        log = self._server.ask("log", "--reverse", "--format=%B%x00", of=[f"{base}..{head}"])
        texts = [text.strip("\n") for text in log.split("\0")[:-1]]
        subject, rest = pull.title, "\n\n".join(f"* {text}" for text in texts)
        if len(texts) == 1:
            subject, _, rest = texts[0].partition("\n")
        text = message(title or f"{subject} (#{pull.number})", rest.strip("\n") if body is None else body)
        return self._server.make(
            self._new(text, pull.author, base, committer=GITHUB), self._server.merged_tree(base, head)
        )

    def rebased(self, base: str, head: str, committer: Person, time: int) -> str:
        """The commits of ``head`` made anew on ``base``, on no branch; the last of them. Raises WorldError where one
        conflicts, or there is none but merges.
        """
        landed = base
        for commit in self._server.ask("rev-list", "--reverse", "--no-merges", of=[f"{base}..{head}"]).split():
            landed = self._server.carry(commit, landed, committer, time)
        if landed == base:
            raise WorldError("there is nothing to rebase")
        return landed

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
        text = message(f'Revert "{self.subject(pull.merged)}"', f"This reverts commit {what}")
        self._carry(branch, text, Person(author), base, pull.merged, parents[0])
        return self.pull(f'Revert "{pull.title}"', branch, pull.base, author, commits=0, how=how)

    def release(self, version: str, prefix: str = "release/", author: str = "Hana") -> str:
        """Release as git-flow does: merge into main, tag it, merge the tag into develop; the tagged commit."""
        branch, tag, who = f"{prefix}{version}", f"v{version}", Person(author)
        if self.head(branch) is None:
            self.branch(branch, "refs/heads/develop" if prefix == "release/" else "refs/heads/main")
        tagged = self.merge_into("main", f"refs/heads/{branch}", f"Merge branch '{branch}'", who, who)
        self._server.tag(tag, tagged, f"{tag}\n", who, self._tick())
        self.merge_into("develop", f"refs/tags/{tag}", f"Merge tag '{tag}' into develop", who, who)
        self.delete_branch(branch)
        return tagged

    def conflict_between(self, one: str, other: str, path: str = "VERSION") -> None:
        """Change the same line of ``path`` on two branches in two ways."""
        for branch in (one, other):
            self.commit(branch, f"Change {path} on {branch}", {path: f"as {branch} wants it\n"})

    def head_of(self, number: int) -> str:
        """The head of a pull request, merged or not."""
        found = self._server.find(self.pulls[number].ref)
        if found is None:
            raise WorldError(f"pull request {number} has no head")
        return found

    # how it is made

    def _grow(self, branch: str, text: str, author: Person, changes: bytes, parent: str | None = None) -> str:
        new = super()._grow(branch, text, author, changes, parent)
        self._heads_follow(branch, new)
        return new

    def _land(self, branch: str, new: str, old: str | None) -> None:
        super()._land(branch, new, old)
        self._heads_follow(branch, new)

    def _heads_follow(self, branch: str, new: str) -> None:
        """The heads of the open pull requests from a branch go with it."""
        for pull in self.pulls.values():
            if pull.branch == branch and pull.open and not pull.fork:
                self._server.point(pull.ref, new)

    def _carry(self, branch: str, text: str, author: Person, parent: str, old: str, new: str) -> str:
        """A new branch with a commit on ``parent`` that changes what ``new`` changes in ``old``."""
        onto = self._server.id(parent)
        made = self._server.make(self._new(text, author, onto), self._server.carried_tree(onto, old, new))
        self._land(branch, made, None)
        return made
