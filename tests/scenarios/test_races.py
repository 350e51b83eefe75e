"""Several people at once: exactly one release, and everybody is told what happened."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from github_world import need_libraries
from torture.races import attempt
from wrapped import WrappedGit, executable

from reletan.sandbox.world import World

MANAGERS = 8


def _at_once(world: World, folders: list[Path], *args: str) -> list[tuple[int, str]]:
    """Run the same command in each clone at the same time: (exit code, everything said)."""
    running = [
        subprocess.Popen(
            world.command(*args), cwd=folder, env=world.environment(), stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for folder in folders
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[0] for process in running]
    return [(process.returncode, text) for process, text in zip(running, said, strict=True)]


def _clones(world: World) -> list[Path]:
    return [world.another_clone(f"manager{i}") for i in range(MANAGERS)]


def _commits_on_main(world: World, old: str) -> list[str]:
    return world.look("rev-list", "--first-parent", f"{old}..main", cwd=world.origin).split()


def test_eight_people_tag_at_once_and_one_release_goes_out(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    old = str(world.head("main"))
    answers = _at_once(world, _clones(world), "tag", "1.4.0", "--yes")
    assert _commits_on_main(world, old) == [world.tags()["v1.4.0"]]
    assert world.parents("develop")[1] == world.tags()["v1.4.0"]
    assert world.branches() == ["develop", "main"]
    for code, said in answers:
        assert code in (0, 3), said
        assert "Traceback" not in said
        assert "unexpected" not in said
        assert "v1.4.0" in said or "1.4.0" in said
    assert [code for code, _ in answers].count(0) >= 1


def test_eight_people_start_at_once_and_there_is_one_branch(world: World) -> None:
    answers = _at_once(world, _clones(world), "start", "--yes")
    assert world.branches() == ["develop", "main", "release/1.4.0"]
    assert world.head("release/1.4.0") == world.head("develop")
    for code, said in answers:
        assert code in (0, 3), said
        assert "Traceback" not in said
        assert "unexpected" not in said


def test_one_clone_runs_one_writing_command_at_a_time(world: World) -> None:
    """The second one finds the lock, or everything done; never half of it."""
    world.reletan("start", "1.4.0", "--yes", check=True)
    answers = _at_once(world, [world.clone] * 3, "tag", "1.4.0", "--yes")
    assert all(code == 0 or (code == 3 and "Another reletan" in said) for code, said in answers), answers
    assert world.head("main") == world.tags()["v1.4.0"]


def _meanwhile(world: World, command: str) -> None:
    """Before the next push of Hana's clone leaves, and only that one, a colleague does ``command`` in her own clone."""
    other = world.another_clone("colleague")
    flag = world.folder / "meanwhile"
    flag.touch()
    executable(
        world.clone / ".git" / "hooks" / "pre-push",
        f"[ -e {flag} ] || exit 0\nrm {flag}\n{LEAVE}\ncd {other}\n({command}) >/dev/null 2>&1",
    )


MOVED = "git commit -q --allow-empty -m Meanwhile && git push -q origin HEAD:"
LEAVE = "unset $(git rev-parse --local-env-vars)"


@pytest.mark.parametrize("branch", ["main", "develop"])
def test_a_branch_that_moves_under_the_push_is_merged_with_anew(world: World, branch: str) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    _meanwhile(world, f"git switch -q --detach origin/{branch} && {MOVED}{branch}")
    run = world.reletan("tag", "1.4.0", "--yes")
    assert run.code == 0, run.err
    assert "looking again" in run.err
    assert world.subject(f"{branch}^1") == "Meanwhile"
    assert world.head("main") == world.tags()["v1.4.0"]
    assert world.parents("develop")[1] == world.tags()["v1.4.0"]


def test_a_commit_added_to_the_release_meanwhile_is_not_covered_by_the_yes(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    _meanwhile(
        world,
        f"git switch -q --detach origin/main && {MOVED}main && git switch -q release/1.4.0 && {MOVED}release/1.4.0",
    )
    before = world.tags()
    run = world.reletan("tag", "1.4.0", "--yes")
    assert run.code == 3, run.err
    assert "you said yes to:" in run.err
    assert "now it would be:" in run.err
    assert world.tags() == before
    assert world.subject("main") == "Meanwhile"


def test_a_release_that_a_colleague_finishes_first_is_told_with_its_object(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    _meanwhile(world, " ".join(world.command("tag", "1.4.0", "--yes")))
    run = world.reletan("tag", "1.4.0", "--yes")
    released = world.tags()["v1.4.0"]
    assert world.head("main") == released
    assert run.code in (0, 3), run.err
    assert "released already" in run.err
    assert released[:7] in run.err


def test_another_version_released_meanwhile_makes_a_new_plan(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    world.commit("hotfix/1.3.1", "Mend it")
    _meanwhile(world, " ".join(world.command("tag", "1.3.1", "--yes")))
    run = world.reletan("tag", "1.4.0", "--yes")
    # the hotfix went into the open release too, so that its head is another one
    assert run.code == 3, run.err
    assert "you said yes to:" in run.err
    assert set(world.tags()) == {"v1.3.0", "v1.3.1"}
    assert world.reletan("tag", "1.4.0", "--yes").code == 0
    assert world.parents("main")[0] == world.tags()["v1.3.1"]


def test_a_remote_that_keeps_moving_is_not_pushed_to_for_ever(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    other = world.another_clone("colleague")
    executable(
        world.clone / ".git" / "hooks" / "pre-push",
        f"{LEAVE}\ncd {other}\n(git fetch -q && git switch -q --detach origin/main && {MOVED}main) >/dev/null 2>&1",
    )
    run = world.reletan("tag", "1.4.0", "--yes")
    assert run.code == 3
    assert "kept moving" in run.err
    assert "v1.4.0" not in world.tags()


def _deleting(world: World, *branches: str) -> WrappedGit:
    """A git before whose first fetches somebody deletes one branch after the other."""
    lines = "".join(
        f'{turn}) "$git" -C {shlex.quote(str(world.origin))} update-ref -d refs/heads/{branch};;\n'
        for turn, branch in enumerate(branches, 1)
    )
    count = shlex.quote(str(world.folder / "fetches"))
    return WrappedGit(
        world, f'case "$*" in *"fetch --no-tags"*) echo >>{count}; case $(wc -l <{count}) in\n{lines}esac;; esac'
    )


def test_a_branch_that_is_deleted_between_two_looks(world: World) -> None:
    """At the end of a colleague's release, for one."""
    elsewhere = world.another_clone("yuki")
    world.reletan("start", "1.4.0", "--yes", check=True)
    git = _deleting(world, "release/1.4.0")
    run = world.reletan("tag", "1.4.0", "--yes", cwd=elsewhere, env=git.environment)
    assert (run.code, "There is no release 1.4.0" in run.err) == (2, True), run.err


def test_branches_that_are_deleted_for_ever(world: World) -> None:
    elsewhere = world.another_clone("yuki")
    names = [f"release/2.{number}.0" for number in range(4)]
    for name in names:
        world.branch(name, "refs/heads/develop")
        world.commit(name, "Mend it")
    run = world.reletan("status", cwd=elsewhere, env=_deleting(world, *names).environment)
    assert run.code == 3
    assert "The remote moved meanwhile: release/2.3.0 is gone." in run.err
    assert run.err.endswith("next: run the command again\n")


@pytest.mark.skipif(sys.platform != "linux", reason="where reletan is not forked, nobody kills it")
@pytest.mark.parametrize("unit", ["2", "5", "12", "15", "18", "32", "38", "67", "506"])
def test_many_at_once_half_of_them_killed(unit: str) -> None:
    """Rounds of ``python -m torture races``, of every kind; in the last ones somebody commits in between."""
    need_libraries()
    done = attempt(unit)
    assert done.lost is None, done.lost
