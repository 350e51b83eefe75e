"""Whatever Slack does, the release stands: same plan, same refs, exit 0; what is pending or unknown is said."""

import re
from collections.abc import Callable

import pytest
from slack_team import BUSY, news_of, read, states, writes
from slack_way import POST, UPDATE, the_post
from witness import journals
from wrapped import FIXED

from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer
from reletan.sandbox.world import Run, World

LATER = "To notify later: reletan notify 1.4.0"
UNKNOWN = "Whether it is there is not known. Next: reletan notify 1.4.0 (it looks first"


def release(world: World, command: str) -> Run:
    return world.reletan(command, "1.4.0", "--yes", "--json")


def begin(world: World, command: str) -> None:
    """All that comes before ``command``."""
    if command == "tag":
        world.reletan("start", "1.4.0", "--yes", check=True)


def plan(run: Run) -> list[tuple[str, object]]:
    """The kinds of the steps, and of those that push what they push where, at one and the same time."""
    return [(step["kind"], step.get("updates")) for step in run.json["steps"]]


def test_slack_that_is_down_changes_nothing_of_the_release(team: World) -> None:
    begin(team, "tag")
    up = team.reletan("tag", "1.4.0", "--dry-run", "--json", env=FIXED, check=True)
    team.slack.fault("*", do=Fault.cut_before(), times=None)
    run = team.reletan("tag", "1.4.0", "--yes", "--json", env=FIXED)
    assert (run.code, plan(run), "v1.4.0" in team.tags()) == (0, plan(up), True)
    ((state, detail),) = news_of(run)
    assert (state, (detail or "").endswith(LATER)) == ("conflict", True)
    assert "Slack at 127.0.0.1 could not be reached: the connection was cut. Check the network." in (detail or "")
    assert journals(team) == []
    again = team.reletan("tag", "1.4.0", "--yes", check=True)
    assert "warning: whether the team knows about 1.4.0 is not known: Slack at 127.0.0.1 could not be" in again.err
    assert "Nothing to do for 1.4.0" in again.err
    run = team.reletan("notify", "--yes")
    assert (run.code, run.err.startswith("error: Slack at 127.0.0.1 could not be reached")) == (1, True)


BOT = "SLACK_BOT_TOKEN"
REFUSALS: dict[str, tuple[Callable[[SlackServer], object], str]] = {
    "not in the channel": (
        lambda slack: slack.channel("release").members.discard(slack.bot.id),
        "The bot is not in #release on Slack. Invite it there: /invite @reletan.",
    ),
    "no chat:write": (
        lambda slack: slack.bot.scopes.discard("chat:write"),
        f"The token from {BOT} lacks a scope: chat:write. Add chat:write under OAuth & Permissions",
    ),
    "no history": (lambda slack: slack.bot.scopes.discard("channels:history"), "lacks a scope: channels:history"),
    "no channels:read": (lambda slack: slack.bot.scopes.discard("channels:read"), "lacks a scope: channels:read"),
    "archived": (
        lambda slack: setattr(slack.channel("release"), "archived", True),
        "#release on Slack is archived. Set slack.channel to a channel that is in use.",
    ),
    "no channel": (
        lambda slack: slack.channels.pop("release"),
        "Slack shows no channel #release to the bot. Check slack.channel",
    ),
    "revoked": (
        lambda slack: setattr(slack.bot, "refused", "token_revoked"),
        f"Slack does not accept the token from {BOT}: token_revoked. Take the Bot User OAuth Token",
    ),
}


@pytest.mark.parametrize(("what", "said"), REFUSALS.values(), ids=REFUSALS)
def test_what_slack_refuses_is_named(team: World, what: Callable[[SlackServer], object], said: str) -> None:
    what(team.slack)
    run = team.reletan("start", "1.4.0", "--yes", check=True)
    assert re.search(rf"warning: NOT DONE: tell #release on Slack: .*{re.escape(said)}.* {re.escape(LATER)}\)", run.err)
    assert team.head("release/1.4.0")
    run = team.reletan("notify", "--yes", "--json")
    assert run.code == 1
    error = run.json["error"]
    assert said.split(". ")[0] in error["message"]
    assert error["next"]


def test_notify_later_works(team: World) -> None:
    team.slack.fault("*", do=BUSY, times=2)
    ((state, detail),) = news_of(release(team, "start"))
    assert (state, f"to wait 90 s is too long. Try again in 90 s. {LATER}" in (detail or "")) == ("conflict", True)
    assert writes(team) == []
    team.reletan("notify", "1.4.0", "--yes", check=True)
    assert states(team)[0].startswith("🟡 *Begun*")
    team.slack.fault("*", do=BUSY, times=2)
    assert "NOT DONE: tell #release" in team.reletan("tag", "--yes", check=True).err
    assert states(team)[0].startswith("🟡 *Begun*")
    team.reletan("tag", "1.4.0", "--yes", check=True)
    assert states(team)[0].startswith("✅ *Released*"), "the same command does it too"


def test_a_short_wait_is_waited_for(team: World) -> None:
    team.slack.fault(POST, do=Fault.limited(1))
    run = team.reletan("start", "1.4.0", "--yes", check=True)
    assert "Slack takes no more for now (its rate limit): waiting for 1 s" in run.err
    assert states(team)[0].startswith("🟡 *Begun*")


WRITING = [("start", POST, 1), ("tag", UPDATE, 1), ("tag", POST, 1)]


@pytest.mark.parametrize(("command", "method", "nth"), WRITING, ids=["post", "update", "event"])
@pytest.mark.parametrize("cut", [Fault.cut_before(), Fault.cut_after()], ids=["before", "after"])
def test_cut_at_each_write(team: World, command: str, method: str, nth: int, cut: Fault) -> None:
    """What was done is seen; what was not, or cannot be known, is said; and notify brings it in order, once."""
    begin(team, command)
    team.slack.fault(method, do=cut, nth=nth)
    run = release(team, command)
    ((state, detail),) = news_of(run)
    lost = cut.closed == "after"
    assert (run.code, state) == (0, "done" if lost else "unknown")
    assert ("Slack's answer was lost, but it was done" if lost else UNKNOWN) in (detail or "")
    team.reletan("notify", "--yes", check=True)
    assert len(team.slack.posts("#release")) == 1
    assert states(team)[0].startswith("✅ *Released*" if command == "tag" else "🟡 *Begun*")
    assert len(the_post(team.slack).replies) == (1 if command == "tag" else 0)
    times = len(writes(team))
    team.reletan("notify", "--yes", check=True)
    assert len(writes(team)) == times


def test_blocks_that_slack_refuses_are_shortened(team: World) -> None:
    team.slack.fault(POST, do=Fault.error("invalid_blocks"))
    ((state, detail),) = news_of(release(team, "start"))
    assert (state, "shortened: Slack refuses the message: invalid_blocks" in (detail or "")) == ("done", True)
    assert read(team).endswith("\nSince v1.3.0\n\n…")


def test_an_abort_that_could_not_be_told_is_told_later(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", check=True)
    team.slack.fault(UPDATE, do=BUSY)
    run = team.reletan("abort", "--yes", check=True)
    assert "To notify later: reletan abort 1.4.0" in run.err
    assert (team.head("release/1.4.0"), journals(team)) == (None, ["1.4.0"])
    team.slack.fault(UPDATE, do=BUSY)
    assert "To notify later: reletan abort 1.4.0" in team.reletan("resume", "--yes", check=True).err
    assert states(team)[0].startswith("🟡 *Begun*")
    team.reletan("resume", "--yes", check=True)
    assert (states(team)[0].split("\n")[0], journals(team)) == ("⛔ *Aborted*, nothing was released", [])
    assert "There is nothing to resume" in team.reletan("resume", "--yes", check=True).err
