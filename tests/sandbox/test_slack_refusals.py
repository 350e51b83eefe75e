"""What the sandbox Slack refuses, in Slack's own words."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_world import ask_slack, client, on_slack, refusal, slack_alone

from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer
from reletan.sandbox.world import World

TS = "1767603600.999900"


@pytest.fixture
def bot(slack: SlackServer) -> WebClient:
    return client(slack)


@pytest.fixture
def channel(slack: SlackServer) -> str:
    return slack.channel("#release").id


# at the door


def test_no_token(slack: SlackServer) -> None:
    assert refusal(client(slack, None).auth_test) == {"ok": False, "error": "not_authed"}


def test_a_token_of_nobody(slack: SlackServer) -> None:
    assert refusal(client(slack, "xoxb-somebody").auth_test)["error"] == "invalid_auth"


@pytest.mark.parametrize("error", ["account_inactive", "token_revoked"])
def test_a_token_that_does_not_count_any_more(slack: SlackServer, bot: WebClient, error: str) -> None:
    slack.bot.refused = error
    assert refusal(bot.chat_postMessage, channel="#release", text="x")["error"] == error


@pytest.mark.parametrize(
    ("method", "arguments", "scope", "needed"),
    [
        ("chat.postMessage", {"channel": "#release", "text": "x"}, "chat:write", "chat:write"),
        ("chat.update", {"channel": "C0ACME0002", "ts": TS, "text": "x"}, "chat:write", "chat:write"),
        ("chat.delete", {"channel": "C0ACME0002", "ts": TS}, "chat:write", "chat:write"),
        (
            "conversations.history",
            {"channel": "C0ACME0002"},
            "channels:history",
            "channels:history,groups:history,mpim:history,im:history",
        ),
        (
            "conversations.replies",
            {"channel": "C0ACME0002", "ts": TS},
            "channels:history",
            "channels:history,groups:history,mpim:history,im:history",
        ),
        ("conversations.list", {}, "channels:read", "channels:read,groups:read,mpim:read,im:read"),
        ("users.lookupByEmail", {"email": "hana@example.com"}, "users:read.email", "users:read.email"),
        ("users.info", {"user": "U0ACME0001"}, "users:read", "users:read"),
    ],
)
def test_a_missing_scope_is_named(
    slack: SlackServer, bot: WebClient, method: str, arguments: dict[str, str], scope: str, needed: str
) -> None:
    slack.bot.scopes.discard(scope)
    told = refusal(bot.api_call, api_method=method, params=arguments)
    assert (told["error"], told["needed"]) == ("missing_scope", needed)
    assert told["provided"] == ",".join(sorted(slack.bot.scopes))


def test_the_scope_of_the_other_kind_of_channel_does_not_do(slack: SlackServer, bot: WebClient, channel: str) -> None:
    slack.bot.scopes -= {"channels:history", "channels:read"}
    slack.bot.scopes |= {"groups:history", "groups:read"}
    assert refusal(bot.conversations_history, channel=channel)["needed"] == "channels:history"
    assert refusal(bot.conversations_info, channel=channel)["needed"] == "channels:read"
    assert refusal(bot.conversations_list, types="public_channel,private_channel")["needed"] == "channels:read"


# channels


def test_a_channel_that_is_not_there(bot: WebClient) -> None:
    assert refusal(bot.chat_postMessage, channel="#nowhere", text="x")["error"] == "channel_not_found"
    assert refusal(bot.conversations_history, channel="C0NOWHERE")["error"] == "channel_not_found"


def test_a_private_channel_of_others_is_as_if_it_were_not_there(slack: SlackServer, bot: WebClient) -> None:
    secret = slack.open_channel("secret", private=True)
    for call in (bot.conversations_info, bot.conversations_history):
        assert refusal(call, channel=secret.id)["error"] == "channel_not_found"
    assert refusal(bot.chat_postMessage, channel="#secret", text="x")["error"] == "channel_not_found"


def test_not_in_the_channel(slack: SlackServer, bot: WebClient) -> None:
    general = slack.channel("#general")
    assert refusal(bot.chat_postMessage, channel="#general", text="x")["error"] == "not_in_channel"
    assert refusal(bot.conversations_history, channel=general.id)["error"] == "not_in_channel"
    slack.bot.scopes.add("chat:write.public")
    bot.chat_postMessage(channel="#general", text="x")
    assert len(slack.posts("#general")) == 1
    assert refusal(bot.conversations_history, channel=general.id)["error"] == "not_in_channel"


def test_an_archived_channel(slack: SlackServer, bot: WebClient, channel: str) -> None:
    ts = bot.chat_postMessage(channel=channel, text="x")["ts"]
    slack.channel("#release").archived = True
    assert refusal(bot.chat_postMessage, channel=channel, text="x")["error"] == "is_archived"
    assert refusal(bot.chat_update, channel=channel, ts=ts, text="y")["error"] == "is_inactive"
    assert len(bot.conversations_history(channel=channel)["messages"]) == 1


# messages


def test_a_message_that_is_not_there(bot: WebClient, channel: str) -> None:
    assert refusal(bot.chat_update, channel=channel, ts=TS, text="x")["error"] == "message_not_found"
    assert refusal(bot.chat_delete, channel=channel, ts=TS)["error"] == "message_not_found"
    assert refusal(bot.chat_getPermalink, channel=channel, message_ts=TS)["error"] == "message_not_found"
    assert refusal(bot.conversations_replies, channel=channel, ts=TS)["error"] == "thread_not_found"


@pytest.mark.parametrize("who", ["Hana", "Deploybot"])
def test_a_message_of_somebody_else(slack: SlackServer, bot: WebClient, channel: str, who: str) -> None:
    ts = slack.say(who, "#release", "mine").ts
    assert refusal(bot.chat_update, channel=channel, ts=ts, text="x")["error"] == "cant_update_message"
    assert refusal(bot.chat_delete, channel=channel, ts=ts)["error"] == "cant_delete_message"
    assert slack.posts("#release")[0].text == "mine"


def test_nothing_to_say(slack: SlackServer, channel: str) -> None:
    for given in ({}, {"text": ""}, {"text": "", "blocks": []}):
        assert ask_slack(slack, "chat.postMessage", {"channel": channel, **given})["error"] == "no_text"


def test_a_long_text_is_cut_when_posted_and_refused_as_an_update(
    slack: SlackServer, bot: WebClient, channel: str
) -> None:
    answer = bot.chat_postMessage(channel=channel, text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len(slack.posts("#release")[0].text) == 40_000
    assert "warning" not in bot.chat_postMessage(channel=channel, text="x" * 40_000)
    ts = answer["ts"]
    bot.chat_update(channel=channel, ts=ts, text="y" * 4_000)
    assert refusal(bot.chat_update, channel=channel, ts=ts, text="z" * 4_001)["error"] == "msg_too_long"
    assert slack.posts("#release")[0].text == "y" * 4_000


@pytest.mark.parametrize(
    "metadata",
    [
        {"event_type": "a"},
        {"event_payload": {}},
        {"event_type": "", "event_payload": {}},
        {"event_type": 1, "event_payload": {}},
        {"event_type": "a", "event_payload": []},
        {"event_type": "a", "event_payload": {}, "more": 1},
        {"event_type": "a", "event_payload": {"x": None}},
        {"event_type": "a", "event_payload": {"x": ["y"]}},
        {"event_type": "a", "event_payload": {"x": {"y": {"z": 1}}}},
        "no JSON",
        [],
    ],
)
def test_metadata_of_another_shape(slack: SlackServer, channel: str, metadata: Any) -> None:
    answer = ask_slack(slack, "chat.postMessage", {"channel": channel, "text": "x", "metadata": metadata})
    assert (answer["error"], slack.posts("#release")) == ("invalid_metadata_format", [])


@pytest.mark.parametrize(
    "payload", [{}, {"a": "x", "b": 1, "c": True, "d": 1.5}, {"a": {"b": 1}}, {"a": [{"b": 1}, {"c": "x"}]}]
)
def test_metadata_of_a_good_shape(slack: SlackServer, bot: WebClient, payload: dict[str, Any]) -> None:
    metadata = {"event_type": "a", "event_payload": payload}
    bot.chat_postMessage(channel="#release", text="x", metadata=metadata)
    assert slack.posts("#release")[0].metadata == metadata


# arguments


def test_what_is_missing_is_named(bot: WebClient) -> None:
    told = refusal(bot.api_call, api_method="chat.update", json={"channel": "C0ACME0002", "text": "x"})
    assert told["error"] == "invalid_arguments"
    assert told["response_metadata"]["messages"] == ["[ERROR] missing required field: ts"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1000}, "invalid_limit"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"cursor": "bmV4dDp4"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "-1"}, "invalid_ts_latest"),
    ],
)
def test_bounds_and_pages_that_make_no_sense(
    slack: SlackServer, bot: WebClient, channel: str, arguments: dict[str, Any], error: str
) -> None:
    slack.say("Hana", "#release", "x")
    assert refusal(bot.conversations_history, channel=channel, **arguments)["error"] == error


@pytest.mark.parametrize(
    ("body", "error"), [(b"{", "invalid_json"), (b"[]", "json_not_object"), (b'"\\ud800"', "invalid_json")]
)
def test_a_body_that_is_no_object(slack: SlackServer, body: bytes, error: str) -> None:
    assert ask_slack(slack, "chat.postMessage", body)["error"] == error


def test_unknown_types_and_people(bot: WebClient) -> None:
    assert refusal(bot.conversations_list, types="private")["error"] == "invalid_types"
    assert refusal(bot.users_lookupByEmail, email="nobody@example.com")["error"] == "users_not_found"
    assert refusal(bot.users_info, user="U0NOBODY")["error"] == "user_not_found"


# what fails the test


@pytest.mark.parametrize(
    ("method", "arguments", "told"),
    [
        ("chat.postMesage", {}, "the method chat.postMesage"),
        ("chat.postMessage", {"chanel": "x"}, "the argument chanel of chat.postMessage"),
        ("chat.postMessage", {"link_names": True}, "the argument link_names of chat.postMessage"),
        ("auth.test", {"token": "xoxb-"}, "the argument token of auth.test"),
    ],
)
def test_what_the_sandbox_does_not_know_is_told(method: str, arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=told), slack_alone() as slack:
        ask_slack(slack, method, arguments)


def test_a_wrong_address_is_told(world: World) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"the page /chat\.postMessage"), on_slack(world) as slack:
        ask_slack(slack, "../chat.postMessage", {})


def test_what_is_unknown_is_told_whatever_is_answered() -> None:
    with slack_alone() as slack:
        slack.fault("*", do=Fault.error("internal_error"))
        ask_slack(slack, "chat.postMesage", {})
        assert slack.wrong() == ["the sandbox Slack does not know the method chat.postMesage"]
        slack.on_purpose.append("postMesage")


def test_a_failure_of_the_sandbox_is_told() -> None:
    with slack_alone() as slack:
        slack.fault("auth.test", do=Fault.then(lambda there: there.channel("#nowhere")))
        assert ask_slack(slack, "auth.test", {})["error"] == "internal_error"
        assert "there is no channel #nowhere" in slack.wrong()[0]
        slack.on_purpose.append("#nowhere")
