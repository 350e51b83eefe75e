"""``reletan automerge``: merge what is approved, and say why the rest is not merged."""

import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from reletan import explaining, prompts
from reletan.adapters.ci import this_job
from reletan.adapters.files import append
from reletan.commands.github import open_hub, require_slug, web_host
from reletan.commands.merging import act, comment, look, policy_for, refused_by
from reletan.commands.session import Session
from reletan.domain.ci import CiJob, in_actions
from reletan.domain.config import Method
from reletan.domain.errors import Blocked, Declined, ReletanError, Unauthorized, UsageError
from reletan.domain.merging import Judged, MergeFacts, Reason, Verdict, judge

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub
    from reletan.adapters.hubmerge import Read

# Seconds between two looks with --wait
INTERVAL = 10.0
# Seconds before trying again where the base moved at the same moment
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
    slug = require_slug(session, url)
    job = this_job(os.environ, web_host(session), slug)
    hub = open_hub(session, slug, url)
    if hub is None:
        _without_token(session, options, job)
        return
    work = _Work(session=session, hub=hub, options=options, job=job)
    try:
        work.do(_numbers(session, hub, options, job))
    except BaseException:
        _tell_done(session, list(work.entries.values()))
        raise
    entries, problem = list(work.entries.values()), work.problem
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


def _tested(job: CiJob | None, read: "Read") -> str | None:
    """The commit that this job tested, where the job is for this pull request."""
    if job is None or job.sha is None:
        return None
    ours = read.facts.number in job.pulls or (not job.pulls and not job.fork and job.branch == read.facts.branch)
    return job.sha if ours else None


# -- one after the other


class _Work(msgspec.Struct, kw_only=True):
    """One run over several pull requests: what it looks with, what came of each, and the first failure; ``stopped``: by
    trouble on the way to GitHub, or by a no.
    """

    session: Session
    hub: Any
    options: AutomergeOptions
    job: CiJob | None
    entries: dict[int, Judged] = {}
    read: dict[int, Any] = {}
    problem: ReletanError | None = None
    stopped: bool = False

    def do(self, numbers: Sequence[int]) -> None:
        """First whatever is ready; then, with --wait, look again at what may become so."""
        names = ", ".join(f"#{number}" for number in numbers)
        with self.session.terminal.progress(f"asking GitHub about {names}"):
            reads = self._look(numbers)
        if self.options.numbers and (strange := [f"#{number}" for number in numbers if reads[number] is None]):
            raise UsageError(
                f"{', '.join(strange)}: no such pull request of {self.hub.repository}.", next="check the number"
            )
        end = time.monotonic() + self.options.wait
        waiting = self._round(numbers, reads)
        while waiting and (left := end - time.monotonic()) > 0:
            reason = self.entries[waiting[0]].verdict.reasons[0].text
            self.session.terminal.wait(min(INTERVAL, left), f"#{waiting[0]}: {reason} ({left:.0f} s more)")
            waiting = self._round(waiting, self._look(waiting))
        if not (self.options.explain or self.session.dry_run or self.stopped):
            for number, entry in self.entries.items():
                comment(self.session, self.hub, self.read[number], policy_for(self.read[number], None), entry)

    def _round(self, numbers: Sequence[int], reads: Mapping[int, "Read | None"]) -> list[int]:
        """Handle each; the numbers of those that waiting may help. What is wrong with one does not hold up the others,
        trouble on the way to GitHub does.
        """
        waiting = []
        for number in numbers:
            if (read := reads[number]) is None:
                continue
            try:
                # Reading many takes time, and so does whatever is done to those before
                entry = self._one(number, read, fresh=len(numbers) == 1)
            except ReletanError as problem:
                self.problem = self.problem or _about(number, problem)
                if _is_trouble(problem):
                    self.stopped = True
                    return []
                continue
            if self.options.all and not entry.outcome and not _is_wanted(entry.verdict):
                self.entries.pop(number, None)
                continue
            self.entries[number] = entry
            if entry.outcome is None and _may_change(entry.verdict):
                waiting.append(number)
        return waiting

    def _one(self, number: int, read: "Read", *, fresh: bool) -> Judged:
        """Judge and act; whatever took time in between, be it a question or another merge, makes both begin anew."""
        from reletan.adapters.hubact import BaseMoved

        retries, agreed = list(RETRIES), None
        while True:
            self.read[number] = read
            chosen = policy_for(read, self.options.method)
            facts = msgspec.structs.replace(read.facts, tested=_tested(self.job, read))
            verdict = judge(facts, chosen.policy)
            if verdict.action == "leave" or self.options.explain or self.session.dry_run:
                return Judged(facts=facts, verdict=verdict, url=read.url)
            meant = (verdict.action, verdict.method, facts.head, facts.base)
            if fresh and agreed != meant and self._asks():
                _ask(self.session, facts, verdict)
                agreed, fresh = meant, False
            if not fresh:
                again = self._look([number])[number]
                if again is None:
                    return _gone(facts, verdict, read.url)
                read, fresh = again, True
                continue
            try:
                return act(self.session, self.hub, msgspec.structs.replace(read, facts=facts), chosen, verdict)
            except BaseMoved as refused:
                if not retries:
                    return refused_by(read, verdict, refused.words)
                self.session.terminal.wait(retries.pop(0), f"#{number}: its base moved at the same moment")
                fresh = False

    def _asks(self) -> bool:
        """Somebody at a terminal is asked; a CI job is there to do it."""
        return not self.session.yes and self.session.terminal.interactive

    def _look(self, numbers: Sequence[int]) -> dict[int, "Read | None"]:
        return look(self.session, self.hub, numbers, self.job)


def _is_trouble(problem: ReletanError) -> bool:
    """Whether the next pull request would fail in the same way; or somebody said no."""
    from reletan.adapters.hubreply import HubError, Refused

    return isinstance(problem, Declined) or (isinstance(problem, HubError) and not isinstance(problem, Refused))


def _about(number: int, problem: ReletanError) -> ReletanError:
    if f"#{number} " not in problem.message:
        problem.message = f"#{number}: {problem.message}"
    return problem


def _is_wanted(verdict: Verdict) -> bool:
    """With --all, what goes elsewhere is nobody's question."""
    return not any(reason.code == "base-not-allowed" for reason in verdict.reasons)


def _gone(facts: MergeFacts, verdict: Verdict, url: str) -> Judged:
    reasons = (Reason("unknown", "GitHub does not show it any more", "github"),)
    return Judged(facts=facts, verdict=msgspec.structs.replace(verdict, action="leave", reasons=reasons), url=url)


def _may_change(verdict: Verdict) -> bool:
    """Whether waiting may help: nothing that stays as it is speaks against merging."""
    waits = {reason.waits for reason in verdict.reasons}
    return verdict.action == "leave" and bool(waits) and "nobody" not in waits


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
    if in_actions(os.environ):
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
