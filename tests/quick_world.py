"""Worlds in which reletan starts from a process that has read it already: the same runs, in a third of the time."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from threading import Lock

from quick_server import ENVIRONMENT

from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import TIMEOUT, World

# What Python and the C library look at before the first line of a program
_AT_BIRTH = ("PYTHON", "LC_", "LANG", "TZ")
# A fork copies a page table: of few large pages that takes a third of the time
CHEAP_TO_FORK = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1000000000:glibc.malloc.top_pad=67108864",
}
# Two threads of one test begin one server
_BEGINNING = Lock()


class QuickWorld(World):
    """A world whose ``reletan`` is forked; started from nothing where a test wants another Python, and away from Linux.

    ``watched``: the arguments of ``torture.effects.watch`` for the runs from now on; None for runs as they are. Only forked
    ones can be watched.
    ``patient``: what waits for something really waits; else its clock jumps.
    """

    watched: Mapping[str, object] | None = None
    patient = False

    def run_reletan(
        self, args: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: bytes
    ) -> "subprocess.CompletedProcess[bytes]":
        if sys.platform != "linux" or _at_birth(env) != _at_birth(ENVIRONMENT):
            if self.watched is not None:
                raise WorldError("a run that cannot be forked is not watched either")
            return super().run_reletan(args, cwd, env, stdin)
        with _BEGINNING:
            server = _server()
        return server.run(args, cwd, env, stdin, self.watched, patient=self.patient)


def _at_birth(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_AT_BIRTH)}


class QuickServer:
    """The process that forks: ``quick_server`` as a program."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = Lock()
        file = Path(__file__).with_name("quick_server.py")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(file), str(theirs.fileno())],
                env={**ENVIRONMENT, **CHEAP_TO_FORK}, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip

    def end(self) -> None:
        self._ours.close()
        self._process.wait(timeout=TIMEOUT)

    def run(
        self,
        args: Sequence[str],
        cwd: Path,
        env: Mapping[str, str],
        stdin: bytes,
        watched: Mapping[str, object] | None = None,
        *,
        patient: bool,
    ) -> "subprocess.CompletedProcess[bytes]":
        """As ``subprocess.run``, of reletan, with all that it writes."""
        with ExitStack() as stack:
            source, out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            source.write(stdin)
            source.seek(0)
            alive, held = (stack.enter_context(end) for end in socket.socketpair())
            what = {"args": args, "cwd": str(cwd), "env": dict(env), "watched": watched, "patient": patient}
            pid = self._ask(what, [source.fileno(), out.fileno(), err.fileno(), held.fileno()])
            held.close()
            _wait_for_the_end(alive, pid)
            status = self._ask({"ended": pid})
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(["reletan", *args], status, out.read(), err.read())

    def _ask(self, what: Mapping[str, object], fds: Sequence[int] = ()) -> int:
        with self._lock:
            socket.send_fds(self._ours, [json.dumps(what).encode()], fds)
            return int(self._ours.recv(32))


def _wait_for_the_end(alive: socket.socket, pid: int) -> None:
    """The run holds the other end of ``alive`` as long as it lives."""
    alive.settimeout(TIMEOUT)
    try:
        alive.recv(1)
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        raise


@cache
def _server() -> QuickServer:
    """One for each worker."""
    return QuickServer()


def end_server() -> None:
    """Where there was a run, end what it came from."""
    if _server.cache_info().currsize:
        _server().end()
        _server.cache_clear()
