"""The words of the news of a release: for Slack, and as a text that people paste."""

import os
from collections.abc import Collection
from typing import Any

import msgspec

from reletan.adapters.templates import render_template
from reletan.commands.composing import Subject, listing_of, release_notes
from reletan.commands.duty import Duty, called, who_is_here
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.config import Language
from reletan.domain.listing import Listing
from reletan.domain.message import Message, Stage, lay_out
from reletan.domain.notes import PLAIN, SLACK, Notes, Script, context
from reletan.domain.text import Text


class News(msgspec.Struct, frozen=True, kw_only=True):
    """How far a release is. ``merged_into``: the branches that have the tag; ``waiting``: those that do not yet."""

    subject: Subject
    stage: Stage
    merged_into: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def released(session: Session, facts: Observed, subject: Subject, pushed: Collection[str] = ()) -> News:
    """The news of a release that is tagged, or will be; ``pushed``: the branches that this run merges it into."""
    development = [] if facts.branches.single else [facts.branches.development]
    opened = [one.name for one in facts.open if one.kind == "release" and not facts.is_tagged(one)]
    targets = development + (opened if subject.kind == "hotfix" else [])
    waiting = [name for name in targets if name not in pushed and not _has(session, facts, name, subject.commit or "")]
    merged = [facts.branches.production, *(name for name in targets if name not in waiting)]
    return News(subject=subject, stage="released", merged_into=tuple(merged), waiting=tuple(waiting))


def _has(session: Session, facts: Observed, branch: str, commit: str) -> bool:
    return session.repo.is_ancestor(commit, facts.refs.heads[branch])


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the templates of one language are filled with."""

    language: Language
    values: dict[str, Any]

    def text(self) -> str:
        return render_template("slack_release.j2", self.language, self.values).strip()

    def messages(self) -> tuple[Message, list[Message]]:
        """The live message, and how it goes on in its thread."""
        return lay_out(self.text(), self._more)

    def event(self) -> Message:
        """What happened, for those who know the rest."""
        return lay_out(render_template("slack_event.j2", self.language, self.values).strip(), self._more)[0]

    def _more(self, left: int) -> str:
        return render_template("slack_more.j2", self.language, {**self.values, "left": left}).strip()


def words_for_slack(session: Session, facts: Observed, news: News, duty: Duty, listing: Listing | None) -> Words:
    mention = f"<@{duty.member}>" if duty.member else Text(duty.name).slack()
    return _words(session, facts, news, mention, SLACK, listing)


def words_to_paste(session: Session, facts: Observed, news: News, duty: str | None, listing: Listing | None) -> Words:
    return _words(session, facts, news, _plain(session, duty), PLAIN, listing)


def text_to_paste(session: Session, subject: Subject, notes: Notes, language: Language) -> str:
    """The message of ``notes``, which are in ``language``."""
    news = News(subject=subject, stage="released" if subject.released else "started")
    return Words(language=language, values=_values(news, notes, _plain(session, None), PLAIN)).text()


def _plain(session: Session, given: str | None) -> str:
    return PLAIN.text(Text((called(given) if given else who_is_here(session, os.environ)).name))


def _words(session: Session, facts: Observed, news: News, duty: str, script: Script, listing: Listing | None) -> Words:
    language = session.settings.slack.language
    listing = listing or listing_of(session, facts, news.subject)
    # links must not lead to a branch that is gone
    lasting = msgspec.structs.replace(news.subject, branch=None) if news.stage == "aborted" else news.subject
    notes = release_notes(session, facts, lasting, listing, language)
    return Words(language=language, values=_values(news, notes, duty, script))


def _values(news: News, notes: Notes, duty: str, script: Script) -> dict[str, Any]:
    """What a Slack template is given beside the context of the notes."""
    place, subject = notes.place, news.subject
    page, tag, branch = place.web_url, subject.tag, subject.branch
    # merged, but not tagged: nothing has its name
    begun = branch or (subject.span.until if subject.version and not subject.released else None)

    def link(label: str | None, url: str | None) -> str | None:
        return script.link(script.text(Text(label)), url) if label else None

    return {
        **context(notes, script),
        "kind": subject.kind,
        "stage": news.stage,
        "event": news.stage,
        "duty": duty,
        "bold": "*" if script is SLACK else "",
        "branch": script.text(Text(begun)) if begun else None,
        "branch_link": link(branch, f"{page}/tree/{branch}" if page else None),
        "release_link": link(tag, f"{page}/releases/tag/{tag}" if page else None),
        "merged_into": [script.text(Text(name)) for name in news.merged_into],
        "waiting": [script.text(Text(name)) for name in news.waiting],
    }
