"""May a pull request be merged by itself, and everything that speaks against it."""

from typing import Literal

import msgspec

from reletan.domain.config import Method

Action = Literal["merge", "enqueue", "auto-merge", "update", "leave"]
Waits = Literal["people", "checks", "github", "nobody"]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check run or a status of the head. ``required``: by the rules of the base; ``ours``: the job that asks."""

    name: str
    state: Literal["green", "pending", "failed"]
    required: bool = False
    ours: bool = False


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """The latest review of one person that approves or asks for changes, and the head that it looked at (None: gone)."""

    by: str
    approves: bool
    commit: str | None
    may_write: bool = True


class MergeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request as GitHub tells it; texts are raw.

    ``mergeable``: whether it merges without a conflict (None: not known yet); ``state``: GitHub's mergeable_state in
    small letters, ``unknown`` where it tells none. ``required_checks``: what the rules of the base want to see, as far
    as they are told; ``required_approvals`` likewise. ``queue``: a merge queue rules the base; ``queued``: it is in it.
    ``auto_merge``: GitHub will merge it by itself already. ``admin``: the token would get past the rules of the base, so
    that GitHub's own no cannot be relied on. ``tested``: the commit that this CI job ran for; None outside of CI.
    """

    number: int
    title: str
    author: str | None = None
    open: bool = True
    merged: bool = False
    draft: bool = False
    base: str
    base_sha: str | None = None
    head: str
    branch: str = ""
    fork: bool = False
    labels: tuple[str, ...] = ()
    mergeable: bool | None = True
    state: str = "clean"
    opinions: tuple[Opinion, ...] = ()
    checks: tuple[Check, ...] = ()
    required_checks: tuple[str, ...] = ()
    required_approvals: int = 0
    queue: bool = False
    queued: bool = False
    auto_merge: bool = False
    admin: bool = False
    tested: str | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a team wants before a pull request is merged by itself, and how: ``[automerge]`` of the base branch.

    ``base``: branches that are merged into. ``ignore_checks``: names of checks that do not count where they are not
    required. ``update_branch``: bring a branch that is behind up to date. ``native``: hand it over to GitHub's own
    auto-merge where our job is a required check. ``method_labels``: label -> method, for single pull requests.
    """

    base: tuple[str, ...] = ("develop",)
    approvals: int = 1
    required_label: str = ""
    block_labels: tuple[str, ...] = ("wip", "do-not-merge")
    forks: bool = False
    ignore_checks: tuple[str, ...] = ()
    update_branch: bool = False
    native: bool = True
    method: Method = "merge"
    method_labels: dict[str, Method] = msgspec.field(default_factory=dict)


class Reason(msgspec.Struct, frozen=True):
    """One thing that speaks against merging now. ``code`` is stable; ``text`` is one sentence without a full stop, with
    names from outside in it; ``waits``: whose turn it is.
    """

    code: str
    text: str
    waits: Waits = "people"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with a pull request now, by which method, and every reason why it is not simply merged."""

    number: int
    action: Action
    method: Method
    reasons: tuple[Reason, ...] = ()
