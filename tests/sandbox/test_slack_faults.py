"""Webhooks of the sandbox Slack, and what goes wrong between it and its clients by script."""

from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient
from slack_world import ask_slack, client, header, mrkdwn, refusal, slack_alone

from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer

HELLO: dict[str, Any] = {"channel": "#release", "text": "hello"}


@pytest.fixture
def bot(slack: SlackServer) -> WebClient:
    return client(slack)


def hook(slack: SlackServer, url: str | None = None) -> WebhookClient:
    return WebhookClient(url or slack.webhook_url, retry_handlers=[])


def answered(slack: SlackServer, url: str | None = None, **message: Any) -> tuple[int, str]:
    answer = hook(slack, url).send(**(message or {"text": "hello"}))
    return answer.status_code, answer.body


# webhooks


def test_a_webhook_answers_ok_and_nothing_else(slack: SlackServer) -> None:
    blocks = [header("Release 1.4.0"), mrkdwn("Hana is on duty")]
    assert answered(slack, text="hello", blocks=blocks, unfurl_links=False, unfurl_media=False) == (200, "ok")
    (kept,) = slack.posts("#release")
    assert (kept.text, kept.blocks, kept.unfurls, kept.webhook) == ("hello", blocks, False, True)
    assert [one.answer for one in slack.calls("webhook")] == ["ok"]


def test_a_webhook_whose_secret_is_another(slack: SlackServer) -> None:
    assert answered(slack, f"{slack.webhook_url}x") == (403, "invalid_token")
    assert answered(slack, f"{slack.url}/services/T0ACME0001/B0NOBODY/x") == (404, "no_service")
    assert slack.posts("#release") == []


def test_a_webhook_that_was_removed(slack: SlackServer) -> None:
    slack.webhook.gone = True
    assert answered(slack) == (404, "no_service")


def test_a_webhook_whose_channel_is_archived_or_gone(slack: SlackServer) -> None:
    slack.channel("#release").archived = True
    assert answered(slack) == (410, "channel_is_archived")
    del slack.channels["release"]
    assert answered(slack) == (404, "channel_not_found")


def test_a_webhook_gets_no_reasons(slack: SlackServer) -> None:
    assert answered(slack, text="") == (400, "no_text")
    assert answered(slack, text="x", blocks=[header("x" * 151)]) == (400, "invalid_blocks")
    assert answered(slack, text="x", blocks=[mrkdwn("x" * 2641)] * 5) == (400, "msg_blocks_too_long")
    assert slack.posts("#release") == []


def test_a_webhook_without_json(slack: SlackServer) -> None:
    assert ask_slack(slack, slack.webhook.path, b"hello") == "invalid_payload"


def test_a_webhook_knows_no_metadata(slack: SlackServer) -> None:
    answered(slack, text="x", metadata={"event_type": "a", "event_payload": {}})
    assert slack.wrong() == ["the sandbox Slack does not know the argument metadata of a webhook"]
    slack.on_purpose.append("metadata of a webhook")


# instead of an answer


@pytest.mark.parametrize("effect", [False, True])
def test_an_error_with_and_without_the_effect(slack: SlackServer, bot: WebClient, effect: bool) -> None:
    slack.fault("chat.postMessage", do=Fault.error("internal_error", effect=effect))
    assert refusal(bot.chat_postMessage, **HELLO) == {"ok": False, "error": "internal_error"}
    assert len(slack.posts("#release")) == effect


@pytest.mark.parametrize("effect", [False, True])
def test_a_status_with_and_without_the_effect(slack: SlackServer, effect: bool) -> None:
    slack.fault("webhook", do=Fault.status(500, "rollup_error", effect=effect))
    assert answered(slack) == (500, "rollup_error")
    assert len(slack.posts("#release")) == effect


def test_too_fast_says_when_to_come_back(slack: SlackServer, bot: WebClient) -> None:
    slack.fault("*", do=Fault.limited(7), times=2)
    with pytest.raises(SlackApiError) as caught:
        bot.chat_postMessage(**HELLO)
    response = caught.value.response
    assert (response.status_code, response.headers["retry-after"], response["error"]) == (429, "7", "ratelimited")
    answer = hook(slack).send(text="hello")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert slack.posts("#release") == []


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_for_people(slack: SlackServer, status: int) -> None:
    slack.fault("webhook", do=Fault.html(status))
    code, body = answered(slack)
    assert (code, body.startswith("<!DOCTYPE html>"), slack.posts("#release")) == (status, True, [])


# cut


@pytest.mark.parametrize(
    ("fault", "error", "posted"),
    [
        (Fault.cut_before(), RemoteDisconnected, 0),
        (Fault.cut_after(), RemoteDisconnected, 1),
        (Fault.cut_within(), IncompleteRead, 1),
    ],
    ids=["before", "after", "within"],
)
@pytest.mark.parametrize("method", ["chat.postMessage", "webhook"])
def test_the_connection_is_cut(
    slack: SlackServer, bot: WebClient, method: str, fault: Fault, error: type[Exception], posted: int
) -> None:
    slack.fault(method, do=fault)
    with pytest.raises(error):
        hook(slack).send(text="hello") if method == "webhook" else bot.chat_postMessage(**HELLO)
    assert len(slack.posts("#release")) == posted
    assert slack.calls(method)[0].status == (None if error is RemoteDisconnected else 200)


def test_an_answer_that_ends_in_the_middle(slack: SlackServer) -> None:
    slack.fault("chat.postMessage", do=Fault.truncated())
    answer = ask_slack(slack, "chat.postMessage", HELLO)
    assert isinstance(answer, str)
    assert answer.startswith('{"ok":true')
    assert len(slack.posts("#release")) == 1


# later, and by others


def test_a_delay(slack: SlackServer) -> None:
    slack.fault("auth.test", do=Fault.delay(60))
    impatient = HTTPConnection(slack.host, timeout=0.1)
    impatient.request("POST", "/api/auth.test")
    with pytest.raises(TimeoutError):
        impatient.getresponse()
    impatient.close()


def test_somebody_does_something_first(slack: SlackServer, bot: WebClient) -> None:
    ts = bot.chat_postMessage(**HELLO)["ts"]
    slack.fault("chat.update", do=Fault.then(lambda there: there.delete(ts)))
    told = refusal(bot.chat_update, channel=slack.channel("#release").id, ts=ts, text="x")
    assert told["error"] == "message_not_found"


# which


def test_the_nth_call_and_so_many(slack: SlackServer, bot: WebClient) -> None:
    slack.fault("chat.postMessage", nth=2, times=2, do=Fault.error("fatal_error"))
    bot.auth_test()
    went = []
    for _ in range(4):
        try:
            went.append(bot.chat_postMessage(**HELLO)["ok"])
        except SlackApiError:
            went.append(False)
    assert went == [True, False, False, True]
    assert [one.answer["ok"] for one in slack.calls("chat.postMessage")] == went
    assert len(slack.calls()) == 5


def test_always(slack: SlackServer, bot: WebClient) -> None:
    slack.fault("*", do=Fault.error("fatal_error"), times=None)
    for _ in range(3):
        assert refusal(bot.auth_test)["error"] == "fatal_error"


def test_pages_are_no_calls(slack: SlackServer) -> None:
    slack.fault("*", do=Fault.cut_before())
    assert "#release" in ask_slack(slack, "../channels/release", b"")
    assert slack.calls() == []
    with pytest.raises(RemoteDisconnected):
        client(slack).auth_test()


def test_a_fault_that_never_happens_fails_the_test() -> None:
    told = "the fault of chat.delete never happened"
    with pytest.raises(pytest.fail.Exception, match=told), slack_alone() as slack:
        slack.fault("chat.delete", do=Fault.cut_before())
