"""REST: check runs, statuses, deployments and environments."""

from typing import Any

from reletan.sandbox.github import answers_ci, merging, rest_git
from reletan.sandbox.github.model import CommitStatus, Deployment, DeploymentStatus
from reletan.sandbox.github.view import View, found, invalid, within
from reletan.sandbox.github.wire import Answer, Refused

LONGEST_DESCRIPTION = 140
_STATES = ("error", "failure", "pending", "success")
_DELETE_ACTIVE = "We cannot delete an active deployment unless it is the only deployment in a given environment."


# checks


def check_runs(view: View, ref: str) -> Answer:
    """``filter=latest``, which is the default, shows the newest of each name in each run of a workflow."""
    sha, asked = rest_git.resolved(view, ref), view.request.query
    runs = [
        check
        for check in view.site.checks
        if check.sha == sha
        and asked.get("check_name") in (None, check.name)
        and asked.get("status") in (None, check.status)
    ]
    if asked.get("filter", "latest") == "latest":
        runs = list({(check.name, check.run): check for check in runs}.values())
    shown, headers = view.page(runs, answers_ci.check_run)
    return Answer(200, {"total_count": len(runs), "check_runs": shown}, headers)


def create_check_run(view: View) -> Answer:
    """Only apps make check runs."""
    view.need("write")
    if not view.me.startswith("@"):
        raise Refused(403, "You must authenticate via a GitHub App.")
    name, sha = view.sent("name", "head_sha")
    if view.git.commit(sha) is None:
        raise Refused(422, f"No commit found for SHA: {sha}")
    conclusion = view.body.get("conclusion")
    check = view.site.check(name, conclusion, sha, details_url=view.body.get("details_url"))
    if conclusion is None:
        check.status = view.body.get("status", "queued")
    return Answer(201, answers_ci.check_run(view, check))


# statuses


def latest_statuses(view: View, sha: str) -> list[CommitStatus]:
    return list({status.context: status for status in view.site.statuses if status.sha == sha}.values())


def combined(view: View, ref: str) -> Answer:
    """The latest status of each context, and what they come to; check runs do not count here."""
    sha = rest_git.resolved(view, ref)
    statuses = latest_statuses(view, sha)
    shown, headers = view.page(statuses, answers_ci.simple_status)
    return Answer(200, answers_ci.combined(view, sha, statuses, shown), headers)


def create_status(view: View, sha: str) -> Answer:
    view.need("write")
    (state,) = view.sent("state")
    if view.git.commit(sha) is None:
        raise Refused(422, f"No commit found for SHA: {sha}")
    new = view.body
    within(new.get("description"), "description", "Status", LONGEST_DESCRIPTION)
    if state not in _STATES:
        raise invalid("Status", "custom", "state", "state is not included in the list")
    status = view.site.status(new.get("context", "default"), state, sha, new.get("target_url"), view.person.name)
    status.description = new.get("description")
    return Answer(201, answers_ci.status(view, status))


# deployments


def deployments(view: View) -> Answer:
    """Newest first."""
    asked = view.request.query
    wanted = {name: asked[name] for name in ("sha", "ref", "task", "environment") if name in asked}
    made = [one for one in view.site.deployments if all(getattr(one, name) == to for name, to in wanted.items())]
    return view.listed(made[::-1], answers_ci.deployment)


def _deployment(view: View, number: str) -> Deployment:
    return found(next((one for one in view.site.deployments if one.id == int(number)), None))


def deployment(view: View, number: str) -> Answer:
    return Answer(200, answers_ci.deployment(view, _deployment(view, number)))


def deploy(view: View) -> Answer:
    """202 where GitHub first had to merge the default branch into the branch: unless ``auto_merge`` is false."""
    view.need("write")
    (ref,), new = view.sent("ref"), view.body
    try:
        sha = rest_git.resolved(view, ref)
    except Refused:
        raise Refused(422, f"No ref found for: {ref}", errors=[]) from None
    brought = new.get("auto_merge", True) and _bring_up_to_date(view, ref, sha)
    if brought:
        return Answer(202, {"message": brought})
    _refuse_red(view, ref, sha, new.get("required_contexts"))
    made = Deployment(view.site.next_id(), ref, sha, new.get("environment", "production"), view.person, view.now())
    made.task, made.description = new.get("task", "deploy"), new.get("description") or None
    made.payload = new.get("payload", "")
    view.site.deployments.append(made)
    return Answer(201, answers_ci.deployment(view, made))


def _bring_up_to_date(view: View, ref: str, sha: str) -> str | None:
    """Merge the default branch into the branch that is deployed; GitHub's words for it, None where it has all."""
    default = view.site.settings.default_branch
    ours = view.git.refs.get(f"refs/heads/{default}")
    if ours is None or f"refs/heads/{ref}" not in view.git.refs or not view.git.between(sha, ours):
        return None
    try:
        rest_git.merge_into(view, ref, ours, f"Merge branch '{default}' into {ref}")
    except Refused:
        raise Refused(409, f"Conflict merging {default} into {ref}.") from None
    return f"Auto-merged {default} into {ref} on deployment."


def _refuse_red(view: View, ref: str, sha: str, required: list[str] | None) -> None:
    """Without a list of its own, every status and check that is known must be green."""
    standings: dict[str, Any] = dict(merging.standings(view.site, sha))
    wanted = list(standings) if required is None else required
    red = [name for name in wanted if standings.get(name) != "green"]
    if red:
        raise Refused(409, f"Conflict: Commit status checks failed for {ref}.", errors=red)


def delete_deployment(view: View, number: str) -> Answer:
    view.need("write")
    one = _deployment(view, number)
    others = [other for other in view.site.deployments if other.environment == one.environment and other is not one]
    if others and not (one.statuses and one.statuses[-1].state == "inactive"):
        raise Refused(422, _DELETE_ACTIVE)
    view.site.deployments.remove(one)
    return Answer(204)


def deployment_statuses(view: View, number: str) -> Answer:
    one = _deployment(view, number)
    return view.listed([(one, status) for status in one.statuses[::-1]], answers_ci.deployment_status)


def set_deployment_status(view: View, number: str) -> Answer:
    """A success makes the earlier successes of the environment inactive, unless ``auto_inactive`` is false."""
    view.need("write")
    one, (state,), new = _deployment(view, number), view.sent("state"), view.body
    status = DeploymentStatus(view.site.next_id(), state, view.person, view.now(), new.get("description") or "")
    status.environment_url = new.get("environment_url") or ""
    one.environment = new.get("environment") or one.environment
    if state == "success" and new.get("auto_inactive", True):
        _retire(view, one)
    one.statuses.append(status)
    return Answer(201, answers_ci.deployment_status(view, (one, status)))


def _retire(view: View, newest: Deployment) -> None:
    for other in view.site.deployments:
        same = other is not newest and other.environment == newest.environment
        if same and other.statuses and other.statuses[-1].state == "success":
            retired = DeploymentStatus(view.site.next_id(), "inactive", view.person, view.site.clock)
            other.statuses.append(retired)


def environments(view: View) -> Answer:
    """Each that somebody deployed to."""
    first = {one.environment: one for one in view.site.deployments[::-1]}
    shown, headers = view.page(list(first.values())[::-1], answers_ci.environment)
    return Answer(200, {"total_count": len(first), "environments": shown}, headers)
