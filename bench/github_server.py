"""A GitHub of canned answers on loopback, as slow as one far away, in a process of its own.

Its own, so that its work is neither in our CPU time nor holds our interpreter up.
"""

import json
import multiprocessing
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

from bench.github_team import SLUG, Pull

_ALIAS = re.compile(r"\b(?:p(?P<number>\d+)|c(?P<commit>[0-9a-f]{40})|hash_(?P<searched>[0-9a-f]{40})): ")
_ROUTE = re.compile(
    rf"/repos/{SLUG}(?:|/releases/latest|/(?:pulls|issues)/(?P<number>\d+)|/pulls/\d+/commits|/commits/[0-9a-f]{{40}})"
    r"|/users/[a-z]+|/search/issues\?\S+"
)


@dataclass(frozen=True)
class Canned:
    """What there is to tell: JSON by pull request, and the pull request by commit."""

    pulls: dict[int, bytes]
    by_commit: dict[str, int]

    @classmethod
    def of(cls, pulls: Sequence[Pull]) -> "Canned":
        by_commit = {sha: pull.number for pull in pulls for sha in (pull.commit, *pull.brought)}
        return cls({pull.number: json.dumps(pull.facts).encode() for pull in pulls}, by_commit)

    def get(self, path: str) -> bytes | None:
        """The answer of a REST route; None where there is no such route."""
        route = _ROUTE.fullmatch(path)
        if route is None:
            return None
        return self.pulls[int(route["number"])] if route["number"] else b"{}"

    def query(self, query: str) -> bytes:
        """The answer of a GraphQL query, made from its aliases."""
        found = list(_ALIAS.finditer(query))
        fields = b",".join(b'"%s":%s' % (alias[0][:-2].encode(), self._value(alias)) for alias in found)
        if any(alias["searched"] for alias in found):
            return b'{"data":{%s}}' % fields
        return b'{"data":{"repository":{"nameWithOwner":"%s",%s}}}' % (SLUG.encode(), fields)

    def _value(self, alias: re.Match[str]) -> bytes:
        if alias["number"]:
            return self.pulls[int(alias["number"])]
        pull = self.pulls[self.by_commit[alias["commit"] or alias["searched"]]]
        if alias["searched"]:
            return b'{"edges":[{"node":%s}]}' % pull
        return b'{"associatedPullRequests":{"nodes":[%s]}}' % pull


class GitHub:
    """The server as seen from here: where it is, and how many requests it has had, without those it did not know."""

    def __init__(self, port: int, requests: "Synchronized[int]") -> None:
        self.port = port
        self._requests = requests

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> int:
        return self._requests.value


@contextmanager
def github(pulls: Sequence[Pull], latency: float) -> Iterator[GitHub]:
    """A server for the time of the block; ``latency`` is in seconds a request. Requests on several connections wait at once."""
    context = multiprocessing.get_context("spawn")
    requests = context.Value("i", 0)
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(Canned.of(pulls), latency, requests, there), daemon=True)
    process.start()
    there.close()
    try:
        yield GitHub(here.recv(), requests)
    finally:
        process.terminate()
        process.join()


def _serve(canned: Canned, latency: float, requests: "Synchronized[int]", ready: Connection) -> None:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.canned, server.latency, server.requests = canned, latency, requests
    ready.send(server.server_address[1])
    server.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    canned: Canned
    latency: float
    requests: "Synchronized[int]"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # headers and body are two writes: together with delayed acknowledgements that would cost 40 ms a request
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer(self.server.canned.get(self.path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(self.server.canned.query(json.loads(body)["query"]) if self.path == "/graphql" else None)

    def _answer(self, content: bytes | None) -> None:
        with self.server.requests.get_lock():
            self.server.requests.value += 1
        time.sleep(self.server.latency)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content or b"")))
        for name, value in (("Limit", 5000), ("Remaining", 4900), ("Reset", 2_000_000_000)):
            self.send_header(f"X-RateLimit-{name}", str(value))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the table is what people read."""
