"""Under which policy a pull request is judged, and what is done with it then."""

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, assert_never

import msgspec

from reletan import explaining
from reletan.adapters.settings import policy_settings
from reletan.adapters.templates import commit_message
from reletan.apply import Tried
from reletan.commands.session import Session
from reletan.domain.ci import CiJob
from reletan.domain.config import Automerge, Language, Method
from reletan.domain.errors import ReletanError, UsageError
from reletan.domain.merging import Judged, Outcome, Policy, Reason, Verdict

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub
    from reletan.adapters.hubact import Message
    from reletan.adapters.hubmerge import Job, Read

# Seconds between two looks while GitHub works out whether it can be merged
PATIENCE = (1.0, 2.0, 3.0)
# GitHub's words: it could be merged at once; something moved since it was judged
AT_ONCE = ("clean", "has_hooks", "unstable")
LONG_LIVED = ("main", "master", "develop", "dev", "next", "trunk", "staging", "production", "gh-pages", "support/*")
MOVED = ("HTTP 409", "was modified", "expected head sha")


class Chosen(msgspec.Struct, frozen=True):
    """The settings of the base branch that hold for one pull request, and the policy in them. ``kept``: patterns
    of branches that are never deleted: long-lived ones, and those of the flow.
    """

    settings: Automerge
    language: Language
    policy: Policy
    kept: tuple[str, ...]


def look(session: Session, hub: "Hub", numbers: Sequence[int], job: CiJob | None) -> dict[int, "Read | None"]:
    """What GitHub knows; what it still works out is looked at again a few times, all of it at once."""
    from reletan.adapters.hubmerge import read_for_merge

    looks = _how_we_look(job)
    reads = read_for_merge(hub, numbers, looks)
    for seconds in PATIENCE:
        undecided = [number for number, read in reads.items() if read and _is_undecided(read)]
        if not undecided:
            break
        names = ", ".join(f"#{number}" for number in undecided)
        session.terminal.wait(seconds, f"GitHub is working out whether {names} can be merged")
        reads |= read_for_merge(hub, undecided, looks)
    return reads


def _how_we_look(job: CiJob | None) -> "Job":
    """How our own check is told."""
    from reletan.adapters.hubmerge import Job

    if job is None:
        return Job()
    # Elsewhere the address is that of a whole build, whose other parts may still run
    return Job(run=job.run, name=job.job, url=job.url if job.system == "CircleCI" else None)


def _is_undecided(read: "Read") -> bool:
    facts = read.facts
    return facts.open and not facts.merged and (facts.mergeable is None or facts.state == "unknown")


def policy_for(read: "Read", method: Method | None) -> Chosen:
    """From the base branch's own files at the commit that was read, never from what is checked out here."""
    config = policy_settings(read.settings, os.environ, read.facts.base)
    own = config.automerge
    policy = Policy(
        base=own.base, approvals=own.approvals, required_label=own.required_label, block_labels=own.block_labels,
        forks=own.forks, required_checks=own.required_checks,
        ignore_checks=own.ignore_checks, update_branch=own.update_branch, native=own.native,
        method=method or own.method, method_labels={} if method else own.method_labels,
    )  # fmt: skip
    flow = config.flow
    kept = (*LONG_LIVED, *own.base, *filter(None, (flow.production, flow.development)))
    prefixes = (flow.release_prefix, flow.hotfix_prefix)
    return Chosen(own, config.notes.language, policy, (*kept, *(f"{prefix}*" for prefix in prefixes)))


def act(session: Session, hub: "Hub", read: "Read", chosen: Chosen, verdict: Verdict) -> Judged:
    """Do what the verdict says; GitHub's no becomes a reason. Raises BaseMoved, Unauthorized and HubError."""
    from reletan.adapters.hubact import BaseMoved, NotDone
    from reletan.adapters.hubpull import NotMerged

    entry = Judged(facts=read.facts, verdict=verdict, url=read.url)
    Tried.anything = True
    try:
        entry = _done(hub, read, chosen, verdict, entry)
    except BaseMoved:
        raise
    except (NotMerged, NotDone) as refused:
        other = _other_way(verdict, refused.words)
        entry = _second(hub, read, chosen, other, entry) if other else _refused(entry, refused.words)
    if entry.outcome == "merged":
        _tidy_up(session, hub, read, chosen)
    return entry


def _second(hub: "Hub", read: "Read", chosen: Chosen, verdict: Verdict, entry: Judged) -> Judged:
    """The way that GitHub asked for instead of the first one."""
    from reletan.adapters.hubact import NotDone
    from reletan.adapters.hubpull import NotMerged

    try:
        return _done(hub, read, chosen, verdict, entry)
    except (NotMerged, NotDone) as refused:
        return _refused(entry, refused.words)


def _happened(hub: "Hub", read: "Read", verdict: Verdict) -> Outcome | None:
    """After an answer that was lost: what GitHub shows of it."""
    from reletan.adapters.hubmerge import Job, read_for_merge

    now = read_for_merge(hub, [read.facts.number], Job())[read.facts.number]
    if now is None:
        return None
    same = now.facts.head == read.facts.head
    if now.facts.merged and same and verdict.action in ("merge", "auto-merge"):
        return "merged"
    if verdict.action == "enqueue" and now.facts.queued:
        return "enqueued"
    if verdict.action == "auto-merge" and now.facts.auto_merge:
        return "auto-merge enabled"
    if verdict.action == "stop-auto-merge" and not now.facts.auto_merge:
        return "auto-merge disabled"
    return "updated" if verdict.action == "update" and not same else None


def refused_by(read: "Read", verdict: Verdict, words: str) -> Judged:
    """What GitHub refused for good."""
    return _refused(Judged(facts=read.facts, verdict=verdict, url=read.url), words)


def _other_way(verdict: Verdict, words: str) -> Verdict | None:
    """What GitHub itself asks for where it refuses; None where that is nothing."""
    if verdict.action == "merge" and "merge queue" in words.lower():
        return msgspec.structs.replace(verdict, action="enqueue")
    if verdict.action == "auto-merge" and any(f"in {state} status" in words for state in AT_ONCE):
        return msgspec.structs.replace(verdict, action="merge", reasons=())
    return None


def _refused(entry: Judged, words: str) -> Judged:
    text = f"GitHub did not do it: {words}" if entry.verdict.action == "update" else f"GitHub did not merge it: {words}"
    if any(moved in words for moved in MOVED):
        reason = Reason("moved", text, "checks")
    else:
        reason = Reason("refused", text, "checks" if "status check" in words else "people")
    verdict = msgspec.structs.replace(entry.verdict, action="leave", reasons=(*entry.verdict.reasons, reason))
    return msgspec.structs.replace(entry, verdict=verdict)


def _done(hub: "Hub", read: "Read", chosen: Chosen, verdict: Verdict, entry: Judged) -> Judged:
    """Do it once; where the answer was lost, what GitHub shows then."""
    from reletan.adapters.hubreply import HubError

    outcome: Outcome | None
    try:
        outcome, commit = _sent(hub, read, chosen, verdict)
    except HubError as problem:
        outcome, commit = (_happened(hub, read, verdict) if problem.unclear else None), None
        if outcome is None:
            raise
    return msgspec.structs.replace(entry, verdict=verdict, outcome=outcome, commit=commit)


def _sent(hub: "Hub", read: "Read", chosen: Chosen, verdict: Verdict) -> tuple[Outcome, str | None]:
    """(what was done, the commit that it made)."""
    from reletan.adapters import hubact

    facts = read.facts
    match verdict.action:
        case "leave":
            raise AssertionError("nobody acts on this")
        case "merge":
            return "merged", hubact.merge(hub, facts.number, facts.head, verdict.method, _message(hub, read, chosen))
        case "auto-merge":
            hubact.enable_auto_merge(hub, read.id, facts.head, verdict.method, _message(hub, read, chosen))
            return "auto-merge enabled", None
        case "stop-auto-merge":
            hubact.disable_auto_merge(hub, read.id)
            return "auto-merge disabled", None
        case "enqueue":
            hubact.enqueue(hub, read.id, facts.head)
            return "enqueued", None
        case "update":
            hubact.update_branch(hub, facts.number, facts.head)
            return "updated", None
        case _:
            assert_never(verdict.action)


def _message(hub: "Hub", read: "Read", chosen: Chosen) -> "Message":
    """The commit's words from the team's own template, as it is on the base branch; else GitHub's."""
    from reletan.adapters.hubact import Message
    from reletan.adapters.hubask import file_and_body

    path, facts = chosen.settings.commit_template, read.facts
    if path is None:
        return Message()
    text, body = file_and_body(hub, facts.number, facts.base_sha or "", path)
    if text is None:
        raise UsageError(f"automerge.commit_template is {path}, and there is no such text on {facts.base}.",
                         next=f"add it to {facts.base}, or leave the setting out")  # fmt: skip
    approvers = tuple(one.by for one in facts.opinions if one.approves and one.commit == facts.head)
    return Message(*commit_message(text, path, facts, approvers, body))


def _tidy_up(session: Session, hub: "Hub", read: "Read", chosen: Chosen) -> None:
    """Delete the merged branch where that is asked for; a branch of the flow stays, and one that others build on."""
    from reletan.adapters.hubact import delete_branch
    from reletan.adapters.hubask import is_a_base

    facts = read.facts
    kept = any(fnmatchcase(facts.branch, pattern) for pattern in chosen.kept)
    if not chosen.settings.delete_branch or facts.fork or kept:
        return
    try:
        if is_a_base(hub, facts.branch):
            return
        delete_branch(hub, read.repository_id, facts.branch, facts.head)
    except ReletanError as problem:
        session.terminal.warn(f"#{facts.number} is merged, but its branch was not deleted: {problem.message}")


def comment(session: Session, hub: "Hub", read: "Read", chosen: Chosen, entry: Judged) -> None:
    """Where that is asked for, one comment says why it is not merged, and is kept up to date; it is not begun for what is
    merged at once, nor where nobody asked for a merge.
    """
    from reletan.adapters.hubact import add_comment, edit_comment
    from reletan.adapters.hubask import own_comment

    elsewhere = any(reason.code == "base-not-allowed" for reason in entry.verdict.reasons)
    if not chosen.settings.comment or elsewhere:
        return
    body = explaining.comment_body(entry, chosen.language)
    try:
        known = own_comment(hub, read.facts.number, explaining.MARKER)
        if known is None and entry.outcome is None:
            add_comment(hub, read.id, body)
        elif known is not None and known[1] != body:
            edit_comment(hub, known[0], body)
    except ReletanError as problem:
        session.terminal.warn(f"The comment on #{read.facts.number} was not written: {problem.message}")
