"""What rules say to a change of a branch or a tag that comes without a pull request, in GitHub's words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from reletan.sandbox.github.model import Permission, Protection, Standing
from reletan.sandbox.origin import Origin

QUEUE_ONLY = "Changes must be made through the merge queue"
PULL_REQUEST_ONLY = "Changes must be made through a pull request."
NO_MERGE_COMMITS = "This branch must not contain merge commits."
LOCKED = {True: "Cannot update this protected ref.", False: "Cannot change this locked branch"}  # by a ruleset or not
NO_FORCE = "Cannot force-push to this branch"
NO_DELETION = "Cannot delete this branch"
NO_CREATION = "Cannot create ref due to creations being restricted."


class Change(msgspec.Struct, frozen=True):
    """``old`` is None where the ref is made, ``new`` where it is deleted. ``forced``: it does not move forward;
    ``merges``: it brings merge commits.
    """

    ref: str
    old: str | None
    new: str | None
    forced: bool = False
    merges: bool = False


def change(origin: Origin, ref: str, old: str | None, new: str | None) -> Change:
    """What it means to move ``ref`` from ``old`` to ``new``. Tags never move forward."""
    if old is None or new is None:
        return Change(ref, old, new)
    forced = ref.startswith("refs/tags/") or not origin.has(new, old)
    return Change(ref, old, new, forced, bool(origin.git("rev-list", "-1", "--merges", new, f"^{old}")))


def broken_by(change: Change, rules: Protection, standings: Mapping[str, Standing]) -> list[str]:
    """The rules that a change breaks. ``standings``: how the checks of the new commit stand, by name."""
    if change.new is None:
        return [] if rules.deletions else [NO_DELETION]
    if change.old is None and not rules.creations:
        return [NO_CREATION]
    said = [
        LOCKED[rules.by_ruleset] if rules.locked and change.old else None,
        NO_FORCE if change.forced and not rules.force_pushes else None,
        QUEUE_ONLY if rules.queue else None,
        # classic protection lets people make a branch that it then protects
        PULL_REQUEST_ONLY if rules.by_pull_request and (change.old or rules.by_ruleset) else None,
        checks_missing(rules, standings),
        NO_MERGE_COMMITS if rules.linear and change.merges else None,
    ]
    return [words for words in said if words]


def may_bypass(rules: Protection, login: str | None, right: Permission) -> bool:
    """Whether somebody with this right gets past the rules; nobody does without a name."""
    if rules.by_ruleset:
        return login in rules.bypass
    return right == "admin" and not rules.admins


def holding(rules: Protection, broken: Sequence[str], bypass: bool) -> list[str]:
    """What of it is refused: for those who get past, only what classic protection allows to nobody."""
    if not bypass:
        return list(broken)
    return [] if rules.by_ruleset else [words for words in broken if words in (NO_FORCE, NO_DELETION)]


def checks_missing(rules: Protection, standings: Mapping[str, Standing]) -> str | None:
    """What GitHub says about required checks that are not green."""
    missing = {name: standings.get(name, "expected") for name in rules.checks if standings.get(name) != "green"}
    if not missing:
        return None
    if len(rules.checks) == 1:
        return "".join(f'Required status check "{name}" is {standing}.' for name, standing in missing.items())
    counts = Counter(missing.values())
    many = f"{len(missing)} of {len(rules.checks)} required status checks"
    if len(counts) == 1 and "failing" not in counts:
        return f"{many} are {next(iter(counts))}."
    return f"{many} have not succeeded: {' and '.join(f'{n} {standing}' for standing, n in counts.items())}."


def in_one(rules: Protection, broken: Sequence[str]) -> str:
    """What the broken rules of a branch have to say, as GitHub puts it into one message."""
    return "\n\n".join(["Repository rule violations found", *broken, ""]) if rules.by_ruleset else " ".join(broken)


def fits(pattern: str, ref: str) -> bool:
    """Whether a ref is meant by a pattern of full names; its ``*`` stands for anything but a slash."""
    wanted, found = pattern.split("/"), ref.split("/")
    return len(wanted) == len(found) and all(map(fnmatchcase, found, wanted))
