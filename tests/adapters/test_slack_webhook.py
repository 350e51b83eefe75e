"""Messages by an incoming webhook, against the sandbox."""

import pytest
from slack_way import Waits, message, redirect, the_post

from reletan.adapters.slack import Delivery, SlackError, SlackWebhook
from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer

# By webhook


def test_a_webhook_sends(slack: SlackServer, webhook: SlackWebhook) -> None:
    assert webhook.send(message()) == Delivery("posted")
    post = the_post(slack)
    assert (post.text, len(post.blocks), post.unfurls) == ("Release 1.4.0 · Begun", 3, False)
    webhook.send(message())
    assert len(slack.posts("#release")) == 2


@pytest.mark.parametrize(
    ("fault", "said", "unclear"),
    [
        (Fault.cut_before(), "the connection was cut", True),
        (Fault.cut_after(), "the connection was cut", True),
        (Fault.cut_within(), "the connection was cut", True),
        (Fault.truncated(), "cannot be understood", True),
        (Fault.html(502), "Slack failed: HTTP 502", True),
        (Fault.html(), "cannot be understood", True),
        (Fault.status(500, "rollup_error"), "Slack failed: rollup_error", True),
        (Fault.status(400, "invalid_payload"), "Slack says no: invalid_payload", False),
        (Fault.status(403, "action_prohibited"), "Slack says no: action_prohibited", False),
        (Fault.status(403, "invalid_token"), "does not know the webhook of SLACK_WEBHOOK_URL", False),
        (Fault.status(404, "no_service"), "does not know the webhook", False),
        (Fault.status(404, "channel_not_found"), "channel_not_found", False),
        (Fault.status(410, "channel_is_archived"), "channel_is_archived", False),
        (Fault.html(404), "Slack says no: HTTP 404", False),
        (Fault(instead=redirect(307)), "another address", False),
    ],
)
def test_a_webhook_sends_at_most_once(
    slack: SlackServer, webhook: SlackWebhook, fault: Fault, said: str, unclear: bool
) -> None:
    slack.fault("webhook", do=fault)
    with pytest.raises(SlackError, match=said) as raised:
        webhook.send(message())
    assert raised.value.unclear is unclear
    assert raised.value.next
    assert len(slack.calls("webhook")) == 1


def test_a_webhook_that_is_gone(slack: SlackServer, webhook: SlackWebhook) -> None:
    slack.webhook.gone = True
    with pytest.raises(SlackError, match="does not know the webhook of SLACK_WEBHOOK_URL any more: no_service"):
        webhook.send(message())


def test_a_webhook_waits_for_the_rate_limit(slack: SlackServer, webhook: SlackWebhook, waits: Waits) -> None:
    slack.fault("webhook", do=Fault.limited(3))
    webhook.send(message())
    assert [seconds for seconds, _ in waits] == [3.0]
    slack.fault("webhook", do=Fault.limited(90))
    with pytest.raises(SlackError, match="to wait 90 s is too long"):
        webhook.send(message())
    assert len(slack.posts("#release")) == 1


def test_a_webhook_shortens_what_is_refused(slack: SlackServer, webhook: SlackWebhook, told: list[str]) -> None:
    slack.fault("webhook", do=Fault.status(400, "invalid_blocks"))
    assert webhook.send(message()).detail == "shortened: Slack refuses the message: invalid_blocks"
    assert [block["text"]["text"] for block in the_post(slack).blocks] == ["Release 1.4.0", "Begun", "…"]
    assert told == ["shortened: Slack refuses the message: invalid_blocks"]
