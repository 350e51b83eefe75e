"""By a webhook each event is a message of its own: sent at most once, whatever happens on the way."""

import subprocess

import pytest
from slack_team import NEWS, news_of, shown, states, writes
from witness import journals
from wrapped import WrappedGit

from reletan.adapters.journal import JournalFolder
from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.world import World

KILLED_AFTER_THE_PUSH = 'case "$*" in *" push "*) "$git" "$@"; kill -9 $PPID; exit 1;; esac'
AGAIN = "look into the channel before you send it again by reletan notify 1.4.0"


def headlines(world: World) -> list[str]:
    return [shown(post).split("\n")[0] for post in world.slack.posts("#release")]


def killed_while_slack_gets_it(world: World, *args: str) -> None:
    """Killed when the message is on its way: it arrives, and nobody hears of it."""
    with subprocess.Popen(
        world.command(*args), cwd=world.clone, env=world.environment(), stderr=subprocess.PIPE
    ) as run:
        world.slack.fault("webhook", do=Fault.then(lambda _: run.kill()))
        run.communicate()
    assert run.returncode == -9
    assert len(world.slack.calls("webhook")) == 1


def test_each_event_is_a_message_and_notify_sends_the_whole(webhook_team: World) -> None:
    team = webhook_team
    (step,) = [s for s in team.reletan("start", "-n", "--json", check=True).json["steps"] if s["kind"] in NEWS]
    assert (step["kind"], writes(team)) == ("send-message", [])
    assert news_of(team.reletan("start", "1.4.0", "--yes", "--json", check=True)) == [("done", "posted")]
    assert states(team)[0].startswith("🟡 *Begun*, waiting for tests on release/1.4.0\nOn duty: Hana\n")
    assert step["message"]["sections"] == shown(team.slack.posts("#release")[0]).split("\n\n")[1:]
    team.reletan("tag", "--yes", check=True)
    team.reletan("start", "hotfix", "--yes", check=True)
    team.reletan("abort", "--yes", check=True)
    times = len(writes(team))
    yuki = team.another_clone("yuki")
    for command, clone in (("tag", None), ("tag", yuki), ("resume", yuki)):
        team.reletan(command, "1.4.0", "--yes", cwd=clone, check=True)
    team.reletan("abort", "1.4.1", "--yes", check=True)
    assert len(writes(team)) == times
    team.reletan("notify", "--yes", cwd=yuki, check=True)
    assert headlines(team) == [
        "Release 1.4.0", "✅ *Released*: Release 1.4.0 as v1.4.0", "Hotfix 1.4.1",
        "⛔ *Aborted*: Hotfix 1.4.1; nothing was released", "Release 1.4.0",
    ]  # fmt: skip
    assert states(team)[-1].startswith("✅ *Released* as v1.4.0\nMerged into main, develop\n")


@pytest.mark.parametrize("finish", [["resume"], ["start"]])
def test_killed_between_the_push_and_slack(webhook_team: World, finish: list[str]) -> None:
    git = WrappedGit(webhook_team, KILLED_AFTER_THE_PUSH)
    assert webhook_team.reletan("start", "1.4.0", "--yes", env=git.environment).code == -9
    assert (writes(webhook_team), webhook_team.head("release/1.4.0") is None) == ([], False)
    webhook_team.reletan(*finish, "--yes", check=True)
    assert headlines(webhook_team) == ["Release 1.4.0"]
    webhook_team.reletan("start", "1.4.0", "--yes", check=True)
    assert len(writes(webhook_team)) == 1


@pytest.mark.parametrize("finish", [["resume", "1.4.0"], ["tag", "1.4.0"]])
def test_a_tag_that_was_killed_after_its_push_is_told_of(webhook_team: World, finish: list[str]) -> None:
    webhook_team.reletan("start", "1.4.0", "--yes", check=True)
    git = WrappedGit(webhook_team, KILLED_AFTER_THE_PUSH)
    assert webhook_team.reletan("tag", "--yes", env=git.environment).code == -9
    webhook_team.reletan(*finish, "--yes", check=True)
    assert headlines(webhook_team)[1:] == ["✅ *Released*: Release 1.4.0 as v1.4.0"]
    assert journals(webhook_team) == []


@pytest.mark.parametrize("finish", ["resume", "start"])
def test_killed_while_it_is_sent(webhook_team: World, finish: str) -> None:
    killed_while_slack_gets_it(webhook_team, "start", "1.4.0", "--yes")
    journal = JournalFolder(str(webhook_team.clone / ".git")).read("1.4.0")
    assert journal is not None
    assert journal.states[-1] == "unknown"
    run = webhook_team.reletan(finish, "1.4.0", "--yes", check=True)
    assert "it is not known whether the message about 1.4.0 reached Slack: look into the channel" in run.err
    assert (headlines(webhook_team), journals(webhook_team)) == (["Release 1.4.0"], [])
    run = webhook_team.reletan("start", "1.4.0", "--yes", check=True)
    assert "not known" not in run.err


@pytest.mark.parametrize(
    ("fault", "state", "said"),
    [
        (Fault.cut_after(), "unknown", AGAIN),
        (Fault.status(500, "rollup_error"), "unknown", AGAIN),
        (Fault.status(404, "no_service"), "conflict", "To notify later: reletan notify 1.4.0"),
    ],
)
def test_what_was_not_sent_or_nobody_knows_of(webhook_team: World, fault: Fault, state: str, said: str) -> None:
    team = webhook_team
    team.slack.fault("webhook", do=fault)
    ((what, detail),) = news_of(team.reletan("start", "1.4.0", "--yes", "--json", check=True))
    assert (what, said in (detail or "")) == (state, True)
    times = len(writes(team))
    run = team.reletan("start", "1.4.0", "--yes", check=True)
    assert (len(writes(team)), "release/1.4.0 is on origin already" in run.err) == (times, True)
    team.slack.fault("webhook", do=fault)
    run = team.reletan("notify", "--yes")
    assert (run.code, f"next: {AGAIN}" in run.err) == (1, state == "unknown")
    team.reletan("notify", "--yes", check=True)
    assert headlines(team)[-1] == "Release 1.4.0"


def test_a_short_wait_is_waited_for(webhook_team: World) -> None:
    webhook_team.slack.fault("webhook", do=Fault.limited(1))
    run = webhook_team.reletan("start", "1.4.0", "--yes", check=True)
    assert "Slack takes no more for now (its rate limit): waiting for 1 s" in run.err
    assert headlines(webhook_team) == ["Release 1.4.0"]


def test_an_abort_that_could_not_be_told_is_told_later(webhook_team: World) -> None:
    webhook_team.reletan("start", "1.4.0", "--yes", check=True)
    webhook_team.slack.fault("webhook", do=Fault.status(404, "no_service"))
    run = webhook_team.reletan("abort", "--yes", check=True)
    assert "To notify later: reletan abort 1.4.0" in run.err
    assert "unfinished     1.4.0: reletan resume 1.4.0" in webhook_team.reletan("status", check=True).out
    webhook_team.reletan("abort", "1.4.0", "--yes", check=True)
    assert headlines(webhook_team)[1:] == ["⛔ *Aborted*: Release 1.4.0; nothing was released"]
    webhook_team.reletan("abort", "1.4.0", "--yes", check=True)
    assert (len(writes(webhook_team)), journals(webhook_team)) == (3, [])
