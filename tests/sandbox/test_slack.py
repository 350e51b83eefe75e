"""The sandbox Slack as slack_sdk's own client finds it: posting, updating, deleting, reading back."""

import json
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_world import client, header, mrkdwn, refusal

from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.slack.server import SlackServer
from reletan.sandbox.world import World

RELEASE = {"event_type": "reletan_release", "event_payload": {"version": "1.4.0", "schema": 1}}
BLOCKS = [header("Release 1.4.0"), mrkdwn("Hana is on duty")]


@pytest.fixture
def bot(slack: SlackServer) -> WebClient:
    return client(slack)


@pytest.fixture
def channel(slack: SlackServer) -> str:
    return slack.channel("#release").id


def post(bot: WebClient, channel: str, text: str = "Release 1.4.0", **more: Any) -> str:
    ts: str = bot.chat_postMessage(channel=channel, text=text, **more)["ts"]
    return ts


def read(bot: WebClient, channel: str, **more: Any) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = bot.conversations_history(channel=channel, **more)["messages"]
    return messages


def test_who_we_are(slack: SlackServer, bot: WebClient) -> None:
    answer = bot.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["user"]) == (slack.bot.id, slack.bot.bot_id, "reletan")
    assert answer["url"] == f"{slack.url}/"
    assert answer.headers["X-OAuth-Scopes"] == "channels:history,channels:read,chat:write,users:read,users:read.email"


def test_a_message_is_kept_as_it_was_sent(slack: SlackServer, bot: WebClient) -> None:
    ts = post(bot, "#release", blocks=BLOCKS, metadata=RELEASE, unfurl_links=False, unfurl_media=False)
    (kept,) = slack.posts("#release")
    assert (kept.ts, kept.text, kept.blocks, kept.metadata) == (ts, "Release 1.4.0", BLOCKS, RELEASE)
    assert (kept.author, kept.edited, kept.unfurls, kept.webhook) == (slack.bot.member, None, False, False)


@pytest.mark.parametrize("named", ["release", "#release", "C0ACME0002"])
def test_only_posting_takes_a_name(bot: WebClient, named: str) -> None:
    assert bot.chat_postMessage(channel=named, text="x")["channel"] == "C0ACME0002"
    if named != "C0ACME0002":
        for call in (bot.conversations_history, bot.conversations_info):
            assert refusal(call, channel=named)["error"] == "channel_not_found"


def test_slack_writes_down_what_was_left_to_it(bot: WebClient, channel: str) -> None:
    """So what is read is not what was posted."""
    post(bot, channel, blocks=BLOCKS)
    first, second = read(bot, channel)[0]["blocks"]
    assert (first["text"]["emoji"], second["text"]["verbatim"]) == (True, False)
    assert first["block_id"]
    assert first["block_id"] != second["block_id"]


def test_forms_do_as_well_as_json(slack: SlackServer, bot: WebClient, channel: str) -> None:
    form = {"channel": channel, "text": "x", "blocks": json.dumps(BLOCKS), "metadata": json.dumps(RELEASE)}
    bot.api_call("chat.postMessage", data=form)
    assert (slack.posts("#release")[0].blocks, slack.posts("#release")[0].metadata) == (BLOCKS, RELEASE)


def test_an_update_keeps_what_is_not_given(slack: SlackServer, bot: WebClient, channel: str) -> None:
    ts = post(bot, channel, blocks=BLOCKS, metadata=RELEASE)
    answer = bot.chat_update(channel=channel, ts=ts, text="Released")
    (kept,) = slack.posts("#release")
    assert (answer["text"], kept.text, kept.blocks, kept.metadata) == ("Released", "Released", BLOCKS, RELEASE)
    assert kept.edited is not None
    bot.chat_update(channel=channel, ts=ts, text="Bare", blocks=[], metadata={})
    assert (kept.blocks, kept.metadata) == ([], None)


def test_metadata_is_shown_to_who_asks_for_it(bot: WebClient, channel: str) -> None:
    post(bot, channel, metadata=RELEASE)
    assert "metadata" not in read(bot, channel)[0]
    assert read(bot, channel, include_all_metadata=True)[0]["metadata"] == RELEASE


def test_a_thread(slack: SlackServer, bot: WebClient, channel: str) -> None:
    parent = post(bot, channel)
    answer = bot.chat_postMessage(channel=channel, text="tagged", thread_ts=parent)
    slack.say("Hana", "#release", "thanks", thread=parent)
    assert answer["message"]["thread_ts"] == parent
    assert [one["text"] for one in read(bot, channel)] == ["Release 1.4.0"]
    messages = bot.conversations_replies(channel=channel, ts=parent)["messages"]
    assert [one["text"] for one in messages] == ["Release 1.4.0", "tagged", "thanks"]
    assert (messages[0]["reply_count"], messages[0]["reply_users_count"]) == (2, 2)
    assert [one.text for one in slack.posts("#release")[0].replies] == ["tagged", "thanks"]


def test_an_answer_to_what_is_gone_lands_in_the_channel(slack: SlackServer, bot: WebClient, channel: str) -> None:
    """Slack does not fail then: only the missing thread_ts tells."""
    parent = post(bot, channel)
    slack.delete(parent)
    answer = bot.chat_postMessage(channel=channel, text="late", thread_ts=parent)
    assert "thread_ts" not in answer["message"]
    assert [one.text for one in slack.posts("#release")] == ["late"]


def test_what_has_a_thread_leaves_a_stone(slack: SlackServer, bot: WebClient, channel: str) -> None:
    parent = post(bot, channel, metadata=RELEASE)
    reply = bot.chat_postMessage(channel=channel, text="tagged", thread_ts=parent)["ts"]
    bot.chat_delete(channel=channel, ts=parent)
    (stone,) = read(bot, channel, include_all_metadata=True)
    assert (stone["subtype"], stone["user"], "metadata" in stone, "bot_id" in stone) == (
        "tombstone",
        "USLACKBOT",
        False,
        False,
    )
    assert slack.posts("#release") == []
    assert refusal(bot.chat_update, channel=channel, ts=parent, text="x")["error"] == "message_not_found"
    bot.chat_delete(channel=channel, ts=reply)
    assert read(bot, channel) == []


def test_who_wrote_it(slack: SlackServer, bot: WebClient, channel: str) -> None:
    post(bot, channel)
    slack.say("Hana", "#release", "hello")
    slack.say("Deploybot", "#release", "deployed", metadata=RELEASE)
    shown = [(one["user"], one.get("bot_id")) for one in reversed(read(bot, channel))]
    assert shown == [("U0RELETAN1", "B0RELETAN1"), (slack.people["Hana"].id, None), ("U0DEPLOY01", "B0DEPLOY01")]


def test_somebody_edits(slack: SlackServer, bot: WebClient, channel: str) -> None:
    said = slack.say("Hana", "#release", "helo")
    slack.edit(said.ts, "hello")
    (shown,) = read(bot, channel)
    assert (shown["text"], shown["edited"]["user"]) == ("hello", slack.people["Hana"].id)


def test_permalinks_lead_to_the_page(slack: SlackServer, bot: WebClient, channel: str) -> None:
    parent = post(bot, channel)
    reply = bot.chat_postMessage(channel=channel, text="tagged", thread_ts=parent)["ts"]
    link = bot.chat_getPermalink(channel=channel, message_ts=parent)["permalink"]
    assert link == f"{slack.url}/archives/{channel}/p{parent.replace('.', '')}"
    assert f"?thread_ts={parent}" in bot.chat_getPermalink(channel=channel, message_ts=reply)["permalink"]


# reading in pages


def test_history_comes_in_pages_newest_first(slack: SlackServer, bot: WebClient, channel: str) -> None:
    for n in range(5):
        slack.say("Hana", "#release", str(n))
    first = bot.conversations_history(channel=channel, limit=2)
    assert (texts(first), first["has_more"]) == (["4", "3"], True)
    second = bot.conversations_history(channel=channel, limit=2, cursor=next_cursor(first))
    third = bot.conversations_history(channel=channel, limit=2, cursor=next_cursor(second))
    assert (texts(second), texts(third)) == (["2", "1"], ["0"])
    assert (third["has_more"], third.get("response_metadata")) == (False, None)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"oldest": 1}, ["3", "2"]),
        ({"oldest": 1, "inclusive": True}, ["3", "2", "1"]),
        ({"latest": 2}, ["1", "0"]),
        ({"latest": 2, "inclusive": True}, ["2", "1", "0"]),
        ({"oldest": 0, "latest": 3}, ["2", "1"]),
    ],
)
def test_history_between_two_moments(
    slack: SlackServer, bot: WebClient, channel: str, bounds: dict[str, Any], expected: list[str]
) -> None:
    said = [slack.say("Hana", "#release", str(n)) for n in range(4)]
    times = {name: said[at].ts for name, at in bounds.items() if name != "inclusive"}
    assert texts(bot.conversations_history(channel=channel, **{**bounds, **times})) == expected


def test_whole_seconds_do_as_bounds(slack: SlackServer, bot: WebClient, channel: str) -> None:
    said = slack.say("Hana", "#release", "x")
    second = int(said.ts.partition(".")[0])
    assert texts(bot.conversations_history(channel=channel, oldest=str(second))) == ["x"]
    assert texts(bot.conversations_history(channel=channel, oldest=str(second + 1))) == []


def test_a_thread_in_pages_shows_its_beginning_each_time(slack: SlackServer, bot: WebClient, channel: str) -> None:
    parent = slack.say("Hana", "#release", "parent").ts
    for n in range(3):
        slack.say("Yuki", "#release", str(n), thread=parent)
    first = bot.conversations_replies(channel=channel, ts=parent, limit=2)
    second = bot.conversations_replies(channel=channel, ts=parent, limit=2, cursor=next_cursor(first))
    assert (texts(first), texts(second)) == (["parent", "0", "1"], ["parent", "2"])


def test_channels_in_pages(slack: SlackServer, bot: WebClient) -> None:
    slack.open_channel("old").archived = True
    slack.open_channel("secret", private=True)
    first = bot.conversations_list(limit=1, exclude_archived=True)
    second = bot.conversations_list(limit=1, exclude_archived=True, cursor=next_cursor(first))
    assert [one["name"] for page in (first, second) for one in page["channels"]] == ["general", "release"]
    assert next_cursor(second) == ""
    assert [one["is_member"] for page in (first, second) for one in page["channels"]] == [False, True]


def test_private_channels_are_shown_to_members_with_the_scope(slack: SlackServer, bot: WebClient) -> None:
    slack.open_channel("secret", private=True)
    ours = slack.open_channel("ours", private=True, bot=True)
    slack.bot.scopes |= {"groups:read", "groups:history"}
    found = bot.conversations_list(types=["private_channel"])["channels"]
    assert [one["name"] for one in found] == ["ours"]
    post(bot, ours.id)
    assert len(read(bot, ours.id)) == 1
    assert bot.conversations_info(channel=ours.id)["channel"]["is_private"] is True


def test_people(slack: SlackServer, bot: WebClient) -> None:
    found = bot.users_lookupByEmail(email="Hana@Example.com")["user"]
    assert (found["id"], found["real_name"]) == (slack.people["Hana"].id, "Hana")
    assert bot.users_lookupByEmail(email="yamada-hanako@example.com")["user"]["real_name"] == "山田 花子"
    assert bot.users_info(user=found["id"])["user"]["profile"]["email"] == "hana@example.com"
    slack.bot.scopes.discard("users:read.email")
    assert "email" not in bot.users_info(user=found["id"])["user"]["profile"]


# the world's


def test_programs_in_the_world_find_it(world: World) -> None:
    with world.on_slack() as slack:
        env = world.environment()
        assert env["SLACK_BOT_TOKEN"] == slack.bot.token
        assert env["RELETAN_SLACK_API_URL"] == f"{slack.url}/api/"
        assert env["RELETAN_SLACK_CHANNEL"] == "#release"
        assert "SLACK_WEBHOOK_URL" not in env
    assert not any("SLACK" in name for name in world.environment())
    with world.on_slack(webhook=True) as slack:
        found = {name: value for name, value in world.environment().items() if "SLACK" in name}
        assert found == {"SLACK_WEBHOOK_URL": slack.webhook_url}


def test_it_stands_beside_github_and_has_its_clock(slack_world: World) -> None:
    assert slack_world.environment()["GH_TOKEN"] == TOKEN
    bot = client(slack_world.slack)
    ts = post(bot, "#release")
    slack_world.commit("develop", "Time goes on")
    later = post(bot, "#release")
    assert int(float(ts)) < int(float(later)) == slack_world.clock


def texts(page: Any) -> list[str]:
    return [one["text"] for one in page["messages"]]


def next_cursor(page: Any) -> str:
    cursor: str = page["response_metadata"]["next_cursor"]
    return cursor
