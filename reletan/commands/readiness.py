"""What speaks against releasing a branch now, though nothing forbids it: said before production gets it."""

from collections.abc import Sequence

from reletan.commands.composing import Subject
from reletan.commands.observing import Observed
from reletan.commands.releasepull import progress_of, release_pull
from reletan.commands.session import Session, warn_once
from reletan.commands.way import Way
from reletan.domain.errors import Blocked, ReletanError
from reletan.domain.listing import Listing
from reletan.domain.text import one_line

MOST_NAMES = 5


def check_ticks(session: Session, facts: Observed, subject: Subject, listing: Listing) -> None:
    """Before a release: warn of what is not ticked. Raises Blocked where ``checklist.required`` is on."""
    settings = session.settings.checklist
    if subject.branch is None or not (settings.pull_request or settings.required):
        return
    try:
        pull = release_pull(session, facts, subject.branch)
    except ReletanError as problem:
        if settings.required:
            raise
        warn_once(session, f"What is ticked is not known: {problem.message}")
        return
    if pull is None:
        missing = f"{subject.branch} has no release pull request, so nobody has ticked anything."
    else:
        progress = progress_of(session, subject, listing, pull)
        if progress.complete:
            return
        missing = f"In #{pull.number}, {progress.all - progress.done} of {progress.all} are not ticked."
    if settings.required:
        raise Blocked(missing, next=f"reletan checklist {subject.version}" if pull else f"reletan pr {subject.version}")
    warn_once(session, missing)


def check_head(session: Session, way: Way, branch: str, head: str) -> None:
    """Warn of the checks of ``head`` that are not green, and of what is open for ``branch``. One request."""
    if way.hub is None:
        return
    try:
        with session.terminal.progress(f"asking GitHub about {branch}"):
            state = way.head_state(branch, head)
    except ReletanError as problem:
        warn_once(session, f"How {branch} stands on GitHub is not known: {problem.message}")
        return
    if state.hidden:
        warn_once(session, f"The checks at the head of {branch} are not known: {state.hidden.message}")
    if state.failed:
        warn_once(session, f"Failed at the head of {branch}: {_some(state.failed)}.")
    if state.pending:
        warn_once(session, f"Still running at the head of {branch}: {_some(state.pending)}.")
    if state.pulls:
        numbers = _some([f"#{number}" for number in state.pulls])
        warn_once(session, f"Open into {branch}, and not in this release: {numbers}.")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(one_line(name) for name in names[:MOST_NAMES]) + more
