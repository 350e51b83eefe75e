"""The way to Slack below slack_sdk: each request is made once, follows nobody's redirection, and shows its secret to nobody."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from reletan.adapters.hubwire import LOOPBACK
from reletan.adapters.slackreply import SlackError, SlackReply, decode, failure
from reletan.adapters.token import Token
from reletan.domain.errors import UsageError

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse
    from slack_sdk.webhook import WebhookClient

T = TypeVar("T")

TIMEOUT = 12.0  # seconds
TRIES = 4
BACKOFF = 0.5  # seconds before the second try, twice that before the third …
LONGEST_WAIT = 60.0  # seconds in all, from which on a run gives up rather than wait
# What is only looked up must not hold up a release
HURRIED_TIMEOUT = 5.0
HURRIED_TRIES = 2
HURRIED_WAIT = 6.0
MOST_BYTES = 32 * 1024 * 1024
LATE = "no answer in time"

Wait = Callable[[float, str], None]
"""Sleeps for so many seconds, and lets the person see why."""


class Patience:
    """How long one run has waited for Slack. ``longest``: the seconds that it may, in all."""

    def __init__(self, wait: Wait, longest: float = LONGEST_WAIT) -> None:
        self._wait = wait
        self._longest = longest
        self._waited = 0.0

    def pause(self, seconds: float, why: str) -> None:
        """Wait, visibly. Raises SlackError when that is longer than a run may wait in all."""
        if self._waited + seconds >= self._longest:
            raise SlackError(f"{why}, and to wait {seconds:.0f} s is too long.", code="ratelimited",
                             next=f"try again in {seconds:.0f} s")  # fmt: skip
        self._waited += seconds
        self._wait(seconds, why)


class Line:
    """Connections to the host of ``url``. Raises UsageError for one that must not get a secret: plain HTTP elsewhere.

    ``name``: of the setting or variable that holds ``url``; ``timeout``: seconds.
    """

    timeout = TIMEOUT

    def __init__(self, url: str, name: str) -> None:
        from urllib import request

        self.host = _host(url, name)
        # Only these: no handler for redirections, none that turns answers into exceptions. A proxy elsewhere cannot reach
        # this machine's own servers, and must not get what is meant for them
        self._opener = request.OpenerDirector()
        for handler in (
            request.ProxyHandler({} if self.host in LOOPBACK else None), request.HTTPHandler(), request.HTTPSHandler(),
        ):  # fmt: skip
            self._opener.add_handler(handler)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> SlackReply:
        """The answer, whatever it is. Raises SlackError when no whole one came: then a write may have been done."""
        from http.client import HTTPException
        from urllib.request import Request

        asked = Request(url, data=body, headers={"User-Agent": "reletan", **headers}, method="POST")  # noqa: S310
        try:
            with self._opener.open(asked, timeout=self.timeout) as answer:
                content = answer.read(MOST_BYTES + 1)
                told = {name.lower(): value for name, value in answer.headers.items()}
                reply = SlackReply(answer.status, told, content)
        except (OSError, HTTPException, ValueError) as error:
            words, sent = _cause(error)
            late = words == LATE
        else:
            # the library does not mind an end before the length that was announced
            if len(content) <= MOST_BYTES and not answer.length:
                return reply
            words, sent = "its answer is too long" if len(content) > MOST_BYTES else "the connection was cut", True
            late = False
        # Not within the except clause: the error of urllib may hold the address, or a header
        raise SlackError(f"Slack at {self.host} could not be reached: {words}.", unclear=sent, reached=False, late=late,
                         next="check the network")  # fmt: skip


class Wire:
    """Slack's Web API, for one bot. Reads are tried again, writes only where Slack says that it did nothing."""

    def __init__(self, api_url: str, token: Token, *, wait: Wait) -> None:
        self._line = Line(api_url, "slack.api_url")
        self._api_url = api_url
        self._token = token
        self.source = token.source
        self._patience = Patience(wait)
        self._tries = TRIES
        self._wait = wait
        self._client: WebClient | None = None

    @contextmanager
    def hurrying(self) -> Iterator[None]:
        """Reads within the block get little time: whatever they are for can do without."""
        usual = self._line.timeout, self._tries, self._patience
        self._line.timeout, self._tries = HURRIED_TIMEOUT, HURRIED_TRIES
        self._patience = Patience(self._wait, HURRIED_WAIT)
        try:
            yield
        finally:
            self._line.timeout, self._tries, self._patience = usual

    def read(self, call: "Callable[[WebClient], SlackResponse]", type: type[T]) -> T:
        """Slack's answer as ``type``; a try that failed is made again, one that took too long only once. Raises SlackError."""
        for attempt in range(self._tries):
            try:
                return self._once(call, type)
            except SlackError as problem:
                if attempt == self._tries - 1 or not problem.passing or (problem.late and attempt):
                    problem.unclear = False
                    raise
                seconds = BACKOFF * 2**attempt if problem.wait is None else problem.wait
                why = problem.message.rstrip(".")
            self._patience.pause(seconds, why)
        raise AssertionError("the last try returns or raises")

    def write(self, call: "Callable[[WebClient], SlackResponse]", type: type[T]) -> T:
        """Sent once, and again only after a rate limit. Raises SlackError, ``unclear`` where it may have been done."""
        while True:
            try:
                return self._once(call, type)
            except SlackError as problem:
                if problem.wait is None:
                    raise
                seconds, why = problem.wait, problem.message.rstrip(".")
            self._patience.pause(seconds, why)

    def _once(self, call: "Callable[[WebClient], SlackResponse]", type: type[T]) -> T:
        if self._client is None:
            self._client = _web_client(self._line, self._api_url, self._token)
        answer = call(self._client)
        content = answer.data if isinstance(answer.data, bytes) else b""
        return decode(SlackReply(answer.status_code, answer.headers, content), type, self._token.source)


def send_by_webhook(line: Line, url: Token, patience: Patience, body: Mapping[str, Any]) -> None:
    """Send one message: once, and again only after a rate limit. Raises SlackError, ``unclear`` where it may be there."""
    client = _webhook_client(line, url)
    while True:
        answer = client.send(**body)
        reply = SlackReply(answer.status_code, answer.headers, answer.body.encode(errors="replace"))
        if reply.status == 200 and reply.content.strip() == b"ok":
            return
        problem = failure(reply, reply.word if reply.status >= 400 else None, url.source)
        if problem.wait is None:
            raise problem
        patience.pause(problem.wait, problem.message.rstrip("."))


def _web_client(line: Line, api_url: str, token: Token) -> "WebClient":
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

    class Careful(WebClient):
        def api_call(self, api_method: str, *, json: Any = None, params: Any = None, **_others: Any) -> SlackResponse:
            kind = "application/x-www-form-urlencoded" if json is None else "application/json; charset=utf-8"
            body = _form(params or {}) if json is None else msgspec.json.encode(json)
            headers = {"Authorization": f"Bearer {token.value}", "Content-Type": kind}
            reply = line.post(f"{self.base_url}{api_method}", body, headers)
            return SlackResponse(
                client=self, http_verb="POST", api_url=api_method, req_args={}, data=reply.content,
                headers=dict(reply.headers), status_code=reply.status,
            )  # fmt: skip

    return Careful(base_url=api_url, logger=_silence(), retry_handlers=[])


def _webhook_client(line: Line, url: Token) -> "WebhookClient":
    from slack_sdk.webhook import WebhookClient, WebhookResponse

    class Careful(WebhookClient):
        def send_dict(self, body: dict[str, Any], headers: dict[str, str] | None = None) -> WebhookResponse:
            given = {name: value for name, value in body.items() if value is not None}
            kind = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
            reply = line.post(url.value, msgspec.json.encode(given), kind)
            text = reply.content.decode(errors="replace")
            return WebhookResponse(url="", status_code=reply.status, body=text, headers=dict(reply.headers))

    return Careful(url="", logger=_silence(), retry_handlers=[])


def _silence() -> Any:
    """A logger that says nothing: slack_sdk's would tell addresses, proxies and bodies."""
    import logging

    silent = logging.Logger("slack_sdk")
    silent.disabled = True
    return silent


def _form(params: Mapping[str, Any]) -> bytes:
    texts = {True: "1", False: "0"}
    given = {name: value for name, value in params.items() if value is not None}
    return urlencode({name: texts[v] if isinstance(v, bool) else v for name, v in given.items()}).encode()


def _host(url: str, name: str) -> str:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or "@" in parts.netloc or parts.scheme not in ("https", "http"):
        raise UsageError(f"{name} does not hold an https address.", next=f"correct {name}")
    if parts.scheme != "https" and host not in LOOPBACK:
        raise UsageError(f"Nothing is sent to {host}: {name} is not HTTPS.", next=f"set {name} to an https address")
    return host


def _cause(error: BaseException) -> tuple[str, bool]:
    """(the shortest true words for it, whether the request may have arrived)"""
    import socket
    import ssl
    from urllib.error import URLError

    inner = error.reason if isinstance(error, URLError) and isinstance(error.reason, BaseException) else error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return "its certificate is not trusted", False
    if isinstance(inner, TimeoutError):
        return LATE, True
    if isinstance(inner, socket.gaierror):
        return "its name is not known", False
    if isinstance(inner, ConnectionRefusedError):
        return "connection refused", False
    if isinstance(inner, ValueError):
        return "the address, or that of the proxy, is wrong", False
    if isinstance(inner, OSError) and str(inner).startswith("Tunnel connection failed"):
        return "the proxy refused", False
    return "the connection was cut", True
