"""GitHub: one repository, over PyGithub. Reads are tried again, writes never."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from reletan.adapters.hubreply import HubError, Refused, Reply, decode
from reletan.adapters.hubwire import LOOPBACK, Connection, Redirected, cause, connect
from reletan.adapters.token import VARIABLES, Token
from reletan.domain.errors import ReletanError, Unauthorized, UsageError

if TYPE_CHECKING:
    from github.Requester import Requester

T = TypeVar("T")

TRIES = 4
BACKOFF = 0.3  # seconds before the second try, twice that before the third …
LONGEST_WAIT = 60.0  # seconds in all, from which on a run gives up rather than wait
API_VERSION = "2022-11-28"  # the next one drops merge_commit_sha


class _Named(msgspec.Struct):
    full_name: str


Wait = Callable[[float, str], None]
"""Sleeps for so many seconds, and lets the person see why."""


class Hub:
    """``repository`` is "owner/name"; ``api_url`` where GitHub's API is, which must be HTTPS outside this machine.

    Raises, from every method that asks: Unauthorized for a token that is not accepted or may not do it, HubError
    for everything else that GitHub, or the way to it, got wrong.
    """

    def __init__(self, api_url: str, repository: str, token: Token, *, wait: Wait, tell: Callable[[str], None]) -> None:
        self.api_url = api_url.rstrip("/")
        self.repository = repository
        self._token = token
        self._wait = wait
        self._tell = tell
        self._waited = 0.0
        self._requester: Requester | None = None
        self._lanes: list[Connection] = []
        self._full_name: str | None = None
        self._last: Reply | None = None
        parts = urlsplit(api_url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise UsageError(
                f"No token is sent to {api_url}: it is not HTTPS.", next="set github.api_url to an https address"
            )

    @property
    def path(self) -> str:
        """Where the repository's own addresses begin."""
        return f"/repos/{self.repository}"

    def note_name(self, full_name: str) -> None:
        """The repository's name as GitHub tells it: reads follow it to a new one, writes do not."""
        self._full_name = full_name

    # reads

    def read(self, path: str, type: type[T]) -> T:
        """GET ``path`` (from ``/repos`` on), decoded as ``type``; a try that failed is made again."""
        reply = self._again("GET", path)
        self.require(reply)
        return decode(reply, type)

    def find(self, path: str, type: type[T]) -> T | None:
        """As ``read``; None where GitHub shows nothing there (404), be it for want of a right."""
        reply = self._again("GET", path)
        if reply.status == 404:
            return None
        self.require(reply)
        return decode(reply, type)

    def ask(self, query: Mapping[str, Any]) -> Reply:
        """A GraphQL query that changes nothing (``query`` and ``variables``); a try that failed is made again."""
        reply = self._again("POST", "/graphql", query)
        self.require(reply)
        return reply

    def _again(self, verb: str, path: str, body: Any = None) -> Reply:
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                reply = self.send(verb, path, body)
            except Refused:
                raise
            except HubError as problem:
                # A time-out has taken long already
                if last or (problem.slow and attempt):
                    raise
                self.pause(BACKOFF * 2**attempt, "GitHub cannot be reached")
                continue
            seconds = self.seconds_to_wait(reply, attempt)
            if seconds is None or last:
                return reply
            self.pause(seconds, self.failure(reply).message.rstrip("."))
        raise AssertionError("the last try returns or raises")

    def seconds_to_wait(self, reply: Reply, attempt: int) -> float | None:
        """How long to wait before asking again; None when asking again is of no use."""
        if reply.limited is not None:
            return reply.limited
        return BACKOFF * 2**attempt if reply.status >= 500 else None

    def pause(self, seconds: float, why: str) -> None:
        """Wait, visibly. Raises HubError when that is longer than a run may wait in all."""
        if self._waited + seconds >= LONGEST_WAIT:
            long = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
            raise HubError(f"{why}, and to wait {long} is too long.", next=f"try again in {long}")
        self._waited += seconds
        self._wait(seconds, why)

    # writes

    def write(self, verb: str, path: str, body: Any) -> Reply:
        """Send once. Raises Refused when the repository has another name by now, HubError when the outcome is unclear."""
        if self._full_name is None:
            self._full_name = self.read(self.path, _Named).full_name
        if self._full_name.casefold() != self.repository.casefold():
            raise Refused(f"{self.repository} is now {self._full_name}, so nothing was written.",
                          next=f"set github.repository, or the remote's address, to {self._full_name}")  # fmt: skip
        reply = self.send(verb, path, body)
        if 300 <= reply.status < 400:
            raise self._moved()
        if reply.status >= 500:
            raise self.failure(reply)
        return reply

    # one request

    def send(self, verb: str, path: str, body: Any = None, lane: int = 0) -> Reply:
        """One request, made once. Raises HubError when no whole answer came: then a write may have been done.

        ``lane``: which connection, since each can have one request under way.
        """
        import requests

        requester = self.connect(lane + 1)
        connection: Any = self._lanes[lane]
        connection.hops = 0
        where = requester.graphql_url if path == "/graphql" else path
        try:
            status, headers, text = requester.requestJson(verb, where, input=body, cnx=connection)
        except requests.exceptions.RequestException as error:
            wrong = isinstance(error, ValueError)
            raise (Refused if wrong else HubError)(
                f"GitHub at {self._host} could not be reached: {cause(error)}.", unclear=not wrong,
                slow=isinstance(error, requests.exceptions.Timeout),
                next="check the network, github.api_url and githubstatus.com, and run it again",
            ) from None  # fmt: skip
        except OSError as error:
            raise HubError(f"GitHub at {self._host} could not be reached: {cause(error)}.", unclear=True,
                           next="check the network, and run it again") from None  # fmt: skip
        except (Redirected, RuntimeError):
            # PyGithub raises the second for another host or scheme: the token is not sent there
            raise self._moved() from None
        except (ValueError, OverflowError):
            # What PyGithub could not read: a header that should be a number, an address to go to
            raise HubError(f"GitHub at {self._host} gave an answer that cannot be understood.", unclear=True,
                           next="check github.api_url, and whether a proxy stands in between") from None  # fmt: skip
        # a proxy that repeats what it was asked must not make us repeat it
        said = text if status < 300 else text.replace(self._token.value, "***")
        self._last = Reply(status, headers, said)
        return self._last

    def _moved(self) -> Refused:
        return Refused(f"GitHub at {self._host} points to another address for {self.repository}.",
                       next="check github.api_url and github.repository")  # fmt: skip

    @property
    def _host(self) -> str:
        return urlsplit(self.api_url).netloc

    def connect(self, lanes: int) -> "Requester":
        """PyGithub, with so many connections; nothing is sent yet."""
        if self._requester is None:
            from github import Auth, Github

            # It tells of redirections past --quiet, with what the server wrote
            logging.getLogger("github").setLevel(logging.CRITICAL)
            # No retries below us, which would send writes twice, and no pauses that GitHub does not ask for
            hub = Github(
                base_url=self.api_url, auth=Auth.Token(self._token.value), retry=None, seconds_between_requests=None,
                seconds_between_writes=None, api_version=API_VERSION, user_agent="reletan",
            )  # fmt: skip
            self._requester = hub.requester
        while len(self._lanes) < lanes:
            self._lanes.append(connect(self.api_url))
        return self._requester

    def require(self, reply: Reply) -> None:
        """Raise what a failed answer means; nothing for one that is fine."""
        if reply.status >= 300:
            raise self.failure(reply)

    def failure(self, reply: Reply) -> ReletanError:
        """What a failed answer means."""
        if reply.status == 401:
            source = self._token.source
            # while a variable is set, what gh has does not count
            new = f"make a new one, and set {source} to it" if source in VARIABLES else "run `gh auth login`"
            return Unauthorized(f"GitHub does not accept the token from {source}: {reply.words}.", next=new)
        if reply.limited is not None:
            return HubError(
                f"GitHub's rate limit is used up: {reply.words}.", next="try again later, or use another token"
            )
        if reply.status == 403:
            return Unauthorized(f"The token from {self._token.source} may not do this: {reply.words}.",
                                next="give the token the right that is missing")  # fmt: skip
        if reply.status == 404:
            return Refused(f"GitHub shows no such thing in {self.repository} to this token: {reply.words}.",
                           next="check github.repository, and that the token may read it")  # fmt: skip
        if reply.status < 400:
            return self._moved()
        if reply.status < 500:
            return Refused(f"GitHub says no: {reply.words}.", next="see what GitHub says")
        return HubError(
            f"GitHub failed: {reply.words}.", unclear=True, next="try again in a while; githubstatus.com tells more"
        )

    def tell_limit(self) -> None:
        """Say how many requests are left, for whoever wants to know."""
        reply = self._last
        names = ("x-ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-reset")
        left, limit, reset = (reply.number(name) if reply else None for name in names)
        if left is not None and limit is not None and reset is not None:
            at = time.strftime("%H:%M UTC", time.gmtime(reset))
            self._tell(f"GitHub: {left:,} of {limit:,} requests left until {at}")
