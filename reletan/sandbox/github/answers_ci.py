"""How the REST side writes down check runs, statuses, deployments and the rules of branches."""

from reletan.sandbox.github.answers import code_of, minimal_repository, node, user
from reletan.sandbox.github.model import Check, CommitStatus, Deployment, DeploymentStatus, Protection
from reletan.sandbox.github.view import Json, View, moment
from reletan.sandbox.origin import Person


def check_run(view: View, check: Check) -> Json:
    api = f"{view.api}/check-runs/{check.id}"
    return {
        "id": check.id,
        "node_id": node("CheckRun", check.id),
        "url": api,
        "html_url": f"{view.web}/runs/{check.id}",
        "details_url": check.details_url or f"{view.web}/actions/runs/{check.run}/job/{check.id}",
        "external_id": "",
        "head_sha": check.sha,
        "name": check.name,
        "status": check.status,
        "conclusion": check.conclusion,
        "started_at": moment(check.at),
        "completed_at": None if check.conclusion is None else moment(check.at),
        "output": {
            "title": None,
            "summary": None,
            "text": None,
            "annotations_count": 0,
            "annotations_url": f"{api}/annotations",
        },
        "check_suite": {"id": check.run},
        "app": None,
        "pull_requests": [],
    }


def simple_status(view: View, status: CommitStatus) -> Json:
    return {
        "id": status.id,
        "node_id": node("StatusContext", status.id),
        "url": f"{view.api}/statuses/{status.sha}",
        "avatar_url": f"{view.request.web}/{status.author.login}.png",
        "state": status.state,
        "context": status.context,
        "description": status.description,
        "target_url": status.target_url,
        "created_at": moment(status.at),
        "updated_at": moment(status.at),
    }


def status(view: View, status: CommitStatus) -> Json:
    return {**simple_status(view, status), "creator": user(view, status.author)}


def combined(view: View, sha: str, statuses: list[CommitStatus], shown: list[Json]) -> Json:
    """All ``statuses`` count, those of one page are ``shown``."""
    states = {status.state for status in statuses}
    failed = states & {"failure", "error"}
    return {
        "state": "failure" if failed else "success" if states == {"success"} else "pending",
        "statuses": shown,
        "sha": sha,
        "total_count": len(statuses),
        "repository": minimal_repository(view),
        "commit_url": f"{view.api}/commits/{sha}",
        "url": f"{view.api}/commits/{sha}/status",
    }


def deployment(view: View, one: Deployment) -> Json:
    api = f"{view.api}/deployments/{one.id}"
    last = one.statuses[-1].at if one.statuses else one.at
    return {
        "id": one.id,
        "node_id": node("Deployment", one.id),
        "url": api,
        "statuses_url": f"{api}/statuses",
        "repository_url": view.api,
        "ref": one.ref,
        "sha": one.sha,
        "task": one.task,
        "environment": one.environment,
        "original_environment": one.environment,
        "description": one.description,
        "payload": one.payload if one.payload is not None else "",
        "creator": user(view, one.author),
        "created_at": moment(one.at),
        "updated_at": moment(last),
        "transient_environment": False,
        "production_environment": one.environment == "production",
    }


def deployment_status(view: View, pair: tuple[Deployment, DeploymentStatus]) -> Json:
    one, status = pair
    api = f"{view.api}/deployments/{one.id}"
    return {
        "id": status.id,
        "node_id": node("DeploymentStatus", status.id),
        "url": f"{api}/statuses/{status.id}",
        "deployment_url": api,
        "repository_url": view.api,
        "state": status.state,
        "environment": one.environment,
        "description": status.description,
        "environment_url": status.environment_url,
        "target_url": "",
        "log_url": "",
        "creator": user(view, status.author),
        "created_at": moment(status.at),
        "updated_at": moment(status.at),
    }


def environment(view: View, first: Deployment) -> Json:
    """An environment, by the first deployment to it."""
    number = code_of(first.environment)
    return {
        "id": number,
        "node_id": node("Environment", number),
        "name": first.environment,
        "url": f"{view.api}/environments/{first.environment}",
        "html_url": f"{view.web}/deployments/activity_log?environments_filter={first.environment}",
        "created_at": moment(first.at),
        "updated_at": moment(first.at),
        "protection_rules": [],
        "deployment_branch_policy": None,
    }


# rules


def required_checks(view: View, branch: str, rules: Protection) -> Json:
    place = f"{view.api}/branches/{branch}/protection/required_status_checks"
    return {
        "url": place,
        "contexts_url": f"{place}/contexts",
        "strict": rules.strict,
        "contexts": list(rules.checks),
        "checks": [{"context": name, "app_id": None} for name in rules.checks],
    }


def protection(view: View, branch: str, rules: Protection) -> Json:
    """The rules as an administrator sees them; what is not asked for is left out."""
    place = f"{view.api}/branches/{branch}/protection"
    shown: Json = {
        "url": place,
        "enforce_admins": {"url": f"{place}/enforce_admins", "enabled": rules.admins},
        "required_linear_history": {"enabled": rules.linear},
        "allow_force_pushes": {"enabled": rules.force_pushes},
        "allow_deletions": {"enabled": rules.deletions},
        "lock_branch": {"enabled": rules.locked},
    }
    if rules.checks or rules.strict:
        shown["required_status_checks"] = required_checks(view, branch, rules)
    if rules.by_pull_request:
        shown["required_pull_request_reviews"] = {
            "url": f"{place}/required_pull_request_reviews",
            "dismiss_stale_reviews": rules.dismiss_stale,
            "require_code_owner_reviews": False,
            "required_approving_review_count": rules.approvals,
        }
    return shown


def short_protection(rules: Protection | None) -> Json:
    """What everybody sees with the branch."""
    checks = rules.checks if rules else ()
    level = "off" if not checks else "everyone" if rules and rules.admins else "non_admins"
    return {
        "enabled": rules is not None,
        "required_status_checks": {
            "enforcement_level": level,
            "contexts": list(checks),
            "checks": [{"context": name, "app_id": None} for name in checks],
        },
    }


def ruleset(rules: Protection) -> list[Json]:
    """The rules of a ruleset, one by one."""
    found: list[Json] = []
    if rules.by_pull_request:
        reviews = {
            "required_approving_review_count": rules.approvals,
            "dismiss_stale_reviews_on_push": rules.dismiss_stale,
            "require_code_owner_review": False,
            "require_last_push_approval": False,
            "required_review_thread_resolution": False,
        }
        found.append({"type": "pull_request", "parameters": reviews})
    if rules.checks:
        contexts = [{"context": name} for name in rules.checks]
        parameters = {"required_status_checks": contexts, "strict_required_status_checks_policy": rules.strict}
        found.append({"type": "required_status_checks", "parameters": parameters})
    if rules.linear:
        found.append({"type": "required_linear_history"})
    if rules.locked:
        found.append({"type": "update", "parameters": {"update_allows_fetch_and_merge": False}})
    if not rules.creations:
        found.append({"type": "creation"})
    if not rules.deletions:
        found.append({"type": "deletion"})
    if not rules.force_pushes:
        found.append({"type": "non_fast_forward"})
    if rules.queue:
        found.append({"type": "merge_queue", "parameters": _QUEUE})
    return found


def named_ruleset(view: View, name: str) -> Json:
    """A ruleset as lists show it; ``name``: that of what it protects, or a pattern, in full."""
    short = name.split("/", 2)[-1]
    number = code_of(name)
    return {
        "id": number,
        "node_id": node("RepositoryRuleset", number),
        "name": f"Protect {short}",
        "target": "tag" if name.startswith("refs/tags/") else "branch",
        "source_type": "Repository",
        "source": view.site.slug,
        "enforcement": "active",
        "created_at": moment(0),
        "updated_at": moment(0),
        "_links": {
            "self": {"href": f"{view.api}/rulesets/{number}"},
            "html": {"href": f"{view.web}/rules/{number}"},
        },
    }


def full_ruleset(view: View, name: str, rules: Protection) -> Json:
    """A ruleset by itself, with what it protects and asks for, and whether the one who asks gets past it."""
    past = "always" if view.site.may_bypass(view.request.login, rules) else "never"
    return {
        **named_ruleset(view, name),
        "conditions": {"ref_name": {"include": [name], "exclude": []}},
        "rules": ruleset(rules),
        "current_user_can_bypass": past,
    }


_QUEUE: Json = {
    "check_response_timeout_minutes": 60,
    "grouping_strategy": "ALLGREEN",
    "max_entries_to_build": 5,
    "max_entries_to_merge": 5,
    "merge_method": "MERGE",
    "min_entries_to_merge": 1,
    "min_entries_to_merge_wait_minutes": 5,
}


def permission(view: View, person: Person, right: str) -> Json:
    """The right of a person: role_name is the same word, since there are no custom roles."""
    rights = {"pull": right != "none", "push": right in ("write", "admin"), "admin": right == "admin"}
    shown = {
        **user(view, person),
        "role_name": right,
        "permissions": {**rights, "triage": rights["push"], "maintain": rights["admin"]},
    }
    return {"permission": right, "role_name": right, "user": shown}
