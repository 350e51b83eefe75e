"""``reletan checklist``: who has not ticked what in the release pull request, and the reminder of it."""

from typing import TYPE_CHECKING, Any

import msgspec

from reletan import checktable, render
from reletan.commands.composing import Subject, subject_of
from reletan.commands.flowing import carry_out
from reletan.commands.github import github_slug, require_hub
from reletan.commands.listing import read_listing
from reletan.commands.observing import Observed, observe
from reletan.commands.releasepull import progress_of, release_pull, status_step
from reletan.commands.reminding import remind
from reletan.commands.session import Session, require_writable
from reletan.domain.errors import Blocked
from reletan.domain.listing import Listing
from reletan.domain.plan import Plan, SetStatus
from reletan.domain.progress import Progress

if TYPE_CHECKING:
    from reletan.adapters.hubpr import PullText


NOTHING: dict[str, Any] = {"schema": 1, "version": None, "pull_request": None, "done": 0, "all": 0, "people": []}


class ChecklistOptions(msgspec.Struct, frozen=True, kw_only=True):
    version: str | None = None
    remind: bool = False
    fail_if_open: bool = False


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """An open release, its pull request, and how far its checklist is."""

    subject: Subject
    listing: Listing
    pull: "PullText"
    now: Progress


def run(session: Session, options: ChecklistOptions) -> None:
    """Raises Blocked with --fail-if-open where something is not ticked."""
    seen: list[Looked] = []
    if options.remind:
        require_writable(session)
        plan = carry_out(session, lambda: _plan(session, options, seen), None)
        if plan.paste is not None and not session.terminal.json:
            session.terminal.out(plan.paste)
    else:
        _show(session, options, seen)
    if options.fail_if_open and seen and not seen[-1].now.complete:
        now = seen[-1].now
        raise Blocked(
            f"{now.all - now.done} of {now.all} are not ticked in #{now.pull_request.number}.",
            next=f"tick them when they are tested: {now.pull_request.url}", reported=session.terminal.json,
        )  # fmt: skip


def _show(session: Session, options: ChecklistOptions, seen: list[Looked]) -> None:
    facts = observe(session)
    subject = _open_release(session, facts, options.version)
    if subject is None:
        session.terminal.say("No release is open.")
        if session.terminal.json:
            session.terminal.out(render.to_json(NOTHING))
        return
    seen.append(look(session, facts, subject))
    if session.terminal.json:
        session.terminal.out(render.to_json(seen[-1].now))
    else:
        checktable.show(session.terminal, seen[-1].now)


def _open_release(session: Session, facts: Observed, version: str | None) -> Subject | None:
    """None where nothing is open, or what is named is merged or released: then nobody is asked any more."""
    subject = subject_of(session, facts, version)
    return None if subject.released or subject.branch not in facts.refs.heads else subject


def look(session: Session, facts: Observed, subject: Subject) -> Looked:
    """Raises as ``release_pull``, and Blocked where there is no release pull request."""
    require_hub(session, facts)
    pull, version = release_pull(session, facts, subject.branch or ""), subject.version or ""
    if pull is None:
        raise Blocked(
            f"{subject.branch} has no open release pull request.", next=f"open it with `reletan pr {version}`"
        )
    listing = read_listing(session, facts, subject.span, kind=subject.kind)
    return Looked(subject=subject, listing=listing, pull=pull, now=progress_of(session, subject, listing, pull))


# the reminder


def _plan(session: Session, options: ChecklistOptions, seen: list[Looked]) -> Plan:
    facts = observe(session, writing=True)
    subject = _open_release(session, facts, options.version)
    if subject is None:
        return Plan(command="checklist", version=None, steps=(), warnings=("no release is open",))
    looked = look(session, facts, subject)
    seen.append(looked)
    reminding = remind(session, facts, looked.subject, looked.listing, looked.now)
    steps = (*_status(session, facts, looked), *reminding.steps)
    # a plan that says only why nobody is reminded is not done already
    version = subject.version if steps or not reminding.said else None
    said = (reminding.said,) if reminding.said else ()
    return Plan(command="checklist", version=version, steps=steps, warnings=said, paste=reminding.paste)


def _status(session: Session, facts: Observed, looked: Looked) -> tuple[SetStatus, ...]:
    """Branch protection that waits for it does not know quiet hours."""
    if not session.settings.checklist.status:
        return ()
    return (status_step(github_slug(session, facts.url) or "", looked.subject.span.until_sha, looked.now),)
