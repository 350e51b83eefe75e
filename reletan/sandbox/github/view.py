"""One request to the REST side as its handlers see it, and what many of them answer: pages and refusals."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from reletan.sandbox.github.history import History
from reletan.sandbox.github.merging import no_right
from reletan.sandbox.github.model import Permission
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.wire import Answer, Refused, Request
from reletan.sandbox.origin import Person
from reletan.sandbox.team import Pull

Json = dict[str, Any]
Thing = TypeVar("Thing")
# How many characters GitHub takes: of pull requests, issues and comments, and of releases
LONGEST_BODY, LONGEST_NOTES = 65_536, 125_000
_RANKS: tuple[Permission, ...] = ("none", "read", "write", "admin")


class View:
    """The site as the one who asks sees it. ``git`` is origin as it was when somebody first looked in this view."""

    def __init__(self, site: Site, request: Request) -> None:
        self.site = site
        self.request = request
        self.api = f"{request.api}/repos/{site.slug}"
        self.web = f"{request.web}/{site.slug}"

    @cached_property
    def git(self) -> History:
        return History(self.site.bare)

    def again(self) -> "View":
        """The site after a change."""
        return View(self.site, self.request)

    def now(self) -> int:
        """The time of something that is made now; the clock goes on."""
        self.site.clock += 60
        return self.site.clock - 60

    def touch(self, number: int) -> None:
        """A pull request or an issue is changed now."""
        self.site.touched[number] = self.now()

    # who asks

    @property
    def me(self) -> str:
        """The login of the one who asks. Raises Refused without one."""
        if self.request.login is None:
            raise Refused(401, "Requires authentication")
        return self.request.login

    @property
    def person(self) -> Person:
        return self.site.person(self.me)

    def may(self, right: Permission) -> bool:
        return _RANKS.index(self.site.right(self.request.login)) >= _RANKS.index(right)

    def need(self, right: Permission) -> None:
        """Raises Refused to those who may do less."""
        if not self.may(right):
            raise no_right(self.me)

    # what is asked

    @property
    def body(self) -> Json:
        """What was sent; nothing is an empty object. Raises Refused where it is something else."""
        sent = {} if self.request.body is None else self.request.body
        if not isinstance(sent, dict):
            raise Refused(400, "Body should be a JSON object")
        return sent

    def sent(self, *names: str) -> list[Any]:
        """Required fields of the body, in this order. Raises Refused for the missing ones, as GitHub words it."""
        missing = [f'"{name}" wasn\'t supplied.' for name in names if self.body.get(name) is None]
        if missing:
            raise Refused(422, "\n\n".join(["Invalid request.", *missing]))
        return [self.body[name] for name in names]

    def pull(self, number: str) -> Pull:
        return found(self.site.find_pull(int(number)))

    # what is answered

    def page(
        self, items: Sequence[Any], shape: Callable[["View", Any], Any], usual: int = 30
    ) -> tuple[list[Any], dict[str, str]]:
        """The items of the page that is asked for, shaped, and the Link header to the other pages."""
        size = min(max(_number(self.request.query.get("per_page"), usual), 1), max(usual, 100))
        page = max(_number(self.request.query.get("page"), 1), 1)
        last = max(-(-len(items) // size), 1)
        ways = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        if page >= last:
            del ways["next"], ways["last"]
        if page == 1:
            del ways["prev"], ways["first"]
        links = [f'<{self._address_of(number)}>; rel="{way}"' for way, number in ways.items()]
        shown = [shape(self, item) for item in items[(page - 1) * size : page * size]]
        return shown, {"Link": ", ".join(links)} if links else {}

    def _address_of(self, page: int) -> str:
        return f"{self.request.api}{quote(self.request.path)}?{urlencode({**self.request.query, 'page': page})}"

    def listed(self, items: Sequence[Any], shape: Callable[["View", Any], Any]) -> Answer:
        shown, headers = self.page(items, shape)
        return Answer(200, shown, headers)


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdigit() else usual


def moment(seconds: int) -> str:
    """The time as GitHub writes it; ``seconds`` since 1970."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe_moment(seconds: int | None) -> str | None:
    return None if seconds is None else moment(seconds)


def found(thing: Thing | None, message: str = "Not Found") -> Thing:
    """Raises Refused where there is no such thing, or one may not see it."""
    if thing is None:
        raise Refused(404, message)
    return thing


def within(text: str | None, field: str, resource: str, most: int) -> None:
    """Raises Refused where a text has more than ``most`` characters."""
    if text and len(text) > most:
        raise invalid(resource, "custom", field, f"{field} is too long (maximum is {most} characters)")


def invalid(resource: str, code: str, field: str | None = None, message: str | None = None) -> Refused:
    """GitHub's answer to a request that it understood and cannot do. ``code``: already_exists, invalid, custom, …"""
    error = {"resource": resource, "code": code, "field": field, "message": message}
    return Refused(422, "Validation Failed", errors=[{k: v for k, v in error.items() if v is not None}])
