"""Which blocks the sandbox Slack takes, and what it says of those that it does not, in Slack's own words."""

from typing import Any

import pytest
from slack_world import ask_slack, client, header, mrkdwn, refusal

from reletan.sandbox.slack.server import SlackServer


def texts(count: int) -> list[dict[str, Any]]:
    return [{"type": "mrkdwn", "text": "x"}] * count


def wrong(said: str, at: str) -> list[str]:
    return [
        "failed to match all allowed schemas [json-pointer:" + at.removesuffix("/text") + "]",
        f"{said} [json-pointer:{at}]",
    ]


PLAIN = {"type": "plain_text", "text": "x"}
BAD_BLOCKS: list[tuple[Any, list[str]]] = [
    ([{"type": "marquee"}], ["unsupported type: marquee [json-pointer:/blocks/0/type]"]),
    (["text"], ["unsupported type: None [json-pointer:/blocks/0/type]"]),
    ([mrkdwn("x")] * 51, ["no more than 50 items allowed [json-pointer:/blocks]"]),
    ([header("x" * 151)], wrong("must be less than 151 characters", "/blocks/0/text/text")),
    ([mrkdwn("x" * 3001)], wrong("must be less than 3001 characters", "/blocks/0/text/text")),
    ([header("")], wrong("must be more than 0 characters", "/blocks/0/text/text")),
    ([mrkdwn("ok"), mrkdwn("")], wrong("must be more than 0 characters", "/blocks/1/text/text")),
    ([{"type": "section"}], ["must define either `fields` or `text` [json-pointer:/blocks/0]"]),
    ([{"type": "header"}], ["missing required field: text [json-pointer:/blocks/0/text]"]),
    ([{"type": "section", "fields": texts(11)}], ["no more than 10 items allowed [json-pointer:/blocks/0/fields]"]),
    ([{"type": "context", "elements": texts(11)}], ["no more than 10 items allowed [json-pointer:/blocks/0/elements]"]),
    ([{"type": "divider", "text": PLAIN}], ["invalid additional property: text [json-pointer:/blocks/0]"]),
    (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        ["failed to match all allowed schemas [json-pointer:/blocks/0/text]",
         "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"],
    ),
    (
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
        ["failed to match all allowed schemas [json-pointer:/blocks/0/text]",
         "invalid additional property: emoji [json-pointer:/blocks/0/text]"],
    ),
    (
        [{"type": "section", "fields": [PLAIN, {"type": "mrkdwn", "text": "x" * 2001}]}],
        wrong("must be less than 2001 characters", "/blocks/0/fields/1/text"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "said"), BAD_BLOCKS, ids=[row[1][-1] for row in BAD_BLOCKS])
def test_blocks_that_slack_does_not_take(slack: SlackServer, blocks: Any, said: list[str]) -> None:
    given = {"channel": slack.channel("#release").id, "text": "x", "blocks": blocks}
    answer = ask_slack(slack, "chat.postMessage", given)
    assert (answer["error"], answer["errors"]) == ("invalid_blocks", said)
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {one}" for one in said]
    ts = ask_slack(slack, "chat.postMessage", {"channel": "#release", "text": "x"})["ts"]
    assert ask_slack(slack, "chat.update", {**given, "ts": ts})["errors"] == said
    assert [one.blocks for one in slack.posts("#release")] == [[]]


def test_blocks_that_slack_takes(slack: SlackServer) -> None:
    """Each limit to the last character."""
    bot = client(slack)
    most = [header("x" * 150), mrkdwn("x" * 3000), {"type": "section", "fields": texts(10)}, {"type": "divider"}]
    bot.chat_postMessage(channel="#release", text="x", blocks=[*most, {"type": "context", "elements": texts(10)}])
    bot.chat_postMessage(channel="#release", text="x", blocks=[mrkdwn("x")] * 50)
    bot.chat_postMessage(channel="#release", text="x", blocks=[{"type": "section", "text": PLAIN, "block_id": "b"}])
    bot.chat_postMessage(channel="#release", text="x", blocks=[mrkdwn("x" * 2640)] * 5)


def test_blocks_that_are_too_long_together(slack: SlackServer) -> None:
    told = refusal(client(slack).chat_postMessage, channel="#release", text="x", blocks=[mrkdwn("x" * 2641)] * 5)
    assert (told["error"], slack.posts("#release")) == ("msg_blocks_too_long", [])


def test_blocks_that_are_no_list(slack: SlackServer) -> None:
    for blocks in ('{"type": "divider"}', "nonsense"):
        answer = ask_slack(slack, "chat.postMessage", {"channel": "#release", "text": "x", "blocks": blocks})
        assert answer["error"] == "invalid_blocks_format"
