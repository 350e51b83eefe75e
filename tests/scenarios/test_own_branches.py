"""A clone's own main and develop are brought forward where that is safe, and nothing of a person's work is touched."""

import shlex
from pathlib import Path

import pytest
from witness import commit_here, local_head

from reletan.sandbox.world import World

# each writing command, and what has to be there for it
COMMANDS = ["start", "tag"]


def prepared(world: World, command: str) -> list[str]:
    """The words of ``command``, once develop and main of the remote have moved."""
    world.pull("New on the remote", files={"shop.txt": "closed\n"})
    world.release("1.3.1", prefix="hotfix/")
    if command == "tag":
        world.branch("release/1.4.0", "refs/heads/develop")
    return [command, "1.4.0", "--yes"]


@pytest.mark.parametrize("command", COMMANDS)
def test_clean_branches_come_forward(world: World, command: str) -> None:
    world.reletan(*prepared(world, command), check=True)
    assert local_head(world, "develop") == world.head("develop")
    assert local_head(world, "main") == world.head("main")
    assert (world.clone / "shop.txt").read_text() == "closed\n"
    assert world.look("status", "--porcelain") == ""


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("how", ["changed", "staged", "untracked"])
def test_a_dirty_work_tree_stays_byte_for_byte(world: World, command: str, how: str) -> None:
    words, old = prepared(world, command), local_head(world, "develop")
    name = "mine.txt" if how == "untracked" else "shop.txt"
    (world.clone / name).write_text("half a thought")
    if how == "staged":
        world.git("add", name)
    before = world.look("status", "--porcelain")
    run = world.reletan(*words, check=True)
    assert (local_head(world, "develop"), world.look("status", "--porcelain")) == (old, before)
    assert (world.clone / name).read_text() == "half a thought"
    assert "git merge --ff-only origin/develop" in run.err
    assert local_head(world, "main") == world.head("main")


@pytest.mark.parametrize("command", COMMANDS)
def test_own_commits_are_left_alone(world: World, command: str) -> None:
    words = prepared(world, command)
    ahead_and_diverged = commit_here(world, "Not pushed")
    run = world.reletan(*words, check=True)
    assert local_head(world, "develop") == ahead_and_diverged
    assert "your local develop has commits that the remote lacks" in run.err
    assert "git switch develop && git pull --rebase origin develop" in run.err
    world.git("pull", "--quiet", "--rebase", "origin", "develop")
    assert world.look("log", "--format=%s", "origin/develop..develop").splitlines() == ["Not pushed"]


@pytest.mark.parametrize("state", ["diverged", "dirty"])
def test_what_to_type_for_a_branch_in_another_worktree_works(world: World, tmp_path: Path, state: str) -> None:
    words, other = prepared(world, "start"), tmp_path / "my other"
    if state == "diverged":
        commit_here(world, "Not pushed")
    world.git("switch", "--quiet", "main")
    world.git("worktree", "add", "--quiet", str(other), "develop")
    if state == "dirty":
        (other / "shop.txt").write_text("half a thought")
    run = world.reletan(*words, check=True)
    if state == "dirty":
        world.git("checkout", "--quiet", ".", cwd=other)
    typed = next(line for line in run.err.splitlines() if "was left alone" in line).rpartition(": ")[2]
    world.git(*shlex.split(typed)[1:])
    assert world.look("rev-list", "--count", "develop..origin/develop") == "0"
    assert world.look("branch", "--show-current") == "main"


def test_only_ahead_is_left_alone_too(world: World) -> None:
    mine = commit_here(world, "Not pushed")
    run = world.reletan("start", "--yes", check=True)
    assert local_head(world, "develop") == mine
    assert world.head("release/1.4.0") == world.head("develop") != mine
    assert "your local develop has commits that the remote lacks" in run.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("clean", [True, False])
def test_a_branch_that_is_checked_out_in_another_worktree(
    world: World, tmp_path: Path, command: str, clean: bool
) -> None:
    words, other, old = prepared(world, command), tmp_path / "other", local_head(world, "develop")
    world.git("switch", "--quiet", "main")
    world.git("worktree", "add", "--quiet", str(other), "develop")
    if not clean:
        (other / "shop.txt").write_text("half a thought")
    world.reletan(*words, check=True)
    assert local_head(world, "develop") == (world.head("develop") if clean else old)
    assert (other / "shop.txt").read_text() == ("closed\n" if clean else "half a thought")
    assert (world.look("status", "--porcelain", cwd=other) == "") == clean


def test_missing_ones_are_made(world: World) -> None:
    world.git("switch", "--quiet", "--detach")
    world.git("branch", "--quiet", "-D", "main", "develop")
    world.reletan("start", "--yes", check=True)
    assert local_head(world, "main") == world.head("main")
    assert local_head(world, "develop") == world.head("develop")


def test_an_ignored_file_is_not_overwritten(world: World) -> None:
    (world.clone / ".git" / "info" / "exclude").write_text("secret.txt\n")
    (world.clone / "secret.txt").write_text("mine")
    world.pull("Add a file of that name", files={"secret.txt": "theirs\n"})
    run = world.reletan("start", "--yes", check=True)
    assert (world.clone / "secret.txt").read_text() == "mine"
    assert "NOT DONE: bring forward your local develop" in run.err


def test_from_a_folder_below_the_top(world: World) -> None:
    world.reletan("start", "--yes", cwd=world.clone / "src", check=True)
    assert world.head("release/1.4.0") == local_head(world, "release/1.4.0")


def test_from_a_linked_worktree(world: World, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    world.git("worktree", "add", "--quiet", "--detach", str(linked))
    world.pull("New on the remote")
    world.reletan("start", "--switch", "--yes", cwd=linked, check=True)
    assert world.look("symbolic-ref", "--short", "HEAD", cwd=linked) == "release/1.4.0"
    assert local_head(world, "develop") == world.head("develop")
    assert world.look("status", "--porcelain") == ""
