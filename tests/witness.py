"""What a scenario sees of a world: its pushes, its lasting state, and the shape of its history."""

from pathlib import Path

from reletan.sandbox.world import World

RECORDER = "#!/bin/sh\n{ cat; echo; } >>pushes.log\n"


def record_pushes(world: World) -> None:
    """From now on origin writes down each push that it is offered."""
    script(world.origin / "hooks" / "pre-receive", RECORDER)


def pushes(world: World) -> list[list[str]]:
    """The refs of each push since ``record_pushes``; a ``-`` in front stands for a deletion."""
    log = world.origin / "pushes.log"
    told = log.read_text() if log.exists() else ""
    return [sorted(_ref(line) for line in push.splitlines()) for push in told.split("\n\n") if push]


def _ref(line: str) -> str:
    _, new, ref = line.split(" ")
    return ("-" if set(new) == {"0"} else "") + ref.removeprefix("refs/")


def script(path: Path, text: str) -> Path:
    """An executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def lasting(world: World) -> str:
    """The whole state, except what a look at the remote leaves: tracking refs and the lock's file."""
    lines = world.dump().splitlines()
    return "\n".join(line for line in lines if not line.startswith("refs/remotes/") and line != "journal lock")


def local_head(world: World, branch: str, clone: Path | None = None) -> str | None:
    """The commit that a branch of a clone is at; None without it."""
    return world.look("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}", cwd=clone) or None


def setting(world: World, key: str, clone: Path | None = None) -> str | None:
    """One value of a clone's own configuration."""
    return world.look("config", "--local", "--default", "", "--get", key, cwd=clone) or None


def journals(world: World, clone: Path | None = None) -> list[str]:
    """The versions that a command began and did not complete."""
    return sorted(path.stem for path in ((clone or world.clone) / ".git" / "reletan").glob("*.json"))


def commit_here(
    world: World, subject: str, path: str = "here.txt", content: str | None = None, clone: Path | None = None
) -> str:
    """A commit on what is checked out in a clone; its object id."""
    where = clone or world.clone
    (where / path).write_text(subject if content is None else content)
    world.git("add", path, cwd=where)
    world.git("commit", "--quiet", f"--message={subject}", cwd=where)
    return world.look("rev-parse", "HEAD", cwd=where)


def history(world: World, revision: str) -> list[tuple[str, list[str]]]:
    """(subject, subjects of the parents) of everything behind a revision of origin, newest first."""
    commits = world.look("rev-list", "--topo-order", revision, cwd=world.origin).split()
    return [(world.subject(commit), [world.subject(parent) for parent in world.parents(commit)]) for commit in commits]
