"""How far a checklist is, in one line: what the commit status says, and the JSON of ``reletan checklist`` (schema 1)."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from reletan.domain.checklist import Item, Person, overview
from reletan.domain.text import Text

CONTEXT = "reletan/checklist"


class OpenItem(msgspec.Struct, frozen=True, kw_only=True):
    """``reopened``: the ids of commits that arrived after somebody had ticked it."""

    number: int
    title: Text
    url: str | None
    reopened: tuple[str, ...]


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever has items; both names None: nobody knows who."""

    login: str | None
    name: Text | None
    done: int
    open: tuple[OpenItem, ...]


class PullLink(msgspec.Struct, frozen=True):
    """A pull request on GitHub, and its page."""

    number: int
    url: str


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """``done`` of ``all`` items are ticked. ``people``: by login, then bots and those whose login nobody knows."""

    schema: int = 1
    version: str
    pull_request: PullLink
    done: int
    all: int
    people: tuple[Author, ...]

    @property
    def complete(self) -> bool:
        return self.done == self.all

    @property
    def waiting(self) -> tuple[Author, ...]:
        """Those who have something left."""
        return tuple(person for person in self.people if person.open)


def progress(version: str, pull: PullLink, items: Sequence[Item]) -> Progress:
    return Progress(
        version=version,
        pull_request=pull,
        done=sum(item.ticked for item in items),
        all=len(items),
        people=tuple(_author(person) for person in overview(items)),
    )


def _author(person: Person) -> Author:
    opened = tuple(
        OpenItem(number=item.entry.number, title=item.entry.title, url=item.entry.url, reopened=item.reopened)
        for item in person.open
    )
    return Author(login=person.login, name=person.name, done=person.done, open=opened)


class StatusWord(msgspec.Struct, frozen=True):
    """What the commit status says."""

    state: Literal["pending", "success"]
    text: str


def status_word(done: int, all: int) -> StatusWord:
    if done < all:
        return StatusWord("pending", f"{done} of {all} ticked")
    return StatusWord("success", f"all {all} ticked" if all else "nothing to confirm")
