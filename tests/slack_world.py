"""The sandbox Slack for one test, which fails where the sandbox was asked for what it does not know; and clients for it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urljoin

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from reletan.sandbox.branches import START
from reletan.sandbox.github.memory import MEMBERS
from reletan.sandbox.http.wire import decoded
from reletan.sandbox.origin import Person
from reletan.sandbox.slack.server import SlackServer, serving
from reletan.sandbox.slack.workspace import TOKEN
from reletan.sandbox.world import World


@contextmanager
def slack_alone() -> Iterator[SlackServer]:
    """A Slack of the world's team without the world: no repository, and its clock stands still."""
    with serving([Person(name) for name in MEMBERS], lambda: START) as slack:
        yield slack
    fail_by(slack)


@contextmanager
def on_slack(world: World, *, webhook: bool = False) -> Iterator[SlackServer]:
    """``world.on_slack``, and what went wrong there is a failure of the test."""
    with world.on_slack(webhook=webhook) as slack:
        yield slack
    fail_by(slack)


def fail_by(slack: SlackServer) -> None:
    if wrong := slack.wrong():
        pytest.fail("\n".join(wrong), pytrace=False)


# clients


def client(slack: SlackServer, token: str | None = TOKEN) -> WebClient:
    """slack_sdk's own, which asks once."""
    return WebClient(token, base_url=slack.api_url, retry_handlers=[])


def refusal(call: Callable[..., object], **arguments: Any) -> dict[str, Any]:
    """What Slack says where it refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    return answer


def ask_slack(slack: SlackServer, method: str, body: dict[str, Any] | bytes) -> Any:
    """One request with JSON, or with these bytes instead: the answer, decoded. ``method`` is also a path."""
    connection = HTTPConnection(slack.host, timeout=30)
    headers = {"Authorization": f"Bearer {slack.bot.token}", "Content-Type": "application/json; charset=utf-8"}
    content = body if isinstance(body, bytes) else json.dumps(body)
    try:
        connection.request("POST", urljoin("/api/", method), content, headers)
        return decoded(connection.getresponse().read())
    finally:
        connection.close()


# blocks


def header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
