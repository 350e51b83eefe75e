"""HTTP on a port of 127.0.0.1: requests come in, replies go out, connections stay open in between."""

import socket
import ssl
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

from reletan.sandbox.http.wire import Received, Reply

Respond = Callable[[Received], Reply | None]


class Listener(ThreadingMixIn, TCPServer):
    """``respond`` gives the reply, or None to close the connection; ``crashes`` gets the trace of what went wrong."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, respond: Respond, crashes: list[str], pem: tuple[Path, Path] | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        self._crashes = crashes
        self._open: set[Any] = set()
        if pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*pem)
            # the handshake is the connection's own business: nobody else waits for it
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """Take no more, and hang up on everybody."""
        self.shutdown()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver calls it
        # clients may hang up, or not like the certificate: OSError has both
        if not isinstance(sys.exception(), OSError):
            self._crashes.append(traceback.format_exc())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # headers and content are one write, sent at once: else delayed acknowledgements cost 40 ms a request
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: Listener

    def _serve(self) -> None:
        reply = self.server.respond(Received(self.command, self.path, self.headers, self._content()))
        if reply is None:
            self.close_connection = True
        else:
            self._send(reply)

    do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _content(self) -> bytes:
        headers: Message = self.headers
        if headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(headers.get("Content-Length") or 0))
        content = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return content

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if reply.whole:
            self.wfile.write(reply.content)
        else:
            self.wfile.write(reply.content[: len(reply.content) // 2])
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the exchanges tell it all."""
