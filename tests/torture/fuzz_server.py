"""A server that answers what a case says, byte by byte, whatever it is asked."""

import threading
from functools import cache
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from torture.fuzz_source import Source

Answer = list[Any]
"""[status, headers, text]: as plain data, so that a case can be bent and made smaller."""

MOST_REQUESTS = 80
_CHARSETS = (
    "utf-8",
    "utf-16",
    "unicode_escape",
    "raw_unicode_escape",
    "rot13",
    "undefined",
    "idna",
    "x\x00",
    "utf-7",
    "",
)
_HEADERS = (
    ("Retry-After", ("0", "1", "-1", "9" * 11, "9" * 30, "nan", "1e9", "²", "Wed, 21 Oct 2015 07:28:00 GMT")),
    ("X-RateLimit-Remaining", ("0", "x", "-1")),
    ("X-RateLimit-Limit", ("5000", "x")),
    ("X-RateLimit-Reset", ("0", "99999999999", "x")),
    (
        "Date",
        (
            "Fri, 20 Nov 2026 10:00:00 GMT",
            "x",
            "0",
            "Fri, 99 Nov 99999 99:99:99 +9999",
            "20 Nov",
            "Fri, 20 Nov 2026 10:00:00 -99999999999",
            "\x1b[31m",
        ),
    ),
    ("Content-Type", tuple(f"application/json; charset={one}" for one in _CHARSETS)),
    ("Content-Type", ("text/html", "text/\x1b[31mx", "\xff")),
    (
        "Location",
        ("https://evil.example/x", "/repos/acme/other", "//evil", "https://[::1", "http://127.0.0.1:1/", "\x00", ""),
    ),
    ("Content-Encoding", ("gzip", "deflate", "br", "x")),
    ("Transfer-Encoding", ("chunked", "x")),
    ("Content-Length", ("0", "1", "999999", "-1", "x")),
    ("Link", ('<https://evil.example>; rel="next"', "<", "x")),
    ("X-OAuth-Scopes", ("repo, \x1b[31m", "")),
    ("X\x85Bad", ("x",)),
    ("", ("",)),
    ("Set-Cookie", ("a=b; x",)),
)
# not 202, at which PyGithub sleeps
_STATUSES = (
    *(200, 200, 201, 204, 301, 302, 304, 400, 401, 403, 404, 405, 409, 410, 422, 429),
    *(500, 502, 503, 504, 418, 999, 199, "x", "", -1),
)


class _Handler(StreamRequestHandler):
    server: "AnyServer"
    timeout = 10

    def handle(self) -> None:
        head = list(iter(lambda: self.rfile.readline(65_536).strip(), b""))
        length = next((int(line[15:]) for line in head if line.lower().startswith(b"content-length:")), 0)
        if head:
            self.rfile.read(length)
            self.wfile.write(self.server.next_answer())


class AnyServer(ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._lock = threading.Lock()
        self._left: list[bytes] = []
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def prepare(self, answers: list[Answer]) -> None:
        """From now on these, one a request; then the last one for ever."""
        with self._lock:
            self._left, self.asked = [encoded(*answer) for answer in answers], 0

    def next_answer(self) -> bytes:
        with self._lock:
            self.asked += 1
            # else a client that asks again and again would do so for ever
            if not self._left or self.asked > MOST_REQUESTS:
                return b""
            return self._left.pop(0) if len(self._left) > 1 else self._left[0]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients may hang up."""


@cache
def any_server() -> AnyServer:
    """One for each process."""
    server = AnyServer()
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 60}).start()
    return server


def encoded(status: Any, headers: Any, text: Any) -> bytes:
    content = str(text).encode(errors="replace")
    told = "".join(f"{name}: {value}\r\n" for name, value in headers if "\n" not in f"{name}{value}")
    length = "" if "content-length" in told.lower() else f"Content-Length: {len(content)}\r\n"
    return f"HTTP/1.1 {status} OK\r\n{told}{length}Connection: close\r\n\r\n".encode("latin-1", "replace") + content


def bent_answers(source: Source, answers: list[Answer], decode: Any, encode: Any) -> list[Answer]:
    """``answers`` with one of them, mostly, another one. ``decode`` and ``encode``: of the JSON in them."""
    made = [list(answer) for answer in answers]
    for _ in range(source.choice((1, 1, 2))):
        one = made[source.randrange(len(made))]
        match source.randrange(10):
            case 0:
                one[0] = source.choice(_STATUSES)
            case 1:
                name, values = source.choice(_HEADERS)
                one[1] = [*one[1], [name, source.choice(values)]]
            case 2:
                one[2] = source.bent(one[2]).encode(errors="replace").decode()
            case 3:
                one[2] = one[2][: source.randint(0, len(one[2]))]
            case 4:
                one[2] = source.choice(
                    (
                        "",
                        "ok",
                        "null",
                        "[]",
                        "{}",
                        "0",
                        "<html>\x1b[31m",
                        "[" * 5_000,
                        '{"a":' * 5_000,
                        '"\\ud800"',
                        "1" * 5_000,
                        "NaN",
                        source.clean(),
                    )
                )
            case _:
                one[2] = encode(source.bent_value(_or_text(decode, one[2])))
    return made


def _or_text(decode: Any, text: str) -> Any:
    try:
        return decode(text)
    except (ValueError, RecursionError):
        return text
