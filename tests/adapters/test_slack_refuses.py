"""What Slack refuses, and what people are told then."""

import msgspec
import pytest
from slack_way import (
    HISTORY,
    POST,
    Waits,
    announcement,
    the_post,
    way_to,
)

from reletan.adapters.slack import SlackBot, SlackError
from reletan.domain.message import Message
from reletan.sandbox.http.wire import Reply as Answer
from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer

# What Slack refuses


@pytest.mark.parametrize(
    ("error", "said", "advice"),
    [
        ("not_in_channel", "The bot is not in #release on Slack", "/invite @reletan"),
        ("channel_not_found", "no channel #release", "slack.channel"),
        ("is_archived", "#release on Slack is archived", "slack.channel"),
        ("is_inactive", "#release on Slack is archived", "slack.channel"),
        ("invalid_auth", "does not accept the token from SLACK_BOT_TOKEN: invalid_auth", "Bot User OAuth Token"),
        ("token_revoked", "does not accept the token", "Bot User OAuth Token"),
        ("account_inactive", "does not accept the token", "Bot User OAuth Token"),
        ("restricted_action", "Slack says no: restricted_action", "docs.slack.dev"),
        ("xoxb-<@U012>\x1b[31m", "Slack gave an answer that cannot be understood", "proxy"),
    ],
)
def test_a_refusal_names_the_way_out(slack: SlackServer, bot: SlackBot, error: str, said: str, advice: str) -> None:
    slack.fault(POST, do=Fault.error(error))
    with pytest.raises(SlackError, match=said) as raised:
        bot.bring_up_to_date(announcement())
    assert raised.value.next is not None
    assert advice in raised.value.next


def test_a_bot_outside_of_the_channel_is_to_be_invited(slack: SlackServer, bot: SlackBot) -> None:
    slack.channel("#release").members.clear()
    with pytest.raises(SlackError, match="The bot is not in #release") as raised:
        bot.bring_up_to_date(announcement())
    assert (raised.value.code, raised.value.next) == ("not_in_channel", "invite it there: /invite @reletan")


@pytest.mark.parametrize(
    ("scope", "named"),
    [
        ("chat:write", "chat:write"),
        ("channels:history", "channels:history or groups:history"),
        ("channels:read", "channels:read"),
    ],
)
def test_a_missing_scope_is_named(slack: SlackServer, bot: SlackBot, scope: str, named: str) -> None:
    slack.bot.scopes.discard(scope)
    with pytest.raises(SlackError) as raised:
        bot.bring_up_to_date(announcement())
    assert raised.value.code == "missing_scope"
    assert raised.value.message.startswith(f"The token from SLACK_BOT_TOKEN lacks a scope: {named}")
    assert scope in (raised.value.next or "")
    assert not slack.posts("#release")


def test_a_token_that_is_not_right(slack: SlackServer, waits: Waits, told: list[str]) -> None:
    with pytest.raises(SlackError, match="does not accept the token from SLACK_BOT_TOKEN: invalid_auth"):
        way_to(slack, waits, told, token="xoxb-wrong").find("acme/shop", "1.4.0")  # noqa: S106
    slack.fault("auth.test", do=Fault(instead=Answer.json(200, {"ok": True, "user": "hana", "user_id": "U1"})))
    with pytest.raises(SlackError, match="is a person's, not a bot's"):
        way_to(slack, waits, told).find("acme/shop", "1.4.0")


def test_channels_by_name(slack: SlackServer, waits: Waits, told: list[str]) -> None:
    slack.open_channel("secret", private=True, bot=True)
    with pytest.raises(SlackError, match="no channel #secret"):
        way_to(slack, waits, told, "#secret").find("acme/shop", "1.4.0")
    slack.bot.scopes |= {"groups:read", "groups:history"}
    assert way_to(slack, waits, told, "#secret").bring_up_to_date(announcement()).state == "posted"
    assert way_to(slack, waits, told, "Secret").find("acme/shop", "1.4.0") is not None
    with pytest.raises(SlackError, match="no channel #nowhere") as raised:
        way_to(slack, waits, told, "#nowhere").find("acme/shop", "1.4.0")
    assert raised.value.code == "channel_not_found"


def test_a_channel_is_found_on_a_later_page_and_asked_for_once(
    slack: SlackServer, waits: Waits, told: list[str]
) -> None:
    for number in range(1_100):
        slack.open_channel(f"team-{number}", bot=True)
    bot = way_to(slack, waits, told, "#team-1090")
    assert bot.find("acme/shop", "1.4.0") is None
    assert bot.find("acme/shop", "1.4.0") is None
    assert len(slack.calls("conversations.list")) == 2


def test_an_archived_channel_is_said_to_be_archived(slack: SlackServer, bot: SlackBot) -> None:
    slack.channel("#release").archived = True
    with pytest.raises(SlackError, match="#release on Slack is archived"):
        bot.bring_up_to_date(announcement())


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
def test_what_slack_finds_too_long_is_shortened(slack: SlackServer, bot: SlackBot, error: str) -> None:
    slack.fault(
        POST, do=Fault.error(error, response_metadata={"messages": ["[ERROR] too long\x1b[31m [json-pointer:/b]"]})
    )
    delivery = bot.bring_up_to_date(announcement())
    assert delivery.state == "posted"
    assert delivery.detail is not None
    assert delivery.detail.startswith(f"shortened: Slack refuses the message: {error}: [ERROR] too long")
    assert "\x1b" not in delivery.detail
    assert [block["text"]["text"] for block in the_post(slack).blocks] == ["Release 1.4.0", "Begun", "…"]
    assert bot.bring_up_to_date(announcement()).state == "unchanged"


def test_a_message_that_fits_into_no_block_is_shortened(slack: SlackServer, bot: SlackBot) -> None:
    long = Message(text="Release", header="Release", sections=("Begun", "x" * 3_001))
    delivery = bot.bring_up_to_date(msgspec.structs.replace(announcement(), main=long))
    assert [block["text"]["text"] for block in the_post(slack).blocks] == ["Release", "Begun", "…"]
    assert "3000 characters" in (delivery.detail or "")
    hopeless = Message(text="Release", header="x" * 151)
    with pytest.raises(SlackError, match="150 characters"):
        bot.bring_up_to_date(msgspec.structs.replace(announcement(), main=hopeless))


def test_shortening_is_tried_once(slack: SlackServer, bot: SlackBot) -> None:
    slack.fault(POST, do=Fault.error("invalid_blocks"), times=None)
    with pytest.raises(SlackError, match="invalid_blocks") as raised:
        bot.bring_up_to_date(announcement())
    assert len(slack.calls(POST)) == 2
    assert not raised.value.unclear
    assert len(slack.calls(HISTORY)) == 1, "a no is clear: nothing is to be looked up"
