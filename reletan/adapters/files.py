"""Files of the work tree: read with care, written whole or not at all."""

import os
import stat
from contextlib import suppress
from typing import Any

from reletan.domain.errors import ReletanError, UsageError

MAX_BYTES = 1024 * 1024
_DEEPEST = 50


def read(top: str, name: str) -> bytes | None:
    """The content of ``name``, a path below ``top``; None where there is no such file.

    Raises UsageError for what is no plain file of at most 1 MiB inside ``top``, or cannot be read.
    """
    path = os.path.join(top, name)
    if not os.path.lexists(path):
        return None
    real, real_top = os.path.realpath(path), os.path.realpath(top)
    if os.path.commonpath([real, real_top]) != real_top:
        raise UsageError(f"{name} leads out of the work tree; reletan does not follow it.",
                         next=f"make {name} a plain file of the work tree, or remove it")  # fmt: skip
    try:
        if not stat.S_ISREG(os.stat(real).st_mode):
            raise UsageError(f"{name} is not a file.", next=f"make {name} a plain file, or remove it")
        with open(real, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.",
                         next=f"make {name} a file that you may read, or remove it") from None  # fmt: skip
    if len(content) > MAX_BYTES:
        raise UsageError(f"{name} is larger than 1 MiB; no configuration is.", next=f"shorten {name}, or remove it")
    return content


def decode(content: bytes, name: str) -> str:
    """The text of a file, every character kept; ``name`` is for the UsageError when it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}, line {line}: this is not UTF-8.", next="save the file as UTF-8") from None


def parse_toml(content: bytes, name: str) -> dict[str, Any]:
    """The tables of a TOML file. Raises UsageError naming file, line and column where it is broken."""
    import tomllib

    text = decode(content, name).removeprefix("\ufeff")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(name, error) from None
    except RecursionError:
        raise _broken(name, "nested too deeply") from None
    except ValueError:
        # Python's word for a number of thousands of digits
        raise _broken(name, "a number is too large") from None
    _require_plain(tables, name)
    return tables


def _broken(name: str, why: object) -> UsageError:
    return UsageError(f"{name}: broken TOML: {why}.", next=f"mend {name}; nothing was changed")


def _require_plain(value: object, name: str, depth: int = 0) -> None:
    """Nothing that could not be shown: TOML's numbers have 64 bits, and no setting is deep."""
    if depth > _DEEPEST:
        raise _broken(name, "nested too deeply")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise _broken(name, "a number is too large")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _require_plain(inner, name, depth + 1)


def write_atomically(path: str, content: str) -> None:
    """Write ``content`` as UTF-8: afterwards the whole new file is there and on the disk, or the old one still is.

    Keeps the permissions of an existing file; a symbolic link is replaced, not followed. Raises ReletanError.
    """
    folder, name = os.path.split(os.path.abspath(path))
    temporary = os.path.join(folder, f".{name}.{os.urandom(6).hex()}.tmp")
    try:
        _write_synced(temporary, content.encode("utf-8"))
        with suppress(FileNotFoundError):
            old = os.lstat(path).st_mode
            if stat.S_ISREG(old):
                os.chmod(temporary, stat.S_IMODE(old))
        os.replace(temporary, path)
        _sync_folder(folder)
    except OSError as error:
        raise ReletanError(f"{path} cannot be written: {error.strerror}.",
                           next="free some space, or check who owns the folder, then run the command again") from None  # fmt: skip
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def _write_synced(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append(path: str, text: str) -> None:
    """Add to the end of a file that the environment names. Raises UsageError."""
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", next="check GITHUB_STEP_SUMMARY") from None
