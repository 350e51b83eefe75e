"""The sandbox GitHub as a server: REST, GraphQL and git at one address of 127.0.0.1, for one site."""

import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

from reletan.sandbox.github import certificate, git_http
from reletan.sandbox.github.exchange import Asked, Exchange, Reply, decoded, fits
from reletan.sandbox.github.faults import Fault, Script
from reletan.sandbox.github.limits import Limits
from reletan.sandbox.github.listener import Listener
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.waiting import merge_waiting
from reletan.sandbox.github.wire import DOCUMENTATION, Answer, Refused, Request

API_VERSION = "2022-11-28"
_NOWHERE = Answer(404, {"message": "Not Found", "documentation_url": DOCUMENTATION})


class GitHubServer:
    """Serves ``site``, one request at a time. ``exchanges``: all that was asked and answered, in order; ``unknown``: what
    no route answers and no query of our schema asks for, whatever was answered; ``crashes``: the traces of requests that
    the sandbox itself failed on. ``on_purpose``: texts of problems that a test brings about itself, so that it does not
    fail by them. ``latency``: seconds that every request takes longer; ``limits``: how many requests are left, which may
    be set.
    """

    def __init__(self, site: Site, pem: tuple[Path, Path] | None = None) -> None:
        self.site = site
        self.exchanges: list[Exchange] = []
        self.unknown: list[str] = []
        self.crashes: list[str] = []
        self.on_purpose: list[str] = []
        self.limits = Limits()
        self.latency = 0.0
        self.certificate = pem and pem[0]
        self._script = Script()
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._listener = Listener(self._respond, self.crashes, pem)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._listener.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self.host}"

    @property
    def api_url(self) -> str:
        """The address of REST as an Enterprise server has it; the one of GraphQL is made from it."""
        return f"{self.url}/api/v3"

    @property
    def git_url(self) -> str:
        return f"{self.url}/{self.site.slug}.git"

    def fault(self, what: str, where: str = "", *, do: Fault, nth: int = 1, times: int | None = 1) -> None:
        """From the ``nth`` such request on (counted from now), for so many ``times`` (None: always), ``do`` happens.

        ``what``: a method of REST, or ``rest``, ``graphql``, ``git``. ``where``: a pattern of the path, whose ``*`` stands
        for anything, slashes too (``/repos/*/pulls/*/merge``; ``*/git-receive-pack``); for graphql some text of the query.
        """
        with self._lock:
            self._script.add(what, where, nth, times, do)

    def unused_faults(self) -> list[str]:
        """The faults that have not happened, each as one line."""
        with self._lock:
            return self._script.unused()

    def requests(self, what: str, where: str = "") -> int:
        """How many such requests there were; ``what`` and ``where`` are as those of ``fault``."""
        with self._lock:
            return sum(fits(one, what, where) for one in self.exchanges)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the request at hand, let go of all others."""
        self._stopping.set()
        with self._lock:
            self._listener.stop()
        self._thread.join()

    @property
    def _scheme(self) -> str:
        return "https" if self.certificate else "http"

    def _respond(self, asked: Asked) -> Reply | None:
        with self._lock:
            faults = self._script.due(asked)
        if self._stopping.wait(self.latency + sum(fault.wait for fault in faults)):
            return None
        with self._lock:
            return None if self._stopping.is_set() else self._exchange(asked, faults)

    def _exchange(self, asked: Asked, faults: list[Fault]) -> Reply | None:
        login = self.site.tokens.get(asked.token or "")
        spoilt = next((fault for fault in faults if fault.spoils), Fault())
        try:
            self.unknown += _unknown(asked)
            for fault in faults:
                if fault.before:
                    fault.before(self.site)
            reply = spoilt.reply(lambda: self._done(asked, login))
        except Exception:
            self.crashes.append(traceback.format_exc())
            reply = Reply.of(Answer(500, {"message": "Server Error"}))
        self._remember(asked, login, reply, spoilt)
        return reply and reply.but(headers={**self._usual_headers(), **reply.headers})

    def _remember(self, asked: Asked, login: str | None, reply: Reply | None, spoilt: Fault) -> None:
        self.exchanges.append(
            Exchange(
                via=asked.via,
                method=asked.method,
                path=asked.path,
                search=asked.search,
                query=asked.query,
                body=asked.body,
                login=login,
                status=reply.status if reply else None,
                answer=decoded(reply.content) if reply and asked.via != "git" else None,
                routed=reply is not None and reply.routed and not spoilt.spoils,
            )
        )

    def _usual_headers(self) -> dict[str, str]:
        request_id = f"5A4D:B0C5:{len(self.exchanges):06X}"
        date = formatdate(self.site.clock, usegmt=True)
        return {"Server": "github.com", "Date": date, "X-GitHub-Request-Id": request_id}

    def _done(self, asked: Asked, login: str | None) -> Reply:
        """The request has its effect; the real reply."""
        self.site.notice()
        merge_waiting(self.site)
        if asked.via == "git":
            return git_http.answer(self.site, asked, login)
        refused = self._at_the_door(asked, login)
        routed = None if refused else self._routed(asked, login)
        answer = refused or routed or _NOWHERE
        headers = self.limits.of(asked, login, self.site.clock).headers()
        if login and not login.startswith("@"):
            headers["X-OAuth-Scopes"] = "repo, workflow"
        return Reply.of(Answer(answer.status, answer.body, {**headers, **answer.headers})).but(routed=bool(routed))

    def _at_the_door(self, asked: Asked, login: str | None) -> Answer | None:
        """What is answered before anybody looks at what the request wants; None lets it in, as one request less."""
        if asked.headers.get("X-GitHub-Api-Version", API_VERSION) != API_VERSION:
            return Answer(400, {"message": f"The API version must be {API_VERSION}."})
        if asked.token and login is None:
            return Answer(401, {"message": "Bad credentials", "documentation_url": DOCUMENTATION})
        if login is None and asked.method != "GET":
            return Answer(401, {"message": "Requires authentication", "documentation_url": DOCUMENTATION})
        if isinstance(asked.body, str):
            return Answer(400, {"message": "Problems parsing JSON", "documentation_url": DOCUMENTATION})
        limit = self.limits.of(asked, login, self.site.clock)
        return None if asked.path == "/rate_limit" or limit.take() else limit.used_up()

    def _routed(self, asked: Asked, login: str | None) -> Answer | None:
        """The answer of the route, None where there is no such route."""
        from reletan.sandbox.github import graphql, rest

        web = f"{self._scheme}://{asked.headers.get('Host', self.host)}"
        request = Request(
            method=asked.method,
            path=asked.path,
            query=asked.query,
            body=asked.body,
            api=f"{web}{asked.prefix}",
            web=web,
            login=login,
            limit=self.limits.graphql.overview(),
        )
        try:
            if _asks_for_limits(asked):
                return self.limits.overview(login)
            if asked.via == "graphql":
                return graphql.answer(self.site, request)
            return rest.answer(self.site, request)
        except Refused as refused:
            return refused.answer


def _unknown(asked: Asked) -> list[str]:
    """What of a request no part of the sandbox understands, each in a line."""
    from reletan.sandbox.github import graphql, rest

    if asked.via == "graphql":
        return [f"graphql: {said}" for said in graphql.not_understood(asked.body)]
    known = asked.via == "git" or rest.has_route(asked.method, asked.path) or _asks_for_limits(asked)
    return [] if known else [f"{asked.method} {asked.path}"]


def _asks_for_limits(asked: Asked) -> bool:
    return (asked.method, asked.path) == ("GET", "/rate_limit")


@contextmanager
def serving(site: Site, *, tls: bool = False) -> Iterator[GitHubServer]:
    """A server for the time of the block; with ``tls`` at https, by a certificate that signs itself."""
    with tempfile.TemporaryDirectory() as folder:
        server = GitHubServer(site, certificate.make(Path(folder)) if tls else None)
        server.start()
        try:
            yield server
        finally:
            server.stop()
