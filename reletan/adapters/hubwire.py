"""The connection below PyGithub: its time-outs, its redirections, and its way past proxies."""

import os
from typing import Any, Protocol
from urllib.parse import urlsplit

CONNECT_TIMEOUT = 5  # seconds
READ_TIMEOUT = 12  # GitHub itself gives up on a query after 10
MOST_HOPS = 3
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Redirected(Exception):
    """A redirection that is not followed: of a write, or one too many."""


class Connection(Protocol):
    """What PyGithub wants to have. ``hops``: the redirections since it was set to 0."""

    hops: int
    session: Any


def connect(api_url: str) -> Connection:
    """A connection that stays open, for one request at a time."""
    from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass

    parts = urlsplit(api_url)
    plain: Any = HTTPSRequestsConnectionClass if parts.scheme == "https" else HTTPRequestsConnectionClass

    class Careful(plain):  # type: ignore[misc]
        hops = 0

        def getresponse(self) -> Any:
            reply = super().getresponse()
            if reply.status == 301:
                self.hops += 1
                if self.verb not in ("GET", "HEAD") or self.hops > MOST_HOPS:
                    raise Redirected
            return reply

    host = parts.hostname or ""
    made = Careful(f"[{host}]" if ":" in host else host, parts.port, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT))
    if host in LOOPBACK:
        # A proxy elsewhere cannot reach this machine's own servers, and must not get what is meant for them
        made.session.trust_env = False
    return made


def cause(error: BaseException) -> str:
    """The shortest true words for a network error; requests' own hold memory addresses and repeat themselves."""
    import requests

    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f"no connection within {CONNECT_TIMEOUT} s"
    if isinstance(error, requests.exceptions.Timeout):
        return f"no answer within {READ_TIMEOUT} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy refused"
    if isinstance(error, ValueError):  # requests' word for addresses and proxies that cannot be
        return "the address, or that of the proxy, is wrong"
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return os.strerror(inner.errno) if inner.errno and inner.errno > 0 else inner.strerror
        if isinstance(inner, OSError) and "CA certificate" in str(inner):
            return "the file of trusted certificates, which the environment names, is missing"
        inner = inner.__cause__ or inner.__context__
    return "the connection was cut"
