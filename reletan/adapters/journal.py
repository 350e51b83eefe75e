"""The journal: what a command meant to do, kept until it is done. A hint; the remote is the truth."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

from reletan.adapters.files import write_atomically
from reletan.domain.errors import Blocked, ReletanError
from reletan.domain.plan import Plan, State
from reletan.domain.text import Text


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """The intent of one command on one version, and what was done of its plan.

    ``author`` and ``committer`` are git identities with their times, so that a re-run makes the same objects.
    """

    command: str
    version: str
    options: dict[str, str | bool | None]
    author: str
    committer: str
    plan: Plan | None = None
    states: tuple[State, ...] = ()
    schema: int = 1


class JournalFolder:
    """``<git common dir>/reletan``: one file a version."""

    def __init__(self, common_dir: str) -> None:
        self.folder = os.path.join(common_dir, "reletan")

    @contextmanager
    def lock(self, *, needed: bool = True) -> Iterator[None]:
        """Only one writing command in a clone at a time; a dry run does not need it, and leaves nothing behind."""
        if not needed:
            yield
            return
        with _explained():
            os.makedirs(self.folder, exist_ok=True)
            handle = os.open(os.path.join(self.folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Blocked(
                    "Another reletan is at work in this clone.", next="wait for it to end, then run the command again"
                ) from None
            self._sweep()
            yield
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        """A run that was killed may have left a journal that it had only begun to write."""
        for name in os.listdir(self.folder):
            if name.endswith(".tmp"):
                with suppress(OSError):
                    os.unlink(os.path.join(self.folder, name))

    def read(self, version: str) -> Journal | None:
        """The journal of a version; None where there is none, or where it is torn: a stale journal never blocks."""
        try:
            with open(self._path(version), "rb") as file:
                return msgspec.json.decode(file.read(), type=Journal, dec_hook=_decoded)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def unfinished(self) -> list[Journal]:
        try:
            names = sorted(os.listdir(self.folder))
        except OSError:
            return []
        found = (self.read(name.removesuffix(".json")) for name in names if name.endswith(".json"))
        return [journal for journal in found if journal is not None]

    def write(self, journal: Journal) -> None:
        with _explained():
            write_atomically(self._path(journal.version), msgspec.json.encode(journal, enc_hook=_encoded).decode())

    def forget(self, version: str) -> None:
        try:
            os.unlink(self._path(version))
        except FileNotFoundError:
            return
        except OSError as error:
            raise ReletanError(f"The journal of {version} could not be removed: {error.strerror}.",
                               next="check who owns .git, then run the command again") from error  # fmt: skip

    def _path(self, version: str) -> str:
        return os.path.join(self.folder, f"{version}.json")


def marked(journal: Journal, states: Sequence[State]) -> Journal:
    return msgspec.structs.replace(journal, states=tuple(states))


def _encoded(value: object) -> str:
    if isinstance(value, Text):
        return value.raw
    raise NotImplementedError(type(value).__name__)


def _decoded(kind: type, value: Any) -> Any:
    if kind is Text and isinstance(value, str):
        return Text(value)
    raise NotImplementedError(kind.__name__)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ReletanError(
            f"This clone cannot be written to ({error.strerror}: {error.filename}), so nothing was done.",
            next="free some space, or check who owns .git, then run the command again",
        ) from error
