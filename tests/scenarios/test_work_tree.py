"""The person's files: every command leaves changed, staged, untracked and ignored ones byte for byte as they were."""

from pathlib import Path

import pytest

from reletan.sandbox.world import World

PREPARATIONS = {"open": [("start", "1.4.0", "--yes")], "closed": []}
COMMANDS = [
    ("closed", ("list",)),
    ("closed", ("list", "--markdown")),
    ("closed", ("status",)),
    ("closed", ("config",)),
    ("closed", ("start", "--yes")),
    ("closed", ("start", "--dry-run")),
    ("closed", ("start", "hotfix", "--yes")),
    ("closed", ("resume", "--yes")),
    ("open", ("status",)),
    ("open", ("start", "1.4.0", "--yes")),
    ("open", ("tag", "--dry-run")),
    ("open", ("tag", "--yes")),
    ("open", ("tag", "--keep-branch", "--yes")),
    ("open", ("abort", "--yes")),
]


def _mess(clone: Path, world: World) -> None:
    """Every kind of change: in the index, in the work tree, in both, untracked, ignored, deleted, a changed mode."""
    (clone / ".git" / "info").mkdir(exist_ok=True)
    (clone / ".git" / "info" / "exclude").write_text("*.ignored\n")
    (clone / "README.md").write_text("staged\n")
    world.git("add", "README.md", cwd=clone)
    (clone / "README.md").write_text("staged, then changed again\n")
    (clone / "VERSION").unlink()
    (clone / "new.txt").write_text("untracked\n")
    (clone / "build.ignored").write_bytes(b"\0\1\2")
    (clone / "shop.txt").chmod(0o755)


def _seen(clone: Path, world: World) -> tuple[dict[str, tuple[int, int, bytes]], str, str]:
    """Each file (mode, time of its last change, content), the index, and where HEAD is."""
    files = {
        str(path.relative_to(clone)): (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes())
        for path in clone.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(clone).parts
    }
    index = world.look("ls-files", "--stage", cwd=clone)
    return files, index, (clone / ".git" / "HEAD").read_text()


@pytest.mark.parametrize(
    ("prepared", "command"), COMMANDS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else value
)
def test_a_dirty_work_tree_stays_as_it_is(world: World, prepared: str, command: tuple[str, ...]) -> None:
    for before in PREPARATIONS[prepared]:
        world.reletan(*before, check=True)
    world.pull("Moves develop on the remote")
    _mess(world.clone, world)
    before_it = _seen(world.clone, world)
    run = world.reletan(*command)
    assert run.code == 0, run.err
    assert _seen(world.clone, world) == before_it


@pytest.mark.parametrize("command", [("start", "--yes"), ("start", "--dry-run"), ("list",)])
def test_changes_in_another_work_tree_stay_too(world: World, command: tuple[str, ...]) -> None:
    other = world.folder / "hana-main"
    world.git("worktree", "add", "--quiet", str(other), "main")
    (other / "README.md").write_text("changed\n")
    world.commit("main", "Moves main on the remote")
    run = world.reletan(*command)
    assert run.code == 0, run.err
    assert (other / "README.md").read_text() == "changed\n"
    assert world.git("rev-parse", "HEAD", cwd=other) != world.head("main")


def test_an_ignored_file_in_the_way_is_not_overwritten(world: World) -> None:
    """develop brings a file that is ignored, and different, here: develop stays, and the release goes out."""
    (world.clone / ".git" / "info").mkdir(exist_ok=True)
    (world.clone / ".git" / "info" / "exclude").write_text("settings.txt\n")
    (world.clone / "settings.txt").write_text("mine\n")
    world.pull("Add settings", files={"settings.txt": "ours\n"})
    run = world.reletan("start", "--yes")
    assert run.code == 0, run.err
    assert (world.clone / "settings.txt").read_text() == "mine\n"
    assert "NOT DONE" in run.err
    assert world.head("release/1.4.0") == world.head("develop")


@pytest.mark.parametrize(
    "command", [("tag", "--dry-run"), ("start", "2.0.0", "--dry-run"), ("abort", "--dry-run"), ("resume", "--dry-run")]
)
def test_a_dry_run_changes_nothing(world: World, command: tuple[str, ...]) -> None:
    if command[0] != "start":
        world.reletan("start", "1.4.0", "--yes", check=True)
    before = world.dump()
    run = world.reletan(*command)
    assert run.code == 0, run.err
    assert [line for line in world.dump().splitlines() if line != "journal lock"] == [
        line for line in before.splitlines() if line != "journal lock"
    ]
