"""A release by pull request: its release pull request, and the back-merge pull requests, as GitHub has them."""

import os
from typing import TYPE_CHECKING

import msgspec

from reletan.adapters.ci import this_job
from reletan.adapters.templates import render_template
from reletan.commands.composing import subject_of_found
from reletan.commands.github import web_host
from reletan.commands.landed import Found, found_by
from reletan.commands.merging import look, policy_for
from reletan.commands.observing import Observed
from reletan.commands.releasepull import progress_of, status_step, write_pull_step
from reletan.commands.session import Session
from reletan.commands.task import Task
from reletan.commands.way import Way
from reletan.domain.bypull import BackPull, plan_release_pull, policy_for_release
from reletan.domain.config import Method
from reletan.domain.errors import Blocked
from reletan.domain.listing import Listing
from reletan.domain.merging import Judged, judge
from reletan.domain.plan import OpenPull, Plan, SetStatus
from reletan.domain.progress import CONTEXT
from reletan.domain.tagging import BackMerge, ReleaseFacts
from reletan.domain.text import Text

if TYPE_CHECKING:
    from reletan.adapters.hubpr import PullText

# what GitHub merged in a way that history does not show


def merged_on_github(facts: Observed, way: Way, found: Found) -> Found | None:
    """``found`` as its merged pull request tells it; None where none is merged, or another head than the branch has."""
    from reletan.adapters.hubpr import find_pull

    branch = facts.branches.prefix(found.kind) + found.version
    pull = find_pull(way.hub, branch, facts.branches.production, merged=True)
    published = found.branch is not None and found.branch.published
    if pull is None or pull.commit is None or (published and found.branch and found.branch.head != pull.head):
        return None
    if not facts.repo.is_ancestor(pull.commit, facts.production):
        return None  # merged since production was looked at, or taken back
    tagged = found.tagged.commit if found.tagged else None
    if tagged != pull.commit and any(facts.repo.is_ancestor(pull.commit, release.commit) for release in facts.releases):
        return None
    gone = found.branch is not None and not found.branch.published
    return found_by(facts, msgspec.structs.replace(found, branch=None) if gone else found, pull)


def require_accepted(facts: Observed, found: Found, *, accept_squash: bool) -> None:
    """A squash is no merge: git-flow's graph cannot be made any more, and somebody has to agree to that."""
    if found.squashed is None or found.tagged is not None or accept_squash:
        return
    production, name = facts.branches.production, facts.branches.prefix(found.kind) + found.version
    raise Blocked(
        f"The release pull request of {found.version} was squashed or rebased into {production} as "
        f"{(found.merge or '')[:10]}: {production} does not have the commits of {name}.",
        next=f"`reletan tag {found.version} --accept-squash` tags that commit; "
        f"or merge {name} into {production} with a merge commit, and run the command again",
    )


# into production


def plan_by_pull(task: Task, release: ReleaseFacts, listing: Listing, *, accept_squash: bool) -> Plan:
    """The plan while production does not have the release. Raises Blocked where its end is known to be refused."""
    from reletan.adapters.hubpr import find_pull

    way, production = task.way, task.facts.branches.production
    _require_published(task)
    _require_tag_allowed(task)
    method = _method(task, accept_squash=accept_squash)
    _require_way_back(task, release)
    pull = find_pull(way.hub, task.branch, production, merged=True)
    if pull and pull.merged_at and pull.head == task.head:
        return plan_release_pull(release, way.slug, None, None)
    if pull is None or pull.merged_at:
        subject = subject_of_found(task.session, task.facts, task.found, task.head)
        write = write_pull_step(task.session, task.facts, subject, listing)
        return plan_release_pull(release, way.slug, None, write)
    judged = judge_for_release(task.session, way, pull.number, production, method)
    if step := _status_due(task, release, listing, pull, judged):
        return plan_release_pull(release, way.slug, None, step)
    if judged.facts.head != task.head:
        raise Blocked(
            f"#{pull.number} is at {judged.facts.head[:10]}, and {task.branch} was at {(task.head or '')[:10]} a moment ago.",
            next="look at what was added, then run the command again",
        )
    return plan_release_pull(release, way.slug, judged, None)


def _status_due(
    task: Task, release: ReleaseFacts, listing: Listing, pull: "PullText", judged: Judged
) -> SetStatus | None:
    """The checklist's commit status, where it does not say what is ticked now; tried once in a run."""
    wanted = task.session.settings.checklist.status and CONTEXT in judged.facts.required_checks
    if not wanted or task.way.status_tried or judged.facts.head != release.head:
        return None
    subject = subject_of_found(task.session, task.facts, task.found, task.head)
    now = progress_of(task.session, subject, listing, pull)
    word = "green" if now.complete else "pending"
    if word in {check.state for check in judged.facts.checks if check.name == CONTEXT}:
        return None
    task.way.status_tried = True
    return status_step(task.way.slug, judged.facts.head, now)


def _require_published(task: Task) -> None:
    if task.found.branch is None or not task.found.branch.published:
        raise Blocked(f"{task.branch} is only in this clone, so it has no pull request.",
                      next=f"publish it with `reletan start {task.found.version}`, then run the command again")  # fmt: skip


def _require_tag_allowed(task: Task) -> None:
    from reletan.adapters.hubrules import tag_rules

    if ruleset := tag_rules(task.way.hub, task.tag):
        raise Blocked(
            f"The ruleset {ruleset} does not let this token make the tag {task.tag}, so nothing was merged.",
            next="let somebody tag who may, or add whoever runs reletan to that ruleset's bypass list",
        )


def _method(task: Task, *, accept_squash: bool) -> Method:
    production = task.facts.branches.production
    methods = task.way.rules(production).methods
    if "merge" in methods:
        return "merge"
    if accept_squash and "squash" in methods:
        return "squash"
    allowed = " or ".join(methods) or "nothing"
    raise Blocked(
        f"{production} takes no merge commits by pull request ({_why(task, production)}), so git-flow's graph cannot be made there.",
        details=[f"allowed: {allowed}"],
        next="allow merge commits for it; or squash the release and tag that commit: --accept-squash",
    )


def _require_way_back(task: Task, release: ReleaseFacts) -> None:
    """A squash never brings the tag into a branch, so that the back-merge would be waited for without end."""
    for back in release.back_merges:
        if back.merged is None and "merge" not in task.way.rules(back.branch).methods:
            raise Blocked(
                f"{back.branch} takes no merge commits by pull request ({_why(task, back.branch)}), "
                f"so {task.tag} could not get back into it. Nothing was merged.",
                next="allow merge commits for it, or release without the way back: --backmerge none",
            )


def _why(task: Task, branch: str) -> str:
    return "a linear history is required" if task.way.rules(branch).linear_history else "by the repository's settings"


# and back


def back_pulls(task: Task, release: ReleaseFacts) -> list[BackPull]:
    """For each branch that has to get the tag by pull request: the one that is open, judged, or how it will be opened."""
    from reletan.adapters.hubpr import find_pull

    waiting = [back for back in release.back_merges if back.merged is None]
    if task.way.hub is None:
        return []
    found = []
    for back in waiting:
        pull = None if release.merge_is_new else find_pull(task.way.hub, back.via, back.branch, merged=True)
        one = BackPull(base=back.branch, opening=_opening(task, back))
        if pull and pull.merged_at:
            # merged since the base was looked at, or in a way that does not bring the tag
            seen = task.session.repo.is_ancestor(pull.commit or "", back.old)
            one = msgspec.structs.replace(one, **{"squashed" if seen else "landed": pull.number})
        elif pull:
            one = msgspec.structs.replace(one, judged=_judged_back(task, pull.number, back.branch))
        found.append(one)
    return found


def _judged_back(task: Task, number: int, base: str) -> Judged:
    """Where no rule of GitHub says how many people have to approve, what the team asks of any other pull request holds."""
    asked = task.way.is_protected(base)
    return judge_for_release(task.session, task.way, number, base, "merge", by_rules=asked)


def _opening(task: Task, back: BackMerge) -> OpenPull:
    context = {
        "tag": task.tag, "version": task.found.version, "base": Text(back.branch).markdown(),
        "production": Text(task.facts.branches.production).markdown(),
        "conflicts": [Text(path).markdown() for path in back.conflicts[:20]], "more": max(0, len(back.conflicts) - 20),
    }  # fmt: skip
    text = render_template("backmerge_pull.md.j2", task.session.settings.notes.language, context)
    return OpenPull(
        repository=task.way.slug, branch=back.via, base=back.branch, title=f"Merge {task.tag} back into {back.branch}",
        body=text,
    )  # fmt: skip


# may it be merged


def judge_for_release(
    session: Session, way: Way, number: int, base: str, method: Method, *, by_rules: bool = True
) -> Judged:
    """The verdict on a pull request of the flow itself, by GitHub's rules for ``base`` and the checks and labels that its
    own [automerge] names; with ``by_rules`` false by the approvals of [automerge] too. Raises Blocked, HubError, Unauthorized.
    """
    job = this_job(os.environ, web_host(session), way.slug)
    read = look(session, way.hub, [number], job)[number]
    if read is None:
        raise Blocked(f"GitHub does not show #{number} yet.", next="run the command again in a moment")
    team = policy_for(read, None).policy
    rules = way.rules(base)
    facts = msgspec.structs.replace(
        read.facts,
        required_checks=tuple(dict.fromkeys((*read.facts.required_checks, *rules.checks))),
        required_approvals=max(read.facts.required_approvals, rules.approvals),
        queue=read.facts.queue or rules.queue,
    )
    policy = policy_for_release(team, base, method, 0 if by_rules else team.approvals)
    return Judged(facts=facts, verdict=judge(facts, policy), url=read.url)
