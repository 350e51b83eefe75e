"""What the doctor looks at on Slack: the token and its scopes, the channel, and who of the authors is known there."""

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reletan.adapters.clonestate import recent_authors
from reletan.adapters.slack import SlackBot, find_slack
from reletan.adapters.token import Token
from reletan.commands.slack import open_slack
from reletan.commands.visit import Visit, guarded, looked
from reletan.domain import slackcheck
from reletan.domain.doctor import Check, failed, skipped
from reletan.domain.slackcheck import BotFacts

if TYPE_CHECKING:
    from reletan.adapters.slackwire import Wire

# Each of them may be a request
MOST_PEOPLE = 10


def slack_checks(visit: Visit) -> Iterator[Check]:
    session = visit.session
    token = find_slack(os.environ)
    if token is None:
        yield skipped("slack.token", "no SLACK_BOT_TOKEN, no SLACK_WEBHOOK_URL: what the team should know is printed")
        return
    if token.source == "SLACK_WEBHOOK_URL":
        _require_safe(token)
        yield slackcheck.webhook_check(token.value, token.source)
        return
    if session.settings.slack.channel is None:
        yield failed(
            "slack.channel",
            f"{token.source} is set, but no channel",
            'set channel = "#release" under [slack] in .reletan.toml',
        )
        return
    if session.offline:
        yield skipped("slack.token", f"there is one, from {token.source}; it was not tried (--offline)")
        return
    bot = open_slack(session)
    assert isinstance(bot, SlackBot)  # noqa: S101 - with this token
    yield from _with_bot(visit, bot, token)


def _require_safe(webhook: Token) -> None:
    """Raises UsageError for an address that would get the secret in the clear."""
    from reletan.adapters.slackwire import Line

    Line(webhook.value, webhook.source)


def _with_bot(visit: Visit, bot: SlackBot, token: Token) -> Iterator[Check]:
    from reletan.adapters.slackrights import read_bot
    from reletan.adapters.slackwire import Wire

    session = visit.session
    wire = Wire(session.settings.slack.api_url, token, wait=session.terminal.wait)
    with wire.hurrying():
        known = read_bot(wire)
        if visit.clock is None and known.now:
            visit.clock = (time.time(), known.now, "Slack")
        yield slackcheck.bot_check(known)
        yield from guarded("slack.channel", lambda: _channel(visit, wire, known))
    yield looked("slack.people", lambda: _people(visit, bot, known))


def _channel(visit: Visit, wire: "Wire", bot: BotFacts) -> Iterator[Check]:
    from reletan.adapters.slackrights import find_room

    channel = visit.session.settings.slack.channel or ""
    may_look = bot.scopes is None or {"channels:read", "groups:read"} & set(bot.scopes)
    room = find_room(wire, channel, bot.scopes) if may_look else None
    yield slackcheck.scopes_check(bot.scopes, room, channel)
    if may_look:
        yield slackcheck.room_check(room, channel, bot.user)
    else:
        yield skipped("slack.channel", f"without channels:read it is not known whether the bot is in {channel}")


def _people(visit: Visit, bot: SlackBot, known: BotFacts) -> Check:
    session = visit.session
    if known.scopes is not None and "users:read.email" not in known.scopes:
        return skipped("slack.people", "without users:read.email only those in slack.users are found")
    tracking = f"refs/remotes/{visit.remote}/{visit.branches.development}" if visit.branches else "HEAD"
    tip = session.repo.resolve(tracking) or session.repo.resolve("HEAD")
    people = recent_authors(session.repo, tip, MOST_PEOPLE) if tip else []
    strangers = [person for person in people if not slackcheck.is_mapped(person, session.settings.slack.users)]
    return slackcheck.people_check(people, [person for person in strangers if bot.person(person.email) is None])
