"""The whole state of a world as one readable text: what crash and race tests compare."""

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reletan.sandbox.origin import WorldError

if TYPE_CHECKING:
    from reletan.sandbox.slack.model import Post
    from reletan.sandbox.world import World

_REFS = "--format=%(refname) %(objectname)"
_KNOWN_OF_GIT = {
    "objects",
    "refs",
    "packed-refs",
    "logs",
    "reletan",
    "index",
    "ORIG_HEAD",
    "FETCH_HEAD",
    "COMMIT_EDITMSG",
}
_TAGS = "--format=%(refname) %(objecttype) %(objectname) %(*objectname) %(contents:subject)"


def dump(world: "World") -> str:
    """Origin's refs; what GitHub has besides, without its ids and times; what stands on Slack, where the world has one; then
    each clone: refs, HEAD, configuration, status, files, and the names of reletan's journals and of what is in ``.git``.
    """
    refs = [line for line in _refs(world, world.origin) if not line.startswith("refs/tags/")]
    parts = ["# origin", *refs, *_tags(world, world.origin)]
    parts += ["", "# GitHub", *_github(world)]
    parts += _slack(world)
    for name in world.clones:
        parts += ["", f"# {name}", *_clone(world, world.folder / name)]
    return "\n".join(parts) + "\n"


def _github(world: "World") -> list[str]:
    """A line for each entry."""
    lines: list[tuple[str, Any]] = []
    for name, value in world.state().items():
        if isinstance(value, dict):
            lines += [(f"{name} {key}", one) for key, one in value.items()]
        else:
            lines += [(name, one) for one in (value if isinstance(value, list) else [value])]
    return [f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in lines]


def _slack(world: "World") -> list[str]:
    """A line for each post, and one for each answer in its thread; without the times that Slack gave."""
    try:
        channels = world.slack.channels.values()
    except WorldError:
        return []
    lines = ["", "# Slack"]
    for channel in channels:
        for post in channel.posts:
            lines += [
                f"#{channel.name} {_post(post)}",
                *(f"#{channel.name} > {_post(reply)}" for reply in post.replies),
            ]
    return lines


def _post(post: "Post") -> str:
    kept = {"text": post.text, "blocks": post.blocks, "metadata": post.metadata, "gone": post.gone}
    return f"{post.author.name} {json.dumps(kept, ensure_ascii=False)}"


def _clone(world: "World", clone: Path) -> list[str]:
    return [
        f"HEAD {(clone / '.git' / 'HEAD').read_text().strip()}",
        *(line for line in _refs(world, clone) if not line.startswith("refs/tags/")),
        *_tags(world, clone),
        *_config(world, clone),
        *_lines(world, clone, "status", "--porcelain", "--ignored"),
        *(f"{_digest(path)} {path.relative_to(clone)}" for path in _files(clone)),
        *(f"journal {path.name}" for path in sorted((clone / ".git" / "reletan").glob("*"))),
        *(f"in .git: {name}" for name in _of_git(clone / ".git")),
    ]


def _of_git(folder: Path) -> list[str]:
    """What else is in there. Objects, refs and reletan's own are told otherwise; git keeps notes on what it did last."""
    inside = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in inside if path.parts[0] not in _KNOWN_OF_GIT and path.suffix != ".sample")


def _refs(world: "World", where: Path) -> list[str]:
    return _lines(world, where, "for-each-ref", _REFS)


def _tags(world: "World", where: Path) -> list[str]:
    return _lines(world, where, "for-each-ref", _TAGS, "refs/tags")


def _config(world: "World", clone: Path) -> list[str]:
    folder = str(world.folder)
    return [line.replace(folder, "WORLD") for line in _lines(world, clone, "config", "--local", "--list")]


def _lines(world: "World", where: Path, *args: str) -> list[str]:
    # without a tick: looking at the world does not change it
    return world.look(*args, cwd=where).splitlines()


def _files(clone: Path) -> list[Path]:
    found = []
    for folder, subfolders, names in os.walk(clone):
        if Path(folder) == clone:
            subfolders.remove(".git")
        found += [Path(folder, name) for name in names]
    return sorted(found)


def _digest(path: Path) -> str:
    content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
    return hashlib.sha256(content).hexdigest()[:16]
