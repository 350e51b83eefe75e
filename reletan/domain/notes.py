"""The release notes: what a list says, under headings, for people."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from reletan.domain.categories import Policy, is_left_out, policy_of, taker
from reletan.domain.config import Category
from reletan.domain.contributors import Contributor
from reletan.domain.listing import Listing
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text, safe_url

__all__ = [
    "MARKDOWN", "PLAIN", "SLACK", "Notes", "Pair", "Place", "Policy", "Script", "Section", "compose", "context", "policy_of",
]  # fmt: skip

_REVERT = re.compile(r"\W*(?:reverts?\b|リバート|取り消し)", re.IGNORECASE)
# Also those of companies that manage their people's accounts: login_company
_LOGIN = re.compile(r"(?!.{61})[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?:_[A-Za-z0-9]+)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?", re.ASCII)
_SHORT = 7
_COMMIT = re.compile(r"\b([0-9a-f]{7})[0-9a-f]{33}\b")


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One heading with its pull requests, newest first. ``title`` None: those that no category takes."""

    title: Text | None
    pull_requests: tuple[PullRequest, ...]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request and what took it back within the range: the number of a pull request, else the sha of a commit."""

    pull_request: PullRequest
    by: int | str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Which release the notes are of. ``version``, ``tag`` None: not released yet, and no version is known.

    ``released``: the tag is there. ``date``: "2026-11-20" of the tag, None before. ``repository``: "owner/name".
    """

    version: str | None
    tag: str | None
    released: bool
    date: str | None
    repository: str | None
    web_url: str | None
    compare_url: str | None


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """``since``: the tag before, None for the first release. ``complete``: GitHub was asked and knows it all.

    ``excluded``: how many pull requests the policy leaves out. ``contributors`` None: unknown.
    """

    place: Place
    since: str | None
    until: str
    complete: bool
    sections: tuple[Section, ...]
    reverted: tuple[Pair, ...]
    commits: tuple[LooseCommit, ...]
    contributors: tuple[Contributor, ...] | None
    excluded: int = 0


class Script(msgspec.Struct, frozen=True):
    """How a destination writes: ``text`` makes text from outside inert, ``link`` makes a link of a label that is inert
    already and an address (None, or an unsafe one: the label alone). ``mentions``: whether an @ reaches people there.
    """

    text: Callable[[Text], str]
    link: Callable[[str, str | None], str]
    mentions: bool = False


def _markdown_link(label: str, url: str | None) -> str:
    return f"[{label}]({safe})" if (safe := safe_url(url)) else label


def _slack_link(label: str, url: str | None) -> str:
    return f"<{safe}|{label}>" if (safe := safe_url(url)) else label


def _plain_link(label: str, url: str | None) -> str:
    return f"{label} {safe}" if (safe := safe_url(url)) else label


MARKDOWN = Script(Text.markdown, _markdown_link, mentions=True)
SLACK = Script(Text.slack, _slack_link)
PLAIN = Script(Text.pasted, _plain_link)


def compose(listing: Listing, policy: Policy, place: Place) -> Notes:
    """The notes of ``listing``. Never raises.

    A pull request stands in one place: under a heading, in a pair with what took it back, or left out. What takes
    back is named in its pair only, unless its title speaks of something else that it brings. The policy leaves out a
    pair as soon as it leaves out one of the two, and contributors who have nothing else.
    """
    left_out = {pull.number for pull in listing.pull_requests if is_left_out(pull, policy)}
    taken_back = [pull for pull in listing.pull_requests if pull.reverted_by is not None]
    pairs = tuple(
        Pair(pull_request=pull, by=pull.reverted_by)
        for pull in taken_back
        if pull.reverted_by is not None and not {pull.number, pull.reverted_by} & left_out
    )
    takers = {pull.reverted_by for pull in taken_back}
    told = [
        pull
        for pull in listing.pull_requests
        if pull.number not in left_out
        and pull.reverted_by is None
        and not (pull.number in takers and _REVERT.match(pull.title.raw))
    ]
    shown = {number for pair in pairs for number in (pair.pull_request.number, pair.by)} | {p.number for p in told}
    return Notes(
        place=place,
        since=listing.since,
        until=listing.until,
        complete=listing.complete and listing.source == "github",
        sections=_sections(told, policy.categories),
        reverted=pairs,
        commits=tuple(one for one in listing.commits_without_pull_request if one.sha not in takers),
        contributors=_contributors(listing.contributors, shown),
        excluded=sum(pull.number not in shown for pull in listing.pull_requests),
    )


def _sections(pulls: Iterable[PullRequest], categories: Sequence[Category]) -> tuple[Section, ...]:
    headings = [Text(category.title) for category in categories]
    groups: list[list[PullRequest]] = [[] for _ in (*categories, None)]
    takers = [taker(category) for category in categories]
    for pull in pulls:
        groups[next((at for at, takes in enumerate(takers) if takes(pull)), -1)].append(pull)
    return tuple(
        Section(title=title, pull_requests=tuple(group))
        for title, group in zip((*headings, None), groups, strict=True)
        if group
    )


def _contributors(people: Iterable[Contributor] | None, shown: set[int | str]) -> tuple[Contributor, ...] | None:
    if people is None:
        return None
    kept = ((one, tuple(number for number in one.pull_requests if number in shown)) for one in people)
    return tuple(msgspec.structs.replace(one, pull_requests=numbers) for one, numbers in kept if numbers)


def context(notes: Notes, script: Script) -> dict[str, Any]:
    """The notes as plain data for a template, every text from outside inert for ``script``.

    The keys are the same for every script; docs/templates.md says what each is.
    """
    place, write = notes.place, _Writing(notes.place.web_url, script)
    sections = [
        {"title": write.text(section.title), "pull_requests": [write.pull(pull) for pull in section.pull_requests]}
        for section in notes.sections
    ]
    people = [write.person(person) for person in notes.contributors or ()]
    tag, since, until = write.text(place.tag), write.text(notes.since), write.text(notes.until)
    release_url = f"{place.web_url}/releases/tag/{place.tag}" if place.released and place.web_url else None
    span = write.text(_COMMIT.sub(r"\1", (place.compare_url or "").partition("/compare/")[2])) or ""
    return {
        "version": write.text(place.version), "tag": tag, "released": place.released, "date": _moment(place.date),
        "repository": write.text(place.repository), "since": since, "until": until,
        "compare_url": safe_url(place.compare_url),
        "compare_link": script.link(span, place.compare_url) if safe_url(place.compare_url) else None,
        "release_url": safe_url(release_url),
        "release_link": script.link(tag or "", release_url) if safe_url(release_url) else None,
        "complete": notes.complete,
        "sections": sections,
        "reverted": [write.pair(pair) for pair in notes.reverted],
        "commits": [write.commit(commit) for commit in notes.commits],
        "contributors": people,
        "newcomers": [person for person in people if person["first_time"]],
        "excluded": notes.excluded,
        "counts": {
            "pull_requests": sum(len(section.pull_requests) for section in notes.sections),
            "reverted": len(notes.reverted), "commits": len(notes.commits), "contributors": len(people),
        },
    }  # fmt: skip


def _moment(value: str | None) -> str | None:
    return value if value and _MOMENT.fullmatch(value) else None


class _Writing:
    """Writes the parts of the notes in one script."""

    def __init__(self, page: str | None, script: Script) -> None:
        self._page = page
        self._script = script

    def text(self, value: Text | str | None) -> str | None:
        return None if value is None else self._script.text(value if isinstance(value, Text) else Text(value))

    def pull(self, pull: PullRequest) -> dict[str, Any]:
        author = self._author(pull.author, pull.author_name)
        return {
            "number": pull.number, "link": self._script.link(f"#{pull.number}", pull.url), "title": self.text(pull.title),
            "author": author, "author_name": self.text(pull.author_name), "mention": self._mention(pull.author, author),
            "labels": [self.text(label) for label in pull.labels or ()], "url": safe_url(pull.url),
            "merged_at": _moment(pull.merged_at) or "", "via": pull.via, "in_release": self.text(pull.in_release),
        }  # fmt: skip

    def pair(self, pair: Pair) -> dict[str, Any]:
        if isinstance(pair.by, int):
            by, address = f"#{pair.by}", self._address("pull", pair.by)
        else:
            by, address = pair.by[:_SHORT], self._address("commit", pair.by)
        return {"pull_request": self.pull(pair.pull_request), "by": by, "link": self._script.link(by, address)}

    def commit(self, commit: LooseCommit) -> dict[str, Any]:
        short, address = commit.sha[:_SHORT], self._address("commit", commit.sha)
        return {
            "sha": commit.sha, "short": short, "subject": self.text(commit.subject),
            "author": self.text(commit.author_name), "link": self._script.link(short, address),
        }  # fmt: skip

    def person(self, person: Contributor) -> dict[str, Any]:
        author = self._author(person.login, person.name)
        return {
            "author": author or "", "name": self.text(person.name), "login": self.text(person.login),
            "mention": self._mention(person.login, author), "first_time": person.first_time,
            "pull_requests": [
                {"number": number, "link": self._script.link(f"#{number}", self._address("pull", number))}
                for number in person.pull_requests
            ],
        }  # fmt: skip

    def _author(self, login: str | None, name: Text | None) -> str | None:
        return self.text(login or name)

    def _mention(self, login: str | None, author: str | None) -> str | None:
        return f"@{login}" if self._script.mentions and login and _LOGIN.fullmatch(login) else author

    def _address(self, kind: str, name: int | str) -> str | None:
        return f"{self._page}/{kind}/{name}" if self._page else None
