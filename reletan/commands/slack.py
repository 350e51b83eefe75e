"""The way to Slack, where the team has configured one."""

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reletan.commands.session import Session
from reletan.domain.errors import UsageError

if TYPE_CHECKING:
    from reletan.adapters.slack import SlackBot, SlackWebhook

TRUSTED = ("slack.com", "slack-gov.com")


def open_slack(session: Session) -> "SlackBot | SlackWebhook | None":
    """By bot or by webhook, one in a run; None where there is no token. Raises UsageError where one is not safe."""
    if session.slack is not None or session.offline:
        return session.slack
    from reletan.adapters.slack import SlackBot, SlackWebhook, find_slack

    token = find_slack(os.environ)
    settings, terminal = session.settings.slack, session.terminal
    if token is None:
        return None
    if token.source == "SLACK_WEBHOOK_URL":
        session.slack = SlackWebhook(token, wait=terminal.wait, tell=terminal.detail)
    elif settings.channel is None:
        terminal.warn("SLACK_BOT_TOKEN is set, but no channel: name it as slack.channel in .reletan.toml")
    else:
        _require_trusted(session)
        session.slack = SlackBot(settings.api_url, token, settings.channel, wait=terminal.wait, tell=terminal.detail)
    return session.slack


def _require_trusted(session: Session) -> None:
    """A file of the repository, which anybody's pull request may change, must not send the token to a stranger."""
    source = session.settings.sources.get("slack.api_url")
    host = urlsplit(session.settings.slack.api_url).hostname or ""
    if source is None or source.startswith("RELETAN_") or any(host == t or host.endswith(f".{t}") for t in TRUSTED):
        return
    raise UsageError(f"No token is sent to {host}: {source} names it as slack.api_url, and it is not Slack.",
                     next=f"if that is right, set RELETAN_SLACK_API_URL={session.settings.slack.api_url}")  # fmt: skip
