"""What the sandbox GitHub remembers besides git's objects and pull requests. Times are in seconds since 1970."""

from typing import Any, Literal

import msgspec

from reletan.sandbox.origin import Person

ReviewState = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"]
Permission = Literal["admin", "write", "read", "none"]
Standing = Literal["green", "expected", "pending", "queued", "in progress", "failing"]


class Label(msgspec.Struct, frozen=True):
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


class Issue(msgspec.Struct):
    """An issue that is no pull request: they share one sequence of numbers."""

    number: int
    title: str
    author: Person
    opened_at: int
    body: str = ""
    closed: bool = False
    labels: list[str] = msgspec.field(default_factory=list)
    assignees: list[str] = msgspec.field(default_factory=list)
    ended_at: int | None = None

    @property
    def open(self) -> bool:
        return not self.closed


class Comment(msgspec.Struct):
    id: int
    number: int
    author: Person
    body: str
    at: int
    edited_at: int


class Edit(msgspec.Struct, frozen=True):
    """One version of the text of a pull request or an issue, from when it was edited for the first time; ``text``: all of it."""

    id: int
    number: int
    editor: Person
    text: str
    at: int


class Review(msgspec.Struct):
    """``commit``: the head that was looked at."""

    id: int
    number: int
    author: Person
    state: ReviewState
    commit: str
    at: int
    body: str = ""


class Check(msgspec.Struct):
    """A check run. ``status``: queued, in_progress or completed; ``run``: the id of the workflow run it belongs to."""

    id: int
    sha: str
    name: str
    status: str
    conclusion: str | None
    at: int
    run: int
    details_url: str | None = None


class CommitStatus(msgspec.Struct):
    """The older kind of check. ``state``: error, failure, pending or success."""

    id: int
    sha: str
    context: str
    state: str
    at: int
    author: Person
    description: str | None = None
    target_url: str | None = None


class Release(msgspec.Struct):
    """A GitHub Release; a draft's tag need not exist yet. ``latest_at``: when it was made the latest; None: never."""

    id: int
    tag: str
    target: str
    name: str | None
    body: str | None
    draft: bool
    prerelease: bool
    author: Person
    at: int
    published_at: int | None
    latest_at: int | None = None


class DeploymentStatus(msgspec.Struct):
    id: int
    state: str
    author: Person
    at: int
    description: str = ""
    environment_url: str = ""


class Deployment(msgspec.Struct):
    id: int
    ref: str
    sha: str
    environment: str
    author: Person
    at: int
    task: str = "deploy"
    description: str | None = None
    payload: Any = None
    statuses: list[DeploymentStatus] = msgspec.field(default_factory=list)


class Protection(msgspec.Struct):
    """The rules of the branches, or tags, that fit one name or pattern.

    ``by_ruleset``: told by /rules/branches and not by /branches/{b}/protection; then only the logins of ``bypass`` get
    past, else administrators do, unless ``admins`` says that the rules hold for them too.

    ``pull_request``: changes come by pull requests only, which ``approvals`` implies; ``queue``: merges go through a merge
    queue; ``linear``: no merge commits; ``locked``: no changes at all. ``creations``, ``force_pushes``, ``deletions``:
    whether refs may be made, moved backwards, deleted. ``message``: what pushes are refused with, instead of GitHub's own
    first line.
    """

    approvals: int = 0
    checks: tuple[str, ...] = ()
    strict: bool = False
    linear: bool = False
    admins: bool = False
    dismiss_stale: bool = False
    queue: bool = False
    locked: bool = False
    by_ruleset: bool = False
    pull_request: bool = False
    creations: bool = True
    force_pushes: bool = False
    deletions: bool = False
    bypass: tuple[str, ...] = ()
    message: str | None = None

    @property
    def by_pull_request(self) -> bool:
        return self.pull_request or self.approvals > 0


NO_RULES = Protection(force_pushes=True, deletions=True)


class Settings(msgspec.Struct):
    """The repository's own settings that reletan meets."""

    default_branch: str = "develop"
    private: bool = False
    merge: bool = True
    squash: bool = True
    rebase: bool = True
    auto_merge: bool = True
    delete_branch: bool = False
