"""What is somebody's own in a clone, and nobody else's business: reletan leaves it as it was."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from reletan.sandbox.world import World

# What a release brings and takes away
_OF_BRANCHES = ("branch.", "gitflow.branch.")
_OF_THE_FLOW = ("refs/heads/", "refs/tags/", "refs/remotes/")
_COME_AND_GO = ("logs/refs/remotes/", "logs/refs/heads/release/", "logs/refs/heads/hotfix/")


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """``files``: the content of those that are changed, or that git does not know or ignores; ``logs``: reflogs."""

    status: str
    files: dict[str, bytes]
    head: str
    config: list[str]
    refs: list[str]
    hooks: list[str]
    logs: dict[str, str]


def own(world: World, clone: Path) -> Own:
    told, git = world.look("status", "--porcelain", "--ignored", "-z", cwd=clone), clone / ".git"
    names = [entry[3:] for entry in told.split("\0") if entry]
    config = world.look("config", "--local", "--list", cwd=clone).splitlines()
    refs = world.look("for-each-ref", "--format=%(refname) %(objectname)", cwd=clone).splitlines()
    return Own(
        status=told,
        files={name: (clone / name).read_bytes() for name in names if (clone / name).is_file()},
        head=(git / "HEAD").read_text(),
        config=[line for line in config if not line.startswith(_OF_BRANCHES)],
        refs=[ref for ref in refs if not ref.startswith(_OF_THE_FLOW)],
        hooks=sorted(path.name for path in (git / "hooks").glob("*")),
        logs={str(path.relative_to(git)): path.read_text() for path in (git / "logs").rglob("*") if path.is_file()},
    )


def touched(before: Own, after: Own, *, switched: bool = False) -> Iterable[str]:
    """What is not as it was. A reflog may grow, and go with its branch; ``switched``: HEAD was meant to be another one."""
    for name, log in before.logs.items():
        if not name.startswith(_COME_AND_GO) and not after.logs.get(name, log).startswith(log):
            yield f"{name} lost lines"
    for name in set(Own.__struct_fields__) - {"logs", "head" if switched else ""}:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"{name} was {was}, is {now}"
