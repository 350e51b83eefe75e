"""What is looked up while a release waits for it: quickly or not at all. And what is not told: an abort of nothing."""

import msgspec
import pytest
from slack_way import POST, UPDATE, Waits, announcement, the_post, thread

from reletan.adapters import slackwire
from reletan.adapters.slack import Delivery, SlackBot, SlackError
from reletan.domain.message import Announcement
from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer


def blind(duty: str) -> Announcement:
    return msgspec.structs.replace(announcement("Released", stage="released"), duty=duty, blind=True)


@pytest.mark.parametrize("fault", [Fault.cut_before(), Fault.error("internal_error"), Fault.limited(2)])
def test_a_look_up_is_tried_twice(slack: SlackServer, bot: SlackBot, waits: Waits, fault: Fault) -> None:
    slack.fault("auth.test", do=fault, times=2)
    with pytest.raises(SlackError):
        bot.find("acme/shop", "1.4.0")
    assert (len(slack.calls("auth.test")), len(waits), sum(seconds for seconds, _ in waits) <= 2) == (2, 1, True)
    assert bot.find("acme/shop", "1.4.0") is None


def test_a_look_up_waits_for_no_long_rate_limit(slack: SlackServer, bot: SlackBot, waits: Waits) -> None:
    slack.fault("users.lookupByEmail", do=Fault.limited(7))
    assert bot.person("hana@example.com") is None
    slack.fault("auth.test", do=Fault.limited(7))
    with pytest.raises(SlackError, match="to wait 7 s is too long"):
        bot.find("acme/shop", "1.4.0")
    assert waits == []
    slack.fault("auth.test", do=Fault.limited(7))
    assert bot.bring_up_to_date(announcement()).state == "posted"
    assert [seconds for seconds, _ in waits] == [7]


def test_who_does_not_answer_is_asked_once_more(
    slack: SlackServer, bot: SlackBot, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slackwire.Line, "timeout", 0.05)
    monkeypatch.setattr(slackwire, "HURRIED_TIMEOUT", 0.05)
    slack.fault("auth.test", do=Fault.delay(30), times=None)
    for look in (lambda: bot.bring_up_to_date(announcement()).state, lambda: bot.find("acme/shop", "1.4.0")):
        waits.clear()
        with pytest.raises(SlackError, match="could not be reached: no answer in time") as raised:
            look()
        assert (len(waits), raised.value.unclear) == (1, False)


def test_a_link_that_takes_long_is_left_out(slack: SlackServer, bot: SlackBot, waits: Waits) -> None:
    slack.fault("chat.getPermalink", do=Fault.limited(7))
    assert bot.bring_up_to_date(announcement()) == Delivery("posted", None)
    assert waits == []


def test_a_release_that_is_begun_anew_has_a_message_of_its_own(slack: SlackServer, bot: SlackBot) -> None:
    aborted = announcement("Aborted", ("aborted", "No"), stage="aborted")
    bot.bring_up_to_date(announcement())
    bot.bring_up_to_date(aborted)
    assert bot.find("acme/shop", "1.4.0") is None
    assert bot.find("acme/shop", "1.4.0", stage="aborted") is not None
    assert bot.bring_up_to_date(aborted).state == "unchanged"
    assert bot.bring_up_to_date(announcement()).state == "posted"
    assert bot.bring_up_to_date(aborted).state == "updated"
    assert [len(post.replies) for post in slack.posts("#release")] == [1, 1]


def test_an_abort_of_what_nobody_was_told_of_is_not_told(slack: SlackServer, bot: SlackBot) -> None:
    delivery = bot.bring_up_to_date(announcement("Aborted", ("aborted", "No"), stage="aborted"))
    assert delivery == Delivery("unchanged", detail="nobody was told of the release")
    assert slack.calls(POST) == []


def test_planned_without_having_looked_it_takes_the_duty_from_nobody(slack: SlackServer, bot: SlackBot) -> None:
    bot.bring_up_to_date(announcement())
    with pytest.raises(SlackError, match="who is on duty") as raised:
        bot.bring_up_to_date(blind("marta"))
    assert (raised.value.unclear, slack.calls(UPDATE), thread(slack)) == (False, [], [])
    assert bot.bring_up_to_date(blind("hana")).state == "updated"
    slack.delete(the_post(slack).ts)
    assert bot.bring_up_to_date(blind("marta")).state == "posted"
