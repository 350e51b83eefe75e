"""What goes wrong between Slack and its clients."""

from collections.abc import Callable
from typing import Any

from reletan.sandbox.http import faults
from reletan.sandbox.http.wire import Reply
from reletan.sandbox.slack.workspace import Workspace


class Fault(faults.Fault, frozen=True, kw_only=True):
    """What happens instead of, or besides, Slack's proper answer."""

    @staticmethod
    def status(status: int, text: str = "", *, effect: bool = False) -> "Fault":
        """An HTTP error with plain text, as webhooks have them."""
        return Fault(instead=Reply.text(status, text), effect=effect)

    @staticmethod
    def error(error: str, *, effect: bool = False, **more: Any) -> "Fault":
        """A call that Slack answers, and refuses (``internal_error``); ``more`` stands beside it in the answer."""
        return Fault(instead=Reply.json(200, {"ok": False, "error": error, **more}), effect=effect)

    @staticmethod
    def limited(seconds: int) -> "Fault":
        """The rate limit, with Retry-After."""
        return Fault(instead=Reply.json(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(seconds)}))

    @staticmethod
    def then(what: Callable[[Workspace], object]) -> "Fault":
        """Somebody does something just before the call has its effect; by verbs, since the server is busy."""
        return Fault(before=what)
