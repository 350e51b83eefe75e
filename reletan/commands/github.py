"""Where the repository is on GitHub, and the way there."""

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reletan.adapters.token import find_token
from reletan.commands.session import Session
from reletan.domain.errors import UsageError

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub


def github_slug(session: Session, url: str | None) -> str | None:
    """``owner/name`` where the configuration or a GitHub address says it."""
    if session.settings.github.repository:
        return session.settings.github.repository
    host = re.escape(web_host(session))
    found = re.fullmatch(
        rf"(?:https?://(?:[^@/]*@)?{host}(?::\d+)?/|(?:ssh://)?git@{host}[:/])([\w.-]+/[\w.-]+?)(?:\.git)?/?", url or ""
    )
    return found[1] if found else None


def web_host(session: Session) -> str:
    return (urlsplit(session.settings.github.api_url).hostname or "").removeprefix("api.")


def web_url(session: Session, url: str | None) -> str | None:
    """The repository's page on GitHub, without a request; None where nobody says that it is there."""
    slug = github_slug(session, url)
    parts = urlsplit(session.settings.github.api_url)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}/{slug}" if slug else None


def open_hub(session: Session, slug: str, url: str | None) -> "Hub | None":
    """The way to GitHub; None without a token. Raises UsageError where the token is not safe."""
    _require_trusted(session, url)
    token = find_token(web_host(session), os.environ)
    if token is None:
        return None
    from reletan.adapters.hub import Hub

    terminal = session.terminal
    return Hub(session.settings.github.api_url, slug, token, wait=terminal.wait, tell=terminal.detail)


def _require_trusted(session: Session, url: str | None) -> None:
    """A file of the repository, which anybody's pull request may change, must not send the token to a stranger."""
    source = session.settings.sources.get("github.api_url")
    if source is None or source.startswith("RELETAN_") or web_host(session) == _host(url):
        return
    raise UsageError(
        f"No token is sent to {web_host(session)}: {source} names it, but the remote is elsewhere.",
        next=f"if that is right, set RELETAN_GITHUB_API_URL={session.settings.github.api_url}",
    )


def _host(url: str | None) -> str | None:
    """The host of a remote's address, as a URL or as ``user@host:path``."""
    found = re.match(r"(?:\w+://(?:[^@/]*@)?|[^@/:]+@)([^:/]+)", url or "")
    return found[1] if found else None
