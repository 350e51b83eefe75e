"""The plans of a release that goes by pull request: into production, and from there back."""

import re
from collections.abc import Sequence

import msgspec

from reletan.domain.config import Method
from reletan.domain.merging import Judged, Policy
from reletan.domain.plan import MergePull, OpenPull, Plan, PushRefs, Step
from reletan.domain.progress import CONTEXT
from reletan.domain.tagging import ReleaseFacts, squash_warning


class BackPull(msgspec.Struct, frozen=True, kw_only=True):
    """How the tag gets into ``base`` by pull request: ``judged`` is the one that is open, else ``opening`` opens one.

    ``squashed``: the number of one that was merged, and that did not bring the tag. ``landed``: that of one that was merged
    after ``base`` was looked at.
    """

    base: str
    opening: OpenPull
    judged: Judged | None = None
    squashed: int | None = None
    landed: int | None = None


def policy_for_release(team: Policy, base: str, method: Method, approvals: int = 0) -> Policy:
    """What the team's policy asks of a pull request of the flow itself: how many people have to approve say the rules of
    its base, and who merges it has decided on the rest. The checklist holds up what its own setting says, or a rule.
    ``approvals``: those that are needed besides.
    """
    return msgspec.structs.replace(
        team, base=(base,), approvals=approvals, ignore_checks=(*team.ignore_checks, CONTEXT), required_label="",
        forks=False, update_branch=False, native=False, method=method, method_labels={},
    )  # fmt: skip


def plan_release_pull(facts: ReleaseFacts, repository: str, pull: Judged | None, write: Step | None) -> Plan:
    """As far as it can go before production has the release: ``write`` its pull request where none is open, merge it, or
    say what it waits for; with neither, it has been merged a moment ago. The commit that GitHub makes then is not known yet,
    so that what follows is told in words.
    """
    plan = Plan(
        command="tag", version=facts.version, steps=(), head=facts.head, mode="pull-request", warnings=facts.warnings
    )
    follows = _what_follows(facts)
    if write is not None:
        then = (f"merge it into {facts.branches.production} as soon as it may be merged", *follows)
        return msgspec.structs.replace(plan, steps=(write,), then=then)
    if pull is None or pull.facts.merged:
        return msgspec.structs.replace(plan, then=follows)
    step = _merge_step(repository, pull)
    steps = (*((facts.pre_hook,) if facts.pre_hook else ()), step) if step else ()
    if step and step.method == "squash":
        warning = squash_warning(facts.branch, facts.branches.production)
        plan = msgspec.structs.replace(plan, warnings=(*plan.warnings, warning))
    if step and step.method != "queue":
        return msgspec.structs.replace(plan, steps=steps, then=follows)
    blocked = f"{facts.version} is not in {facts.branches.production} yet: its release pull request waits."
    return msgspec.structs.replace(plan, steps=steps, waits=_waits(pull), blocked=blocked)


def _what_follows(facts: ReleaseFacts) -> tuple[str, ...]:
    pushed = [back.branch for back in facts.back_merges if back.merged]
    asked = [back for back in facts.back_merges if not back.merged]
    return (
        f"tag the commit that GitHub makes as {facts.tag}",
        *(f"merge the tag back into {branch}" for branch in pushed),
        *(
            f"open a pull request from {back.via} into {back.branch}, and merge it as soon as it may be merged"
            for back in asked
        ),
        *(() if facts.keep_branch else (f"delete {facts.branch}",)),
    )


def with_back_pulls(plan: Plan, facts: ReleaseFacts, back: Sequence[BackPull]) -> Plan:
    """``plan`` of a release that production has, or gets by it, with what can be done now about the way back by ``back``."""
    if not back:
        return plan
    plan = msgspec.structs.replace(plan, warnings=(*plan.warnings, *_squashed(facts, back)))
    opening = [one.opening for one in back if one.judged is None and one.landed is None]
    judged = [one.judged for one in back if one.judged is not None]
    merges = [step for pull in judged if (step := _merge_step(facts.repository or "", pull))]
    steps = (*plan.steps, *opening, *merges)
    then = [f"merge the pull request into {step.base} as soon as it may be merged" for step in opening]
    then += [f"look at what #{one.landed} brought into {one.base}" for one in back if one.landed]
    then += [f"delete {step.branch}, once it is merged into {step.base}" for step in merges if step.method != "queue"]
    if then:
        return msgspec.structs.replace(plan, steps=steps, waits=(), then=tuple(then))
    return msgspec.structs.replace(
        plan, steps=steps, waits=tuple(line for pull in judged for line in _waits(pull)),
        blocked=f"{facts.version} is released, but not back in {' and '.join(one.base for one in back)} yet.",
    )  # fmt: skip


def _squashed(facts: ReleaseFacts, back: Sequence[BackPull]) -> list[str]:
    return [
        f"#{one.squashed} was squashed, or rebased, into {one.base}, which does not have {facts.tag} by that: "
        "one more has to be merged, with a merge commit"
        for one in back if one.squashed
    ]  # fmt: skip


def refused_branches(plan: Plan, said: Sequence[str]) -> set[str]:
    """Which branches that are there a rule refused to move, by what the remote ``said`` to the push of ``plan``; all that were
    pushed where it names none.
    """
    updates = [update for step in plan.steps if isinstance(step, PushRefs) for update in step.updates]
    pushed = {one.ref.removeprefix("refs/heads/") for one in updates if one.old and one.ref.startswith("refs/heads/")}
    # git itself names all of them, as none of an atomic push went through
    words = " ".join(line for line in said if line.startswith("remote:"))
    named = {name.rstrip(".") for name in re.findall(r"refs/(?:heads|tags)/([^\s:]+)", words)}
    return pushed & named if named else pushed


def _merge_step(repository: str, pull: Judged) -> MergePull | None:
    """None where the verdict is to leave it."""
    facts, verdict = pull.facts, pull.verdict
    if verdict.action not in ("merge", "enqueue"):
        return None
    method = verdict.method if verdict.action == "merge" else "queue"
    owner = repository.partition("/")[0]
    # By this subject the release is found again, whatever the repository's own default is
    title = f"Merge pull request #{facts.number} from {owner}/{facts.branch}" if method == "merge" else None
    return MergePull(
        repository=repository, number=facts.number, branch=facts.branch, head=facts.head, base=facts.base,
        method=method, title=title,
    )  # fmt: skip


def _waits(pull: Judged) -> tuple[str, ...]:
    facts = pull.facts
    name = f"#{facts.number} into {facts.base}"
    if pull.verdict.action == "enqueue":
        return (f"{name}: it is in the merge queue then",)
    return tuple(f"{name}: {reason.text}" for reason in pull.verdict.reasons)
