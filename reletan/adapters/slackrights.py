"""What a bot's token is on Slack, and how the bot stands in the channel. Reading only."""

import re
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec

from reletan.adapters.slackreply import SlackError
from reletan.adapters.slackwire import Wire
from reletan.adapters.token import scopes_in
from reletan.domain.slackcheck import BotFacts, Room

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

PAGE, PAGES = 999, 10
_ID = re.compile(r"[CG][A-Z0-9]{4,}")


class _Me(msgspec.Struct):
    user: str
    team: str = "?"
    bot_id: str | None = None


class _Cursor(msgspec.Struct):
    next_cursor: str | None = None


class _Channel(msgspec.Struct):
    name: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_member: bool = False

    @property
    def room(self) -> Room:
        return Room(name=self.name, private=self.is_private, archived=self.is_archived, member=self.is_member)


class _Channels(msgspec.Struct):
    channels: list[_Channel]
    response_metadata: _Cursor | None = None


class _One(msgspec.Struct):
    channel: _Channel


def read_bot(wire: Wire) -> BotFacts:
    """One request. Raises SlackError."""
    headers: dict[str, str] = {}

    def call(slack: "WebClient") -> "SlackResponse":
        answer = slack.auth_test()
        headers.update({name.lower(): value for name, value in answer.headers.items()})
        return answer

    me = wire.read(call, _Me)
    scopes = scopes_in(headers)
    return BotFacts(source=wire.source, user=me.user, team=me.team, is_bot=me.bot_id is not None, scopes=scopes,
                    now=_moment(headers.get("date", "")))  # fmt: skip


def _moment(date: str) -> int:
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, OverflowError):
        return 0


def find_room(wire: Wire, channel: str, scopes: Sequence[str] | None) -> Room | None:
    """The channel: "#name", or its ID; None where the bot sees none. Raises SlackError.

    Only what the scopes allow is asked for; by name, a request for each 999 channels, at most ten of either kind.
    """
    if _ID.fullmatch(channel):
        return _by_id(wire, channel)
    kinds = {"public_channel": "channels:read", "private_channel": "groups:read"}
    allowed = [kind for kind, scope in kinds.items() if scopes is None or scope in scopes]
    rooms = (_named(wire, kind, channel.removeprefix("#").lower()) for kind in allowed)
    return next((room for room in rooms if room), None)


def _by_id(wire: Wire, channel: str) -> Room | None:
    try:
        return wire.read(lambda slack: slack.conversations_info(channel=channel), _One).channel.room
    except SlackError as problem:
        if problem.code != "channel_not_found":
            raise
        return None


def _named(wire: Wire, kind: str, name: str) -> Room | None:
    cursor = None
    for _ in range(PAGES):
        page = wire.read(_list(kind, cursor), _Channels)
        if found := next((channel for channel in page.channels if channel.name == name), None):
            return found.room
        cursor = page.response_metadata.next_cursor if page.response_metadata else None
        if not cursor:
            break
    return None


def _list(kind: str, cursor: str | None) -> "Callable[[WebClient], Any]":
    return lambda slack: slack.conversations_list(types=kind, cursor=cursor, limit=PAGE)
