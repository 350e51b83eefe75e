"""Without Slack there is a text to paste; and --no-notify tells nobody at all."""

import pytest
from slack_team import news_of, writes
from witness import journals
from wrapped import WrappedGit

from reletan.sandbox.world import World

BEGUN = """\
Release 1.4.0

🟡 Begun, waiting for tests on release/1.4.0
On duty: Hana
Since v1.3.0

Pull requests
• Show prices with tax #3 by Hana
• Fix the sum of an empty basket #2 by Yuki
• Add a basket #1 by Hana
"""
RELEASED = "\nTo tell your team:\n\nRelease 1.4.0\n\n✅ Released as v1.4.0\nMerged into main, develop\nOn duty: Hana\n"


def test_the_text_is_printed_ready_to_paste(world: World) -> None:
    run = world.reletan("start", "1.4.0", "--dry-run", check=True)
    assert "\nWhat to tell your team:\n\n  Release 1.4.0\n\n  🟡 Begun, waiting for tests on" in run.err
    run = world.reletan("start", "1.4.0", "--yes", check=True)
    assert (run.out, run.err.endswith(f"\n\nTo tell your team:\n\n{BEGUN}")) == ("", True)
    again = world.reletan("start", "1.4.0", "--yes", check=True)
    assert "To tell your team" not in again.err
    for args in (["notify"], ["-q", "notify"], ["notify", "--yes"], ["notify", "1.4.0", "--dry-run"]):
        assert world.reletan(*args, check=True).out == BEGUN
    assert world.reletan("notify", "--duty", "@yuki", check=True).out == BEGUN.replace("Hana\nSince", "yuki\nSince")
    run = world.reletan("tag", "--yes", check=True)
    assert (run.out, RELEASED in run.err) == ("", True)
    assert RELEASED not in world.reletan("tag", "1.4.0", "--yes", check=True).err


def test_a_quiet_run_and_a_script(world: World) -> None:
    """-q says nothing; --json has the text as ``paste``."""
    run = world.reletan("-q", "start", "1.4.0", "--yes", check=True)
    assert (run.out, run.err) == ("", "")
    assert world.reletan("notify", "--json", check=True).json["paste"] == BEGUN.rstrip("\n")
    shown = world.reletan("tag", "--dry-run", "--json", check=True).json
    told = world.reletan("tag", "--yes", "--json", check=True).json
    assert told["paste"] == shown["paste"]
    assert told["paste"].startswith("Release 1.4.0\n\n✅ Released as v1.4.0\n")
    assert world.reletan("tag", "1.4.0", "--yes", "--json", check=True).json["paste"] is None


def test_the_text_in_japanese_of_notes_and_of_notify_is_one(world: World) -> None:
    (world.clone / ".reletan.toml").write_text('[slack]\nlanguage = "ja"\n')
    world.reletan("start", "1.4.0", "--yes", check=True)
    text = world.reletan("notify", check=True).out
    assert text.startswith("リリース 1.4.0\n\n🟡 開始 release/1.4.0 のテスト待ちです\nリリース担当: Hana\n")
    assert world.reletan("notes", "--format", "slack", check=True).out == text


def test_a_bot_without_a_channel_is_said(world: World) -> None:
    bot = {"SLACK_BOT_TOKEN": "xoxb-1-canary"}
    run = world.reletan("start", "1.4.0", "--yes", env=bot, check=True)
    assert "warning: SLACK_BOT_TOKEN is set, but no channel: name it as slack.channel in .reletan.toml" in run.err
    assert run.err.count("warning") == 1
    assert BEGUN in run.err
    run = world.reletan("abort", "--yes", env=bot, check=True)
    assert run.err.count("warning") == 1


def test_nobody_is_told_with_no_notify(team: World) -> None:
    """Nothing is asked of Slack either: whatever is wrong with the token does not matter."""
    wrong = {"SLACK_BOT_TOKEN": "no token", "SLACK_WEBHOOK_URL": "no address"}
    for env, command in (({}, "start"), (wrong, "start"), (wrong, "tag")):
        run = team.reletan(command, "1.4.0", "--no-notify", "--yes", "--json", env=env, check=True)
        assert (news_of(run), run.json["paste"]) == ([], None)
    assert team.slack.calls() == []


@pytest.mark.parametrize("command", [["start", "1.4.0"], ["tag", "1.4.0"]])
def test_no_notify_is_kept_for_resume(team: World, command: list[str]) -> None:
    if command[0] == "tag":
        team.branch("release/1.4.0", "refs/heads/develop")
    git = WrappedGit(team, 'case "$*" in *" push "*) "$git" "$@"; kill -9 $PPID; exit 1;; esac')
    assert team.reletan(*command, "--no-notify", "--yes", env=git.environment).code == -9
    team.reletan("resume", "--yes", check=True)
    assert (writes(team), journals(team)) == ([], [])


@pytest.mark.parametrize("finish", ["resume", "start"])
def test_a_start_that_was_killed_goes_on_to_slack_with_its_duty(team: World, finish: str) -> None:
    git = WrappedGit(team, 'case "$*" in *" push "*) "$git" "$@"; kill -9 $PPID; exit 1;; esac')
    run = team.reletan("start", "1.4.0", "--duty", "U0SOMEBODY", "--yes", env=git.environment)
    assert (run.code, writes(team)) == (-9, [])
    team.reletan(finish, "1.4.0", "--yes", check=True)
    (post,) = team.slack.posts("#release")
    assert ("On duty: <@U0SOMEBODY>" in post.blocks[1]["text"]["text"]) is (finish == "resume")


def test_nothing_to_tell_of(empty_world: World) -> None:
    empty_world.found()
    run = empty_world.reletan("notify", "--yes")
    assert (run.code, run.out) == (3, "")
    assert "There is no release to tell of" in run.err
    assert empty_world.reletan("notify", "9.9.9", "--yes").code == 2


def test_a_mention_in_a_title_does_not_come_alive_where_the_text_is_pasted(small_hub_world: World) -> None:
    title = "@channel please look, thanks @hana"
    small_hub_world.merge_pull(small_hub_world.open_pull(title, files={"src/look.txt": "look\n"}))
    run = small_hub_world.reletan("start", "1.4.0", "--yes", check=True)
    pasted = run.err.partition("To tell your team:")[2]
    assert "@\u200bchannel please look, thanks @\u200bhana" in pasted
