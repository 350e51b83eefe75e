"""The REST side of the sandbox GitHub: which handler answers which route.

Every path and method of reletan's cut of GitHub's description is here, but DELETE /repos/… and PATCH /user; GET /rate_limit is the
server's, which counts.
"""

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

import msgspec

from reletan.sandbox.github import (
    rest_ci,
    rest_git,
    rest_issues,
    rest_pulls,
    rest_releases,
    rest_repo,
    rest_search,
)
from reletan.sandbox.github.answers import REPOSITORY_ID
from reletan.sandbox.github.paths import is_other, pattern
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.view import View
from reletan.sandbox.github.wire import Answer, Refused, Request
from reletan.sandbox.team import OWNER

Handler = Callable[..., Answer]

# A handler gets the view, and the words in braces as text. The first route that fits answers.
ROUTES: dict[str, Handler] = {
    "GET /branches/{branch}/protection": rest_repo.protection,
    "PUT /branches/{branch}/protection": rest_repo.protect,
    "DELETE /branches/{branch}/protection": rest_repo.unprotect,
    "GET /branches/{branch}": rest_repo.branch,
    "POST /check-runs": rest_ci.create_check_run,
    "GET /collaborators/{username}/permission": rest_repo.permission,
    "GET /commits/{commit_sha}/pulls": rest_pulls.with_commit,
    "GET /commits/{ref}/check-runs": rest_ci.check_runs,
    "GET /commits/{ref}/status": rest_ci.combined,
    "GET /commits/{ref}": rest_git.commit,
    "GET /compare/{basehead}": rest_git.compare,
    "GET /deployments": rest_ci.deployments,
    "POST /deployments": rest_ci.deploy,
    "GET /deployments/{deployment_id}": rest_ci.deployment,
    "DELETE /deployments/{deployment_id}": rest_ci.delete_deployment,
    "GET /deployments/{deployment_id}/statuses": rest_ci.deployment_statuses,
    "POST /deployments/{deployment_id}/statuses": rest_ci.set_deployment_status,
    "GET /environments": rest_ci.environments,
    "GET /git/ref/{ref}": rest_git.ref,
    "POST /git/refs": rest_git.create_ref,
    "PATCH /git/refs/{ref}": rest_git.move_ref,
    "DELETE /git/refs/{ref}": rest_git.delete_ref,
    "POST /git/tags": rest_git.create_tag,
    "GET /issues/{issue_number}": rest_issues.one,
    "PATCH /issues/{issue_number}": rest_issues.edited,
    "POST /issues/{issue_number}/assignees": rest_issues.assign,
    "DELETE /issues/{issue_number}/assignees": rest_issues.unassign,
    "GET /issues/{issue_number}/comments": rest_issues.comments,
    "POST /issues/{issue_number}/comments": rest_issues.comment,
    "GET /issues/{issue_number}/labels": rest_issues.labels_of,
    "POST /issues/{issue_number}/labels": rest_issues.add_labels,
    "PUT /issues/{issue_number}/labels": rest_issues.set_labels,
    "DELETE /issues/{issue_number}/labels": rest_issues.remove_labels,
    "GET /labels": rest_issues.labels,
    "POST /labels": rest_issues.create_label,
    "POST /merges": rest_git.merge_branches,
    "GET /pulls": rest_pulls.listed,
    "POST /pulls": rest_pulls.opened,
    "GET /pulls/{pull_number}": rest_pulls.one,
    "PATCH /pulls/{pull_number}": rest_pulls.edited,
    "GET /pulls/{pull_number}/commits": rest_pulls.commits,
    "GET /pulls/{pull_number}/files": rest_pulls.files,
    "GET /pulls/{pull_number}/merge": rest_pulls.merged,
    "PUT /pulls/{pull_number}/merge": rest_pulls.merge,
    "GET /pulls/{pull_number}/requested_reviewers": rest_pulls.reviewers,
    "POST /pulls/{pull_number}/requested_reviewers": rest_pulls.ask_reviewers,
    "DELETE /pulls/{pull_number}/requested_reviewers": rest_pulls.unask_reviewers,
    "GET /pulls/{pull_number}/reviews": rest_pulls.reviews,
    "POST /pulls/{pull_number}/reviews": rest_pulls.review,
    "PUT /pulls/{pull_number}/update-branch": rest_pulls.update_branch,
    "GET /releases": rest_releases.listed,
    "POST /releases": rest_releases.create,
    "POST /releases/generate-notes": rest_releases.generate_notes,
    "GET /releases/latest": rest_releases.latest,
    "GET /releases/tags/{tag}": rest_releases.by_tag,
    "GET /releases/{release_id}": rest_releases.one,
    "PATCH /releases/{release_id}": rest_releases.edit,
    "DELETE /releases/{release_id}": rest_releases.delete,
    "GET /rules/branches/{branch}": rest_repo.rules,
    "GET /rulesets": rest_repo.rulesets,
    "GET /rulesets/{ruleset_id}": rest_repo.ruleset,
    "POST /statuses/{sha}": rest_ci.create_status,
    "GET ": rest_repo.repository,
    "PATCH ": rest_repo.edited,
}
WITHOUT_REPOSITORY: dict[str, Handler] = {
    "GET /search/issues": rest_search.issues,
    "GET /user": rest_repo.me,
}
_REPOSITORY = re.compile(r"/(?:repos/(?P<owner>[^/]+)/(?P<name>[^/]+)|repositories/(?P<id>\d+))(?P<rest>/.*)?")


class _Route(msgspec.Struct, frozen=True):
    method: str
    pattern: re.Pattern[str]
    handler: Handler


def answer(site: Site, request: Request) -> Answer | None:
    """GitHub's answer; None where there is no such route. Raises Refused with GitHub's error."""
    if handler := WITHOUT_REPOSITORY.get(f"{request.method} {request.path}"):
        return handler(View(site, request))
    place = _REPOSITORY.fullmatch(request.path)
    route = place and _find(request.method, place["rest"] or "")
    if not place or not route:
        return None
    if moved := _moved(site, request, place):
        return moved
    view = View(site, request)
    if not view.may("read") or not _is_ours(site, place):
        raise Refused(404, "Not Found")
    if request.method != "GET":
        view.me  # noqa: B018 - nobody writes without a token
    found, words = route
    return found.handler(view, *words)


def has_route(method: str, path: str) -> bool:
    """Whether anything here answers such a request, whoever asks and whatever is there."""
    place = _REPOSITORY.fullmatch(path)
    return f"{method} {path}" in WITHOUT_REPOSITORY or bool(place and _find(method, place["rest"] or ""))


def _is_ours(site: Site, place: re.Match[str]) -> bool:
    """Names are the same in capitals and in small letters."""
    if place["id"]:
        return int(place["id"]) == REPOSITORY_ID
    return f"{place['owner']}/{place['name']}".lower() == site.slug.lower()


def _moved(site: Site, request: Request, place: re.Match[str]) -> Answer | None:
    """The way from an old name to the address by number, as GitHub gives it; it does not name the new name."""
    if place["owner"] != OWNER or place["name"] not in site.former_names:
        return None
    query = f"?{urlencode(request.query)}" if request.query else ""
    address = f"{request.api}/repositories/{REPOSITORY_ID}{quote(place['rest'] or '')}{query}"
    status, message = (301, "Moved Permanently") if request.method == "GET" else (307, "Temporary Redirect")
    body = {"message": message, "url": address, "documentation_url": "https://docs.github.com/rest"}
    return Answer(status, body, {"Location": address})


def _find(method: str, rest: str) -> tuple[_Route, list[str]] | None:
    if is_other(rest):
        return None
    for route in _routes:
        match = route.pattern.fullmatch(rest)
        if match and route.method == method:
            return route, list(match.groups())
    return None


def _compiled(route: str, handler: Handler) -> _Route:
    method, _, template = route.partition(" ")
    return _Route(method, pattern(template), handler)


_routes = [_compiled(route, handler) for route, handler in ROUTES.items()]
