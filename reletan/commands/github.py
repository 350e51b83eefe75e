"""Where the repository is on GitHub, and the way there."""

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reletan.adapters.token import find_token
from reletan.commands.session import Session
from reletan.domain.address import remote_address
from reletan.domain.errors import Unauthorized, UsageError

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub
    from reletan.commands.observing import Observed


def github_slug(session: Session, url: str | None) -> str | None:
    """``owner/name`` where the configuration or a GitHub address says it."""
    if session.settings.github.repository:
        return session.settings.github.repository
    remote = remote_address(url or "")
    if remote is None or remote.host != web_host(session) or not re.fullmatch(r"[\w.-]+/[\w.-]+", remote.path):
        return None
    return remote.path


def require_slug(session: Session, url: str | None) -> str:
    """Raises UsageError where nobody says that the repository is on GitHub."""
    slug = github_slug(session, url)
    if slug is None:
        raise UsageError("This repository is not on GitHub, as far as reletan can see.",
                         next='set repository = "owner/name" (and api_url) under [github] in .reletan.toml')  # fmt: skip
    return slug


def web_host(session: Session) -> str:
    return (urlsplit(session.settings.github.api_url).hostname or "").removeprefix("api.")


def web_url(session: Session, url: str | None) -> str | None:
    """The repository's page on GitHub, without a request; None where nobody says that it is there."""
    slug = github_slug(session, url)
    parts = urlsplit(session.settings.github.api_url)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}/{slug}" if slug else None


def open_hub(session: Session, slug: str, url: str | None) -> "Hub | None":
    """The way to GitHub, one in a run; None without a token. Raises UsageError where the token is not safe."""
    if session.hub is not None:
        return session.hub
    _require_trusted(session, url)
    token = find_token(web_host(session), os.environ)
    if token is None:
        return None
    from reletan.adapters.hub import Hub

    terminal = session.terminal
    session.hub = Hub(session.settings.github.api_url, slug, token, wait=terminal.wait, tell=terminal.detail)
    return session.hub


def require_hub(session: Session, facts: "Observed") -> "Hub":
    """Raises UsageError where the repository is not on GitHub, Unauthorized without a token."""
    hub = open_hub(session, require_slug(session, facts.url), facts.url)
    if hub is None:
        raise Unauthorized("There is no token for GitHub.", next="set GH_TOKEN, or run `gh auth login`")
    return hub


def _require_trusted(session: Session, url: str | None) -> None:
    """A file of the repository, which anybody's pull request may change, must not send the token to a stranger."""
    source = session.settings.sources.get("github.api_url")
    remote, api = remote_address(url or ""), remote_address(session.settings.github.api_url)
    if source is None or source.startswith("RELETAN_"):
        return
    if remote and api and (remote.host, remote.port) == (web_host(session), api.port):
        return
    raise UsageError(
        f"No token is sent to {web_host(session)}: {source} names it, but the remote is elsewhere.",
        next=f"if that is right, set RELETAN_GITHUB_API_URL={session.settings.github.api_url}",
    )
