"""One live Slack message a release, by the bot: begun, brought up to date in place, with what happened in its thread."""

import msgspec
import pytest
from slack_team import member, mentions, news_of, read, shown, states, thread, writes
from slack_way import the_post
from witness import lasting

from reletan.sandbox.origin import Person
from reletan.sandbox.world import World


def settings(world: World, toml: str) -> None:
    """The team's own, on development."""
    world.commit("develop", "Configure the release tool", {".reletan.toml": toml})
    world.git("pull", "--quiet", "--ff-only", "origin", "develop")


BEGUN = """\
Release 1.4.0 of acme/shop

🟡 *Begun*, waiting for tests on release/1.4.0
On duty: <@{hana}>
Since v1.3.0: v1.3.0...release/1.4.0

*Features*
• Add a basket #1 by hana

*Fixes*
• Fix the sum of an empty basket #2 by yuki

*Other changes*
• Show prices with tax #3 by hana

*Commits without a pull request*
• Straight to develop {sha} by Hana"""

RELEASED = """\
Release 1.4.0 of acme/shop

✅ *Released* as v1.4.0
Merged into main, develop
On duty: <@{hana}>
Since v1.3.0: v1.3.0...v1.4.0
"""

EVENT = """

---
✅ *Released*: Release 1.4.0 of acme/shop as v1.4.0
Merged into main, develop""".lstrip("\n")


@pytest.fixture
def labelled(slack_world: World) -> World:
    """Three pull requests with labels and a commit without one, on GitHub and Slack."""
    slack_world.label(1, "feature")
    slack_world.label(2, "bug")
    slack_world.commit("develop", "Straight to develop")
    return slack_world


def begun(world: World) -> str:
    return BEGUN.format(hana=member(world, "Hana"), sha=(world.head("develop") or "")[:7])


def test_from_start_to_tag_it_is_one_message(labelled: World) -> None:
    world = labelled
    before = lasting(world)
    plan = world.reletan("start", "--dry-run", "--json", check=True).json["steps"][-1]
    assert (lasting(world), writes(world)) == (before, [])
    world.reletan("start", "--yes", check=True)
    assert read(world) == begun(world)
    post = the_post(world.slack)
    page = f"{world.github.url}/acme/shop"
    for link in (
        f"{page}/pull/1|#1",
        f"{page}/tree/release/1.4.0|release/1.4.0",
        f"{page}/compare/v1.3.0...release/1.4.0|",
    ):
        assert f"<{link}" in shown(post)
    assert post.text == plan["announcement"]["main"]["text"], "what was shown is what was sent"
    assert [plan["announcement"]["main"]["header"], *plan["announcement"]["main"]["sections"]] == shown(post).split(
        "\n\n"
    )
    assert (post.unfurls, set(mentions(world))) == (False, {f"@{member(world, 'Hana')}"})
    run = world.reletan("tag", "--yes", check=True)
    assert f"one message about 1.4.0, kept up to date (updated: {world.slack.url}/archives/" in run.err
    assert read(world).startswith(RELEASED.format(hana=member(world, "Hana")))
    assert thread(world) == [EVENT.removeprefix("---\n")]
    assert f"<{page}/releases/tag/v1.4.0|v1.4.0>" in shown(the_post(world.slack).replies[0])
    assert writes(world) == ["chat.postMessage", "chat.update", "chat.postMessage"]
    assert set(mentions(world)) == {f"@{member(world, 'Hana')}"}


def test_the_same_in_japanese(labelled: World) -> None:
    world = labelled
    settings(world, '[notes]\nlanguage = "ja"\n')
    world.reletan("start", "--yes", check=True)
    hana = f"<@{member(world, 'Hana')}>"
    assert read(world).startswith(
        "acme/shop リリース 1.4.0\n\n🟡 *開始* release/1.4.0 のテスト待ちです\n"
        f"リリース担当: {hana}\nv1.3.0 以降の変更: v1.3.0...release/1.4.0\n"
    )
    assert "*その他の変更*\n• Show prices with tax #3 hana" in read(world)
    world.reletan("tag", "--yes", check=True)
    assert "\n✅ *リリース完了* v1.4.0\nmain、develop にマージ済みです\n" in read(world)
    assert thread(world) == ["✅ *リリース完了* acme/shop リリース 1.4.0: v1.4.0\nmain、develop にマージ済みです"]
    world.reletan("start", "hotfix", "1.4.1", "--yes", check=True)
    world.reletan("abort", "--yes", check=True)
    second = world.slack.posts("#release")[1]
    assert shown(second).startswith("acme/shop ホットフィックス 1.4.1\n\n⛔ *中止* 何もリリースしていません\n")
    at = world.tags()["v1.4.0"]
    assert f"compare/v1.4.0...{at}|v1.4.0...{at[:7]}>" in shown(second), "the branch is gone"
    assert shown(second.replies[0]).startswith(
        "⛔ *中止* acme/shop ホットフィックス 1.4.1（何もリリースしていません）\n"
    )


def test_running_anything_again_writes_nothing(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", check=True)
    yuki = team.another_clone("yuki")
    before = read(team)
    for command in (["start", "1.4.0"], ["notify"], ["notify", "release/1.4.0"], ["resume", "1.4.0"]):
        for clone in (None, yuki):
            team.reletan(*command, "--yes", cwd=clone, check=True)
    assert (read(team), writes(team)) == (before, ["chat.postMessage"])
    team.reletan("tag", "--yes", check=True)
    before, times = read(team), len(writes(team))
    for command in (["tag", "1.4.0"], ["notify"], ["notify", "v1.4.0"], ["resume", "1.4.0"], ["tag"], ["abort"]):
        for clone in (None, yuki):
            team.reletan(*command, "--yes", cwd=clone, check=True)
    assert (read(team), len(writes(team))) == (before, times)


def test_a_dry_run_shows_the_message_and_only_reads(team: World) -> None:
    run = team.reletan("start", "--dry-run", check=True)
    assert "\nThe message in #release:\n\n  Release 1.4.0\n" in run.err
    assert "\n  🟡 *Begun*, waiting for tests on release/1.4.0\n" in run.err
    assert "\n  • Add a basket #1 by Hana\n" in run.err
    team.reletan("start", "--yes", check=True)
    times = len(writes(team))
    run = team.reletan("tag", "--dry-run", check=True)
    assert "\nIn its thread:\n\n  ✅ *Released*: Release 1.4.0" in run.err
    run = team.reletan("notify", "--dry-run", "--json", check=True)
    (step,) = run.json["steps"]
    assert (step["kind"], step["channel"], step["announcement"]["stage"]) == ("announce", "#release", "started")
    assert "state" not in step
    for command in ("abort", "resume"):
        team.reletan(command, "--dry-run", check=True)
    assert len(writes(team)) == times


def test_each_step_tells_what_became_of_it(team: World) -> None:
    link = f"{team.slack.url}/archives/{team.slack.channel('release').id}/p"
    posted = team.reletan("start", "1.4.0", "--yes", "--json", check=True)
    ((state, detail),) = news_of(posted)
    assert (state, (detail or "").startswith(f"posted: {link}")) == ("done", True)
    ((state, detail),) = news_of(team.reletan("notify", "--yes", "--json", check=True))
    assert (state, (detail or "").startswith(f"unchanged: {link}")) == ("skipped", True)
    assert news_of(team.reletan("start", "1.4.0", "--yes", "--json", check=True)) == []
    ((state, detail),) = news_of(team.reletan("tag", "--yes", "--json", check=True))
    assert (state, (detail or "").startswith(f"updated: {link}")) == ("done", True)


def test_fixes_on_the_release_branch_appear_when_anybody_says_notify(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", check=True)
    team.pull("Mend the till", base="release/1.4.0", author="Marta")
    yuki = team.another_clone("yuki")
    assert "Mend the till" not in read(team)
    team.reletan("notify", "--yes", cwd=yuki, check=True)
    assert "• Mend the till #4 by Marta\n• Show prices with tax #3" in read(team)
    assert f"On duty: <@{member(team, 'Hana')}>" in read(team), "whoever notifies is not on duty for that"
    assert writes(team) == ["chat.postMessage", "chat.update"]


def test_an_abort_is_told_and_whoever_begins_anew_has_a_message_of_their_own(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", check=True)
    team.reletan("abort", "--yes", check=True)
    assert "\n⛔ *Aborted*, nothing was released\nOn duty: " in read(team)
    (event,) = thread(team)
    assert "⛔ *Aborted*: Release 1.4.0; nothing was released\nWhat was on release/1.4.0 is still" in event
    yuki = team.another_clone("yuki")
    team.reletan("start", "1.4.0", "--yes", cwd=yuki, check=True)
    old, new = team.slack.posts("#release")
    assert ("*Aborted*" in shown(old), len(old.replies)) == (True, 1)
    assert ("*Begun*" in shown(new), f"On duty: <@{member(team, 'Yuki')}>" in shown(new)) == (True, True)
    team.reletan("tag", "--yes", check=True)
    assert [state.split("\n")[0] for state in states(team)] == [
        "⛔ *Aborted*, nothing was released",
        "✅ *Released* as v1.4.0",
    ]


def test_what_nobody_was_told_of_is_aborted_in_silence(team: World) -> None:
    team.reletan("start", "1.4.0", "--no-notify", "--yes", check=True)
    team.reletan("abort", "--yes", check=True)
    assert writes(team) == []


def test_a_hotfix_beside_a_release(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", check=True)
    team.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    team.commit("hotfix/1.3.1", "Mend the till")
    assert [shown(post).split("\n")[0] for post in team.slack.posts("#release")] == [
        "Release 1.4.0", "Hotfix 1.3.1",
    ]  # fmt: skip
    assert team.reletan("notify", "--yes").code == 2, "two are open: one has to be named"
    team.reletan("tag", "1.3.1", "--yes", check=True)
    release, hotfix = states(team)
    assert release.startswith("🟡 *Begun*")
    assert hotfix.startswith("✅ *Released* as v1.3.1\nMerged into main, develop, release/1.4.0\n")
    times = len(writes(team))
    team.reletan("notify", "1.3.1", "--yes", check=True)
    assert len(writes(team)) == times
    team.reletan("notify", "--yes", check=True)
    assert [state.split("\n")[-1] for state in states(team)] == ["Since v1.3.1", "Since v1.3.0"]


def test_a_back_merge_that_waits_for_people_is_said_and_so_is_its_end(team: World) -> None:
    team.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    team.conflict_between("hotfix/1.3.1", "develop")
    assert team.reletan("tag", "--yes").code == 5
    assert "\nMerged into main\nStill to be merged into develop\n" in read(team)
    assert thread(team)[0].endswith("\nMerged into main\nStill to be merged into develop")
    team.reletan("notify", "1.3.1", "--yes", check=True)
    assert "\nStill to be merged into develop\n" in read(team)
    tagged = team.tags()["v1.3.1"]
    team.commit("develop", "Take the hotfix's", {"VERSION": "as hotfix/1.3.1 wants it\n"})
    team.merge_into("develop", tagged, "Merge v1.3.1", Person("Yuki"), Person("Yuki"))
    team.reletan("resume", "1.3.1", "--yes", check=True)
    assert "\nMerged into main, develop\nOn duty" in read(team)
    assert thread(team)[0].endswith("\nMerged into main, develop")


def test_what_is_not_merged_back_is_not_said_to_be(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", check=True)
    team.commit("release/1.4.0", "A fix")
    team.reletan("tag", "--backmerge", "none", "--yes", check=True)
    assert "\nMerged into main\nStill to be merged into develop\n" in read(team)


def test_slack_that_is_configured_only_later(team: World) -> None:
    nothing = {"SLACK_BOT_TOKEN": ""}
    team.reletan("start", "1.4.0", "--yes", env=nothing, check=True)
    team.reletan("tag", "--yes", check=True)
    assert read(team).startswith("Release 1.4.0\n\n✅ *Released* as v1.4.0\n")
    assert len(thread(team)) == 1


def test_old_releases_are_told_of_only_when_somebody_asks(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", "--no-notify", check=True)
    team.reletan("tag", "--yes", "--no-notify", check=True)
    for command in (["tag", "1.4.0"], ["tag", "1.3.0"], ["resume", "1.4.0"]):
        team.reletan(*command, "--yes", check=True)
    assert writes(team) == []
    team.reletan("notify", "--yes", check=True)
    assert read(team).startswith("Release 1.4.0\n\n✅ *Released* as v1.4.0\nMerged into main, develop\n")


def test_a_release_that_is_merged_and_has_no_tag_has_begun(slack_world: World) -> None:
    slack_world.branch("release/1.4.0", "refs/heads/develop")
    slack_world.merge_pull(slack_world.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0))
    slack_world.delete_branch("release/1.4.0")
    slack_world.reletan("notify", "--yes", check=True)
    assert "\n🟡 *Begun*, waiting for tests\nOn duty" in read(slack_world)


def test_messages_of_others_are_left_alone(team: World) -> None:
    """People's, another bot's with our metadata, ours about another repository or version."""
    payload = {"schema": 1, "repository": "origin", "version": "1.4.0", "stage": "started", "duty": "x", "digest": "x"}
    metadata = {"event_type": "reletan_release", "event_payload": payload}
    ours = [
        {**metadata, "event_payload": {**payload, **other}}
        for other in ({"repository": "acme/x"}, {"version": "1.3.9"})
    ]
    others = [
        team.slack.say("Yuki", "#release", "Release 1.4.0 of origin?"),
        team.slack.say("Deploybot", "#release", "mine", metadata=metadata),
        *(team.slack.say("reletan", "#release", "of another", metadata=one) for one in ours),
    ]
    before = [msgspec.to_builtins(post) for post in others]
    team.reletan("start", "1.4.0", "--yes", check=True)
    team.reletan("tag", "--yes", check=True)
    assert [msgspec.to_builtins(post) for post in team.slack.posts("#release")[:4]] == before
    assert len(team.slack.posts("#release")) == 5


def test_a_message_that_somebody_deleted_is_posted_anew(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", check=True)
    team.slack.delete(the_post(team.slack).ts)
    team.reletan("notify", "--yes", check=True)
    assert states(team)[0].startswith("🟡 *Begun*")


def test_clocks_that_differ_hide_no_message(team: World) -> None:
    """A tag by a machine that is an hour ahead is newer than the message that follows it."""
    ahead = f"{team.clock + 3600} +0000"
    late = {"GIT_AUTHOR_DATE": ahead, "GIT_COMMITTER_DATE": ahead}
    team.reletan("start", "1.4.0", "--yes", "--no-notify", check=True)
    team.reletan("tag", "--yes", "--no-notify", env=late, check=True)
    team.reletan("start", "hotfix", "1.4.1", "--yes", check=True)
    team.reletan("notify", "--yes", check=True)
    assert writes(team) == ["chat.postMessage"]
