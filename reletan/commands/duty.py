"""Who is on duty for a release, and how Slack calls them."""

import re
from collections.abc import Callable, Mapping

import msgspec

from reletan.commands.session import Session

# Slack's member IDs
MEMBER = re.compile(r"[UW][A-Z0-9]{4,}")
# Who started a CI job
ACTORS = ("GITHUB_ACTOR", "CIRCLE_USERNAME", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR")
_NOREPLY = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.github\.com")


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """The person on duty. ``name``: a login or a name; ``member``: Slack's ID of them, where it is known."""

    name: str
    email: str | None = None
    member: str | None = None

    @property
    def kept(self) -> str:
        """What is kept with the message, so that the next run, elsewhere, mentions the same person."""
        return self.member or self.name


def who_is_here(session: Session, environ: Mapping[str, str]) -> Duty:
    """Whoever runs this: who started the CI job, else git's identity."""
    for variable in ACTORS if environ.get("CI") else ():
        if actor := environ.get(variable):
            return Duty(name=actor)
    found = re.match(r"(.*) <(.*)> \d+ ", session.repo.signature().author)
    name, email = (found[1], found[2]) if found else ("?", "")
    login = _NOREPLY.fullmatch(email)
    return Duty(name=login[1] if login else name, email=email or None)


def known_to_slack(session: Session, duty: Duty, lookup: Callable[[str], str | None] | None) -> Duty:
    """``duty`` with Slack's ID: by the configuration, then by e-mail (``lookup``)."""
    return msgspec.structs.replace(duty, member=_member(session, duty) or (lookup(duty.email) if lookup and duty.email else None))


def _member(session: Session, duty: Duty) -> str | None:
    if MEMBER.fullmatch(duty.name):
        return duty.name
    users = {name.casefold(): member for name, member in session.settings.slack.users.items()}
    names = [name.removeprefix("@").casefold() for name in (duty.name, duty.email) if name]
    return next((users[name] for name in names if name in users), None)
