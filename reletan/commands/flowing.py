"""Show a plan, ask, and do exactly that: the same for every writing command."""

import time
from collections.abc import Callable, Sequence

from reletan import prompts, render
from reletan.adapters.gitparse import PushRefused
from reletan.adapters.journal import Journal, JournalFolder, marked
from reletan.apply import Result, Tools, perform
from reletan.commands.session import Session
from reletan.domain.errors import Blocked, Declined, Incomplete
from reletan.domain.plan import Plan, PublishRelease, State

# A push that lost a race is tried again on the new state of the remote; so often, and then people should look.
ATTEMPTS = 8


def show_and_apply(plan: Plan, session: Session) -> None:
    """A plan that needs neither the remote nor a journal (``init``)."""
    _settle(session, plan)
    if not session.dry_run:
        results = perform(plan, _tools(session), lambda _index, _result: None) if plan.steps else []
        render.outcome(session.terminal, plan, results)


def carry_out(session: Session, make_plan: Callable[[], Plan], make_journal: Callable[[Plan], Journal] | None) -> Plan:
    """Plan, show, confirm and apply; on a lost race plan again. Returns the plan that was done (or shown, for a dry run).

    A yes covers a new plan with the same version, release head and mode; any other stops with both shown.
    """
    plan = make_plan()
    _settle(session, plan)
    if session.dry_run:
        return plan
    details: tuple[str, ...] = ()
    for attempt in range(ATTEMPTS):
        try:
            results = _apply(session, plan, make_journal)
        except PushRefused as refusal:
            details = refusal.details
            time.sleep(0.05 * attempt)
            plan = _plan_again(session, plan, make_plan, refusal)
            continue
        render.outcome(session.terminal, plan, results)
        _require_complete(plan, results)
        return plan
    raise Blocked(f"The remote kept moving: {ATTEMPTS} pushes were refused, and nothing landed.", details=details,
                  next="run the command again")  # fmt: skip


def _require_complete(plan: Plan, results: Sequence[Result]) -> None:
    unpublished = _unpublished(plan, results)
    if not plan.waits and not unpublished:
        return
    merged = "when that is merged (with a merge commit, not squashed), " if plan.waits else ""
    raise Incomplete(
        f"{plan.version} is public, but not complete yet.",
        details=(*plan.waits, *unpublished),
        next=f"{merged}run `reletan resume {plan.version}`",
        reported=True,
    )


def _unpublished(plan: Plan, results: Sequence[Result]) -> list[str]:
    return [
        f"its GitHub Release is not published: {result.detail}"
        for step, result in zip(plan.steps, results, strict=True)
        if isinstance(step, PublishRelease) and result.state == "conflict"
    ]


def _tools(session: Session) -> Tools:
    return Tools(repo=session.repo, hub=session.hub, slack=session.slack)


def _settle(session: Session, plan: Plan) -> None:
    """Show the plan and have it confirmed. Raises Declined."""
    if session.dry_run:
        render.dry_run(session.terminal, plan)
        return
    render.show_plan(session.terminal, plan)
    if plan.steps and not session.yes and not prompts.confirm(session.terminal, "Do exactly this?"):
        raise Declined("Nothing was done.")


def _plan_again(session: Session, old: Plan, make_plan: Callable[[], Plan], refusal: PushRefused) -> Plan:
    if not refusal.stale:
        raise Blocked(
            refusal.message, details=refusal.details,
            next="let somebody with the right do it; or merge the release branch into production by a pull request "
            "(with a merge commit) and run the command again"
        ) from refusal  # fmt: skip
    session.terminal.say("The remote moved meanwhile and nothing was pushed; looking again.")
    new = make_plan()
    if session.yes and not old.same_intent(new):
        raise Blocked(
            "The plan changed, so your yes does not cover it.",
            details=["you said yes to:", *render.plan_lines(old), "now it would be:", *render.plan_lines(new)],
            next="look at it, then run the command again",
        )
    _settle(session, new)
    return new


def _apply(session: Session, plan: Plan, make_journal: Callable[[Plan], Journal] | None) -> list[Result]:
    if make_journal is None or plan.version is None:
        return perform(plan, _tools(session), lambda _index, _result: None)
    folder = JournalFolder(session.repo.common_dir)
    if not plan.steps:
        # killed after its last step: only the journal was left
        if not plan.waits:
            folder.forget(plan.version)
        return []
    journal = make_journal(plan)
    states: list[State] = ["todo"] * len(plan.steps)

    def report(index: int, result: Result) -> None:
        states[index] = result.state
        folder.write(marked(journal, states))

    folder.write(marked(journal, states))
    results = perform(plan, _tools(session), report)
    if not plan.waits and not _unpublished(plan, results):
        folder.forget(plan.version)
    return results
