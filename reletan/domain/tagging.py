"""The plan of ``reletan tag``: from what the remote has to the steps that are missing."""

from typing import Literal

import msgspec

from reletan.domain.flow import Branches, Kind, Tag
from reletan.domain.plan import (
    CreateTag,
    DeleteBranch,
    DeleteRemoteBranch,
    Plan,
    PushRefs,
    RefUpdate,
    RunHook,
    SetConfig,
    Step,
)

Backmerge = Literal["auto", "pull-request", "none"]


class BackMerge(msgspec.Struct, frozen=True, kw_only=True):
    """One branch that the release tag goes back into. ``merged`` is the new commit; None: a pull request must do it, from the
    branch ``via``, whose head on the remote is ``waiting`` (None: it is not there yet).
    """

    branch: str
    old: str
    merged: str | None
    via: str = ""
    waiting: str | None = None
    conflicts: tuple[str, ...] = ()


class ReleaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the plan depends on; ids are commits unless named otherwise.

    ``head``: the release branch's head (None: the branch is gone). ``merge``: the commit on production that has, or
    will have, the release; ``merge_is_new``: it is made by this plan. ``tagged``: the release tag of the remote.
    ``beyond``: the branch has commits that the tag has not. ``open_into``: the numbers of the open pull requests into the
    release branch; None: not known. ``done_with``: (name, head) of the branches of back-merge pull requests that nothing is
    missing from elsewhere. ``back_in``: the branches that have the tag's commit already. ``released_head``: what a merge that
    production has brought into it. ``mode``: push or pull-request; ``repository``: owner/name, where pull requests can be
    opened and merged.
    """

    kind: Kind
    version: str
    branch: str
    tag: str
    remote: str
    branches: Branches
    production: str
    head: str | None
    published: bool
    beyond: bool
    merge: str
    merge_is_new: bool
    tagged: Tag | None
    tag_object: str
    back_merges: tuple[BackMerge, ...]
    back_in: tuple[str, ...] = ()
    done_with: tuple[tuple[str, str], ...]
    keep_branch: bool
    local_branch: str | None
    local_branch_checked_out: bool
    local_tag_missing: bool
    configured_base: bool
    pre_hook: RunHook | None = None
    released_head: str | None = None
    mode: str = "push"
    repository: str | None = None
    open_into: tuple[int, ...] | None = ()
    local_steps: tuple[Step, ...] = ()
    advice: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def merge_message(branch: str, into: str) -> str:
    """What ``git merge --no-ff`` writes: main and master are not named (merge.suppressDest)."""
    return f"Merge branch '{branch}'" + ("" if into in ("main", "master") else f" into {into}") + "\n"


def back_merge_message(tag: str, into: str, tag_message: str) -> str:
    """What ``git merge --no-ff TAG`` writes: the tag's message comes along."""
    return f"Merge tag '{tag}' into {into}\n\n{tag_message.rstrip()}\n"


def backmerge_name(version: str, into: str | None = None) -> str:
    """The branch of a back-merge pull request into development, or ``into`` another branch: each has its own, since what one
    of them takes up to get rid of a conflict must not come into the other.
    """
    return f"backmerge/{version}" + (f"_into_{into.replace('/', '-')}" if into else "")


def is_backmerge_of(name: str, version: str) -> bool:
    return name == backmerge_name(version) or name.startswith(f"{backmerge_name(version)}_into_")


def squash_warning(branch: str, production: str) -> str:
    return f"after a squash {production} does not have the commits of {branch}, so the next list shows its pull requests again"


def plan_tag(facts: ReleaseFacts, *, ours: bool = False) -> Plan:
    """The steps for every goal that does not hold yet. ``ours``: the tag was made a moment ago, so that it is no news."""
    steps: list[Step] = []
    updates = _updates(facts)
    if facts.pre_hook is not None and facts.tagged is None:
        steps.append(facts.pre_hook)
    if updates:
        steps.append(PushRefs(facts.remote, updates))
    steps += facts.local_steps
    steps += _local_tag(facts)
    steps += _clean_up(facts)
    return Plan(
        command="tag",
        version=facts.version,
        steps=tuple(steps),
        head=facts.head or facts.released_head,
        mode=facts.mode,
        warnings=(*facts.warnings, *(() if ours else _released_already(facts)), *_kept(facts)),
        advice=facts.advice,
        waits=_waits(facts),
        result=_result(facts),
        public=facts.tagged is not None or not facts.merge_is_new,
    )


def _released_already(facts: ReleaseFacts) -> list[str]:
    if facts.tagged is None:
        return []
    return [f"{facts.version} is released already: {facts.tag} is on {facts.tagged.commit[:10]}"]


def _kept(facts: ReleaseFacts) -> list[str]:
    """Deleting a branch closes the pull requests into it."""
    if facts.open_into == () or facts.keep_branch or facts.head is None or not facts.published:
        return []
    if facts.open_into is None:
        return [f"{facts.branch} is kept: GitHub does not tell whether a pull request into it is open"]
    numbers = ", ".join(f"#{number}" for number in facts.open_into)
    return [f"{facts.branch} is kept, since a pull request into it is open ({numbers})"]


def _result(facts: ReleaseFacts) -> str:
    back = [*facts.back_in, *(merge.branch for merge in facts.back_merges if merge.merged is not None)]
    return f"{facts.tag} is on {facts.branches.production}" + (f", and back in {' and '.join(back)}." if back else ".")


def _updates(facts: ReleaseFacts) -> tuple[RefUpdate, ...]:
    """Production, tag and the branches that get it back: together in one push."""
    updates = []
    if facts.merge_is_new:
        production = f"refs/heads/{facts.branches.production}"
        updates.append(RefUpdate(production, facts.production, facts.merge, facts.branch))
    if facts.tagged is None:
        updates.append(RefUpdate(f"refs/tags/{facts.tag}", None, facts.tag_object))
    updates += [
        RefUpdate(f"refs/heads/{back.branch}", back.old, back.merged, facts.tag)
        for back in facts.back_merges
        if back.merged
    ]
    updates += [
        RefUpdate(f"refs/heads/{back.via}", None, facts.merge) for back in _by_pull_request(facts) if not back.waiting
    ]
    return tuple(updates)


def _by_pull_request(facts: ReleaseFacts) -> list[BackMerge]:
    return [back for back in facts.back_merges if back.merged is None]


def _local_tag(facts: ReleaseFacts) -> list[Step]:
    return [CreateTag(facts.tag, facts.tag_object)] if facts.local_tag_missing else []


def _clean_up(facts: ReleaseFacts) -> list[Step]:
    """Last of all, and never with commits that are nowhere else: the branches on the remote, then here."""
    steps: list[Step] = []
    leave = facts.keep_branch or facts.beyond
    if facts.head is not None and facts.published and not leave and facts.open_into == ():
        steps.append(DeleteRemoteBranch(facts.remote, facts.branch, facts.head))
    steps += [DeleteRemoteBranch(facts.remote, name, head) for name, head in facts.done_with]
    if leave or facts.local_branch_checked_out:
        return steps
    if facts.local_branch is not None:
        steps.append(DeleteBranch(facts.branch, facts.local_branch))
    if facts.configured_base:
        steps.append(SetConfig(f"gitflow.branch.{facts.branch}.base", None))
    return steps


def _waits(facts: ReleaseFacts) -> tuple[str, ...]:
    return tuple(
        f"{back.branch} does not have {facts.tag} yet: "
        f"open a pull request from {back.via} into {back.branch}"
        + (f" (conflicts in {', '.join(back.conflicts[:5])})" if back.conflicts else "")
        for back in _by_pull_request(facts)
    )
