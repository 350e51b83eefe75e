"""The sandbox Slack as a server: Web API, webhooks and pages for people at one address of 127.0.0.1."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.utils import formatdate

from reletan.sandbox.http import faults
from reletan.sandbox.http.server import Server
from reletan.sandbox.http.wire import Received, Reply, decoded
from reletan.sandbox.origin import Person
from reletan.sandbox.slack import methods, page, text, webhooks
from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.wire import Call, Heard, understood
from reletan.sandbox.slack.workspace import Workspace


class SlackServer(Workspace, Server[Call]):
    """A workspace that programs can reach, one request at a time. ``heard``: all calls and their answers, in order, without
    the pages that people look at.
    """

    def __init__(self, people: Iterable[Person], now: Callable[[], int]) -> None:
        Workspace.__init__(self, people, now)
        Server.__init__(self)
        self.heard: list[Heard] = []

    @property
    def api_url(self) -> str:
        """The address of the Web API, with a slash at its end."""
        return f"{self.url}/api/"

    @property
    def webhook_url(self) -> str:
        return f"{self.url}{self.webhook.path}"

    def fault(self, method: str, *, do: Fault, nth: int = 1, times: int | None = 1) -> None:
        """From the ``nth`` such call on (counted from now), for so many ``times`` (None: always), ``do`` happens.

        ``method``: one of the Web API (``chat.postMessage``), ``webhook``, or ``*`` for all of these.
        """
        with self._lock:
            self._script.add(method, lambda call: _meant(call, method), do, nth, times)

    def calls(self, method: str = "*") -> list[Heard]:
        """The calls of a method, in order; ``method`` as that of ``fault``."""
        with self._lock:
            return [one for one in self.heard if method in ("*", one.method)]

    def wrong(self) -> list[str]:
        """What the sandbox could not answer or failed on, and the faults that never happened; without what the test brings
        about on purpose.
        """
        unknown = [f"the sandbox Slack does not know {asked}" for asked in self.unknown]
        found = [*unknown, *self.crashes, *self.unused_faults()]
        return [said for said in found if not any(part in said for part in self.on_purpose)]

    def text(self, channel: str, *, urls: bool = False) -> str:
        """The channel as people read it in a terminal, see ``sandbox.slack.text``; ``urls``: links with their addresses."""
        with self._lock:
            return text.of(self, self.channel(channel), urls=urls)

    def page(self, channel: str) -> str:
        """The channel as a page for the browser."""
        with self._lock:
            return page.of(self, self.channel(channel))

    def _understood(self, received: Received) -> Call:
        return understood(received)

    def _not_known(self, call: Call) -> list[str]:
        if call.via == "page":
            return [] if page.answer(self, call.path) else [f"the page {call.path}"]
        return webhooks.not_known(call) if call.via == "webhook" else methods.not_known(call)

    def _done(self, call: Call) -> Reply:
        if call.via == "page":
            return page.answer(self, call.path) or Reply.text(404, "There is no such page.")
        if call.via == "webhook":
            return webhooks.answer(self, call)
        answer = methods.answer(self, call)
        for name in ("url", "permalink"):
            if name in answer:
                answer[name] = f"{self.url}{answer[name]}"
        return Reply.json(200, answer, {"X-OAuth-Scopes": ",".join(sorted(self.bot.scopes))})

    def _interfere(self, fault: faults.Fault) -> None:
        if fault.before:
            fault.before(self)

    def _failed(self) -> Reply:
        return Reply.json(500, {"ok": False, "error": "internal_error"})

    def _remember(self, call: Call, reply: Reply | None, spoilt: bool) -> None:  # noqa: ARG002 - for GitHub's server
        if call.via != "page":
            status, answer = (reply.status, decoded(reply.content)) if reply else (None, None)
            self.heard.append(Heard(method=call.method, arguments=call.arguments, status=status, answer=answer))

    def _usual_headers(self) -> dict[str, str]:
        return {
            "Server": "Apache",
            "Date": formatdate(self._now(), usegmt=True),
            "X-Slack-Req-Id": f"{len(self.heard)}",
        }


def _meant(call: Call, method: str) -> bool:
    return call.via != "page" and method in ("*", call.method)


@contextmanager
def serving(people: Iterable[Person], now: Callable[[], int]) -> Iterator[SlackServer]:
    """A server for the time of the block."""
    server = SlackServer(people, now)
    server.start()
    try:
        yield server
    finally:
        server.stop()
