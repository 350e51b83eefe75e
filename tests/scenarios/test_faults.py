"""What goes wrong at the remote and in the clone: nothing half done, and the error says what to do."""

import pytest
from witness import journals
from wrapped import FIXED, WrappedGit, executable

from reletan.sandbox.world import World

LOSE_THE_ANSWER = '"$git" "$@" >/dev/null 2>&1; echo "fatal: the remote end hung up unexpectedly" >&2; exit 128'


@pytest.fixture
def releasing(started: World) -> World:
    """release/1.4.0 is open, with a fix of its own that this clone has not seen."""
    started.commit("release/1.4.0", "Fix the last bug")
    return started


def _state(world: World) -> str:
    """Everything but what a look at the remote leaves (tracking refs), and the journal."""
    lines = world.dump().splitlines()
    return "\n".join(line for line in lines if not line.startswith(("refs/remotes/", "journal ")))


def _planned(world: World) -> dict[str, str]:
    """ref -> new id of the push that `tag` would make now."""
    plan = world.reletan("tag", "1.4.0", "--dry-run", "--json", env=FIXED, check=True).json
    push = next(step for step in plan["steps"] if step["kind"] == "push-refs")
    return {update["ref"]: update["new"] for update in push["updates"]}


# -- the remote says no ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("branch", ["main", "develop"])
def test_a_protected_branch_refuses_everything(releasing: World, branch: str) -> None:
    releasing.protect(branch)
    before = _state(releasing)
    run = releasing.reletan("tag", "--yes")
    assert run.code == 3, run.err
    assert "Nothing landed" in run.err
    assert "GH006" in run.err
    assert _state(releasing) == before
    releasing.unprotect()
    assert releasing.reletan("resume", "--yes").code == 0
    assert releasing.head("main") == releasing.tags()["v1.4.0"]


@pytest.mark.parametrize(("command", "branch"), [("start hotfix", "hotfix/1.3.1"), ("abort", "release/1.4.0")])
def test_who_may_not_make_or_delete_the_branch_is_told_whom_to_ask(started: World, command: str, branch: str) -> None:
    started.protect(branch)
    run = started.reletan(*command.split(), "--yes")
    assert run.code == 3, run.err
    what = "delete" if command == "abort" else "create"
    assert f"next: ask who may {what} {branch} on the remote, then run the command again" in run.err
    assert journals(started) == []
    assert "interrupted" not in started.reletan("status", check=True).out


def test_the_persons_own_hook_refuses_everything(releasing: World) -> None:
    executable(releasing.clone / ".git" / "hooks" / "pre-push", "echo no releases on Fridays >&2; exit 1")
    before = _state(releasing)
    run = releasing.reletan("tag", "--yes")
    assert run.code == 1, run.err
    assert "no releases on Fridays" in run.err
    assert _state(releasing) == before


@pytest.mark.parametrize("command", [("tag", "--yes"), ("start", "hotfix", "--yes")])
def test_a_server_without_atomic_pushes_gets_nothing(releasing: World, command: tuple[str, ...]) -> None:
    releasing.no_atomic()
    before = _state(releasing)
    run = releasing.reletan(*command)
    assert run.code == 1, run.err
    assert "atomic" in run.err
    assert _state(releasing) == before


# -- the remote died half way ---------------------------------------------------------------------------------------

MAIN, TAG, DEVELOP = "refs/heads/main", "refs/tags/v1.4.0", "refs/heads/develop"


@pytest.mark.parametrize("landed", [(MAIN,), (MAIN, TAG), (MAIN, DEVELOP), (DEVELOP,)])
def test_what_a_dying_server_did_not_write_is_written_by_the_next_run(
    releasing: World, landed: tuple[str, ...]
) -> None:
    new = _planned(releasing)
    releasing.git("push", "--quiet", "origin", *(f"{new[ref]}:{ref}" for ref in landed))
    run = releasing.reletan("tag", "1.4.0", "--yes", env=FIXED)
    assert run.code == 0, run.err
    assert releasing.head("main") == new[MAIN] == releasing.tags()["v1.4.0"]
    assert new[MAIN] in releasing.parents("develop") or releasing.head("develop") == new[DEVELOP]
    assert releasing.branches() == ["develop", "main"]


def test_production_follows_a_tag_that_landed_without_it(releasing: World) -> None:
    new = _planned(releasing)
    releasing.git("push", "--quiet", "origin", f"{new[TAG]}:{TAG}")
    run = releasing.reletan("tag", "1.4.0", "--yes")
    assert run.code == 0, run.err
    assert releasing.tags()["v1.4.0"] == releasing.head("main") == new[MAIN]


def test_a_tag_on_another_merge_is_never_moved(releasing: World) -> None:
    new = _planned(releasing)
    releasing.git("push", "--quiet", "origin", f"{new[TAG]}:{TAG}")
    before = releasing.commit("main", "Something else")
    run = releasing.reletan("tag", "1.4.0", "--yes")
    assert run.code == 3, run.err
    assert new[MAIN] in run.err
    assert (releasing.tags()["v1.4.0"], releasing.head("main")) == (new[MAIN], before)


@pytest.mark.parametrize("command", [("tag", "1.4.0"), ("start", "hotfix", "1.3.1")])
def test_a_lost_answer_is_looked_up(releasing: World, command: tuple[str, ...]) -> None:
    clean = releasing.copy_to(releasing.folder / "clean")
    clean.reletan(*command, "--yes", env=FIXED, check=True)
    lossy = WrappedGit(releasing, f'case "$*" in *" push "*) {LOSE_THE_ANSWER};; esac')
    run = releasing.reletan(*command, "--yes", env={**FIXED, **lossy.environment})
    assert run.code == 0, run.err
    assert "the answer was lost" in run.err
    assert releasing.reletan(*command, "--yes", env=FIXED).code == 0
    assert _state(releasing) == _state(clean)


def test_a_cut_connection_before_anything_landed_is_an_error_and_can_be_resumed(releasing: World) -> None:
    cut = WrappedGit(releasing, 'case "$*" in *" push "*) echo "fatal: the remote end hung up" >&2; exit 128;; esac')
    before = _state(releasing)
    run = releasing.reletan("tag", "--yes", env=cut.environment)
    assert run.code == 1
    assert "cannot be reached" in run.err
    assert _state(releasing) == before
    assert releasing.reletan("resume", "--yes").code == 0
    assert releasing.head("main") == releasing.tags()["v1.4.0"]


def test_a_commit_pushed_to_the_branch_after_the_release_keeps_it(releasing: World) -> None:
    """The clean-up push is leased: what came after the release push is not deleted with the branch."""
    other = releasing.another_clone("colleague")
    add = "git switch -q release/1.4.0 && git commit -q --allow-empty -m Late && git push -q origin HEAD"
    meddling = WrappedGit(
        releasing,
        f'case "$*" in *" :refs/heads/release/1.4.0"*) (cd {other} && {add}) >/dev/null 2>&1;; esac',
    )
    run = releasing.reletan("tag", "1.4.0", "--yes", env=meddling.environment)
    assert run.code == 0, run.err
    assert "warning: NOT DONE: delete release/1.4.0 on origin" in run.err
    assert releasing.subject("release/1.4.0") == "Late"
    assert releasing.head("main") == releasing.tags()["v1.4.0"]


# -- the clone cannot be written ------------------------------------------------------------------------------------


def test_a_stale_lock_is_named_and_left_alone(releasing: World) -> None:
    lock = releasing.clone / ".git" / "refs" / "remotes" / "origin" / "release" / "1.4.0.lock"
    lock.touch()
    before = _state(releasing)
    run = releasing.reletan("tag", "--yes")
    assert run.code == 1
    assert str(lock) in run.err
    assert lock.exists()
    assert _state(releasing) == before


@pytest.mark.parametrize("name", ["config", "refs/remotes/origin/main", "refs/heads/main", "refs/tags/v1.4.0"])
def test_a_lock_found_after_the_push_is_a_warning_and_a_run_later_does_the_rest(releasing: World, name: str) -> None:
    clean = releasing.copy_to(releasing.folder / "clean")
    clean.reletan("tag", "1.4.0", "--yes", env=FIXED, check=True)
    lock = releasing.clone / ".git" / f"{name}.lock"
    lock.touch()
    run = releasing.reletan("tag", "1.4.0", "--yes", env=FIXED)
    assert run.code == 0, run.err
    assert f"{name}.lock" in run.err
    assert releasing.head("main") == releasing.tags()["v1.4.0"]
    lock.unlink()
    assert releasing.reletan("tag", "1.4.0", "--yes", env=FIXED).code == 0
    assert _state(releasing) == _state(clean)


def test_a_journal_that_cannot_be_written_stops_before_the_push(releasing: World) -> None:
    folder = releasing.clone / ".git" / "reletan"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("not a folder")
    before = _state(releasing)
    run = releasing.reletan("tag", "--yes")
    assert run.code == 1
    assert "nothing was done" in run.err
    assert _state(releasing) == before


@pytest.mark.parametrize(
    ("settings", "options"), [((), ("--sign",)), (("tag.gpgsign",), ()), (("commit.gpgsign",), ())]
)
def test_a_signature_that_fails_stops_before_the_push(
    releasing: World, settings: tuple[str, ...], options: tuple[str, ...]
) -> None:
    releasing.git("config", "gpg.program", "false")
    for key in settings:
        releasing.git("config", key, "true")
    before = _state(releasing)
    run = releasing.reletan("tag", "--yes", *options)
    assert run.code == 1
    assert "Signing failed" in run.err
    assert _state(releasing) == before
