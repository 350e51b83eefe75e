"""GitHub: one repository, over PyGithub's connection. Reads are tried again, writes never.

Facts: GitHub's limits https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

import os
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from reletan.adapters.token import Token
from reletan.domain.errors import ReletanError, Unauthorized, UsageError

if TYPE_CHECKING:
    from github.Requester import Requester

T = TypeVar("T")

TIMEOUT = 15  # seconds; GitHub itself gives up on a query after 10
TRIES = 4
BACKOFF = 0.3  # seconds before the second try, twice that before the third …
LONGEST_WAIT = 60.0  # seconds in all, from which on a run gives up rather than wait
API_VERSION = "2022-11-28"  # the next one drops merge_commit_sha
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class HubError(ReletanError):
    """GitHub failed, or could not be reached (exit 1). ``unclear``: whether a write was done is not known."""

    def __init__(self, message: str, *, next: str | None = None, unclear: bool = False) -> None:
        super().__init__(message, next=next)
        self.unclear = unclear


class Refused(HubError):
    """GitHub understood, and says no; asking again is of no use (exit 1)."""


class Reply(msgspec.Struct, frozen=True):
    """An answer as it came. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def now(self) -> int:
        """GitHub's clock, in seconds since 1970; 0 where it did not tell."""
        try:
            return int(parsedate_to_datetime(self.headers.get("date", "")).timestamp())
        except ValueError:
            return 0

    @property
    def words(self) -> str:
        """What GitHub said about a failure, in one line."""
        try:
            said = msgspec.json.decode(self.text, type=_Said)
        except msgspec.DecodeError:
            return f"HTTP {self.status}"
        details = [error.get("message") or error.get("code") for error in said.errors if isinstance(error, dict)]
        known = [said.message, *(str(detail) for detail in details if detail)]
        return f"{': '.join(text for text in known if text) or 'no reason given'} (HTTP {self.status})"


class _Said(msgspec.Struct):
    message: str = ""
    errors: list[Any] = []


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
        self._lanes: list[Requester] = []
        self._full_name: str | None = None
        self._limit: tuple[str, str, str] | None = None
        parts = urlsplit(api_url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise UsageError(
                f"No token is sent to {api_url}: it is not HTTPS.", next="set github.api_url to an https address"
            )

    # reads

    def read(self, path: str, type: type[T]) -> T:
        """GET ``path`` (from ``/repos`` on), decoded as ``type``; a try that failed is made again."""
        reply = self._again("GET", path, None)
        self.require(reply)
        return decode(reply, type)

    @property
    def path(self) -> str:
        """Where the repository's own addresses begin."""
        return f"/repos/{self.repository}"

    def note_name(self, full_name: str) -> None:
        """The repository's name as GitHub tells it: reads follow it to a new one, writes do not."""
        self._full_name = full_name

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
            raise Refused(
                f"GitHub has moved {self.repository}, so nothing was written.", next="check github.repository"
            )
        if reply.status >= 500:
            raise self.failure(reply)
        return reply

    def _again(self, verb: str, path: str, body: Any) -> Reply:
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                reply = self.send(verb, path, body)
            except HubError:
                if last:
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
        if (asked := _limited(reply)) is not None:
            return asked
        return BACKOFF * 2**attempt if reply.status >= 500 else None

    def pause(self, seconds: float, why: str) -> None:
        """Wait, visibly. Raises HubError when that is longer than a run may wait in all."""
        if self._waited + seconds >= LONGEST_WAIT:
            raise HubError(f"{why}, and to wait {_for(seconds)} is too long.", next=f"try again in {_for(seconds)}")
        self._waited += seconds
        self._wait(seconds, why)

    # one request

    def send(self, verb: str, path: str, body: Any = None, lane: int = 0) -> Reply:
        """One request, made once. Raises HubError when no whole answer came: then a write may have been done.

        ``lane``: which connection, since each can have one request under way.
        """
        import requests

        self.connect(lane + 1)
        requester = self._lanes[lane]
        try:
            where = requester.graphql_url if path == "/graphql" else path
            status, headers, text = requester.requestJson(verb, where, input=body)
        except (requests.exceptions.RequestException, OSError) as error:
            raise HubError(f"GitHub at {self._host} could not be reached: {_cause(error)}.", unclear=True,
                           next="check the network, github.api_url and githubstatus.com, and run it again") from None  # fmt: skip
        except RuntimeError:
            # PyGithub's word for a redirection to another host or scheme: the token is not sent there
            raise HubError(
                f"GitHub at {self._host} points to another address.", next="check github.api_url and github.repository"
            ) from None
        reply = Reply(status, headers, text)
        self._note_limit(reply)
        return reply

    @property
    def _host(self) -> str:
        return urlsplit(self.api_url).netloc

    def connect(self, lanes: int) -> None:
        """So many of PyGithub's connections; nothing is sent yet."""
        while len(self._lanes) < lanes:
            from github import Auth, Github

            # No retries below us, which would send writes twice, and no pauses that GitHub does not ask for
            hub = Github(
                base_url=self.api_url, auth=Auth.Token(self._token.value), timeout=TIMEOUT, retry=None,
                seconds_between_requests=None, seconds_between_writes=None, api_version=API_VERSION, user_agent="reletan",
            )  # fmt: skip
            self._lanes.append(hub.requester)

    def require(self, reply: Reply) -> None:
        """Raise what a failed answer means; nothing for one that is fine."""
        if reply.status >= 400:
            raise self.failure(reply)

    def failure(self, reply: Reply) -> ReletanError:
        """What a failed answer means."""
        if reply.status == 401:
            return Unauthorized(f"GitHub does not accept the token from {self._token.source}: {reply.words}.",
                                next="make a new one, or run `gh auth login`")  # fmt: skip
        if _limited(reply) is not None:
            return HubError(
                f"GitHub's rate limit is used up: {reply.words}.", next="try again later, or use another token"
            )
        if reply.status == 403:
            return Unauthorized(f"The token from {self._token.source} may not do this: {reply.words}.",
                                next="give the token the right that is missing")  # fmt: skip
        if reply.status == 404:
            return Refused(f"GitHub shows no such thing in {self.repository} to this token: {reply.words}.",
                           next="check github.repository, and that the token may read it")  # fmt: skip
        if reply.status < 500:
            return Refused(f"GitHub says no: {reply.words}.")
        return HubError(
            f"GitHub failed: {reply.words}.", unclear=True, next="try again in a while; githubstatus.com tells more"
        )

    def _note_limit(self, reply: Reply) -> None:
        names = ("x-ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-reset")
        if all(reply.headers.get(name, "").isdigit() for name in names):
            left, limit, reset = (reply.headers[name] for name in names)
            self._limit = (left, limit, reset)

    def tell_limit(self) -> None:
        """Say how many requests are left, for whoever wants to know."""
        if self._limit:
            left, limit, reset = self._limit
            at = time.strftime("%H:%M UTC", time.gmtime(int(reset)))
            self._tell(f"GitHub: {int(left):,} of {int(limit):,} requests left until {at}")


def decode(reply: Reply, type: type[T]) -> T:
    """The answer as ``type``. Raises HubError for HTML, cut JSON, and fields that are missing or wrong."""
    try:
        return msgspec.json.decode(reply.text, type=type)
    except msgspec.DecodeError as error:
        kind = reply.headers.get("content-type", "").partition(";")[0]
        what = (
            "that is not JSON" if not isinstance(error, msgspec.ValidationError) else f"in an unknown shape ({error})"
        )
        raise HubError(f"GitHub gave an answer {what} (HTTP {reply.status}, {kind or 'no content type'}).", unclear=True,
                       next="check github.api_url, and whether a proxy stands in between") from None  # fmt: skip


def _limited(reply: Reply) -> float | None:
    """The seconds that a rate limit asks to wait; None where it is no rate limit."""
    if reply.status not in (403, 429) and not _says_limited(reply):
        return None
    after = reply.headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    if reply.headers.get("x-ratelimit-remaining") == "0" and reply.headers.get("x-ratelimit-reset", "").isdigit():
        return max(float(reply.headers["x-ratelimit-reset"]) - (reply.now or time.time()), 0) + 1
    # GitHub's advice for a secondary limit without a header
    return LONGEST_WAIT if reply.status == 429 or "rate limit" in reply.text.lower() else None


def _says_limited(reply: Reply) -> bool:
    """GraphQL tells it with HTTP 200."""
    return reply.status == 200 and '"RATE_LIMITED"' in reply.text


def _for(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _cause(error: BaseException) -> str:
    """The shortest true words for a network error; requests' own hold memory addresses and repeat themselves."""
    import requests

    if isinstance(error, requests.exceptions.Timeout):
        return f"no answer within {TIMEOUT} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy refused"
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return os.strerror(inner.errno) if inner.errno and inner.errno > 0 else inner.strerror
        inner = inner.__cause__ or inner.__context__
    return "the connection was cut"
