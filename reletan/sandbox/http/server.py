"""A server on a port of 127.0.0.1 that serves one request at a time, remembers them, and spoils those it is told to."""

import threading
import traceback
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Generic, TypeVar

from reletan.sandbox.http.faults import Fault, Script
from reletan.sandbox.http.listener import Listener
from reletan.sandbox.http.wire import Received, Reply

Asked = TypeVar("Asked")


class Server(ABC, Generic[Asked]):
    """``unknown``: what the sandbox was asked and does not have, whatever was answered; ``crashes``: the traces of
    requests that the sandbox itself failed on. ``on_purpose``: texts of problems that a test brings about itself, so that
    it does not fail by them. ``latency``: seconds that every request takes longer. ``pem``: certificate and key for https.
    """

    def __init__(self, pem: tuple[Path, Path] | None = None) -> None:
        self.unknown: list[str] = []
        self.crashes: list[str] = []
        self.on_purpose: list[str] = []
        self.latency = 0.0
        self.certificate = pem and pem[0]
        self._script: Script[Asked] = Script()
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

    def unused_faults(self) -> list[str]:
        """The faults that have not happened, each as one line."""
        with self._lock:
            return self._script.unused()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the request at hand, let go of all others."""
        self._stopping.set()
        with self._lock:
            self._listener.stop()
        self._thread.join()

    # what each server does in its own way, one request at a time

    @abstractmethod
    def _understood(self, received: Received) -> Asked: ...

    @abstractmethod
    def _not_known(self, asked: Asked) -> list[str]:
        """What of a request no part of the sandbox understands, each in a line."""

    @abstractmethod
    def _done(self, asked: Asked) -> Reply:
        """The request has its effect; the real reply."""

    @abstractmethod
    def _interfere(self, fault: Fault) -> None:
        """Let somebody do something just before the request has its effect."""

    @abstractmethod
    def _failed(self) -> Reply:
        """What is answered where the sandbox itself fails."""

    @abstractmethod
    def _remember(self, asked: Asked, reply: Reply | None, spoilt: bool) -> None: ...

    @abstractmethod
    def _usual_headers(self) -> dict[str, str]: ...

    @property
    def _scheme(self) -> str:
        return "https" if self.certificate else "http"

    def _respond(self, received: Received) -> Reply | None:
        asked = self._understood(received)
        with self._lock:
            faults = self._script.due(asked)
        if self._stopping.wait(self.latency + sum(fault.wait for fault in faults)):
            return None
        with self._lock:
            return None if self._stopping.is_set() else self._exchange(asked, faults)

    def _exchange(self, asked: Asked, faults: list[Fault]) -> Reply | None:
        spoilt = next((fault for fault in faults if fault.spoils), Fault())
        try:
            self.unknown += self._not_known(asked)
            for fault in faults:
                self._interfere(fault)
            reply = spoilt.reply(lambda: self._done(asked))
        except Exception:
            self.crashes.append(traceback.format_exc())
            reply = self._failed()
        self._remember(asked, reply, spoilt.spoils)
        return reply and reply.but(headers={**self._usual_headers(), **reply.headers})
