"""What all of the GraphQL side uses: one request's look at the site, GitHub's errors, lists in pages."""

import base64
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from reletan.sandbox.github import answers
from reletan.sandbox.github.answers import node
from reletan.sandbox.github.merging import judged
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.view import Json, View
from reletan.sandbox.github.wire import Request
from reletan.sandbox.origin import Person
from reletan.sandbox.team import OWNER, Pull

MOST = 100
_ID = re.compile(r"0\d+:(\D+)(\d+)")


class Trouble(Exception):
    """An error of GraphQL: the field becomes null, the rest is answered. ``type``: NOT_FOUND, FORBIDDEN, …"""

    def __init__(self, type: str, message: str) -> None:
        super().__init__(message)
        self.type = type


class Look(View):
    """The site as one request of GraphQL sees it: what git answers is asked once."""

    def __init__(self, site: Site, request: Request) -> None:
        super().__init__(site, request)
        self._judged: dict[int, tuple[bool | None, str]] = {}
        self._associations: dict[str, str] = {}

    @cached_property
    def indexed(self) -> dict[str, list[Pull]]:
        """Commits -> the pull requests that they came with."""
        return self.site.indexed(self.git)

    def look_again(self) -> None:
        """Something was written."""
        for name in ("git", "indexed"):
            self.__dict__.pop(name, None)
        self._judged.clear()

    def judged(self, pull: Pull) -> tuple[bool | None, str]:
        """``mergeable`` and ``mergeable_state``; both together are one read."""
        if pull.number not in self._judged:
            self._judged[pull.number] = judged(self.site, pull)
        return self._judged[pull.number]

    def association(self, person: Person) -> str:
        if person.name not in self._associations:
            self._associations[person.name] = answers.association(self, person)
        return self._associations[person.name]

    def actor(self, person: Person) -> Json:
        """A person, or an app: its name begins with an @."""
        app = person.name.startswith("@")
        return self._account("Bot" if app else "User", person.login, None if app else person.name)

    def account(self, login: str) -> Json:
        """Who has the repository, or a fork of it."""
        return self._account("Organization", login, None) if login == OWNER else self.actor(self.site.person(login))

    def _account(self, kind: str, login: str, name: str | None) -> Json:
        url = f"{self.request.web}/{login}"
        shown = {"__typename": kind, "id": node(kind, answers.code_of(login)), "login": login, "name": name}
        return {**shown, "email": "", "url": url, "resourcePath": f"/{login}", "avatarUrl": f"{url}.png"}


class Connection:
    """One page of a list: of ``items``, each shown by ``show``. A cursor is the place of an item, beginning with 1."""

    def __init__(
        self,
        items: Sequence[Any],
        show: Callable[[Any], Any] = lambda item: item,
        *,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> None:
        self.items, self._show = items, show
        self._asked = last if first is None else first
        self._start, self._end = _place(after or "0"), min(_place(before or f"{len(items) + 1}") - 1, len(items))
        if first is not None:
            self._end = min(self._end, self._start + first)
        if last is not None:
            self._start = max(self._start, self._end - last)
        self.total_count = len(items)

    def nodes(self) -> list[Any]:
        if self._asked is None:
            raise Trouble("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to paginate.")
        if self._asked > MOST:
            message = f"Requesting {self._asked} records exceeds the limit of {MOST} records."
            raise Trouble("EXCESSIVE_PAGINATION", message)
        return [self._show(item) for item in self.items[self._start : self._end]]

    def edges(self) -> list[Json]:
        nodes = self.nodes()
        return [{"cursor": str(self._start + at), "node": node} for at, node in enumerate(nodes, 1)]

    def page_info(self) -> Json:
        some = self._end > self._start
        return {
            "startCursor": str(self._start + 1) if some else None,
            "endCursor": str(self._end) if some else None,
            "hasPreviousPage": self._start > 0,
            "hasNextPage": self._end < len(self.items),
        }


def _place(cursor: str) -> int:
    if not cursor.isdecimal():
        raise Trouble("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.")
    return int(cursor)


def named(node_id: str) -> tuple[str, int]:
    """The type and the number that a node id stands for. Raises Trouble for what is none."""
    try:
        found = _ID.fullmatch(base64.b64decode(node_id, validate=True).decode())
    except ValueError:
        found = None
    if found is None:
        raise no_node(node_id)
    return found[1], int(found[2])


def no_node(node_id: str) -> Trouble:
    return Trouble("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
