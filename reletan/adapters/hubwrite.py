"""What writes have in common: who may not is told which right is missing, and a lost answer is looked up."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from reletan.adapters.hub import TRIES, Hub
from reletan.adapters.hubreply import HubError, Reply
from reletan.domain.errors import Blocked, ReletanError, Unauthorized

T = TypeVar("T")

LONGEST_BODY = 65_536  # characters that GitHub takes as the text of a pull request

Fields = Mapping[str, Any]


def send(hub: Hub, verb: str, path: str, fields: Fields) -> Reply:
    """Sent again only where GitHub says that it did nothing, and for how long to wait."""
    for _ in range(TRIES - 1):
        reply = hub.write(verb, path, fields)
        if reply.limited is None:
            return reply
        hub.pause(reply.limited, hub.failure(reply).message.rstrip("."))
    return hub.write(verb, path, fields)


def require_right(hub: Hub, reply: Reply, what: str, right: str) -> None:
    """As ``hub.require``; ``what`` the token may not do ("open pull requests"), and the ``right`` that it needs for that.

    GitHub answers 404, too, to those who lack a right.
    """
    if reply.status in (403, 404) and reply.limited is None:
        hint = f"give the token the right `{right}`"
        if "GitHub Actions is not permitted" in reply.text:
            hint = "allow GitHub Actions to create pull requests in the repository's settings (Actions, General)"
        raise Unauthorized(f"The token may not {what} ({right}): {reply.words}.", next=hint)
    hub.require(reply)


def look_after(problem: HubError | None, what: str, look: Callable[[], T]) -> T:
    """What there is after a write whose answer was lost (``problem``). ``what`` finishes "whether …" ("#12 was closed")."""
    try:
        return look()
    except ReletanError as second:
        why = " ".join(error.message for error in (problem, second) if error)
        raise HubError(f"Whether {what} is not known: {why}", unclear=True,
                       next="run the command again, which looks first") from None  # fmt: skip


def not_done(problem: HubError, what: str) -> NoReturn:
    """It was looked for, and it is not there; GitHub may be late. ``what`` is the state ("#12 is still open")."""
    raise HubError(f"{what}, as far as GitHub tells: {problem.message}", unclear=True,
                   next="run the command again, which looks first") from None  # fmt: skip


def require_room(what: str, body: str) -> None:
    """Raises Blocked for a text that GitHub would not take."""
    if len(body) > LONGEST_BODY:
        raise Blocked(
            f"The text of {what} would have {len(body):,} characters; GitHub takes {LONGEST_BODY:,}.",
            next="shorten what people wrote in it, and run the command again",
        )
