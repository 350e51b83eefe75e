"""What goes wrong between GitHub and its clients."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from reletan.sandbox.github.site import Site
from reletan.sandbox.http import faults
from reletan.sandbox.http.wire import Reply, decoded

Trouble = Literal["timeout", "resource-limits", "rate-limited"]
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
_TROUBLE: dict[Trouble, dict[str, str]] = {
    "timeout": {
        "message": "Something went wrong while executing your query. This may be the result of a timeout, or it could "
        "be a GitHub bug. Please include `0001:SANDBOX` when reporting this issue."
    },
    "resource-limits": {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."},
    "rate-limited": {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."},
}


class Fault(faults.Fault, frozen=True, kw_only=True):
    """What happens instead of, or besides, GitHub's proper answer."""

    @staticmethod
    def status(
        status: int, message: str = "Server Error", *, headers: dict[str, str] | None = None, effect: bool = False
    ) -> "Fault":
        """An error in GitHub's shape."""
        return Fault(instead=Reply.json(status, {"message": message}, headers), effect=effect)

    @staticmethod
    def limited(seconds: int, status: int = 429) -> "Fault":
        """The secondary rate limit (403 or 429), with Retry-After."""
        return Fault.status(status, _SECONDARY, headers={"Retry-After": str(seconds)})

    @staticmethod
    def base_modified() -> "Fault":
        """The one refusal of a merge that is worth another try."""
        return Fault.status(405, "Base branch was modified. Review and try the merge again.")

    @staticmethod
    def partial(*aliases: str, trouble: Trouble = "timeout", status: int = 200) -> "Fault":
        """GraphQL data that is null at ``aliases`` (all of it without any), and the error that says why."""
        return Fault(bend=lambda reply: _partial(reply, aliases, trouble, status))

    @staticmethod
    def then(what: Callable[[Site], object]) -> "Fault":
        """Somebody does something just before the request has its effect; by verbs, since the server is busy."""
        return Fault(before=what)


def _partial(reply: Reply, aliases: tuple[str, ...], trouble: Trouble, status: int) -> Reply:
    answer = decoded(reply.content)
    error: dict[str, Any] = _TROUBLE[trouble]
    if aliases:
        paths = _emptied(answer.get("data") or {}, aliases, [])
        if missing := set(aliases) - {path[-1] for path in paths}:
            raise LookupError(f"there is no {', '.join(missing)} in the answer; lists are not looked into")
        errors = [{**error, "path": path} for path in paths]
        bent = {"data": answer["data"], "errors": errors + answer.get("errors", [])}
    else:
        bent = {"data": None, "errors": [error]}
    return reply.but(status=status, content=msgspec.json.encode(bent))


def _emptied(data: dict[str, Any], aliases: tuple[str, ...], path: list[str]) -> list[list[str]]:
    """Set what stands at ``aliases`` to null, at any depth; the paths of it."""
    found = []
    for name, value in data.items():
        if name in aliases:
            data[name] = None
            found.append([*path, name])
        elif isinstance(value, dict):
            found += _emptied(value, aliases, [*path, name])
    return found
