"""Rulesets of a repository, which the description in ``contract/`` leaves out: what we use of them, in our own words.

After https://docs.github.com/en/rest/repos/rules (``GET /repos/{owner}/{repo}/rulesets`` and ``…/{ruleset_id}``).
"""

from typing import Any

_TEXT = {"type": "string"}
_PATTERNS = {"type": "array", "items": _TEXT}
_REF_NAME = {"type": "object", "properties": {"include": _PATTERNS, "exclude": _PATTERNS}}
_BYPASS = {
    "type": "object",
    "required": ["actor_type"],
    "properties": {
        "actor_id": {"type": ["integer", "null"]},
        "actor_type": {"enum": ["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey", "User"]},
        "bypass_mode": {"enum": ["always", "pull_request", "exempt"]},
    },
}
_RULE = {"type": "object", "required": ["type"], "properties": {"type": _TEXT, "parameters": {"type": "object"}}}
_RULESET = {
    "type": "object",
    "required": ["id", "name", "source", "enforcement"],
    "properties": {
        "id": {"type": "integer"},
        "name": _TEXT,
        "target": {"enum": ["branch", "tag", "push", "repository"]},
        "source_type": {"enum": ["Repository", "Organization", "Enterprise"]},
        "source": _TEXT,
        "enforcement": {"enum": ["disabled", "active", "evaluate"]},
        "bypass_actors": {"type": "array", "items": _BYPASS},
        "current_user_can_bypass": {"enum": ["always", "pull_requests_only", "never", "exempt"]},
        "node_id": _TEXT,
        "_links": {"type": "object"},
        "conditions": {"type": ["object", "null"], "properties": {"ref_name": _REF_NAME}},
        "rules": {"type": "array", "items": _RULE},
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": {"type": "string", "format": "date-time"},
    },
}


def _in(place: str, name: str, kind: str) -> dict[str, Any]:
    return {"in": place, "name": name, "required": place == "path", "schema": {"type": kind}}


def _get(answer: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    failed = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/basic-error"}}},
        "description": "",
    }
    fine = {"content": {"application/json": {"schema": answer}}, "description": ""}
    repository = (_in("path", "owner", "string"), _in("path", "repo", "string"))
    return {"get": {"parameters": [*repository, *parameters], "responses": {"200": fine, "404": failed}}}


PATHS = {
    "/repos/{owner}/{repo}/rulesets": _get(
        {"type": "array", "items": _RULESET},
        _in("query", "per_page", "integer"),
        _in("query", "page", "integer"),
        _in("query", "includes_parents", "boolean"),
        _in("query", "targets", "string"),
    ),
    "/repos/{owner}/{repo}/rulesets/{ruleset_id}": _get(
        _RULESET, _in("path", "ruleset_id", "integer"), _in("query", "includes_parents", "boolean")
    ),
}
