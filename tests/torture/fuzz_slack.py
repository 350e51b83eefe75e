"""What Slack answers, bent: a value, or one clear error without a secret. The way there is the real one."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import msgspec
from slack_way import announcement, message, way_to
from slack_world import slack_alone

from reletan.adapters.slack import SlackBot, SlackWebhook
from reletan.adapters.slackreply import SlackError, SlackReply, decode
from reletan.adapters.token import Token
from reletan.domain.message import Reply
from torture.fuzz_case import Family, require
from torture.fuzz_rules import obeyed
from torture.fuzz_server import MOST_REQUESTS, Answer, any_server, bent_answers
from torture.fuzz_source import Source

CANARY = "xoxb-c4n4ryc4n4ry"
_OLD = announcement("Old", ("list-1", "one"), ("list-2", "two"))
OPERATIONS: dict[str, Callable[[SlackBot], object]] = {
    "post": lambda bot: bot.bring_up_to_date(_OLD), "again": lambda bot: bot.bring_up_to_date(_OLD),
    "update": lambda bot: bot.bring_up_to_date(announcement("New", ("list-1", "else"))),
    "find": lambda bot: bot.find("acme/shop", "1.4.0"),
    "reply": lambda bot: bot.put_reply("acme/shop", "1.4.0", Reply(key="reminder", message=message("x"))),
    "person": lambda bot: bot.person("hana@example.com"),
}  # fmt: skip


@cache
def recorded() -> dict[str, list[Answer]]:
    """The sandbox's answers to each operation."""
    tapes = {}
    with slack_alone() as slack:
        for name, operation in OPERATIONS.items():
            before = len(slack.calls())
            operation(way_to(slack, [], []))
            answers = [one.answer for one in slack.calls()[before:]]
            tapes[name] = [
                [
                    200,
                    [["Content-Type", "application/json"]],
                    msgspec.json.encode(one).decode().replace(slack.url, "https://slack.example"),
                ]
                for one in answers
            ]
    return tapes | {"webhook": [[200, [], "ok"]]}


def make_exchange(source: Source) -> list[Any]:
    name = source.choice(tuple(recorded()))
    return [
        name,
        bent_answers(source, recorded()[name], msgspec.json.decode, lambda value: msgspec.json.encode(value).decode()),
    ]


def check_exchange(given: list[Any]) -> None:
    name, answers = given
    server, told = any_server(), list[str]()
    server.prepare(answers)
    try:
        _do(name, server.url, told)
    except SlackError as problem:
        words = f"{problem.message} {problem.next} {problem.details}"
        require(CANARY not in words and "/services/" not in words, "no secret in an error", words)
        require(len(problem.message) < 2_000 and not obeyed(problem.message), "a short error", problem.message)
    require(server.asked <= MOST_REQUESTS, "an end to the questions", server.asked)
    require(CANARY not in "".join(told), "no secret in what people are told", told)


def _do(name: str, url: str, told: list[str]) -> None:
    def wait(_seconds: float, why: str) -> None:
        told.append(why)

    if name == "webhook":
        SlackWebhook(Token(f"{url}/services/{CANARY}", "SLACK_WEBHOOK_URL"), wait=wait, tell=told.append).send(
            message("x")
        )
    else:
        OPERATIONS[name](
            SlackBot(f"{url}/api/", Token(CANARY, "SLACK_BOT_TOKEN"), "#release", wait=wait, tell=told.append)
        )


def make_answer(source: Source) -> list[Any]:
    refused = {
        "ok": False,
        "error": source.choice(("missing_scope", "invalid_auth", "invalid_blocks", "x", source.clean(2))),
        "needed": source.value(),
        "response_metadata": {"messages": [source.clean()]},
    }
    text = msgspec.json.encode(source.bent_value(refused)).decode()
    return [
        source.choice((200, 200, 301, 400, 401, 404, 429, 500, 503)),
        {"retry-after": source.text(1), "content-type": source.text(2)},
        source.bent(text) if source.chance(4) else text,
    ]


def check_answer(given: list[Any]) -> None:
    status, headers, text = given
    reply = SlackReply(status, headers, text.encode(errors="replace"))
    require(
        0 < reply.wait < 10**10 and (reply.word is None or reply.word.isascii()),
        "a wait and a word",
        (reply.wait, reply.word),
    )
    with suppress(SlackError):
        try:
            decode(reply, dict[str, Any], "SLACK_BOT_TOKEN")
        except SlackError as problem:
            require(
                len(problem.message) < 2_000 and not obeyed(f"{problem.message}{problem.next}"),
                "a short error",
                problem.message,
            )
            raise


FAMILIES = (
    Family(name="slack-answers", weight=100, make=make_answer, check=check_answer),
    Family(name="slack", weight=20, make=make_exchange, check=check_exchange),
)
