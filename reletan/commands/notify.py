"""``reletan notify``: post the Slack message of a release, or bring it up to date, from any machine."""

import msgspec

from reletan.commands.announcing import notify
from reletan.commands.composing import Subject, subject_of
from reletan.commands.flowing import carry_out
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session, require_writable
from reletan.commands.wording import News, released
from reletan.domain.errors import Blocked
from reletan.domain.plan import Plan


class NotifyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``duty``: who is on duty from now on, a login, an e-mail address or Slack's member ID."""

    version: str | None = None
    duty: str | None = None


def run(session: Session, options: NotifyOptions) -> None:
    require_writable(session)
    plan = carry_out(session, lambda: _plan(session, options), None)
    if plan.paste is not None and not session.terminal.json:
        session.terminal.out(plan.paste)


def _plan(session: Session, options: NotifyOptions) -> Plan:
    facts = observe(session, writing=True)
    subject = subject_of(session, facts, options.version)
    if subject.version is None and facts.last is not None:
        subject = subject_of(session, facts, facts.last.version)
    if subject.version is None:
        raise Blocked(
            "There is no release to tell of: none is open, and none was made.", next="begin one: reletan start"
        )
    telling = notify(session, facts, news_of(session, facts, subject), options.duty)
    return Plan(command="notify", version=subject.version, steps=telling.steps, paste=telling.paste)


def news_of(session: Session, facts: Observed, subject: Subject) -> News:
    """How far the release is, as the remote shows it."""
    if subject.commit is None:
        return News(subject=subject, stage="started")
    return released(session, facts, subject)
