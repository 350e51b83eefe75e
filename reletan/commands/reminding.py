"""The reminder of what is not ticked yet: its words, and the step that puts it into Slack."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from reletan.adapters.templates import render_template
from reletan.commands.announcing import repository_name
from reletan.commands.composing import Subject, oldest_moment
from reletan.commands.duty import Duty, known_to_slack
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.commands.slack import open_slack
from reletan.domain.errors import ReletanError
from reletan.domain.listing import Listing
from reletan.domain.message import Message, Reply, lay_out
from reletan.domain.notes import PLAIN, SLACK, Script
from reletan.domain.plan import Remind, SendMessage, Step
from reletan.domain.progress import Author, OpenItem, Progress
from reletan.domain.text import Text
from reletan.domain.worktime import WorkTime

if TYPE_CHECKING:
    from reletan.adapters.slack import SlackBot

KEY = "reminder"
_SHORT = 7


class Reminding(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the reminder: a step, or a text to paste, or neither; ``said``: why nobody is reminded."""

    steps: tuple[Step, ...] = ()
    paste: str | None = None
    said: str | None = None


Mention = Callable[[Author], str | None]


def _quiet_until(session: Session) -> datetime | None:
    """When people may be reminded again; None: now."""
    from reletan.adapters.zones import find_zone

    settings = session.settings.checklist
    # git's clock, as everywhere
    moment = int(session.repo.signature().committer.rsplit(" ", 2)[1])
    now = datetime.fromtimestamp(moment, UTC).astimezone(find_zone(settings.time_zone))
    return WorkTime(settings.days, settings.hours).opens(now)


def remind(session: Session, facts: Observed, subject: Subject, listing: Listing, now: Progress) -> Reminding:
    """By the bot one reply in the release's thread, by webhook a message of its own, else a text to paste."""
    if quiet := _quiet_until(session):
        return Reminding(said=f"quiet hours until {quiet:%a %H:%M %Z}, so nobody is reminded")
    slack = open_slack(session)
    if slack is None:
        return Reminding(paste=_text(session, subject, now, PLAIN, _plain))
    from reletan.adapters.slack import SlackWebhook

    bot = None if isinstance(slack, SlackWebhook) else slack
    if bot and not now.complete and _is_untold(session, facts, subject, bot):
        # what `start --no-notify` kept from the channel is not for a schedule to tell
        return Reminding(said=f"there is no message about {now.version} in {bot.channel}, so nobody is reminded; "
                              f"next: reletan notify {now.version}")  # fmt: skip
    message = _message(session, _text(session, subject, now, SLACK, _mention(session, listing, bot)), now)
    if bot is None:
        # nobody knows whether there was a reminder that this would take back
        return Reminding() if now.complete else Reminding(steps=(SendMessage(now.version, message),))
    step = Remind(
        channel=session.settings.slack.channel or "", repository=repository_name(session, facts), version=now.version,
        reply=Reply(key=KEY, message=message), only_edit=now.complete, oldest=oldest_moment(session, subject.span),
    )  # fmt: skip
    return Reminding(steps=(step,))


def _is_untold(session: Session, facts: Observed, subject: Subject, bot: "SlackBot") -> bool:
    """Whether the release has no message; where Slack does not tell, the step will say so."""
    try:
        with session.terminal.progress("looking into Slack"):
            name, oldest = repository_name(session, facts), oldest_moment(session, subject.span)
            return bot.find(name, subject.version or "", oldest) is None
    except ReletanError:
        return False


def _message(session: Session, text: str, now: Progress) -> Message:
    def more(left: int) -> str:
        link = SLACK.link(f"#{now.pull_request.number}", now.pull_request.url)
        values = {"left": left, "stage": "started", "release_link": None, "compare_link": link}
        return render_template("slack_more.j2", session.settings.slack.language, values).strip()

    return lay_out(text, more)[0]


def _text(session: Session, subject: Subject, now: Progress, script: Script, mention: Mention) -> str:
    values = {
        "kind": subject.kind,
        "version": script.text(Text(now.version)),
        "bold": "*" if script is SLACK else "",
        "counts": {"all": now.all, "done": now.done},
        "pull_link": script.link(f"#{now.pull_request.number}", now.pull_request.url),
        "people": [
            {"mention": mention(person), "pull_requests": [_item(item, script) for item in person.open]}
            for person in now.waiting
        ],
    }
    return render_template("slack_reminder.j2", session.settings.slack.language, values).strip()


def _item(item: OpenItem, script: Script) -> dict[str, Any]:
    return {
        "title": script.text(item.title),
        "link": script.link(f"#{item.number}", item.url),
        "reopened": [sha[:_SHORT] for sha in item.reopened],
    }


def _plain(person: Author) -> str | None:
    return _named(person, PLAIN)


def _named(person: Author, script: Script) -> str | None:
    name = Text(person.login) if person.login else person.name
    return script.text(name) if name else None


def _mention(session: Session, listing: Listing, slack: "SlackBot | None") -> Mention:
    """By the configuration, then by the e-mail address of their commits, then the plain name."""

    def mention(person: Author) -> str | None:
        if person.login is None or person.login.endswith("[bot]"):
            return _named(person, SLACK)
        duty = known_to_slack(session, Duty(name=person.login), listing, slack.person if slack else None)
        # a login that only looks like a member ID
        known = duty.member if duty.member != person.login else None
        return f"<@{known}>" if known else SLACK.text(Text(person.login))

    return mention
