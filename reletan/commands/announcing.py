"""How the team hears of a release: one live Slack message, an event by webhook, or a text to paste."""

import os
from typing import TYPE_CHECKING

import msgspec

from reletan.adapters.journal import JournalFolder
from reletan.commands.composing import Subject, listing_of, oldest_moment
from reletan.commands.duty import Duty, called, known_to_slack, who_is_here
from reletan.commands.github import github_slug
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.commands.slack import open_slack
from reletan.commands.wording import News, words_for_slack, words_to_paste
from reletan.domain.errors import ReletanError
from reletan.domain.listing import Listing
from reletan.domain.message import Announcement, Reply
from reletan.domain.plan import Announce, Plan, PushRefs, SendMessage, Step

if TYPE_CHECKING:
    from reletan.adapters.slack import Posted, SlackBot


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the news: a step, or a text to paste, or neither."""

    steps: tuple[Step, ...] = ()
    paste: str | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot found in the channel; ``trouble``: why it could not look."""

    posted: "Posted | None" = None
    trouble: str | None = None


def tell(
    session: Session, facts: Observed, news: News, *, command: str, fresh: bool, moved: bool = False,
    duty: str | None = None, listing: Listing | None = None,
) -> Telling:  # fmt: skip
    """How this run tells the news. ``fresh``: it makes them itself; if not, only what an earlier run left is told.

    ``moved``: it pushes something, old as the news may be; ``duty``: who is on duty from now on; ``listing``: of the
    release, where it has been read.
    """
    slack = open_slack(session)
    if slack is None:
        return Telling(paste=words_to_paste(session, facts, news, duty, listing).text() if fresh else None)
    from reletan.adapters.slack import SlackWebhook

    fresh = _was_left(session, facts, command, news.subject) or fresh
    if isinstance(slack, SlackWebhook):
        return Telling(steps=(_send(session, facts, news, duty, listing),) if fresh else ())
    seen = _look(session, facts, slack, news)
    if _is_due(news, seen, fresh=fresh, moved=moved or duty is not None):
        return Telling(steps=(_announce(session, facts, slack, news, duty, seen, listing),))
    if seen.trouble:
        version = news.subject.version
        session.terminal.warn(f"whether the team knows about {version} is not known: {seen.trouble} "
                              f"To bring it up to date: reletan notify {version}")  # fmt: skip
    return Telling()


def notify(session: Session, facts: Observed, news: News, duty: str | None) -> Telling:
    """The whole message, in whatever way there is: somebody asked for it."""
    slack = open_slack(session)
    if slack is None:
        return Telling(paste=words_to_paste(session, facts, news, duty, None).text())
    from reletan.adapters.slack import SlackWebhook

    if isinstance(slack, SlackWebhook):
        return Telling(steps=(_send(session, facts, news, duty, None, whole=True),))
    oldest = oldest_moment(session, news.subject.span)
    seen = Seen(posted=_find(session, facts, slack, news, oldest))
    return Telling(steps=(_announce(session, facts, slack, news, duty, seen, None),))


def _is_due(news: News, seen: Seen, *, fresh: bool, moved: bool) -> bool:
    """Whether the live message may differ from what it should be."""
    if news.stage == "aborted":
        return seen.posted is not None or seen.trouble is not None
    if fresh or seen.trouble:
        return fresh
    if news.stage == "started":
        return seen.posted is None or moved
    return seen.posted is not None and (seen.posted.stage != news.stage or moved)


def _was_left(session: Session, facts: Observed, command: str, subject: Subject) -> bool:
    """Whether an interrupted run came to the release, but not to Slack."""
    version = subject.version or ""
    journal = JournalFolder(session.repo.common_dir).read(version)
    if journal is None or journal.command != command or journal.plan is None:
        return False
    if _made_by_others(facts, journal.plan, subject.tag):
        return False
    states = [
        state
        for step, state in zip(journal.plan.steps, journal.states, strict=False)
        if isinstance(step, Announce | SendMessage)
    ]
    if "unknown" in states:
        session.terminal.warn(
            f"it is not known whether the message about {version} reached Slack: look into the channel, "
            f"and send it again with `reletan notify {version}`"
        )
    return "todo" in states


def _made_by_others(facts: Observed, plan: Plan, tag: str | None) -> bool:
    """Whether the remote's tag is another one than a plan had: then whoever made it has told the team."""
    planned = [update.new for step in plan.steps if isinstance(step, PushRefs)
               for update in step.updates if update.ref == f"refs/tags/{tag}"]  # fmt: skip
    there = facts.refs.tags.get(tag or "")
    return there is not None and bool(planned) and there.object not in planned


def _look(session: Session, facts: Observed, slack: "SlackBot", news: News) -> Seen:
    oldest = oldest_moment(session, news.subject.span)
    try:
        return Seen(posted=_find(session, facts, slack, news, oldest))
    except ReletanError as problem:
        # where there is a step for it, that one will say so
        session.terminal.detail(f"Slack did not tell what is posted: {problem.message}")
        return Seen(trouble=problem.message)


def _find(session: Session, facts: Observed, slack: "SlackBot", news: News, oldest: int | None) -> "Posted | None":
    with session.terminal.progress("looking into Slack"):
        return slack.find(repository_name(session, facts), news.subject.version or "", oldest, stage=news.stage)


def _announce(
    session: Session, facts: Observed, slack: "SlackBot", news: News, given: str | None, seen: Seen,
    listing: Listing | None,
) -> Announce:  # fmt: skip
    """The live message as it should be, for the bot."""
    listing = listing or listing_of(session, facts, news.subject)
    lookup = None if seen.trouble else slack.person
    duty = known_to_slack(session, _on_duty(session, given, seen.posted), listing, lookup)
    words = words_for_slack(session, facts, news, duty, listing)
    first, rest = words.messages()
    thread = [Reply(key=f"list-{number}", message=message) for number, message in enumerate(rest, start=2)]
    if news.stage != "started":
        thread.append(Reply(key=news.stage, message=words.event()))
    announcement = Announcement(
        repository=repository_name(session, facts), version=news.subject.version or "", stage=news.stage, duty=duty.kept,
        main=first, thread=tuple(thread), oldest=oldest_moment(session, news.subject.span),
        blind=seen.trouble is not None and not given,
    )  # fmt: skip
    return Announce(session.settings.slack.channel or "", announcement)


def _send(
    session: Session, facts: Observed, news: News, given: str | None, listing: Listing | None, *, whole: bool = False
) -> SendMessage:
    """For the webhook, the live message as it is at the beginning (or ``whole``), and then only what happened."""
    listing = listing or listing_of(session, facts, news.subject)
    duty = known_to_slack(session, _on_duty(session, given, None), listing, None)
    words = words_for_slack(session, facts, news, duty, listing)
    message = words.messages()[0] if whole or news.stage == "started" else words.event()
    return SendMessage(news.subject.version or "", message)


def _on_duty(session: Session, given: str | None, posted: "Posted | None") -> Duty:
    if given:
        return called(given)
    return called(posted.duty) if posted and posted.duty else who_is_here(session, os.environ)


def repository_name(session: Session, facts: Observed) -> str:
    """What tells this repository from others that the bot speaks of in the channel."""
    return github_slug(session, facts.url) or (facts.url or "").rstrip("/").rpartition("/")[2].removesuffix(".git")
