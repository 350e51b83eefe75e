"""Which permissions a run used: what the sandboxes were asked, by what GitHub and Slack say that each question needs.

https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
"""

import re
from collections.abc import Iterable

from reletan.sandbox.github.exchange import Exchange
from reletan.sandbox.slack.methods import METHODS
from reletan.sandbox.world import World

# Method and path -> permission and level; the first that fits. "metadata" comes with every token, and "administration"
# only tells more about classic protection, which counts as there without it.
REST = {
    r"GET /user|GET /rate_limit|GET /repos/[^/]+/[^/]+|GET .*/rules/branches/.*|GET .*/rulesets.*": None,
    r"GET .*/branches/[^/]+/protection": None,
    r"GET .*/(branches|git)/.*|GET .*/releases.*|GET .*/commits/\w+": ("contents", "read"),
    r"(POST|PATCH) .*/releases.*|PUT .*/pulls/\d+/merge": ("contents", "write"),
    r"GET .*/pulls.*|GET .*/commits/\w+/pulls": ("pull_requests", "read"),
    r"(POST|PATCH) .*/pulls.*|PUT .*/pulls/\d+/update-branch": ("pull_requests", "write"),
    r"GET .*/commits/.*/check-runs": ("checks", "read"),
    r"GET .*/commits/.*/status": ("statuses", "read"),
    r"POST .*/statuses/.*": ("statuses", "write"),
}
QUERY = {
    r"(?i)pullrequest": ("pull_requests", "read"),
    r"\bobject\(|\bobject \{": ("contents", "read"),
    r"\bstatusCheckRollup\b": ("checks", "read"),
    r"\bStatusContext\b": ("statuses", "read"),
    r"\bworkflowRun\b": ("actions", "read"),
}
MUTATIONS = {
    r"addComment|updateIssueComment|enablePullRequestAutoMerge|disablePullRequestAutoMerge|enqueuePullRequest": (
        "pull_requests",
        "write",
    ),
    r"deleteRef": ("contents", "write"),
}

Used = set[tuple[str, str]]


def used(exchanges: Iterable[Exchange]) -> Used:
    """(permission, level) of all that was asked, git's requests aside."""
    return set().union(*(_needed(one) for one in exchanges if one.via != "git"))


def _needed(one: Exchange) -> Used:
    if one.via == "rest":
        asked = f"{one.method} {one.path}"
        (found,) = [right for pattern, right in REST.items() if re.fullmatch(pattern, asked)][:1] or [("?", asked)]
        return {found} if found else set()
    query = str(one.body["query"]) if isinstance(one.body, dict) else ""
    if query.startswith("mutation"):
        return {right for pattern, right in MUTATIONS.items() if re.search(pattern, query)} or {("?", query[:80])}
    return {right for pattern, right in QUERY.items() if re.search(pattern, query)}


def scopes_used(world: World) -> set[str]:
    """Of public channels."""
    scopes = {scope for one in world.slack.heard for scope in METHODS[one.method].scopes}
    return {scope for scope in scopes if not scope.startswith(("groups:", "im:", "mpim:"))}
