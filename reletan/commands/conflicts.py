"""Explain a conflict: the files, who changed them on each side and by which pull requests, and how to solve it."""

from collections.abc import Sequence

import msgspec

from reletan.adapters.gitobjects import Conflict
from reletan.commands.listing import flow_names
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.errors import Blocked
from reletan.domain.pulls import Survey, survey
from reletan.domain.text import one_line

MOST_FILES = 10
MOST_CHANGES = 4


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """What a branch has that the other side of a merge has not."""

    branch: str
    tip: str
    without: tuple[str, ...]


def explain(session: Session, facts: Observed, conflict: Conflict, sides: Sequence[Side], *, next: str) -> Blocked:
    """The error for a merge that people must do; the branch of the first side gets it."""
    known = [(side, _survey(session, facts, side)) for side in sides]
    details = []
    for path in conflict.paths[:MOST_FILES]:
        told = [(side.branch, _changes(session, side, survey, path)) for side, survey in known]
        details += [one_line(path), *("  " + one_line(f"on {name}: {', '.join(said)}") for name, said in told if said)]
    if len(conflict.paths) > MOST_FILES:
        details.append(f"and {len(conflict.paths) - MOST_FILES} more files")
    return Blocked(f"Merging into {sides[0].branch} conflicts, so nothing was pushed.", details=details, next=next)


def _survey(session: Session, facts: Observed, side: Side) -> Survey:
    commits = list(session.repo.log([side.tip], side.without))
    return survey(commits, tip=side.tip, names=flow_names(session, facts), pull_heads=facts.refs.pulls)


def _changes(session: Session, side: Side, survey: Survey, path: str) -> list[str]:
    """What changed ``path`` on this side: "#12 Add login (Hana)", or "1a2b3c4 Add login (Hana)" without a pull request."""
    lineage, counted = survey.lineage, survey.counted()
    inside = lineage.enclosing(counted)
    people: dict[str, list[str]] = {}
    for sha in _commits(session, side, path):
        commit = lineage.commits[at := lineage.index[sha]]
        said = counted.get(at) or counted.get(inside[at])
        what = f"#{said.number} {said.title}" if said else f"{sha[:7]} {commit.subject}"
        people.setdefault(what, []).append(commit.author)
    told = [f"{what} ({', '.join(dict.fromkeys(names))})" for what, names in people.items()]
    return [*told[:MOST_CHANGES], "and more"] if len(told) > MOST_CHANGES else told


def _commits(session: Session, side: Side, path: str) -> list[str]:
    """Those that changed the file; merges only where nothing else did."""
    without = [f"^{commit}" for commit in side.without]
    for options in (["--no-merges"], []):
        found = session.repo.git.run(
            "rev-list", *options, side.tip, *without, "--", f":(top,literal){path}"
        ).out.split()
        if found:
            return found
    return []


def how_to_solve(facts: Observed, branch: str, others: Sequence[str], version: str) -> str:
    """The commands by which ``branch`` gets the ``others``, one a line; then tag finds nothing left to merge."""
    remote = facts.remote
    # git switch finds it by itself only where one remote has it, and the clone fetches all of that one's branches
    switch = f"git switch {branch}" if branch in facts.local.heads else f"git switch -c {branch} {remote}/{branch}"
    return "\n  ".join([
        f"solve it on {branch}, then tag again:",
        f"{switch} && git pull --ff-only {remote} {branch}",
        *(f"git merge {other}" for other in others),
        f"git push {remote} {branch}",
        f"reletan tag {version}",
    ])  # fmt: skip
