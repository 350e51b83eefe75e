"""How many requests are left until when: counters of the server, as in GitHub's X-RateLimit headers."""

from typing import Any

import msgspec

from reletan.sandbox.github.exchange import Asked
from reletan.sandbox.github.wire import Answer

HOUR = 3600
_MORE = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"


class Limit(msgspec.Struct):
    """``reset_at``: seconds since 1970, by the world's clock. ``status``: what an answer without a request left is."""

    resource: str
    limit: int
    remaining: int
    reset_at: int = 0
    status: int = 403

    def renew(self, now: int) -> None:
        """Another hour begins where the last one is over."""
        if now < self.reset_at:
            return
        if self.reset_at:
            self.remaining = self.limit
        self.reset_at = now + HOUR

    def take(self) -> bool:
        """Use one request; whether there was one left."""
        left = self.remaining > 0
        self.remaining -= left
        return left

    def headers(self) -> dict[str, str]:
        numbers = {**self.overview(), "resource": self.resource}
        return {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in numbers.items()}

    def overview(self) -> dict[str, Any]:
        """As /rate_limit tells it."""
        used = self.limit - self.remaining
        return {"limit": self.limit, "remaining": self.remaining, "used": used, "reset": self.reset_at}

    def used_up(self) -> Answer:
        if self.resource == "graphql":
            return Answer(
                200, {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}]}
            )
        return Answer(self.status, {"message": "API rate limit exceeded for user ID 1.", "documentation_url": _MORE})


class Limits:
    """All tokens of the server count together; requests without one count apart."""

    def __init__(self) -> None:
        self.core = Limit("core", 5000, 5000)
        self.graphql = Limit("graphql", 5000, 5000)
        self.search = Limit("search", 30, 30)
        self.anonymous = Limit("core", 60, 60)

    def of(self, asked: Asked, login: str | None, now: int) -> Limit:
        """The counter for a request, of the hour that it is."""
        for limit in (self.core, self.graphql, self.search, self.anonymous):
            limit.renew(now)
        if asked.via == "graphql":
            return self.graphql
        if login is None:
            return self.anonymous
        return self.search if asked.path.startswith("/search/") else self.core

    def overview(self, login: str | None) -> Answer:
        """What /rate_limit answers."""
        core = self.core if login else self.anonymous
        resources = {one.resource: one.overview() for one in (core, self.graphql, self.search)}
        return Answer(200, {"resources": resources, "rate": resources["core"]})
