"""``reletan resume``: goes on with what was interrupted, with the options that it was begun with; from any clone."""

import json

import pytest
from witness import commit_here, journals, lasting, local_head, script, setting

from reletan.sandbox.world import World


@pytest.fixture
def open_release(started: World) -> World:
    """release/1.4.0 is open, with a fix of its own."""
    started.commit("release/1.4.0", "A fix for the release")
    return started


def interrupt(world: World, how: str) -> None:
    """Let the next push fail: by git-flow's hook here, by a rule there, or by a server that stops halfway."""
    if how == "hook":
        for kind, action in (("release", "start"), ("release", "finish")):
            script(world.clone / ".git" / "hooks" / f"pre-flow-{kind}-{action}", "#!/bin/sh\nexit 1\n")
    elif how == "rule":
        world.protect("main", "release/1.4.0", "release/1.5.0")
    else:
        script(world.origin / "hooks" / "pre-receive", "#!/bin/sh\nkill -9 $PPID\n")


def mend(world: World) -> None:
    for folder in (world.clone / ".git" / "hooks", world.origin / "hooks"):
        for name in ("pre-flow-release-start", "pre-flow-release-finish", "update", "pre-receive"):
            (folder / name).unlink(missing_ok=True)


@pytest.mark.parametrize("how", ["hook", "rule", "server"])
@pytest.mark.parametrize("named", [True, False])
def test_tag_goes_on_with_its_options(open_release: World, how: str, named: bool) -> None:
    world = open_release
    interrupt(world, how)
    before = world.dump().split("# hana")[0]
    failed = world.reletan("tag", "--keep-branch", "--message", "Said once", "--backmerge", "none", "--yes")
    assert failed.code not in (0, 5)
    assert world.dump().split("# hana")[0] == before
    assert journals(world) == ["1.4.0"]
    mend(world)
    development = world.head("develop")
    world.reletan("resume", *(["1.4.0"] if named else []), "--yes", check=True)
    assert world.look("cat-file", "tag", "v1.4.0", cwd=world.origin).endswith("\nSaid once")
    assert (world.head("develop"), world.head("release/1.4.0") is None) == (development, False)
    assert journals(world) == []


def test_the_objects_are_the_ones_that_were_shown(open_release: World) -> None:
    """The journal keeps who and when, so a re-run makes the same commits and the same tag."""
    world = open_release
    interrupt(world, "rule")
    world.reletan("tag", "--yes")
    plan = json.loads((world.clone / ".git" / "reletan" / "1.4.0.json").read_text())["plan"]
    mend(world)
    world.reletan("resume", "--yes", check=True)
    shown = {update["ref"]: update["new"] for update in plan["steps"][0]["updates"]}
    assert {ref: world.look("rev-parse", ref, cwd=world.origin) for ref in shown} == shown


def test_options_of_a_run_by_hand_win(open_release: World) -> None:
    interrupt(open_release, "hook")
    open_release.reletan("tag", "--message", "First thought", "--yes")
    mend(open_release)
    open_release.reletan("tag", "--message", "Second thought", "--yes", check=True)
    assert open_release.look("cat-file", "tag", "v1.4.0", cwd=open_release.origin).endswith("\nSecond thought")


def test_a_dry_run_keeps_the_journal(open_release: World) -> None:
    interrupt(open_release, "hook")
    open_release.reletan("tag", "--yes")
    before = lasting(open_release)
    assert open_release.reletan("resume", "--dry-run", "--json", check=True).json["command"] == "tag"
    assert lasting(open_release) == before


@pytest.mark.parametrize("how", ["hook", "server"])
def test_start_goes_on_with_its_options(world: World, how: str) -> None:
    at = world.look("rev-parse", "origin/develop~1")
    interrupt(world, how)
    assert world.reletan("start", "1.5.0", "--from", at, "--switch", "--yes").code not in (0, 5)
    assert world.branches() == ["develop", "main"]
    mend(world)
    world.reletan("resume", "--yes", check=True)
    assert (world.head("release/1.5.0"), world.look("symbolic-ref", "--short", "HEAD")) == (at, "release/1.5.0")
    assert journals(world) == []


def test_the_version_goes_through_git_flows_filter_once(world: World) -> None:
    script(world.clone / ".git" / "hooks" / "filter-flow-release-start-version", '#!/bin/sh\necho "$1.7"\n')
    interrupt(world, "server")
    assert world.reletan("start", "1.5", "--yes").code == 1
    mend(world)
    world.reletan("resume", "--yes", check=True)
    assert world.branches() == ["develop", "main", "release/1.5.7"]


def test_abort_goes_on(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    interrupt(world, "server")
    assert world.reletan("abort", "--yes").code == 1
    mend(world)
    world.reletan("resume", "--yes", check=True)
    assert world.branches() == ["develop", "main"]
    assert local_head(world, "release/1.4.0") is None


class TestFromAnotherClone:
    """No journal there: the remote tells what is missing."""

    def test_the_back_merge_and_the_clean_up(self, open_release: World) -> None:
        world = open_release
        world.reletan("tag", "--backmerge", "none", "--keep-branch", "--yes", check=True)
        yuki = world.another_clone("yuki")
        world.reletan("resume", "--yes", cwd=yuki, check=True)
        assert world.parents("refs/heads/develop")[1] == world.tags()["v1.4.0"]
        assert world.branches() == ["develop", "main"]

    def test_the_tag_of_a_merged_pull_request(self, open_release: World) -> None:
        world = open_release
        merged = world.merge_pull(world.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0))
        yuki = world.another_clone("yuki")
        world.reletan("resume", "--yes", cwd=yuki, check=True)
        assert world.tags()["v1.4.0"] == merged
        assert "nothing to resume" in world.reletan("resume", "--yes", check=True).err.lower()

    def test_what_somebody_finished_meanwhile(self, open_release: World) -> None:
        world = open_release
        interrupt(world, "hook")
        world.reletan("tag", "--yes")
        mend(world)
        yuki = world.another_clone("yuki")
        world.reletan("tag", "--yes", cwd=yuki, check=True)
        refs = world.dump().split("# hana")[0]
        world.reletan("resume", "--yes", check=True)
        assert world.dump().split("# hana")[0] == refs
        assert local_head(world, "release/1.4.0") is None
        assert (journals(world), setting(world, "gitflow.branch.release/1.4.0.base")) == ([], None)


@pytest.mark.parametrize("words", [[], ["1.4.0"], ["v1.4.0"], ["9.9.9"]])
def test_nothing_to_resume(open_release: World, words: list[str]) -> None:
    before = lasting(open_release)
    run = open_release.reletan("resume", *words, "--yes", check=True)
    assert "nothing" in run.err.lower()
    assert "reletan tag 1.4.0" in run.err
    assert open_release.reletan("resume", *words, "--yes", "--json", check=True).json["steps"] == []
    assert lasting(open_release) == before


def test_several_interrupted_commands_have_to_be_named(world: World) -> None:
    interrupt(world, "server")
    world.reletan("start", "1.4.0", "--yes")
    world.reletan("start", "hotfix", "--yes")
    mend(world)
    run = world.reletan("resume", "--yes")
    assert (run.code, "start 1.3.1, start 1.4.0" in run.err) == (2, True)
    world.reletan("resume", "1.3.1", "--yes", check=True)
    assert world.head("hotfix/1.3.1")


@pytest.mark.parametrize("text", ["", "{", '{"command": 1}', "\xff"])
def test_a_torn_journal_never_blocks(open_release: World, text: str) -> None:
    (open_release.clone / ".git" / "reletan" / "1.4.0.json").write_bytes(text.encode("latin-1"))
    assert "nothing" in open_release.reletan("resume", "--yes", check=True).err.lower()
    open_release.reletan("tag", "--yes", check=True)
    assert "v1.4.0" in open_release.tags()


def test_a_stale_journal_never_blocks(open_release: World) -> None:
    """The branch went on after the interruption: the remote is the truth."""
    interrupt(open_release, "hook")
    open_release.reletan("tag", "--yes")
    mend(open_release)
    open_release.git("switch", "--quiet", "release/1.4.0")
    open_release.git("pull", "--quiet")
    last = commit_here(open_release, "One more")
    open_release.push_to("release/1.4.0")
    open_release.reletan("resume", "--yes", check=True)
    assert open_release.parents("refs/tags/v1.4.0")[1] == last
