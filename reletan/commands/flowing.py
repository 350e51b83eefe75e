"""Show a plan, ask, and do exactly that: the same for every writing command."""

import time
from collections.abc import Callable, Sequence

from reletan import prompts, render
from reletan.adapters.gitparse import PushRefused
from reletan.adapters.journal import Journal, JournalFolder, marked
from reletan.apply import NEWS, Result, Tools, perform
from reletan.commands.session import Session, warn_once
from reletan.domain.errors import Blocked, Declined, Incomplete, ReletanError, Unauthorized, UsageError
from reletan.domain.plan import MergePull, OpenPull, Plan, PublishRelease, PushRefs, State

# A push that lost a race is tried again on the new state of the remote; so often, and then people should look.
ATTEMPTS = 8
# A release by pull request takes five: written, merged, tagged, merged back, tidied up.
PARTS = 8

Part = tuple[Plan, list[Result]]


def show_and_apply(plan: Plan, session: Session) -> None:
    """A plan that needs neither the remote nor a journal (``init``)."""
    _settle(session, plan)
    if not session.dry_run:
        results = perform(plan, _tools(session), lambda _index, _result: None) if plan.steps else []
        render.outcome(session.terminal, plan, results)


def carry_out(
    session: Session,
    make_plan: Callable[[], Plan],
    make_journal: Callable[[Plan], Journal] | None,
    another_way: Callable[[Plan, PushRefused], str | None] | None = None,
) -> Plan:
    """Plan, show, confirm and apply; on a lost race, and where something follows a plan, plan again. Returns the last plan
    that was done (or the one that was shown, for a dry run).

    A yes covers a new plan with the same version, release head and mode; any other stops with both shown.
    ``another_way``: after a push that a rule refused, the option that asks for the plan that is made next; None: there is none.
    """
    plan = make_plan()
    _settle(session, plan)
    if session.dry_run:
        _require_open(plan)
        return plan
    done: list[Part] = []
    try:
        for _ in range(PARTS):
            plan, results = _insist(session, plan, make_plan, make_journal, another_way)
            done.append((plan, results))
            if not session.terminal.json:
                render.outcome(session.terminal, plan, results)
            _require_complete(plan, results)
            if not plan.then:
                break
            plan = _go_on(session, plan, make_plan)
        else:
            raise Blocked("What was done does not show on the remote yet.", next="run the command again in a moment")
    except ReletanError as problem:
        _tell_parts(session, done)
        problem.reported = problem.reported or bool(done and session.terminal.json)
        if _is_public(plan, done) and _is_failure(problem):
            raise _incomplete(plan, problem) from problem
        raise
    _tell_parts(session, done)
    return plan


def _tell_parts(session: Session, done: Sequence[Part]) -> None:
    if done and session.terminal.json:
        render.outcomes(session.terminal, done)


def _is_public(plan: Plan, done: Sequence[Part]) -> bool:
    """Whether production has the release, from before or by what was done."""
    steps = [step for part, _ in done for step in part.steps]
    merged = any(isinstance(step, MergePull) and step.method != "queue" for step in steps)
    pushed = plan.command == "tag" and any(isinstance(step, PushRefs) for step in steps)
    return plan.public or merged or pushed


def _is_failure(problem: ReletanError) -> bool:
    """And not a no of the person, or something that waits for people."""
    failures = (ReletanError.exit_code, UsageError.exit_code, Unauthorized.exit_code)
    return problem.exit_code in failures and not isinstance(problem, Declined)


def _incomplete(plan: Plan, problem: ReletanError) -> Incomplete:
    before = f"{problem.next}; then " if problem.next else ""
    return Incomplete(
        f"{plan.version} is public, but not complete yet.", details=(problem.message, *problem.details),
        next=f"{before}run `reletan resume {plan.version}`", reported=problem.reported,
    )  # fmt: skip


def _insist(
    session: Session,
    plan: Plan,
    make_plan: Callable[[], Plan],
    make_journal: Callable[[Plan], Journal] | None,
    another_way: Callable[[Plan, PushRefused], str | None] | None,
) -> Part:
    """Apply it, or the plan that takes its place where the remote moved; the one that was done, and what came of it."""
    details: tuple[str, ...] = ()
    for attempt in range(ATTEMPTS):
        try:
            return plan, _apply(session, plan, make_journal)
        except PushRefused as refusal:
            details = refusal.details
            time.sleep(0.05 * attempt)
            if refusal.stale:
                session.terminal.say("The remote moved meanwhile and nothing was pushed; looking again.")
                plan = _plan_again(session, plan, make_plan)
            else:
                option = another_way(plan, refusal) if another_way else None
                plan = _plan_otherwise(session, plan, make_plan, refusal, option)
    raise Blocked(f"The remote kept moving: {ATTEMPTS} pushes were refused, and nothing landed.", details=details,
                  next="run the command again")  # fmt: skip


def _go_on(session: Session, old: Plan, make_plan: Callable[[], Plan]) -> Plan:
    """The next part of what was agreed to."""
    new = make_plan()
    if old.same_intent(new):
        render.show_plan(session.terminal, new)
        return new
    _require_covered(session, old, new)
    _settle(session, new)
    return new


def _require_open(plan: Plan, *, reported: bool = True) -> None:
    """Raises Blocked where it cannot go on before people, or checks, have done their part."""
    if plan.blocked:
        raise Blocked(
            plan.blocked,
            details=plan.waits,
            next=f"when that is done, run `reletan tag {plan.version}` again",
            reported=reported,
        )


def _require_complete(plan: Plan, results: Sequence[Result]) -> None:
    undone = _undone(plan, results)
    if not undone:
        _require_open(plan)
    if not undone and not plan.waits:
        return
    merged = "when that is merged (with a merge commit, not squashed), " if plan.waits else ""
    raise Incomplete(
        f"{plan.version} is public, but not complete yet.",
        details=(*plan.waits, *undone),
        next=f"{merged}run `reletan resume {plan.version}`",
        reported=True,
    )


def _undone(plan: Plan, results: Sequence[Result]) -> list[str]:
    """What GitHub failed at after the release was public."""
    closed = [
        f"the pull request from {step.branch} into {step.base} is not open: {result.detail}"
        for step, result in zip(plan.steps, results, strict=True)
        if isinstance(step, OpenPull) and result.state == "conflict"
    ]
    return [*closed, *_unpublished(plan, results)]


def _unpublished(plan: Plan, results: Sequence[Result]) -> list[str]:
    return [
        f"its GitHub Release is not published: {result.detail}"
        for step, result in zip(plan.steps, results, strict=True)
        if isinstance(step, PublishRelease) and result.state == "conflict"
    ]


def _untold(plan: Plan, results: Sequence[Result]) -> bool:
    """Whether only the journal knows what the team has still to be told: of other commands, the remote tells it."""
    told = [result.state for step, result in zip(plan.steps, results, strict=True) if isinstance(step, NEWS)]
    return plan.command == "abort" and any(state in ("conflict", "unknown") for state in told)


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


def _plan_again(session: Session, old: Plan, make_plan: Callable[[], Plan]) -> Plan:
    new = make_plan()
    if not old.same_intent(new):
        _require_covered(session, old, new)
    _settle(session, new)
    return new


def _plan_otherwise(
    session: Session, old: Plan, make_plan: Callable[[], Plan], refusal: PushRefused, option: str | None
) -> Plan:
    """The plan that does without the push that a rule refused; it is confirmed anew, whatever it is."""
    if option is None:
        raise _no_way(old, refusal) from refusal
    session.terminal.say(f"{refusal.message} Looking for another way.")
    new = make_plan()
    _require_covered(session, old, new, refusal.details, f"look at it, then run the command again with {option}")
    _settle(session, new)
    return new


def _no_way(plan: Plan, refusal: PushRefused) -> ReletanError:
    """Production may have got the release before, by its pull request: then only the rest is missing."""
    updates = [update for step in plan.steps if isinstance(step, PushRefs) for update in step.updates]
    if plan.command != "tag":
        what, branch = "delete" if plan.command == "abort" else "create", updates[0].ref.removeprefix("refs/heads/")
        return Blocked(refusal.message, details=refusal.details,
                       next=f"ask who may {what} {branch} on the remote, then run the command again")  # fmt: skip
    if not plan.public:
        return Blocked(
            refusal.message, details=refusal.details,
            next="let somebody with the right do it; or merge the release branch into production by a pull request "
            "(with a merge commit) and run the command again"
        )  # fmt: skip
    without = any(update.ref.startswith("refs/heads/") and not update.old for update in updates)
    return Incomplete(
        f"{plan.version} is in production, but the rest was refused. {refusal.message}", details=refusal.details,
        next=f"let somebody who may push that run `reletan tag {plan.version}`"
        + ("; where only the branch of the back-merge was refused: the same with --backmerge none" if without else ""),
    )  # fmt: skip


def _require_covered(
    session: Session,
    old: Plan,
    new: Plan,
    why: Sequence[str] = (),
    hint: str = "look at it, then run the command again",
) -> None:
    """Raises Blocked with both plans shown where nobody is asked again."""
    if session.yes:
        raise Blocked(
            "The plan changed, so your yes does not cover it.",
            details=[*why, "you said yes to:", *render.plan_lines(old), "now it would be:", *render.plan_lines(new)],
            next=hint,
        )


def _apply(session: Session, plan: Plan, make_journal: Callable[[Plan], Journal] | None) -> list[Result]:
    if make_journal is None or plan.version is None:
        return perform(plan, _tools(session), lambda _index, _result: None)
    folder = JournalFolder(session.repo.common_dir)
    if not plan.steps:
        # killed after its last step: only the journal was left
        if not plan.waits and not plan.then:
            _forget(session, folder, plan.version)
        return []
    journal = make_journal(plan)
    states: list[State] = ["todo"] * len(plan.steps)

    def report(index: int, result: Result) -> None:
        states[index] = result.state
        _note(session, folder, marked(journal, states))

    before = folder.read(journal.version)
    folder.write(marked(journal, states))
    try:
        results = perform(plan, _tools(session), report)
    except PushRefused:
        # Nothing landed, so nothing is interrupted; of a tag the journal has the message and the time for the next try
        if before is None and plan.command != "tag":
            _forget(session, folder, plan.version)
        raise
    goes_on = plan.waits or plan.then
    if not goes_on and not _undone(plan, results) and not _untold(plan, results):
        _forget(session, folder, plan.version)
    return results


def _note(session: Session, folder: JournalFolder, journal: Journal) -> None:
    """What has begun goes on where nothing can be noted down any more: the remote tells the next run what was done."""
    try:
        folder.write(journal)
    except ReletanError as problem:
        warn_once(session, f"{problem.message} It goes on without its journal.")


def _forget(session: Session, folder: JournalFolder, version: str) -> None:
    try:
        folder.forget(version)
    except ReletanError as problem:
        warn_once(session, problem.message)
