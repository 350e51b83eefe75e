"""Killed, refused or left without an answer anywhere between the parts of a release by pull request: any clone goes on."""

import subprocess
from pathlib import Path

import pytest
from bypulling import (
    BRANCH,
    MERGE,
    PULLS,
    TAG,
    Before,
    assert_git_flow,
    assert_untouched,
    merges,
    now,
    open_release_pull,
    protect,
    ready,
    tag,
)
from witness import journals
from wrapped import WrappedGit

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World


@pytest.fixture
def release(small_hub_world: World) -> World:
    ready(small_hub_world)
    protect(small_hub_world, "main", "develop")
    return small_hub_world


# the parts of a run begin with a look at the remote; the pushes are those of the tag and of the two clean-ups
MOMENTS = [("ls-remote", n, True) for n in (2, 3, 4, 5)] + [
    ("push", n, before) for n in (1, 3) for before in (True, False)
]


def _kill(world: World, word: str, nth: int, *, before: bool) -> None:
    """Kill reletan at the ``nth`` git call of this kind, before git runs or after it."""
    run_first = "" if before else '"$git" "$@";'
    counter = world.folder / "counted"
    script = (
        f'case "$*" in *" {word} "*) echo >>{counter}; '
        f'if [ "$(wc -l <{counter})" -eq {nth} ]; then {run_first} kill -9 $PPID; exit 1; fi;; esac'
    )
    assert tag(world, env=WrappedGit(world, script).environment).code == -9


@pytest.mark.parametrize(("word", "nth", "before"), MOMENTS, ids=lambda part: str(part))
def test_killed_between_two_parts_it_goes_on_in_another_clone(
    release: World, word: str, nth: int, before: bool
) -> None:
    graph = now(release)
    _kill(release, word, nth, before=before)
    elsewhere = release.another_clone("yuki")
    tag(release, "1.4.0", cwd=elsewhere, check=True)
    assert_git_flow(release, graph)
    assert (merges(release), [one.tag for one in release.releases]) == (2, [TAG])
    release.reletan("resume", "--yes", check=True)
    assert journals(release) == []


def test_resume_goes_on_in_the_same_clone_with_what_was_said(release: World) -> None:
    before = now(release)
    counter = release.folder / "counted"
    script = f'case "$*" in *" ls-remote "*) echo >>{counter}; if [ "$(wc -l <{counter})" -eq 3 ]; then kill -9 $PPID; fi;; esac'
    assert tag(release, "--message", "The big one", env=WrappedGit(release, script).environment).code == -9
    assert (TAG in release.tags(), journals(release)) == (False, ["1.4.0"])
    release.reletan("resume", "--yes", check=True)
    assert_git_flow(release, before)
    assert release.look("cat-file", "tag", TAG, cwd=release.origin).endswith("\n\nThe big one")


LOST = {
    "the release pull request": ("POST", PULLS, 1, 0),
    "its merge": ("PUT", MERGE, 1, 0),
    "the back-merge pull request": ("POST", PULLS, 2, 0),
    "the back-merge": ("PUT", MERGE, 2, 0),
}


@pytest.mark.parametrize(("method", "path", "nth", "code"), LOST.values(), ids=LOST)
def test_an_answer_that_is_lost_is_looked_up(release: World, method: str, path: str, nth: int, code: int) -> None:
    before = now(release)
    release.github.fault(method, path, nth=nth, do=Fault.cut_after())
    run = tag(release)
    assert run.code == code, run.err
    assert_git_flow(release, before)
    assert merges(release) == 2


FAILED = {
    "the release pull request": ("POST", PULLS, 1, 1),
    "its merge": ("PUT", MERGE, 1, 1),
    "the back-merge pull request": ("POST", PULLS, 2, 5),
    "the back-merge": ("PUT", MERGE, 2, 5),
}


@pytest.mark.parametrize(("method", "path", "nth", "code"), FAILED.values(), ids=FAILED)
def test_what_github_fails_at_is_done_by_the_next_run(
    release: World, method: str, path: str, nth: int, code: int
) -> None:
    before = now(release)
    release.github.fault(method, path, nth=nth, do=Fault.status(502))
    run = tag(release)
    assert run.code == code, run.err
    if code == 5:
        assert "error: 1.4.0 is public, but not complete yet.\n" in run.err
        assert "run `reletan resume 1.4.0`\n" in run.err
        release.reletan("resume", "1.4.0", "--yes", cwd=release.another_clone("yuki"), check=True)
    else:
        assert_untouched(release, before)
        tag(release, check=True)
    assert_git_flow(release, before)


def test_github_that_tells_nothing_any_more_leaves_it_public_and_not_complete(release: World) -> None:
    before = now(release)
    release.github.fault("graphql", "p5:", do=Fault.status(502), times=None)
    run = tag(release, "--json")
    assert (run.code, TAG in release.tags()) == (5, True), run.err
    assert [step["kind"] for step in run.json["steps"]][:3] == ["write-pull", "merge-pull", "push-refs"]
    assert release.parents(TAG) == [before.production, before.head]


def test_a_push_to_the_release_after_it_was_shown_is_not_merged(release: World) -> None:
    open_release_pull(release)
    late = Fault.then(lambda site: site.commit(BRANCH, "At the last moment"))
    release.github.fault("PUT", MERGE, do=late)
    run = tag(release)
    assert (run.code, "Head branch was modified" in run.err) == (3, True), run.err
    assert list(release.tags()) == ["v1.3.0"]
    assert release.subject("main") == "Merge branch 'release/1.3.0'"


def test_another_head_than_the_tested_one_is_refused(release: World) -> None:
    before = now(release)
    tested = before.head
    late = release.commit(BRANCH, "After the tests")
    run = tag(release, "--head", tested)
    assert (run.code, merges(release)) == (3, 0)
    tag(release, "--head", late, check=True)
    assert_git_flow(release, Before(before.production, before.development, late))


def test_somebody_who_merges_it_at_the_same_moment_is_as_good(release: World) -> None:
    before = now(release)
    open_release_pull(release)
    release.github.fault("PUT", MERGE, do=Fault.then(lambda site: site.merge_pull(4, by="Yuki")))
    tag(release, check=True)
    assert_git_flow(release, before)


def test_two_people_at_once_make_one_release(release: World) -> None:
    before = now(release)
    folders: list[Path] = [release.clone, release.another_clone("yuki")]
    running = [
        subprocess.Popen(
            release.command("tag", "1.4.0", "--yes", "--no-notify"), cwd=folder, env=release.environment(),
            stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for folder in folders
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[0] for process in running]
    codes = [process.returncode for process in running]
    assert set(codes) <= {0, 3, 5}, said
    assert not any("Traceback" in text or "unexpected" in text for text in said), said
    tag(release, "1.4.0", check=True)
    assert_git_flow(release, before)
    assert len(release.releases) == 1
