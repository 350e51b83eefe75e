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
from reletan.commands.merging import act, policy_for
from reletan.commands.session import Session
from reletan.domain.cijob import CiJob
from reletan.domain.config import Method
from reletan.domain.errors import Blocked, Declined, Unauthorized, UsageError
from reletan.domain.merging import Judged, Verdict, judge

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub
    from reletan.adapters.hubmerge import Job, Read

# Seconds between two looks: while GitHub works out whether it can be merged, and with --wait
PATIENCE = (1.0, 2.0, 3.0)
INTERVAL = 10.0
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
    entries = _handle_all(session, hub, options, job, _numbers(session, hub, options, job))
    _report(session, entries)
    left = [entry for entry in entries if entry.outcome not in ON_ITS_WAY and not entry.facts.merged]
    if left and options.fail_if_blocked:
        raise Blocked(
            f"Not merged: {', '.join(f'#{entry.facts.number}' for entry in left)}.", reported=session.terminal.json
        )


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


def _how_we_look(job: CiJob | None, numbers: Sequence[int], options: AutomergeOptions) -> "Job":
    """How our own check is told, and the commit that was tested: only for the pull request that the job is for."""
    from reletan.adapters.hubmerge import Job

    if job is None:
        return Job()
    ours = not options.all and (not options.numbers or set(numbers) <= set(job.pulls))
    return Job(run=job.run, name=job.job, url=job.url, tested=job.sha if ours else None)


# -- one after the other


def _handle_all(
    session: Session, hub: "Hub", options: AutomergeOptions, job: CiJob | None, numbers: list[int]
) -> list[Judged]:
    looks = _how_we_look(job, numbers, options)
    with session.terminal.progress("asking GitHub about " + ", ".join(f"#{number}" for number in numbers)):
        reads = _settled(session, hub, numbers, looks)
    entries: list[Judged] = []
    for number in numbers:
        if any(entry.outcome for entry in entries):
            # What was merged may have made a conflict, or moved the base
            reads |= _settled(session, hub, [number], looks)
        read = reads[number]
        if read is None:
            if options.numbers:
                raise UsageError(f"#{number} is not a pull request of {hub.repository}.", next="check the number")
            continue
        entry = _handle(session, hub, options, looks, read)
        if not options.all or _is_wanted(entry.verdict):
            entries.append(entry)
    return entries


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


def _handle(session: Session, hub: "Hub", options: AutomergeOptions, looks: "Job", read: "Read") -> Judged:
    number, end = read.facts.number, time.monotonic() + options.wait
    while True:
        chosen = policy_for(read, options.method)
        verdict = judge(read.facts, chosen.policy)
        left = end - time.monotonic()
        if left <= 0 or not _may_change(verdict):
            break
        session.terminal.wait(min(INTERVAL, left), f"#{number}: {verdict.reasons[0].text} ({left:.0f} s more)")
        read = _settled(session, hub, [number], looks)[number] or read
    if options.explain or session.dry_run or not _agreed(session, read, verdict):
        return Judged(facts=read.facts, verdict=verdict, url=read.url)
    return act(session, hub, read, chosen, verdict)


def _may_change(verdict: Verdict) -> bool:
    """Whether waiting may help: nothing that stays as it is speaks against merging."""
    waits = {reason.waits for reason in verdict.reasons}
    return verdict.action == "leave" and bool(waits) and "nobody" not in waits


def _agreed(session: Session, read: "Read", verdict: Verdict) -> bool:
    """Somebody at a terminal is asked; a CI job is there to do it."""
    if verdict.action == "leave" or session.yes or not session.terminal.interactive:
        return True
    title = f"#{read.facts.number} {read.facts.title}"
    if not prompts.confirm(session.terminal, f"{verdict.action}: {title}?"):
        raise Declined("Nothing more was done.")
    return True


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
        append(summary, explaining.step_summary(entries))
