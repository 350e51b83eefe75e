"""``reletan automerge``: merge what is approved, and say why the rest is not merged."""

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from reletan import explaining, prompts
from reletan.adapters.ci import this_job
from reletan.adapters.files import append
from reletan.commands.github import github_slug, open_hub, web_host
from reletan.commands.merging import act, policy_for, refused_by
from reletan.commands.session import Session
from reletan.domain.cijob import CiJob
from reletan.domain.config import Method
from reletan.domain.errors import Blocked, Declined, ReletanError, Unauthorized, UsageError
from reletan.domain.merging import Judged, MergeFacts, Verdict, judge

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub
    from reletan.adapters.hubmerge import Job, Read

# Seconds between two looks: while GitHub works out whether it can be merged, and with --wait
PATIENCE = (1.0, 2.0, 3.0)
INTERVAL = 10.0
# Seconds for which what was read is believed, and before trying again where the base moved at the same moment
FRESH = 3.0
RETRIES = (4.0, 8.0)
ON_ITS_WAY = ("merged", "enqueued", "auto-merge enabled")


class AutomergeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``numbers``: the pull requests to look at; ``wait``: how many seconds to wait for checks and people."""

    numbers: tuple[int, ...] = ()
    all: bool = False
    explain: bool = False
    wait: int = 0
    method: Method | None = None
    fail_if_blocked: bool = False


def run(session: Session, options: AutomergeOptions) -> None:
    url = _remote_url(session)
    slug = github_slug(session, url)
    if slug is None:
        raise UsageError("This repository is not on GitHub, as far as reletan can see.",
                         next='set repository = "owner/name" under [github] in .reletan.toml')  # fmt: skip
    job = this_job(os.environ, web_host(session), slug)
    hub = open_hub(session, slug, url)
    if hub is None:
        _without_token(session, options, job)
        return
    numbers = _numbers(session, hub, options, job)
    entries: list[Judged] = []
    try:
        problem = _handle_all(session, hub, options, job, numbers, entries)
    except BaseException:
        _tell_done(session, entries)
        raise
    if entries or problem is None:
        _report(session, entries)
    reported = session.terminal.json and bool(entries)
    if problem is not None:
        problem.reported = reported
        raise problem
    left = [entry for entry in entries if not _is_on_its_way(entry)]
    if left and options.fail_if_blocked:
        raise Blocked(f"Not merged: {', '.join(f'#{entry.facts.number}' for entry in left)}.", reported=reported)


def _is_on_its_way(entry: Judged) -> bool:
    """Merged, or in the hands of GitHub, by this run or before it."""
    if entry.outcome is not None:
        return entry.outcome in ON_ITS_WAY
    if entry.verdict.action in ("merge", "enqueue", "auto-merge"):
        return True  # with --explain or --dry-run
    facts = entry.facts
    handed_over = facts.queued or (facts.auto_merge and entry.verdict.action == "leave")
    return facts.merged or (handed_over and facts.mergeable is not False)


def _tell_done(session: Session, entries: Sequence[Judged]) -> None:
    """Before a run that was stopped ends: what it has done by then."""
    for entry in entries:
        if entry.outcome:
            session.terminal.warn(f"before this, #{entry.facts.number} was done: {entry.outcome}")


def _remote_url(session: Session) -> str | None:
    remote = session.settings.flow.remote
    return session.repo.remote_url(remote) if remote in session.repo.remotes() else None


def _without_token(session: Session, options: AutomergeOptions, job: CiJob | None) -> None:
    """A build of a fork gets no secrets: that is no failure of the job."""
    if job is not None and job.fork and not options.numbers:
        session.terminal.say("This is a build of a fork, which gets no token: nothing was merged.")
        _report(session, [])
        return
    raise Unauthorized("There is no token for GitHub.", next="set GH_TOKEN, or run `gh auth login`")


# -- which pull requests


def _numbers(session: Session, hub: "Hub", options: AutomergeOptions, job: CiJob | None) -> list[int]:
    from reletan.adapters.hubask import numbers_at, open_numbers

    if options.numbers:
        return list(dict.fromkeys(options.numbers))
    if options.all:
        return open_numbers(hub)
    if job is not None and job.pulls:
        return list(job.pulls)
    if job is None and options.explain:
        return open_numbers(hub)
    branch, sha = (job.branch, job.sha) if job else (session.repo.head_branch(), session.repo.resolve("HEAD"))
    found = numbers_at(hub, branch, sha) if branch and sha else []
    if not found and job is None:
        raise UsageError("Which pull request? The branch that is checked out is the head of none.",
                         next="give its number, or --all")  # fmt: skip
    return found


def _how_we_look(job: CiJob | None) -> "Job":
    """How our own check is told."""
    from reletan.adapters.hubmerge import Job

    if job is None:
        return Job()
    # Elsewhere the address is that of a whole build, whose other parts may still run
    return Job(run=job.run, name=job.job, url=job.url if job.system == "CircleCI" else None)


def _tested(job: CiJob | None, read: "Read") -> str | None:
    """The commit that this job tested, where the job is for this pull request."""
    if job is None or job.sha is None:
        return None
    ours = read.facts.number in job.pulls or (not job.pulls and not job.fork and job.branch == read.facts.branch)
    return job.sha if ours else None


# -- one after the other


def _handle_all(
    session: Session,
    hub: "Hub",
    options: AutomergeOptions,
    job: CiJob | None,
    numbers: Sequence[int],
    entries: list[Judged],
) -> ReletanError | None:
    """Adds what was judged and done to ``entries``; the first failure. What is wrong with one pull request does not hold
    up the others, trouble on the way to GitHub does.
    """
    from reletan.adapters.hubreply import HubError

    first, looks = None, _how_we_look(job)
    with session.terminal.progress("asking GitHub about " + ", ".join(f"#{number}" for number in numbers)):
        reads, since = _settled(session, hub, numbers, looks), time.monotonic()
    end = since + options.wait
    if options.numbers and (strange := [f"#{number}" for number in numbers if reads[number] is None]):
        raise UsageError(f"{', '.join(strange)}: no such pull request of {hub.repository}.", next="check the number")
    for number in numbers:
        try:
            if any(entry.outcome for entry in entries):
                # What was merged may have made a conflict, or moved the base
                since = 0.0
            if (read := reads[number]) is None:
                continue
            entry = _handle(session, hub, options, job, read, since, end)
        except ReletanError as problem:
            first = first or _about(number, problem)
            if isinstance(problem, HubError | Declined):
                break
            continue
        if not options.all or _is_wanted(entry.verdict):
            entries.append(entry)
    return first


def _about(number: int, problem: ReletanError) -> ReletanError:
    if f"#{number} " not in problem.message:
        problem.message = f"#{number}: {problem.message}"
    return problem


def _is_wanted(verdict: Verdict) -> bool:
    """With --all, what goes elsewhere is nobody's question."""
    return not any(reason.code == "base-not-allowed" for reason in verdict.reasons)


def _settled(session: Session, hub: "Hub", numbers: Sequence[int], looks: "Job") -> dict[int, "Read | None"]:
    """What GitHub knows; what it still works out is looked at again a few times, all of it at once."""
    from reletan.adapters.hubmerge import read_for_merge

    reads = read_for_merge(hub, numbers, looks)
    for seconds in PATIENCE:
        undecided = [number for number, read in reads.items() if read and _is_undecided(read)]
        if not undecided:
            break
        names = ", ".join(f"#{number}" for number in undecided)
        session.terminal.wait(seconds, f"GitHub is working out whether {names} can be merged")
        reads |= read_for_merge(hub, undecided, looks)
    return reads


def _is_undecided(read: "Read") -> bool:
    facts = read.facts
    return facts.open and not facts.merged and (facts.mergeable is None or facts.state == "unknown")


def _handle(
    session: Session, hub: "Hub", options: AutomergeOptions, job: CiJob | None, read: "Read", since: float, end: float
) -> Judged:
    """Judge and act; whatever took time in between, be it a wait, a question or another merge, makes both begin anew.

    ``since``: when it was read, on the clock that only goes forward; ``end``: until when to wait.
    """
    from reletan.adapters.hubact import BaseMoved

    number, retries, agreed = read.facts.number, list(RETRIES), False
    while True:
        if time.monotonic() - since > FRESH:
            read, since = _settled(session, hub, [number], _how_we_look(job))[number] or read, time.monotonic()
        chosen = policy_for(read, options.method)
        facts = msgspec.structs.replace(read.facts, tested=_tested(job, read))
        verdict = judge(facts, chosen.policy)
        left = end - time.monotonic()
        if left > 0 and _may_change(verdict):
            session.terminal.wait(min(INTERVAL, left), f"#{number}: {verdict.reasons[0].text} ({left:.0f} s more)")
            since = 0.0
            continue
        if options.explain or session.dry_run:
            return Judged(facts=facts, verdict=verdict, url=read.url)
        if not agreed and _asks(session, verdict):
            _ask(session, facts, verdict)
            agreed, since = True, 0.0
            continue
        try:
            return act(session, hub, msgspec.structs.replace(read, facts=facts), chosen, verdict)
        except BaseMoved as refused:
            if not retries:
                return refused_by(read, verdict, refused.words)
            session.terminal.wait(retries.pop(0), f"#{number}: its base moved at the same moment")
            since = 0.0


def _may_change(verdict: Verdict) -> bool:
    """Whether waiting may help: nothing that stays as it is speaks against merging."""
    waits = {reason.waits for reason in verdict.reasons}
    return verdict.action == "leave" and bool(waits) and "nobody" not in waits


def _asks(session: Session, verdict: Verdict) -> bool:
    """Somebody at a terminal is asked; a CI job is there to do it."""
    return verdict.action != "leave" and not session.yes and session.terminal.interactive


def _ask(session: Session, facts: MergeFacts, verdict: Verdict) -> None:
    if not prompts.confirm(session.terminal, f"{verdict.action}: #{facts.number} {facts.title}?"):
        raise Declined("Nothing more was done.")


# -- what is told


def _report(session: Session, entries: Sequence[Judged]) -> None:
    if session.terminal.json:
        session.terminal.out(explaining.verdicts_json(entries, ()))
    elif entries:
        explaining.verdict_table(session.terminal, entries)
    else:
        session.terminal.say("There is no open pull request to merge here.")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        _report_to_actions(session, entries)


def _report_to_actions(session: Session, entries: Sequence[Judged]) -> None:
    if not session.terminal.json:
        for line in explaining.annotations(entries):
            session.terminal.command(line)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            append(summary, explaining.step_summary(entries))
        except ReletanError as problem:
            # what is merged is merged
            session.terminal.warn(problem.message)
