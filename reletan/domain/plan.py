"""A plan: the steps of a command with their final values. What is shown is exactly what is done.

Object ids are full hexadecimal; refs are full names (``refs/heads/main``); an expected old value of ``None`` means that
the ref must not exist; a new value of ``None`` deletes it.
"""

from typing import Literal

import msgspec

from reletan.domain.message import Announcement, Message

State = Literal["todo", "done", "skipped", "conflict", "unknown"]


class RefUpdate(msgspec.Struct, frozen=True):
    """One ref of the remote: where it is expected, and where it goes."""

    ref: str
    old: str | None
    new: str | None


class PushRefs(msgspec.Struct, frozen=True, tag="push-refs", tag_field="kind"):
    """One atomic push with a lease for every ref: all of them move, or none."""

    remote: str
    updates: tuple[RefUpdate, ...]


class DeleteRemoteBranch(msgspec.Struct, frozen=True, tag="delete-remote-branch", tag_field="kind"):
    """The clean-up push: deletes ``branch`` where it still is at ``expected``. Its failure is a warning."""

    remote: str
    branch: str
    expected: str


class UpdateBranch(msgspec.Struct, frozen=True, tag="update-branch", tag_field="kind"):
    """Bring a local branch forward to ``new``; ``worktree``: where it is checked out (``merge --ff-only`` there)."""

    branch: str
    old: str | None
    new: str
    worktree: str | None = None


class CreateTag(msgspec.Struct, frozen=True, tag="create-tag", tag_field="kind"):
    """The release tag in this clone, as it is on the remote."""

    tag: str
    object: str


class DeleteBranch(msgspec.Struct, frozen=True, tag="delete-branch", tag_field="kind"):
    """Delete a local branch that is at ``expected`` and checked out nowhere, with its configuration."""

    branch: str
    expected: str


class SetConfig(msgspec.Struct, frozen=True, tag="set-config", tag_field="kind"):
    """Set one key of the clone's git configuration; ``None`` removes it."""

    key: str
    value: str | None


class WriteFile(msgspec.Struct, frozen=True, tag="write-file", tag_field="kind"):
    """Write a file of the work tree (``path`` is below its top level) that does not exist yet, or still has ``old``."""

    path: str
    old: str | None
    content: str


class Switch(msgspec.Struct, frozen=True, tag="switch", tag_field="kind"):
    """Check out a local branch in this work tree (``--switch``)."""

    branch: str


class RunHook(msgspec.Struct, frozen=True, tag="run-hook", tag_field="kind"):
    """Run one of git-flow's hooks; a ``pre-`` hook that fails stops the plan before anything is written."""

    hook: str
    path: str
    arguments: tuple[str, ...]


class PublishRelease(msgspec.Struct, frozen=True, kw_only=True, tag="publish-release", tag_field="kind"):
    """Create, adopt or update the GitHub Release of ``tag``, which is on ``commit``; people's own text in it is kept.

    ``notes``: Markdown; ``more``: the line that ends notes too long for GitHub; ``latest``: it is the newest release.
    """

    repository: str
    tag: str
    commit: str
    name: str
    notes: str
    more: str
    prerelease: bool
    latest: bool


class Announce(msgspec.Struct, frozen=True, tag="announce", tag_field="kind"):
    """Post the release's one live Slack message in ``channel``, or bring it up to date. Its failure is a warning."""

    channel: str
    announcement: Announcement


class SendMessage(msgspec.Struct, frozen=True, tag="send-message", tag_field="kind"):
    """Send a message of its own by Slack's webhook, at most once. Its failure is a warning."""

    version: str
    message: Message


Step = (
    PushRefs
    | DeleteRemoteBranch
    | UpdateBranch
    | CreateTag
    | DeleteBranch
    | SetConfig
    | WriteFile
    | Switch
    | RunHook
    | PublishRelease
    | Announce
    | SendMessage
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a command is going to do.

    ``head`` and ``mode`` say what of the release may not change between showing and doing; ``warnings`` are shown
    before the question, ``advice`` after the work (commands for the person to type); ``waits`` are things that only
    people can finish; ``paste`` is what to tell the team where there is no Slack.
    """

    command: str
    version: str | None
    steps: tuple[Step, ...]
    head: str | None = None
    mode: str | None = None
    warnings: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    result: str | None = None
    paste: str | None = None

    def same_intent(self, other: "Plan") -> bool:
        """Whether a yes to this plan is a yes to the other one too: same command, version, release head and mode."""
        return (self.command, self.version, self.head, self.mode) == (
            other.command,
            other.version,
            other.head,
            other.mode,
        )
