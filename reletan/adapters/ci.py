"""The CI job that this process runs in."""

import os
import stat
from collections.abc import Mapping

import msgspec

from reletan.domain.ci import CiJob, detect, in_actions
from reletan.domain.errors import UsageError

# GitHub caps its events at 25 MB; those of pull requests and checks have some hundred kB
MAX_BYTES = 10 * 1024 * 1024


def this_job(environ: Mapping[str, str], host: str, repository: str) -> CiJob | None:
    """The job that ``environ`` tells of; None outside of CI. ``host`` and ``repository`` are the configured ones.

    Raises UsageError for values that cannot be true, and for an event file that cannot be read.
    """
    path = environ.get("GITHUB_EVENT_PATH", "") if in_actions(environ) else ""
    return detect(environ, _event(path) if path else None, host, repository)


def _event(path: str) -> object:
    try:
        event: object = msgspec.json.decode(_content(path))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _refused("is no JSON") from None
    if not isinstance(event, dict):
        raise _refused("holds no JSON object")
    return event


def _content(path: str) -> bytes:
    try:
        with open(path, "rb", opener=_open) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _refused("is not a file")
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(f"cannot be read: {error.strerror}") from None
    except ValueError:
        raise _refused("cannot be read: no path is like this") from None
    if len(content) > MAX_BYTES:
        raise _refused("is larger than 10 MiB")
    return content


def _open(path: str, flags: int) -> int:
    # Opening a pipe would wait for its writer
    return os.open(path, flags | os.O_NONBLOCK)


def _refused(what: str) -> UsageError:
    return UsageError(f"What GITHUB_EVENT_PATH names {what}.", next="give the number of the pull request")
