"""What each command needs to be allowed to do, and what a token is: the least rights, and the checks of the doctor."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from reletan.domain.doctor import Check, failed, good, skipped, typed, warning

Permission = Literal["contents", "pull_requests", "checks", "statuses", "actions"]
Level = Literal["read", "write"]
Kind = Literal["classic", "fine-grained", "app", "unknown"]

DAY = 86_400
SOON = 7 * DAY
# of a limit, in percent: from there on somebody should know
FEW = 10


class Need(msgspec.Struct, frozen=True):
    """A permission, by GitHub's name. ``when``: where only some runs need it; empty: each does."""

    permission: Permission
    level: Level = "read"
    when: str = ""


_LIST = (Need("contents"), Need("pull_requests"))
_JUDGE = (Need("checks"), Need("statuses"), Need("actions"))
_PUSH = Need("contents", "write", "where git pushes with this token")
_PULL = Need("pull_requests", "write", "with checklist.pull_request")
_STATUS = Need("statuses", "write", "with checklist.status")

# Reading a repository's metadata comes with every token. What a run only does better with, as the list of pull requests, counts.
NEEDS: Mapping[str, tuple[Need, ...]] = {
    "list": _LIST,
    "status": (*_LIST, *_JUDGE),
    "start": (*_LIST, _PUSH, _PULL, _STATUS),
    "tag": (
        *_LIST, *_JUDGE, Need("contents", "write", "for the GitHub Release, to merge, and where git pushes with this token"),
        Need("pull_requests", "write", "where a branch is protected"),
    ),
    "resume": (
        *_LIST, *_JUDGE, Need("contents", "write", "as the command that it finishes"),
        Need("pull_requests", "write", "as the command that it finishes"),
    ),
    "abort": (*_LIST, _PUSH, Need("pull_requests", "write", "to close the release pull request")),
    "notes": (*_LIST, Need("contents", "write", "with --publish")),
    "notify": _LIST,
    "pr": (*_LIST, Need("pull_requests", "write"), _STATUS),
    "checklist": (*_LIST, Need("statuses", "write", "with checklist.status and --remind")),
    "automerge": (Need("contents", "write"), Need("pull_requests", "write"), *_JUDGE),
    "doctor": (Need("contents"), Need("pull_requests"), Need("checks"), Need("statuses")),
}  # fmt: skip


class TokenFacts(msgspec.Struct, frozen=True, kw_only=True):
    """``source``: where it comes from; ``login``: None for an app's; ``scopes``: None where GitHub tells none; ``expires`` and
    ``now``: seconds since 1970 by GitHub's clock, None and 0 where it does not tell.
    """

    source: str
    kind: Kind
    login: str | None = None
    scopes: tuple[str, ...] | None = None
    expires: int | None = None
    now: int = 0

    @property
    def whose(self) -> str:
        return self.login or "this token"


class RepositoryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The repository as this token sees it. ``push``: whether its owner may write, None where GitHub does not tell."""

    name: str
    private: bool
    archived: bool
    push: bool | None
    default_branch: str
    methods: tuple[str, ...]
    deletes_heads: bool


class Limit(msgspec.Struct, frozen=True):
    """The requests that are left. ``reset``: seconds since 1970."""

    limit: int
    remaining: int
    reset: int


def token_check(token: TokenFacts, settings_url: str) -> list[Check]:
    """Who it is, and until when. ``settings_url``: GitHub's page where tokens are made."""
    kinds = {
        "classic": "a classic token",
        "fine-grained": "a fine-grained token",
        "app": "an app's token",
        "unknown": "a token",
    }
    scopes = f" with the scopes {', '.join(token.scopes) or 'none'}" if token.scopes is not None else ""
    found = [good("github.token", f"from {token.source}: {kinds[token.kind]} of {token.login or 'no person'}{scopes}")]
    if token.expires is not None:
        found.append(_expiry(token, settings_url))
    return found


def _expiry(token: TokenFacts, settings_url: str) -> Check:
    left = (token.expires or 0) - token.now
    days = f"{left // DAY} days" if left >= 2 * DAY else f"{max(left, 0) // 3600} hours"
    if left > SOON:
        return good("github.expiry", f"the token is good for {days}")
    return warning(
        "github.expiry", f"the token ends in {days}", f"make a new one at {settings_url}, and set {token.source} to it"
    )


def repository_check(slug: str, repository: RepositoryFacts, remote: str | None) -> Check:
    id, name = "github.repository", repository.name
    if repository.archived:
        return failed(
            id, f"{name} is archived: nothing can be written", f"unarchive it: gh repo unarchive {typed(name)}"
        )
    if name.casefold() != slug.casefold():
        return failed(id, f"{slug} is now {name}: reading follows, writing stops",
                      f"set github.repository, or the address of {remote or 'the remote'}, to {name}")  # fmt: skip
    return good(id, f"{name}, {'private' if repository.private else 'public'}")


def limit_check(limits: Sequence[Limit], until: str) -> Check:
    """``until``: when the scarcest of them is full again, in words."""
    scarce = scarcest(limits)
    if scarce is None:
        return good("github.limit", "this GitHub has no rate limit")
    text = f"{scarce.remaining:,} of {scarce.limit:,} requests left until {until}"
    if scarce.remaining * 100 < scarce.limit * FEW:
        return warning("github.limit", text, f"wait until {until}, or use another token")
    return good("github.limit", text)


def scarcest(limits: Sequence[Limit]) -> Limit | None:
    return min(limits, key=lambda one: one.remaining / max(one.limit, 1), default=None)


# -- what it may do --------------------------------------------------------------------------------------------------


def rights_check(token: TokenFacts, repository: RepositoryFacts, reads: Mapping[Permission, bool]) -> list[Check]:
    """``reads``: what was tried, and whether it may be read; only for tokens that do not tell their scopes."""
    id = "github.rights"
    if token.scopes is not None:
        wanted = "repo" if repository.private else "public_repo"
        if not {"repo", wanted} & set(token.scopes):
            return [warning(id, f"without the scope {wanted}, {_refused()}", _more_scopes(token, wanted))]
        if repository.push is False:
            return [_only_reads(token, repository)]
        return [good(id, f"{token.whose} may write to {repository.name}: every command works")]
    missing = [permission for permission, allowed in reads.items() if not allowed]
    found = [
        warning(id, f"{_named(permission)} may not be read, which is needed by {_and(commands_that('read', permission))}",
                _more_permission(token.kind, permission))
        for permission in missing
    ]  # fmt: skip
    if repository.push is False:
        return [*found, _only_reads(token, repository)]
    unknown = "what it may write GitHub does not tell before it is tried; docs/doctor.md says what each command needs"
    return [
        *found,
        *([] if missing else [good(id, "it may read what reletan reads")]),
        skipped("github.writing", unknown),
    ]


def commands_that(level: Level, permission: Permission | None = None) -> list[str]:
    """The commands that need this, in some runs at least."""
    return [
        command
        for command, needs in NEEDS.items()
        if command != "doctor" and any(need.level == level and permission in (None, need.permission) for need in needs)
    ]


def _only_reads(token: TokenFacts, repository: RepositoryFacts) -> Check:
    return warning("github.rights", f"{token.whose} may only read {repository.name}: {_refused()}",
                   f"ask an administrator of {repository.name} for the role Write")  # fmt: skip


def _refused() -> str:
    return f"refused are {_and(commands_that('write'))}, wherever they write to GitHub"


def _more_scopes(token: TokenFacts, scope: str) -> str:
    if token.source.startswith("gh "):
        return typed("gh", "auth", "refresh", "--scopes", scope)
    return f"give the token of {token.source} the scope {scope}"


def _more_permission(kind: Kind, permission: Permission) -> str:
    if kind == "app":
        return f"permissions: {permission.replace('_', '-')}: read  # of the job on GitHub Actions, or of the app"
    if permission == "checks":
        # https://github.com/github/rest-api-description/issues/4290
        return "use a classic token, or an app's: no fine-grained token has this permission"
    return f"give the token the permission {_named(permission)}: read"


def _named(permission: str) -> str:
    return permission.replace("_", " ")


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)
