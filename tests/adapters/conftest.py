"""What the tests of Slack begin with."""

import pytest
from slack_way import Waits, way_to, webhook_to

from reletan.adapters.slack import SlackBot, SlackWebhook
from reletan.sandbox.slack.server import SlackServer


@pytest.fixture
def waits() -> Waits:
    """What the person would have had to wait for: seconds, and why."""
    return []


@pytest.fixture
def told() -> list[str]:
    """What the person was told beside the result."""
    return []


@pytest.fixture
def bot(slack: SlackServer, waits: Waits, told: list[str]) -> SlackBot:
    return way_to(slack, waits, told)


@pytest.fixture
def webhook(slack: SlackServer, waits: Waits, told: list[str]) -> SlackWebhook:
    return webhook_to(slack, waits, told)
