"""A release's one live message on Slack and its thread, by a bot, against the sandbox."""

from typing import Any

import msgspec
import pytest
from slack_way import HISTORY, POST, UPDATE, Waits, announcement, the_post, thread, way_to

from reletan.adapters.slack import Delivery, SlackBot, SlackError
from reletan.domain.message import Reply, lay_out
from reletan.sandbox.http.wire import Reply as Answer
from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.server import SlackServer

# One live message


def test_it_is_posted_found_and_left_alone(slack: SlackServer, bot: SlackBot, waits: Waits, told: list[str]) -> None:
    assert bot.find("acme/shop", "1.4.0") is None
    delivery = bot.bring_up_to_date(announcement())
    post = the_post(slack)
    assert delivery == Delivery("posted", f"{slack.url}/archives/C0ACME0002/p{post.ts.replace('.', '')}")
    assert (post.text, [block["type"] for block in post.blocks], post.unfurls) == (
        "Release 1.4.0 · Begun", ["header", "section", "section"], False,
    )  # fmt: skip
    assert post.blocks[0]["text"] == {"type": "plain_text", "text": "Release 1.4.0"}
    assert post.blocks[1]["text"] == {"type": "mrkdwn", "text": "Begun", "verbatim": True}
    found = bot.find("Acme/Shop", "1.4.0")
    assert found is not None
    assert (found.ts, found.stage, found.duty) == (post.ts, "started", "hana")
    for again in (bot, way_to(slack, waits, told), way_to(slack, waits, told, "C0ACME0002")):
        assert again.bring_up_to_date(announcement()).state == "unchanged"
    assert len(slack.calls(POST)) == 1
    assert not slack.calls(UPDATE)


def test_it_is_updated_in_place(slack: SlackServer, bot: SlackBot, waits: Waits, told: list[str]) -> None:
    bot.bring_up_to_date(announcement())
    released = announcement("Released", ("released", "v1.4.0 is out"), stage="released")
    assert way_to(slack, waits, told).bring_up_to_date(released).state == "updated"
    assert the_post(slack).text == "Release 1.4.0 · Released"
    assert the_post(slack).edited
    assert thread(slack) == ["v1.4.0 is out"]
    found = bot.find("acme/shop", "1.4.0")
    assert found is not None
    assert found.stage == "released"
    assert bot.bring_up_to_date(released).state == "unchanged"


def test_each_release_and_each_repository_has_its_own(slack: SlackServer, bot: SlackBot) -> None:
    bot.bring_up_to_date(announcement())
    bot.bring_up_to_date(announcement(version="1.4.1"))
    bot.bring_up_to_date(msgspec.structs.replace(announcement(), repository="acme/other"))
    assert len(slack.posts("#release")) == 3
    assert bot.find("acme/third", "1.4.0") is None


def test_of_several_the_newest_counts(slack: SlackServer, bot: SlackBot) -> None:
    bot.bring_up_to_date(announcement())
    first = the_post(slack)
    slack.say("reletan", "#release", "again", metadata=first.metadata)
    newest = slack.posts("#release")[-1]
    assert bot.find("acme/shop", "1.4.0") == bot.find("acme/shop", "1.4.0", oldest=0)
    assert bot.find("acme/shop", "1.4.0").ts == newest.ts != first.ts  # type: ignore[union-attr]


def test_what_others_post_is_never_ours(slack: SlackServer, bot: SlackBot) -> None:
    bot.bring_up_to_date(announcement())
    metadata = the_post(slack).metadata
    slack.delete(the_post(slack).ts)
    theirs = [slack.say(who, "#release", "Release 1.4.0", metadata=metadata) for who in ("Deploybot", "Hana")]
    assert bot.find("acme/shop", "1.4.0") is None
    assert bot.bring_up_to_date(announcement("Released")).state == "posted"
    assert [post.text for post in slack.posts("#release")] == [
        "Release 1.4.0",
        "Release 1.4.0",
        "Release 1.4.0 · Released",
    ]
    assert all(post.edited is None for post in theirs)


@pytest.mark.parametrize(
    "metadata",
    [
        {"event_type": "reletan_release", "event_payload": {"version": ["1.4.0"], "repository": {"a": 1}}},
        {"event_type": "reletan_release", "event_payload": []},
        {"event_type": 7, "event_payload": {"version": "1.4.0", "repository": "acme/shop"}},
        {"event_type": "deployed", "event_payload": {"version": "1.4.0", "repository": "acme/shop"}},
        ["reletan_release"],
    ],
)
def test_metadata_of_any_shape_is_no_trouble(slack: SlackServer, bot: SlackBot, metadata: Any) -> None:
    slack.say("reletan", "#release", "strange", metadata=metadata)
    assert bot.find("acme/shop", "1.4.0") is None


def test_a_message_that_was_deleted_is_posted_again(slack: SlackServer, bot: SlackBot) -> None:
    released = announcement("Released", ("released", "v1.4.0 is out"))
    bot.bring_up_to_date(released)
    old = the_post(slack).ts
    slack.delete(old)
    assert bot.bring_up_to_date(released).state == "posted"
    assert the_post(slack).ts != old
    assert thread(slack) == ["v1.4.0 is out"]


def test_a_message_deleted_in_between_is_an_error_that_passes(slack: SlackServer, bot: SlackBot) -> None:
    bot.bring_up_to_date(announcement())
    slack.fault(UPDATE, do=Fault.then(lambda there: there.delete(the_post(slack).ts)))
    with pytest.raises(SlackError, match="message_not_found") as raised:
        bot.bring_up_to_date(announcement("Released"))
    assert not raised.value.unclear
    assert bot.bring_up_to_date(announcement("Released")).state == "posted"


def test_it_is_found_below_many_others(slack: SlackServer, bot: SlackBot, told: list[str]) -> None:
    bot.bring_up_to_date(announcement())
    for number in range(450):
        slack.say("Yuki", "#release", f"chat {number}")
    calls = len(slack.calls(HISTORY))
    assert bot.bring_up_to_date(announcement()).state == "unchanged"
    assert len(slack.calls(HISTORY)) - calls == 3
    assert not told


def test_looking_back_ends_somewhere(slack: SlackServer, bot: SlackBot, told: list[str]) -> None:
    for number in range(2_001):
        slack.say("Yuki", "#release", f"chat {number}")
    assert bot.find("acme/shop", "1.4.0") is None
    assert len(slack.calls(HISTORY)) == 10
    assert told == ["only the newest 2000 messages in #release were looked at"]


def test_nothing_older_than_the_release_is_looked_at(slack: SlackServer, bot: SlackBot) -> None:
    bot.bring_up_to_date(announcement())
    after = int(the_post(slack).ts.partition(".")[0])
    assert bot.find("acme/shop", "1.4.0", oldest=after - 1) is not None
    assert bot.find("acme/shop", "1.4.0", oldest=after + 1) is None


# Its thread


def test_a_thread_grows_changes_and_shrinks(slack: SlackServer, bot: SlackBot) -> None:
    bot.bring_up_to_date(announcement("Begun", ("list-2", "two"), ("list-3", "three"), ("list-4", "four")))
    assert thread(slack) == ["two", "three", "four"]
    slack.say("Yuki", "#release", "Looks good", thread=the_post(slack).ts)
    shorter = announcement("Begun", ("list-2", "TWO"), ("released", "out"))
    assert bot.bring_up_to_date(shorter).state == "updated"
    assert thread(slack) == ["TWO", "Looks good", "out"]
    assert bot.bring_up_to_date(shorter).state == "unchanged"
    # what happened stays said, whatever a later run wants
    bot.bring_up_to_date(announcement("Begun"))
    assert thread(slack) == ["Looks good", "out"]


def test_a_part_of_a_list_that_is_there_twice_is_taken_away(slack: SlackServer, bot: SlackBot) -> None:
    wanted = announcement("Begun", ("list-2", "two"))
    bot.bring_up_to_date(wanted)
    slack.say("reletan", "#release", "two", thread=the_post(slack).ts, metadata=the_post(slack).replies[0].metadata)
    slack.say("Deploybot", "#release", "2", thread=the_post(slack).ts, metadata=the_post(slack).replies[0].metadata)
    assert bot.bring_up_to_date(wanted).state == "updated"
    assert thread(slack) == ["two", "2"]


def test_a_reply_that_was_deleted_comes_again(slack: SlackServer, bot: SlackBot) -> None:
    wanted = announcement("Released", ("released", "out"))
    bot.bring_up_to_date(wanted)
    slack.delete(the_post(slack).replies[0].ts)
    assert bot.bring_up_to_date(wanted).state == "updated"
    assert thread(slack) == ["out"]


@pytest.mark.parametrize("item", ["Add wish lists", "買い物かごを追加しました", "🎉" * 20])
def test_a_long_list_goes_on_in_the_thread(slack: SlackServer, bot: SlackBot, item: str) -> None:
    text = "\n".join(["# Release 1.4.0", "", "Begun", "", "*Features*", *(f"• {item} {n:03}" for n in range(600))])
    first, further = lay_out(text, lambda left: f"and {left} more")
    replies = tuple(Reply(key=f"list-{n}", message=one) for n, one in enumerate(further, start=2))
    wanted = msgspec.structs.replace(announcement(), main=first, thread=replies)
    assert bot.bring_up_to_date(wanted) == Delivery("posted", bot.bring_up_to_date(wanted).url)
    shown = [block["text"]["text"] for post in (the_post(slack), *the_post(slack).replies) for block in post.blocks]
    assert sum(part.count("• ") for part in shown) == 600
    assert len(the_post(slack).replies) == len(further) >= 1


# People


def test_a_person_is_found_by_address(slack: SlackServer, bot: SlackBot, told: list[str]) -> None:
    assert bot.person("hana@example.com") == slack.people["Hana"].id
    assert bot.person("nobody@example.com") is None
    assert not told


def test_addresses_that_nobody_has_are_not_asked_for(slack: SlackServer, bot: SlackBot) -> None:
    for email in ("", "hana", "1+hana@users.noreply.github.com", "noreply.github.com"):
        assert bot.person(email) is None
    assert not slack.calls()


def test_without_the_scope_nobody_is_found(slack: SlackServer, bot: SlackBot, told: list[str]) -> None:
    slack.bot.scopes.discard("users:read.email")
    assert bot.person("hana@example.com") is None
    assert bot.person("yuki@example.com") is None
    assert len(slack.calls("users.lookupByEmail")) == 1
    assert told == [
        "people are not looked up on Slack: The token from SLACK_BOT_TOKEN lacks a scope: users:read.email."
    ]


@pytest.mark.parametrize("user", [{"id": "U1|<!channel>"}, {"id": "U012ABCDEF", "deleted": True}])
def test_a_person_must_be_one(slack: SlackServer, bot: SlackBot, user: dict[str, Any]) -> None:
    slack.fault("users.lookupByEmail", do=Fault(instead=Answer.json(200, {"ok": True, "user": user})))
    assert bot.person("hana@example.com") is None


def test_looking_for_people_never_fails(slack: SlackServer, bot: SlackBot, told: list[str]) -> None:
    slack.fault("users.lookupByEmail", do=Fault.html(), times=None)
    assert bot.person("hana@example.com") is None
    assert len(told) == 1
