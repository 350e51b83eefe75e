"""How the checks of a commit stand."""

from collections.abc import Iterable
from typing import get_args

from reletan.sandbox.github.model import Check, CommitStatus, Standing

_FROM_GOOD_TO_BAD = get_args(Standing)
_GREEN = ("success", "neutral", "skipped")
_STATUSES: dict[str, Standing] = {
    "success": "green",
    "pending": "pending",
    "failure": "failing",
    "error": "failing",
}


def standings(checks: Iterable[Check], statuses: Iterable[CommitStatus], sha: str) -> dict[str, Standing]:
    """By name of the check run or status; the latest of a context or of a workflow's run counts, and of all these the worst."""
    told = {status.context: _STATUSES[status.state] for status in statuses if status.sha == sha}
    runs = {(check.name, check.run): _standing(check) for check in checks if check.sha == sha}
    worst = dict(told)
    for (name, _), standing in runs.items():
        worst[name] = max(worst.get(name, "green"), standing, key=_FROM_GOOD_TO_BAD.index)
    return worst


def _standing(check: Check) -> Standing:
    if check.status != "completed":
        return "in progress" if check.status == "in_progress" else "queued"
    return "green" if check.conclusion in _GREEN else "failing"
