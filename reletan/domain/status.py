"""Where the releases of a repository are: the contract of ``reletan status --json`` (schema 1)."""

import msgspec

from reletan.domain.listing import Warning
from reletan.domain.text import Text


class OpenRelease(msgspec.Struct, frozen=True, kw_only=True):
    """A branch that is open, or a release that is merged or public but not complete.

    ``since``: "2026-11-20T10:00:00Z".
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
