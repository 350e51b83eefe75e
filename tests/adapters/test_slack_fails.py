"""What goes wrong on the way to Slack: nothing is sent twice, and what nobody knows is said."""

import pytest
from slack_way import DELETE, HISTORY, POST, UPDATE, Waits, announcement, redirect

from reletan.adapters.slack import Delivery, SlackBot, SlackError
from reletan.adapters.slackreply import SlackReply, decode
from reletan.adapters.slackwire import LONGEST_WAIT
from reletan.adapters.token import Token
from reletan.domain.message import Announcement
from reletan.sandbox.http.wire import Reply as Answer
from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer

# What goes wrong on the way

LOST = {
    "cut after": Fault.cut_after(), "cut within": Fault.cut_within(), "truncated": Fault.truncated(),
    "502": Fault.html(502, effect=True), "200 with HTML": Fault.html(effect=True),
    "fatal_error": Fault.error("fatal_error", effect=True),
    "without ts": Fault(instead=Answer.json(200, {"ok": True}), effect=True),
}  # fmt: skip
UNSENT = {
    "cut before": Fault.cut_before(), "502": Fault.html(502), "200 with HTML": Fault.html(),
    "internal_error": Fault.error("internal_error"), "503": Fault.status(503, "Oh no"),
}  # fmt: skip


def stages() -> list[tuple[str, Announcement | None, Announcement]]:
    """(method, what was there before, what is wanted): the second needs this one write."""
    with_list = announcement("Begun", ("list-2", "two"))
    return [
        (POST, None, announcement()),
        (UPDATE, announcement(), announcement("Released")),
        (POST, announcement(), with_list),
        (UPDATE, with_list, announcement("Begun", ("list-2", "TWO"))),
        (DELETE, with_list, announcement()),
    ]


STAGES = pytest.mark.parametrize(
    ("method", "before", "wanted"), stages(), ids=["post", "update", "reply", "update a reply", "delete a reply"]
)


@STAGES
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_an_answer_that_is_lost_is_looked_up(
    slack: SlackServer, bot: SlackBot, method: str, before: Announcement | None, wanted: Announcement, fault: Fault
) -> None:
    if before:
        bot.bring_up_to_date(before)
    calls = len(slack.calls(method))
    slack.fault(method, do=fault)
    if method == DELETE and fault is LOST["without ts"]:
        assert bot.bring_up_to_date(wanted).detail is None
    else:
        assert bot.bring_up_to_date(wanted).detail == "Slack's answer was lost, but it was done"
    assert len(slack.calls(method)) == calls + 1
    assert bot.bring_up_to_date(wanted).state == "unchanged"


@STAGES
@pytest.mark.parametrize("fault", UNSENT.values(), ids=UNSENT)
def test_what_may_have_been_done_is_said_to_be_unclear(
    slack: SlackServer, bot: SlackBot, method: str, before: Announcement | None, wanted: Announcement, fault: Fault
) -> None:
    if before:
        bot.bring_up_to_date(before)
    calls = len(slack.calls(method))
    slack.fault(method, do=fault)
    with pytest.raises(SlackError) as raised:
        bot.bring_up_to_date(wanted)
    assert raised.value.unclear
    assert raised.value.next
    assert len(slack.calls(method)) == calls + 1, "never sent twice"
    assert bot.bring_up_to_date(wanted).state in ("posted", "updated")
    assert bot.bring_up_to_date(wanted).state == "unchanged"
    assert len(slack.calls(method)) == calls + 2


def test_a_lost_answer_that_cannot_be_looked_up_stays_unclear(slack: SlackServer, bot: SlackBot) -> None:
    slack.fault(POST, do=Fault.cut_after())
    slack.fault(HISTORY, nth=2, times=None, do=Fault.error("missing_scope"))
    with pytest.raises(SlackError, match="could not be reached: the connection was cut") as raised:
        bot.bring_up_to_date(announcement())
    assert raised.value.unclear
    assert len(slack.posts("#release")) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault.status(500), Fault.html(502), Fault.cut_before(), Fault.cut_within(), Fault.limited(1), Fault.error("internal_error")],
    ids=["500", "502", "cut", "cut within", "429", "internal_error"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["auth.test", "conversations.list", HISTORY, "conversations.replies"])
def test_a_read_is_made_again(slack: SlackServer, bot: SlackBot, waits: Waits, method: str, fault: Fault) -> None:
    slack.fault(method, do=fault, times=2)
    delivery = bot.bring_up_to_date(announcement("Begun", ("list-2", "two")))
    assert delivery.state == "posted"
    assert delivery.url
    assert delivery.detail is None
    assert [seconds for seconds, _ in waits] in ([0.5, 1.0], [1.0, 1.0])
    assert all("Slack" in why for _, why in waits)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.status(500, "Oh no"), "Slack failed: HTTP 500"),
        (Fault.html(), r"not JSON \(HTTP 200, text/html\)"),
        (Fault.html(403), r"Slack says no: HTTP 403"),
        (Fault.truncated(), "not JSON"),
        (Fault.cut_before(), r"Slack at 127.0.0.1 could not be reached: the connection was cut"),
        (Fault.limited(int(LONGEST_WAIT)), "to wait 60 s is too long"),
        (Fault(instead=Answer.json(200, {"ok": True})), r"unknown shape.*missing required field"),
        (Fault(instead=Answer.json(200, {"ok": True, "messages": [{"ts": 7}]})), r"unknown shape"),
        (Fault(instead=Answer.json(200, [])), "unknown shape"),
        (Fault(instead=Answer.json(200, {"ok": "yes"})), "unknown shape"),
        (Fault(instead=redirect(302)), "another address"),
    ],
)
def test_a_read_that_cannot_be_is_one_clear_error(slack: SlackServer, bot: SlackBot, fault: Fault, said: str) -> None:
    slack.fault(HISTORY, do=fault, times=None)
    with pytest.raises(SlackError, match=said) as raised:
        bot.bring_up_to_date(announcement())
    assert raised.value.next
    assert not slack.calls(POST), "nothing is written before it is known what is there"


@STAGES
def test_a_write_waits_as_long_as_slack_asks(
    slack: SlackServer, bot: SlackBot, waits: Waits, method: str, before: Announcement | None, wanted: Announcement
) -> None:
    if before:
        bot.bring_up_to_date(before)
    slack.fault(method, do=Fault.limited(7), times=2)
    assert bot.bring_up_to_date(wanted).state in ("posted", "updated")
    assert waits == [(7.0, "Slack takes no more for now (its rate limit)")] * 2
    assert bot.bring_up_to_date(wanted).state == "unchanged"


def test_waiting_ends_somewhere(slack: SlackServer, bot: SlackBot, waits: Waits) -> None:
    slack.fault(POST, do=Fault.limited(25), times=None)
    with pytest.raises(SlackError, match="to wait 25 s is too long") as raised:
        bot.bring_up_to_date(announcement())
    assert [seconds for seconds, _ in waits] == [25, 25]
    assert not raised.value.unclear
    assert not slack.posts("#release")


@pytest.mark.parametrize(
    ("after", "seconds"), [("0", 1), ("3", 3), ("soon", 30), ("", 30), ("-1", 30), ("9" * 40, 30), ("٣", 30)]
)
def test_how_long_a_rate_limit_lasts(after: str, seconds: float) -> None:
    assert SlackReply(429, {"retry-after": after}, b"").wait == seconds


def test_json_without_a_bottom_is_an_error() -> None:
    with pytest.raises(SlackError, match="not JSON"):
        decode(SlackReply(200, {}, b'{"ok":true,"a":' + b"[" * 100_000), dict, "SLACK_BOT_TOKEN")


def test_nobody_listens(slack: SlackServer, waits: Waits, told: list[str]) -> None:
    token = Token("xoxb-token", "SLACK_BOT_TOKEN")
    bot = SlackBot("http://127.0.0.1:1/api/", token, "#release", wait=lambda *why: waits.append(why), tell=told.append)
    with pytest.raises(SlackError, match="could not be reached: connection refused") as raised:
        bot.bring_up_to_date(announcement())
    assert not raised.value.unclear
    assert len(waits) == 3


def test_a_link_is_not_worth_a_failure(slack: SlackServer, bot: SlackBot) -> None:
    slack.fault("chat.getPermalink", do=Fault.error("message_not_found"))
    assert bot.bring_up_to_date(announcement()) == Delivery("posted", None)
    slack.fault(
        "chat.getPermalink", do=Fault(instead=Answer.json(200, {"ok": True, "permalink": "javascript:alert()"}))
    )
    assert bot.bring_up_to_date(announcement()) == Delivery("unchanged", None)
