"""A plan: the steps of a command with their final values. What is shown is exactly what is done.

Object ids are full hexadecimal; refs are full names (``refs/heads/main``); an expected old value of ``None`` means that
the ref must not exist; a new value of ``None`` deletes it.
"""

from typing import Literal

import msgspec

from reletan.domain.checklist import Entry
from reletan.domain.config import Language, Method
from reletan.domain.message import Announcement, Message, Reply
from reletan.domain.notes import Notes
from reletan.domain.pulls import LooseCommit

State = Literal["todo", "done", "skipped", "conflict", "unknown"]


class RefUpdate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One ref of the remote: where it is expected, and where it goes. ``brings``: the name of what a new merge brings to it."""

    ref: str
    old: str | None
    new: str | None
    brings: str | None = None


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


class MergePull(msgspec.Struct, frozen=True, kw_only=True, tag="merge-pull", tag_field="kind"):
    """Merge pull request ``number`` on GitHub, from ``branch`` at ``head`` and at no other commit, into ``base``.

    ``method`` "queue" puts it into the merge queue, which merges in its own way; ``title``: of the commit, None: GitHub's.
    """

    repository: str
    number: int
    branch: str
    head: str
    base: str
    method: Method | Literal["queue"]
    title: str | None = None


class OpenPull(msgspec.Struct, frozen=True, kw_only=True, tag="open-pull", tag_field="kind"):
    """Open a pull request from ``branch`` into ``base``; the one that is open already is kept as it is."""

    repository: str
    branch: str
    base: str
    title: str
    body: str


class ChecklistText(msgspec.Struct, frozen=True, kw_only=True, tag="checklist", tag_field="kind"):
    """What the release pull request's text is made of; the ticks come from the text that is there then.

    ``notes``: without its sections, of which ``entries`` are what counts.
    """

    entries: tuple[Entry, ...]
    notes: Notes


class DeployText(msgspec.Struct, frozen=True, kw_only=True, tag="deploy", tag_field="kind"):
    """What a deploy pull request's text is made of. ``commits``: number -> what each pull request brought."""

    environment: str
    branch: str
    notes: Notes
    commits: dict[int, tuple[LooseCommit, ...]]


class OwnTemplate(msgspec.Struct, frozen=True):
    """A team's own template: its text, and the name of its file."""

    source: str
    name: str


class WritePull(msgspec.Struct, frozen=True, kw_only=True, tag="write-pull", tag_field="kind"):
    """Open the pull request from ``branch`` into ``base``, or bring reletan's part of its text up to date; people's ticks and
    words in it stay. ``number``: of the one that was open when this was planned; ``title``: of a new one.

    ``head``: the commit of ``branch`` that the text is about: where the branch is elsewhere by now, a text that is there stays
    as it is. ``status``: say in the commit status reletan/checklist of this commit how much is ticked: of what was looked at, since
    the pull request may have got more by now.
    """

    repository: str
    branch: str
    base: str
    number: int | None
    title: str
    text: ChecklistText | DeployText
    language: Language
    template: OwnTemplate | None
    head: str | None = None
    status: str | None = None


class ClosePull(msgspec.Struct, frozen=True, kw_only=True, tag="close-pull", tag_field="kind"):
    """Close pull request ``number`` without merging it. Its failure is a warning."""

    repository: str
    number: int


class SetStatus(msgspec.Struct, frozen=True, kw_only=True, tag="set-status", tag_field="kind"):
    """The commit status ``context`` of ``commit``. ``state``: pending or success."""

    repository: str
    commit: str
    context: str
    state: Literal["pending", "success"]
    description: str
    url: str | None


class Announce(msgspec.Struct, frozen=True, tag="announce", tag_field="kind"):
    """Post the release's one live Slack message in ``channel``, or bring it up to date. Its failure is a warning."""

    channel: str
    announcement: Announcement


class Remind(msgspec.Struct, frozen=True, kw_only=True, tag="remind", tag_field="kind"):
    """Put ``reply`` into the thread of the release's live message in ``channel``, or bring the one with its key up to date.

    ``only_edit``: where there is none, none is needed; ``oldest``: as in ``Announcement``.
    """

    channel: str
    repository: str
    version: str
    reply: Reply
    only_edit: bool
    oldest: int | None = None


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
    | MergePull
    | OpenPull
    | WritePull
    | ClosePull
    | SetStatus
    | PublishRelease
    | Announce
    | Remind
    | SendMessage
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a command is going to do.

    ``head`` and ``mode`` say what of the release may not change between showing and doing; ``warnings`` are shown
    before the question, ``advice`` after the work (commands for the person to type); ``waits`` are things that only
    people can finish; ``paste`` is what to tell the team where there is no Slack.

    ``then`` says what follows these steps and is planned once they are done, since GitHub makes commits of its own;
    ``blocked`` says what cannot go on now, for the reasons in ``waits``; ``public``: production or a tag has the release
    before the first step.
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
    then: tuple[str, ...] = ()
    blocked: str | None = None
    public: bool = False

    def same_intent(self, other: "Plan") -> bool:
        """Whether a yes to this plan is a yes to the other one too: same command, version, release head and mode."""
        return (self.command, self.version, self.head, self.mode) == (
            other.command,
            other.version,
            other.head,
            other.mode,
        )
