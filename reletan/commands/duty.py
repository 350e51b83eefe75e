"""Who is on duty for a release, and how Slack calls them."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from reletan.commands.session import Session
from reletan.domain.listing import Listing
from reletan.terminal import in_ci

# Slack's member IDs; a name in capitals, such as WANDA, is none
MEMBER = re.compile(r"(?=[A-Z]*[0-9])[UW][A-Z0-9]{7,}")
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
    for variable in ACTORS if in_ci() else ():
        if actor := environ.get(variable):
            return Duty(name=actor)
    found = re.match(r"(.*) <(.*)> \d+ ", session.repo.signature().author)
    name, email = (found[1], found[2]) if found else ("?", "")
    login = _NOREPLY.fullmatch(email)
    return Duty(name=login[1] if login else name, email=email or None)


def called(name: str) -> Duty:
    """Somebody by a login, an e-mail address or Slack's member ID, as people write them."""
    name = name.strip().removeprefix("@")
    return Duty(name=name, email=name if "@" in name else None)


def known_to_slack(session: Session, duty: Duty, listing: Listing, lookup: Callable[[str], str | None] | None) -> Duty:
    """``duty`` with Slack's ID: by the configuration, then by e-mail (``lookup``), which ``listing`` may know."""
    member = _configured(session, duty)
    if member is None and lookup:
        email = duty.email or _email_of(session, duty.name, listing)
        member = lookup(email) if email else None
    return msgspec.structs.replace(duty, member=member)


def _configured(session: Session, duty: Duty) -> str | None:
    users = {name.casefold(): member for name, member in session.settings.slack.users.items()}
    names = [name.casefold() for name in (duty.name, duty.email) if name]
    found = next((users[name] for name in names if name in users), None)
    return found or (duty.name if MEMBER.fullmatch(duty.name) else None)


def _email_of(session: Session, login: str, listing: Listing) -> str | None:
    """What most of the pull requests of ``login`` were written with."""
    theirs = [pull for pull in listing.pull_requests if pull.author and pull.author.casefold() == login.casefold()]
    # A merge's own author only pressed the button
    commits = [f"{pull.commit}^2" if pull.how == "merge" else pull.commit for pull in theirs]
    emails = Counter(person.email for person in session.repo.authors_of(commits)) if commits else Counter()
    return next((email for email, _ in emails.most_common(1)), None)
