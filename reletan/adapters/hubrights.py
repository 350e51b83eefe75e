"""What a token is, and what it may read, as GitHub tells it: reading only, a few requests."""

import re
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubreply import Reply, decode
from reletan.adapters.token import Token, scopes_in
from reletan.domain.rights import Kind, Limit, Permission, RepositoryFacts, TokenFacts

EXPIRES = "github-authentication-token-expiration"
_PREFIXES: dict[str, Kind] = {
    "github_pat_": "fine-grained",
    "ghp_": "classic",
    "gho_": "classic",
    "ghs_": "app",
    "ghu_": "app",
}
_METHODS = ("merge", "squash", "rebase")


class _User(msgspec.Struct):
    login: str


class _Permissions(msgspec.Struct):
    push: bool | None = None


class _Repository(msgspec.Struct):
    full_name: str
    default_branch: str
    private: bool = False
    archived: bool = False
    allow_merge_commit: bool = True
    allow_squash_merge: bool = True
    allow_rebase_merge: bool = True
    delete_branch_on_merge: bool = False
    permissions: _Permissions | None = None


class _Resources(msgspec.Struct):
    core: Limit
    graphql: Limit


class _Limits(msgspec.Struct):
    resources: _Resources


def read_token(hub: Hub, token: Token) -> TokenFacts:
    """One request. Raises HubError, and Unauthorized for a token that is not accepted."""
    reply = hub.send("GET", "/user")
    # An app is nobody: its token is told so, and is good all the same
    person = None if reply.status == 403 and reply.limited is None else _user(hub, reply)
    scopes = scopes_in(reply.headers)
    prefix = next((kind for start, kind in _PREFIXES.items() if token.value.startswith(start)), None)
    kind: Kind = "classic" if scopes is not None else prefix or ("app" if person is None else "unknown")
    return TokenFacts(source=token.source, kind=kind, login=person, scopes=scopes, now=reply.now,
                      expires=_moment(reply.headers.get(EXPIRES, "")))  # fmt: skip


def _user(hub: Hub, reply: Reply) -> str:
    hub.require(reply)
    return decode(reply, _User).login


def _moment(text: str) -> int | None:
    """``2027-01-31 12:00:00 UTC``, or with an offset instead; None for anything else."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (UTC|[+-]\d{4})", text)
    if found is None:
        return None
    try:
        moment = datetime.strptime(f"{found[1]} {found[2].replace('UTC', '+0000')}", "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return None
    return int(moment.astimezone(UTC).timestamp())


def read_limits(hub: Hub) -> tuple[Limit, ...]:
    """One request, which costs none; empty where there are no limits."""
    found = hub.find("/rate_limit", _Limits)
    return (found.resources.core, found.resources.graphql) if found else ()


def read_repository(hub: Hub) -> RepositoryFacts:
    """One request. Raises Refused where this token sees no such repository."""
    found = hub.read(hub.path, _Repository)
    hub.note_name(found.full_name)
    allowed = (found.allow_merge_commit, found.allow_squash_merge, found.allow_rebase_merge)
    return RepositoryFacts(
        name=found.full_name, private=found.private, archived=found.archived, default_branch=found.default_branch,
        push=found.permissions.push if found.permissions else None, deletes_heads=found.delete_branch_on_merge,
        methods=tuple(method for method, on in zip(_METHODS, allowed, strict=True) if on),
    )  # fmt: skip


def try_to_read(hub: Hub, branch: str) -> dict[Permission, bool]:
    """What this token may read, by reading it: a request for each permission. Raises HubError."""
    ref = quote(branch, safe="")
    asked: dict[Permission, str] = {
        "contents": f"branches/{ref}",
        "pull_requests": "pulls?per_page=1",
        "checks": f"commits/{ref}/check-runs?per_page=1",
        "statuses": f"commits/{ref}/status?per_page=1",
    }
    return {permission: _allowed(hub, hub.send("GET", f"{hub.path}/{path}")) for permission, path in asked.items()}


def _allowed(hub: Hub, reply: Reply) -> bool:
    if reply.status in (403, 404) and reply.limited is None:
        return False
    hub.require(reply)
    return True
