"""May a pull request be merged by itself, and everything that speaks against it."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from reletan.domain.config import Method

Action = Literal["merge", "enqueue", "auto-merge", "stop-auto-merge", "update", "leave"]
Waits = Literal["people", "checks", "github", "nobody"]
Outcome = Literal["merged", "enqueued", "auto-merge enabled", "auto-merge disabled", "updated"]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check run or a status of the head. ``required``: by the rules of the base; ``ours``: the job that asks."""

    name: str
    state: Literal["green", "pending", "failed"]
    required: bool = False
    ours: bool = False


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """The latest review of one person that approves or asks for changes, and the head that it looked at (None: gone)."""

    by: str
    approves: bool
    commit: str | None
    may_write: bool = True


class MergeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request as GitHub tells it; texts are raw.

    ``mergeable``: whether it merges without a conflict (None: not known yet); ``state``: GitHub's mergeable_state in
    small letters, ``unknown`` where it tells none. ``required_checks``: what the rules of the base want to see, as far
    as they are told; ``required_approvals`` likewise. ``queue``: a merge queue rules the base; ``queued``: it is in it.
    ``auto_merge``: GitHub will merge it by itself already, and ``auto_merge_ours``: because this token asked for it.
    ``admin``: the token would get past the rules of the base, so
    that GitHub's own no cannot be relied on. ``tested``: the commit that this CI job ran for; None outside of CI.
    ``problem``: why not all of it could be read; then it is not merged.
    """

    number: int
    title: str
    author: str | None = None
    open: bool = True
    merged: bool = False
    draft: bool = False
    base: str
    base_sha: str | None = None
    head: str
    branch: str = ""
    fork: bool = False
    labels: tuple[str, ...] = ()
    mergeable: bool | None = True
    state: str = "clean"
    opinions: tuple[Opinion, ...] = ()
    checks: tuple[Check, ...] = ()
    required_checks: tuple[str, ...] = ()
    required_approvals: int = 0
    queue: bool = False
    queued: bool = False
    auto_merge: bool = False
    auto_merge_ours: bool = False
    admin: bool = False
    tested: str | None = None
    problem: str | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a team wants before a pull request is merged by itself, and how: ``[automerge]`` of the base branch.

    ``base``: branches that are merged into. ``required_checks``: checks that must have reported and be green, whatever the
    rules on GitHub say. ``ignore_checks``: names of checks that do not count where they are not
    required. ``update_branch``: bring a branch that is behind up to date. ``native``: hand it over to GitHub's own
    auto-merge where our job is a required check. ``method_labels``: label -> method, for single pull requests.
    """

    base: tuple[str, ...] = ("develop",)
    approvals: int = 1
    required_label: str = ""
    block_labels: tuple[str, ...] = ("wip", "do-not-merge")
    forks: bool = False
    required_checks: tuple[str, ...] = ()
    ignore_checks: tuple[str, ...] = ()
    update_branch: bool = False
    native: bool = True
    method: Method = "merge"
    method_labels: dict[str, Method] = msgspec.field(default_factory=dict)


class Reason(msgspec.Struct, frozen=True):
    """One thing that speaks against merging now. ``code`` is stable; ``text`` is one sentence without a full stop, with
    names from outside in it; ``waits``: whose turn it is.
    """

    code: str
    text: str
    waits: Waits = "people"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with a pull request now, by which method, and every reason why it is not simply merged."""

    number: int
    action: Action
    method: Method
    reasons: tuple[Reason, ...] = ()


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request, the verdict on it and what was done then. ``outcome``: None where nothing was done; ``commit``:
    what the merge made; ``url``: its page.
    """

    facts: MergeFacts
    verdict: Verdict
    outcome: Outcome | None = None
    commit: str | None = None
    url: str | None = None


# GitHub knows nothing of these, so they do not explain a "blocked" of its own
_OUR_RULES = {"fork", "base-not-allowed", "not-tested", "blocked-by-label", "label-missing", "method-labels"}
# What GitHub, left to merge by itself, might not wait for: its own rules can be weaker than the team's policy
_NOT_GITHUBS = _OUR_RULES - {"not-tested"} | {"approvals", "changes-requested", "check-failed"}
_FAMILIAR_STATES = ("clean", "has_hooks", "unstable", "blocked", "behind", "dirty")


def judge(facts: MergeFacts, policy: Policy) -> Verdict:
    """What to do with a pull request now, and every reason why it is not simply merged; raises nothing.

    The reasons have a fixed order, whatever the order of labels, opinions and checks. ``auto-merge`` and ``update``
    come with the one reason that calls for them; ``merge`` and ``enqueue`` come with none. ``stop-auto-merge``: what we
    handed over to GitHub no longer is as the policy wants it.
    """
    methods = _methods_by_label(facts, policy)
    reasons = tuple(_reasons(facts, policy))
    return Verdict(
        number=facts.number,
        action=_action([reason.code for reason in reasons], facts, policy),
        method=next(iter(methods.values())) if len(set(methods.values())) == 1 else policy.method,
        reasons=reasons,
    )


def _action(codes: list[str], facts: MergeFacts, policy: Policy) -> Action:
    if not codes:
        return "enqueue" if facts.queue else "merge"
    if facts.auto_merge and facts.auto_merge_ours and policy.native and _is_more_than_githubs(codes, facts, policy):
        return "stop-auto-merge"
    if codes == ["own-check"] and policy.native and _is_covered(facts, policy):
        return "auto-merge"
    if codes == ["behind"] and policy.update_branch:
        return "update"
    return "leave"


def _is_covered(facts: MergeFacts, policy: Policy) -> bool:
    """Whether GitHub's rules ask for as much as ours: with weaker ones it could merge what we would no longer allow."""
    return facts.required_approvals >= policy.approvals and set(policy.required_checks) <= set(facts.required_checks)


def _is_more_than_githubs(codes: list[str], facts: MergeFacts, policy: Policy) -> bool:
    """Whether something speaks against it that GitHub might not wait for."""
    waiting = {
        check.name for check in facts.checks if check.state == "pending" and not check.required and not check.ours
    }
    optional = waiting - set(policy.ignore_checks) - set(facts.required_checks)
    missing = set(policy.required_checks) - set(facts.required_checks) - {check.name for check in facts.checks}
    return bool(_NOT_GITHUBS.intersection(codes) or optional or missing)


def _reasons(facts: MergeFacts, policy: Policy) -> list[Reason]:
    # GitHub goes on telling a state for these, and it means nothing
    if facts.merged:
        return [Reason("merged", "it is merged already", "nobody")]
    if not facts.open:
        return [Reason("closed", "it is closed", "nobody")]
    reasons = [
        *_about_itself(facts, policy),
        *_about_branches(facts, policy),
        *_about_people(facts, policy),
        *_about_labels(facts, policy),
        *_about_checks(facts, policy),
    ]
    return [*reasons, *_about_github(facts, {reason.code for reason in reasons})]


def _about_itself(facts: MergeFacts, policy: Policy) -> Iterator[Reason]:
    if facts.draft:
        yield Reason("draft", "it is a draft")
    if facts.fork and not policy.forks:
        yield Reason("fork", "it comes from a fork")


def _about_branches(facts: MergeFacts, policy: Policy) -> Iterator[Reason]:
    if not any(fnmatchcase(facts.base, pattern) for pattern in policy.base):
        allowed = ", ".join(policy.base) or "empty"
        yield Reason("base-not-allowed", f"its base {facts.base} is not in automerge.base ({allowed})", "nobody")
    if facts.tested is not None and facts.tested != facts.head:
        yield Reason("not-tested", f"this job tested {facts.tested[:10]}, its head is {facts.head[:10]} now", "checks")
    if _conflicts(facts):
        yield Reason("conflict", f"it conflicts with {facts.base}")
    if facts.state == "behind":
        yield Reason("behind", f"it is behind {facts.base}")


def _conflicts(facts: MergeFacts) -> bool:
    return facts.mergeable is False or facts.state == "dirty"


def _about_people(facts: MergeFacts, policy: Policy) -> Iterator[Reason]:
    needed = max(policy.approvals, facts.required_approvals)
    author = (facts.author or "").casefold()
    approvals = [opinion for opinion in facts.opinions if opinion.approves and opinion.by.casefold() != author]
    now = _people(opinion for opinion in approvals if opinion.may_write and opinion.commit == facts.head)
    if len(now) < needed:
        earlier = _people(opinion for opinion in approvals if opinion.may_write and opinion.commit != facts.head)
        powerless = _people(opinion for opinion in approvals if not opinion.may_write)
        text = f"{len(now)} of {needed} approvals at the current commit"
        text += f" ({', '.join(now)})" if now else ""
        text += f"; {', '.join(earlier)} approved an earlier one" if earlier else ""
        text += f"; without write access: {', '.join(powerless)}" if powerless else ""
        yield Reason("approvals", text)
    against = _people(opinion for opinion in facts.opinions if opinion.may_write and not opinion.approves)
    if against:
        yield Reason("changes-requested", f"changes requested by {', '.join(against)}")


def _people(opinions: Iterable[Opinion]) -> list[str]:
    """Each person once: GitHub's logins do not tell capitals from small letters."""
    return list({login.casefold(): login for login in _sorted(opinion.by for opinion in opinions)}.values())


def _about_labels(facts: MergeFacts, policy: Policy) -> Iterator[Reason]:
    blocking = {label.casefold() for label in policy.block_labels}
    found = _sorted(label for label in facts.labels if label.casefold() in blocking)
    if found:
        yield Reason("blocked-by-label", f"{_labels(found)} {'block' if len(found) > 1 else 'blocks'} it")
    wanted = policy.required_label
    if wanted and wanted.casefold() not in {label.casefold() for label in facts.labels}:
        yield Reason("label-missing", f"the label {wanted} is missing")
    methods = _methods_by_label(facts, policy)
    if len(set(methods.values())) > 1:
        yield Reason("method-labels", f"{_labels(_sorted(methods))} ask for different ways to merge")


def _methods_by_label(facts: MergeFacts, policy: Policy) -> dict[str, Method]:
    """The labels of the policy that the pull request has, and the method that each asks for."""
    labels = {label.casefold() for label in facts.labels}
    return {label: method for label, method in policy.method_labels.items() if label.casefold() in labels}


def _labels(names: list[str]) -> str:
    return f"the label{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _about_checks(facts: MergeFacts, policy: Policy) -> Iterator[Reason]:
    wanted = {*facts.required_checks, *policy.required_checks}
    required = {*wanted, *(check.name for check in facts.checks if check.required)}
    ignored = set(policy.ignore_checks) - required
    counted = [check for check in facts.checks if not check.ours and check.name not in ignored]
    if failed := _sorted(check.name for check in counted if check.state == "failed"):
        yield Reason("check-failed", f"checks failed: {', '.join(failed)}")
    if pending := _sorted(check.name for check in counted if check.state == "pending"):
        yield Reason("check-pending", f"checks not finished: {', '.join(pending)}", "checks")
    if missing := _sorted(wanted - {check.name for check in facts.checks}):
        yield Reason("check-missing", f"required checks not reported: {', '.join(missing)}", "checks")
    ours = _sorted(check.name for check in facts.checks if check.ours and check.state != "green")
    if facts.state == "blocked" and (waiting := [name for name in ours if name in required]):
        text = f"the required check {', '.join(waiting)} is this job itself, and is not green before it ends"
        yield Reason("own-check", text, "nobody")


def _about_github(facts: MergeFacts, codes: set[str]) -> Iterator[Reason]:
    """GitHub's no where nothing explains it, what GitHub does by itself, and what it does not tell."""
    explained = facts.queue or facts.queued or facts.auto_merge or not codes <= _OUR_RULES
    # GitHub is wrong at times: a token that the rules bind may try, and is refused safely; an admin's is not refused
    if facts.state == "blocked" and facts.admin and not explained:
        yield Reason("protection", f"a rule of {facts.base} blocks it, which this token would get past")
    if facts.queued:
        yield Reason("queue", "it is in the merge queue", "github")
    if facts.auto_merge:
        yield Reason("auto-merge-on", "GitHub merges it by itself once its rules are met", "github")
    if not _conflicts(facts) and (text := _not_known(facts)):
        yield Reason("unknown", text, "github")


def _not_known(facts: MergeFacts) -> str | None:
    familiar = facts.state in _FAMILIAR_STATES or (facts.state == "draft" and facts.draft)
    if facts.mergeable is None or facts.state in ("unknown", ""):
        return "GitHub has not worked out yet whether it can be merged"
    if not familiar:
        return f"its state on GitHub is {facts.state}, which reletan does not know"
    if facts.state == "unstable" and not facts.draft and all(check.state == "green" for check in facts.checks):
        # a token that may not read checks sees none of them, and a check may just have begun
        return "GitHub says that a check is not green, and does not show it"
    return facts.problem


def _sorted(names: Iterable[str]) -> list[str]:
    """Each name once, so that the same facts in another order read the same."""
    return sorted(set(names), key=lambda name: (name.casefold(), name))
