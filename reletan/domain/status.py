"""Where the releases of a repository are: the contract of ``reletan status --json`` (schema 1)."""

import msgspec

from reletan.domain.listing import Warning
from reletan.domain.text import Text


class ReleasePull(msgspec.Struct, frozen=True, kw_only=True):
    """The release pull request. ``done`` of ``all`` items are ticked; ``missing``: who has something left, as logins or names.

    ``checks``: of its head, how many are green, pending and failed; ``waits_for``: what speaks against merging it now.
    """

    number: int
    url: str
    done: int
    all: int
    missing: tuple[Text, ...]
    checks: dict[str, int]
    waits_for: tuple[str, ...]


class BackMergePull(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request that brings a release back into ``base``."""

    number: int
    url: str
    base: str
    waits_for: tuple[str, ...]


class OpenRelease(msgspec.Struct, frozen=True, kw_only=True):
    """A branch that is open, or a release that is merged or public but not complete.

    ``since``: "2026-11-20T10:00:00Z"; ``pull_request`` None: there is none, or GitHub did not tell.
    """

    kind: str
    version: str
    branch: str
    head: str | None
    state: str
    since: str | None
    by: Text | None
    pull_requests: int
    next: str
    pull_request: ReleasePull | None = None
    back_merges: tuple[BackMergePull, ...] = ()


class Status(msgspec.Struct, frozen=True, kw_only=True):
    schema: int = 1
    production: str
    development: str
    last_release: str | None
    last_release_at: str | None
    open: tuple[OpenRelease, ...]
    unfinished: tuple[str, ...]
    waiting_pull_requests: int
    waiting_commits: int
    suggested_version: str | None
    next: str
    warnings: tuple[Warning, ...] = ()
