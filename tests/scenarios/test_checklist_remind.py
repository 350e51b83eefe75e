"""`reletan checklist --remind`: one reminder in the release's thread on Slack, kept up to date."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_way import the_post
from slack_world import on_slack
from ticking import begin, configure, pr, tick
from witness import lasting

from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.world import Run, World

ALWAYS = '[checklist]\ndays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\nhours = "00:00-24:00"\n'
SLACK = '[slack]\nusers = { yuki = "U0YUKI0001" }\n'


@pytest.fixture
def opened(slack_world: World) -> World:
    """The release pull request of 1.4.0 is open, and Slack has its message."""
    configure(slack_world, ALWAYS + SLACK)
    begin(slack_world)
    pr(slack_world, check=True)
    slack_world.reletan("notify", "--yes", check=True)
    return slack_world


@pytest.fixture
def by_webhook(small_hub_world: World) -> Iterator[World]:
    configure(small_hub_world, ALWAYS + SLACK)
    begin(small_hub_world)
    pr(small_hub_world, check=True)
    with on_slack(small_hub_world, webhook=True):
        yield small_hub_world


def remind(world: World, *args: str, **options: Any) -> Run:
    return world.reletan("checklist", "--remind", "--yes", *args, **options)


def replies(world: World) -> list[str]:
    return [
        "\n".join(block["text"]["text"] for block in one.blocks if "text" in block)
        for one in the_post(world.slack).replies
    ]


def test_who_has_something_left_is_mentioned_in_one_reply(opened: World) -> None:
    before = lasting(opened)
    shown = opened.reletan("checklist", "--remind", "--dry-run", check=True)
    assert "remind people in #release on Slack, in the thread of 1.4.0" in shown.err
    assert (lasting(opened), replies(opened)) == (before, [])
    tick(opened, 1, 3)
    remind(opened, check=True)
    (first,) = replies(opened)
    assert all(part in first for part in ("1 of 3 not confirmed yet", "<@U0YUKI0001>", "Fix the sum"))
    assert "ana" not in first.replace("<@U0YUKI0001>", "")


def test_the_reminder_is_edited_and_says_when_all_is_done(opened: World) -> None:
    remind(opened, check=True)
    (ts,) = [one.ts for one in the_post(opened.slack).replies]
    again = remind(opened, check=True)
    assert "skipped: remind people" in again.err
    tick(opened, 1, 2, 3)
    remind(opened, check=True)
    (last,) = the_post(opened.slack).replies
    assert last.ts == ts
    assert "All is confirmed" in replies(opened)[0]
    assert "<@" not in replies(opened)[0]
    # bringing the news up to date leaves it alone
    opened.reletan("notify", "--yes", check=True)
    assert len(replies(opened)) == 1


def test_nobody_is_reminded_of_what_is_done(opened: World) -> None:
    tick(opened, 1, 2, 3)
    remind(opened, check=True)
    assert replies(opened) == []


def test_an_item_that_opened_again_says_why(opened: World) -> None:
    tick(opened, 1, 2, 3)
    later = opened.commit("release/1.4.0", "Once more (refs #2)")
    remind(opened, check=True)
    assert f"please check again, {later[:7]} came later" in replies(opened)[0]


@pytest.mark.parametrize(
    ("hours", "days", "zone", "said"),
    [
        # the world's clock stands on Monday, 2026-01-05, a little after 09:00 UTC
        ("09:00-18:00", '["mon"]', "Asia/Tokyo", "Quiet hours until Mon 09:00 JST"),
        ("10:00-18:00", '["mon"]', "UTC", "Quiet hours until Mon 10:00 UTC"),
        ("09:00-18:00", '["tue"]', "UTC", "Quiet hours until Tue 09:00 UTC"),
    ],
)
def test_quiet_hours(opened: World, hours: str, days: str, zone: str, said: str) -> None:
    configure(opened, f'[checklist]\ndays = {days}\nhours = "{hours}"\ntime_zone = "{zone}"\n' + SLACK)
    run = remind(opened, check=True)
    assert (said in run.err, replies(opened)) == (True, [])
    assert "all done already" not in run.err


def test_in_working_hours_of_the_zone_people_are_reminded(opened: World) -> None:
    configure(opened, '[checklist]\nhours = "01:00-06:00"\ntime_zone = "America/New_York"\n' + SLACK)
    remind(opened, check=True)
    assert len(replies(opened)) == 1


def test_the_status_is_brought_up_to_date_in_quiet_hours_too(opened: World) -> None:
    configure(opened, '[checklist]\nstatus = true\nhours = "00:00-00:01"\n' + SLACK)
    tick(opened, 2)
    remind(opened, check=True)
    assert [one.description for one in opened.statuses] == ["1 of 3 ticked"]
    assert replies(opened) == []


def test_people_are_found_by_their_address_else_called_by_name(opened: World) -> None:
    configure(opened, ALWAYS)
    opened.slack.bot.scopes.discard("users:read.email")
    remind(opened, check=True)
    text = replies(opened)[0]
    assert ("<@" not in text, "hana" in text, "yuki" in text) == (True, True, True)


def test_in_japanese(opened: World) -> None:
    configure(opened, ALWAYS + SLACK + 'language = "ja"\n')
    remind(opened, check=True)
    assert "未確認" in replies(opened)[0]


def test_without_a_message_of_the_release(slack_world: World) -> None:
    configure(slack_world, ALWAYS)
    begin(slack_world)
    pr(slack_world, check=True)
    dry = slack_world.reletan("checklist", "--remind", "--dry-run", check=True)
    run = remind(slack_world, check=True)
    for one in (dry, run):
        assert (
            "There is no message about 1.4.0 in #release, so nobody is reminded; next: reletan notify 1.4.0" in one.err
        )
        assert "all done already" not in one.err
    assert slack_world.slack.posts("#release") == []
    slack_world.reletan("notify", "--yes", check=True)
    remind(slack_world, check=True)
    assert len(replies(slack_world)) == 1


def test_slack_that_does_not_answer_is_no_missing_message(opened: World) -> None:
    opened.slack.fault("conversations.history", times=None, do=Fault.status(500))
    run = remind(opened)
    assert (run.code, "There is no message" in run.err) == (1, False)


def test_an_answer_that_was_lost_is_looked_for(opened: World) -> None:
    opened.slack.fault("chat.postMessage", do=Fault.cut_after())
    remind(opened, check=True)
    assert len(replies(opened)) == 1


def test_by_webhook_it_is_a_message_of_its_own(by_webhook: World) -> None:
    remind(by_webhook, check=True)
    (post,) = by_webhook.slack.posts("#release")
    assert "3 of 3 not confirmed yet" in post.text
    tick(by_webhook, 1, 2, 3)
    remind(by_webhook, check=True)
    assert len(by_webhook.slack.posts("#release")) == 1


def test_without_slack_the_text_is_printed(small_hub_world: World) -> None:
    configure(small_hub_world, ALWAYS)
    begin(small_hub_world)
    pr(small_hub_world, check=True)
    out = remind(small_hub_world, check=True).out
    assert "⏰ 3 of 3 not confirmed yet: Release 1.4.0" in out
    assert remind(small_hub_world, "--json", check=True).json["paste"] in out


def test_a_schedule_does_not_fail_between_releases(slack_world: World) -> None:
    assert "No release is open." in remind(slack_world, check=True).err
