"""The sandbox GitHub as a server: REST, GraphQL and git at one address of 127.0.0.1, for one site."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path

from reletan.sandbox.github import certificate, git_http
from reletan.sandbox.github.exchange import Asked, Exchange, fits, reply_of, understood
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.limits import Limits
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.waiting import merge_waiting
from reletan.sandbox.github.wire import DOCUMENTATION, Answer, Refused, Request
from reletan.sandbox.http import faults
from reletan.sandbox.http.server import Server
from reletan.sandbox.http.wire import Received, Reply, decoded

API_VERSION = "2022-11-28"
_NOWHERE = Answer(404, {"message": "Not Found", "documentation_url": DOCUMENTATION})


class GitHubServer(Server[Asked]):
    """Serves ``site``. ``exchanges``: all that was asked and answered, in order; ``unknown``: what no route answers and no
    query of our schema asks for; ``limits``: how many requests are left, which may be set. ``scopes``: of people's tokens,
    None where these are fine-grained; ``expires``: when these end, in seconds since 1970.
    """

    def __init__(self, site: Site, pem: tuple[Path, Path] | None = None) -> None:
        super().__init__(pem)
        self.site = site
        self.exchanges: list[Exchange] = []
        self.limits = Limits()
        self.scopes: str | None = "repo, workflow"
        self.expires: int | None = None

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
            self._script.add(f"{what} {where}", lambda asked: fits(asked, what, where), do, nth, times)

    def requests(self, what: str, where: str = "") -> int:
        """How many such requests there were; ``what`` and ``where`` are as those of ``fault``."""
        with self._lock:
            return sum(fits(one, what, where) for one in self.exchanges)

    def _understood(self, received: Received) -> Asked:
        return understood(received)

    def _not_known(self, asked: Asked) -> list[str]:
        from reletan.sandbox.github import graphql, rest

        if asked.via == "graphql":
            return [f"graphql: {said}" for said in graphql.not_understood(asked.body)]
        known = asked.via == "git" or rest.has_route(asked.method, asked.path) or _asks_for_limits(asked)
        return [] if known else [f"{asked.method} {asked.path}"]

    def _interfere(self, fault: faults.Fault) -> None:
        if fault.before:
            fault.before(self.site)

    def _failed(self) -> Reply:
        return Reply.json(500, {"message": "Server Error"})

    def _login(self, asked: Asked) -> str | None:
        return self.site.tokens.get(asked.token or "")

    def _remember(self, asked: Asked, reply: Reply | None, spoilt: bool) -> None:
        self.exchanges.append(
            Exchange(
                via=asked.via,
                method=asked.method,
                path=asked.path,
                search=asked.search,
                query=asked.query,
                body=asked.body,
                login=self._login(asked),
                status=reply.status if reply else None,
                answer=decoded(reply.content) if reply and asked.via != "git" else None,
                routed=reply is not None and reply.routed and not spoilt,
            )
        )

    def _usual_headers(self) -> dict[str, str]:
        request_id = f"5A4D:B0C5:{len(self.exchanges):06X}"
        date = formatdate(self.site.clock, usegmt=True)
        return {"Server": "github.com", "Date": date, "X-GitHub-Request-Id": request_id}

    def _done(self, asked: Asked) -> Reply:
        login = self._login(asked)
        self.site.notice()
        merge_waiting(self.site)
        if asked.via == "git":
            return git_http.answer(self.site, asked, login)
        refused = self._at_the_door(asked, login)
        routed = None if refused else self._routed(asked, login)
        answer = refused or routed or _NOWHERE
        headers = self.limits.of(asked, login, self.site.clock).headers()
        if login and not login.startswith("@"):
            headers |= self._about_token()
        return reply_of(Answer(answer.status, answer.body, {**headers, **answer.headers})).but(routed=bool(routed))

    def _about_token(self) -> dict[str, str]:
        told = {} if self.scopes is None else {"X-OAuth-Scopes": self.scopes}
        if self.expires is not None:
            end = datetime.fromtimestamp(self.expires, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            told["GitHub-Authentication-Token-Expiration"] = end
        return told

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
