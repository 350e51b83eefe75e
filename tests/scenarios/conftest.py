"""Worlds with a Slack and no GitHub: titles come from the history, and a test is quicker."""

from collections.abc import Iterator

import pytest
from slack_world import on_slack

from reletan.sandbox.world import World


@pytest.fixture
def team(world: World) -> Iterator[World]:
    """``world``, with our bot in #release."""
    with on_slack(world):
        yield world


@pytest.fixture
def webhook_team(world: World) -> Iterator[World]:
    """``world``, with nothing but a webhook into #release."""
    with on_slack(world, webhook=True):
        yield world
