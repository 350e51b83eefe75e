"""The refs of a bare repository, read from its files: to run git for them takes a hundred times as long."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ID = re.compile(r"[0-9a-f]{40}")


def read_refs(repository: Path) -> dict[str, str]:
    """Full name -> object id (an annotated tag's own), by name, as `git for-each-ref` lists them; no symbolic ones."""
    # git packs a ref before it takes its file away: in this order none is missed
    loose = dict(_loose(f"{repository}/refs", "refs"))
    found = {**_packed(repository), **loose}
    return {name: found[name] for name in sorted(found, key=os.fsencode)}


def _loose(folder: str, name: str) -> Iterator[tuple[str, str]]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            inner = f"{name}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _loose(entry.path, inner)
            elif at := read_loose(entry.path):
                yield inner, at


def read_loose(file: str | Path) -> str | None:
    """The object id in the file of a ref, None where there is none: then it is packed, or there is no such ref."""
    try:
        with open(file, "rb") as opened:
            said = opened.read(64).decode("ascii").rstrip("\n")
    except (OSError, ValueError):
        return None
    return said if _ID.fullmatch(said) else None


def _packed(repository: Path) -> dict[str, str]:
    try:
        lines = (repository / "packed-refs").read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    # "#" begins the header, "^" what the tag above peels to
    pairs = (os.fsdecode(line).split(" ", 1) for line in lines if line[:1] not in (b"#", b"^"))
    return {name: at for at, name in pairs}
