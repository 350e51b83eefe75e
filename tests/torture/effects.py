"""Inside a run of reletan: its effects on the world, numbered and written down; and at one of them, a blow.

An effect is a program that it starts (git), a request that it sends (GitHub, Slack) or a change of a file. It is met where
Python meets it: at ``subprocess.Popen``, in ``http.client``, by an audit hook for files. Nothing of reletan is touched.
"""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from errno import ECONNRESET, ENETUNREACH, ENOSPC
from typing import Any

# What a git that cannot do its work answers
_BROKEN = ("-c", "alias.broken=!echo 'fatal: write error: Input/output error' >&2; exit 128 #", "broken")
_OF_FILES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate")
_SIGNALS = {"kill": signal.SIGKILL, "int": signal.SIGINT, "term": signal.SIGTERM}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def watch(told: str, world: str, at: int, kind: str) -> None:
    """From now on, each effect is a line "sort text" in the file ``told``. ``world``: the folder whose files count, and
    in which ``tmp`` is that of temporary files. ``at``: the number of the effect that meets the blow (0: none) of ``kind``,
    one of:

    - kill, int, term: SIGKILL, SIGINT or SIGTERM before the effect; kill-after, …: once it has happened, and nobody knows yet;
    - ctrl-c: SIGINT to reletan and to the git that has just begun, as a terminal sends it;
    - error, error-after: it fails, or it happens and then looks as if it had failed;
    - down: it and all later ones of its sort fail.
    """
    watcher = _Watcher(told, world, at, kind)
    _watch_programs(watcher)
    _watch_requests(watcher)
    _watch_files(watcher)


class _Watcher:
    def __init__(self, told: str, world: str, at: int, kind: str) -> None:
        self.world = world
        self.kind = kind
        self._at = at
        self._told = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._count = 0
        self._down = ""
        self._lock = threading.Lock()

    def before(self, sort: str, text: str) -> tuple[int, bool]:
        """(its number, whether it has to fail)."""
        with self._lock:
            self._count += 1
            number = self._count
        os.write(self._told, f"{sort} {text}\n".encode(errors="replace"))
        hit = number == self._at
        if hit and self.kind in _SIGNALS:
            os.kill(os.getpid(), _SIGNALS[self.kind])
        if hit and self.kind == "down":
            self._down = sort
        return number, (hit and self.kind == "error") or sort == self._down

    def after(self, number: int) -> bool:
        """Whether it has to look as if it had failed."""
        hit = number == self._at
        if hit and (sent := _SIGNALS.get(self.kind.removesuffix("-after"))):
            os.kill(os.getpid(), sent)
        return hit and self.kind == "error-after"

    def during(self, number: int) -> threading.Timer | None:
        """What strikes while a program works, at one moment or another of its life."""
        if number != self._at or self.kind != "ctrl-c":
            return None
        blow = threading.Timer(number % 5 / 1000, os.killpg, (0, signal.SIGINT))
        blow.start()
        return blow


def _watch_programs(watcher: _Watcher) -> None:
    begin, wait = subprocess.Popen.__init__, subprocess.Popen.wait
    numbers: dict[int, int] = {}
    blows: dict[int, threading.Timer | None] = {}

    def watched_begin(self: Any, args: Any, *more: Any, **named: Any) -> None:
        argv = [args] if isinstance(args, str) else list(args)
        number, fails = watcher.before("git", _without_folder(" ".join(map(str, argv)), watcher.world))
        begin(self, [argv[0], *_BROKEN] if fails else args, *more, **named)
        numbers[id(self)] = number
        blows[id(self)] = watcher.during(number)

    def watched_wait(self: Any, timeout: float | None = None) -> int:
        if blow := blows.pop(id(self), None):
            blow.join()
        code = wait(self, timeout)
        if watcher.after(numbers.pop(id(self), 0)):
            self.returncode = code = 128
        return code

    subprocess.Popen.__init__ = watched_begin  # type: ignore[method-assign]
    subprocess.Popen.wait = watched_wait  # type: ignore[method-assign]


def _watch_requests(watcher: _Watcher) -> None:
    put, begin = http.client.HTTPConnection.putrequest, http.client.HTTPResponse.begin
    at_work = threading.local()

    def watched_put(self: Any, method: str, url: str, *more: Any, **named: Any) -> None:
        at_work.number, fails = watcher.before("http", f"{method} {url}")
        if fails:
            raise OSError(ENETUNREACH, os.strerror(ENETUNREACH))
        put(self, method, url, *more, **named)

    def watched_begin(self: Any) -> None:
        begin(self)
        if watcher.after(at_work.number):
            raise ConnectionResetError(ECONNRESET, os.strerror(ECONNRESET))

    http.client.HTTPConnection.putrequest = watched_put  # type: ignore[method-assign]
    http.client.HTTPResponse.begin = watched_begin  # type: ignore[method-assign]


def _watch_files(watcher: _Watcher) -> None:
    tell = _teller(watcher)
    fsync = os.fsync

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in _OF_FILES or (event == "open" and isinstance(args[2], int) and args[2] & _WRITING):
            tell(event.removeprefix("os."), args[0])

    def watched_fsync(fd: Any) -> None:
        tell("fsync", os.readlink(f"/proc/self/fd/{fd}"))
        fsync(fd)

    sys.addaudithook(hook)
    os.fsync = watched_fsync


def _teller(watcher: _Watcher) -> Callable[[str, object], None]:
    temporary = os.path.join(watcher.world, "tmp")
    tempfile.tempdir = temporary

    def tell(what: str, path: object) -> None:
        if not isinstance(path, str | bytes):
            return
        where = os.path.abspath(os.fsdecode(path))
        if not where.startswith(watcher.world):
            return
        sort = "temporary" if where.startswith(temporary) else "file"
        text = "" if sort == "temporary" else f" {os.path.relpath(where, watcher.world)}"
        _, fails = watcher.before(sort, what + text)
        # on a full disk, one can still remove
        if fails and (what != "remove" or watcher.kind == "error"):
            raise OSError(ENOSPC, os.strerror(ENOSPC), where)

    return tell


def _without_folder(text: str, folder: str) -> str:
    return re.sub(r"\s+", " ", text.replace(folder, "WORLD"))
