"""``reletan abort``: undoes ``start``, as long as nothing is released and no commit would be lost."""

import pytest
from witness import commit_here, journals, lasting, local_head, pushes, record_pushes, setting
from wrapped import WrappedGit

from reletan.sandbox.world import World


@pytest.mark.parametrize("words", [["start", "1.4.0"], ["start", "hotfix", "1.3.1"]])
@pytest.mark.parametrize("named", [True, False])
def test_it_undoes_start(world: World, words: list[str], named: bool) -> None:
    before = lasting(world)
    world.reletan(*words, "--yes", check=True)
    record_pushes(world)
    world.reletan("abort", *(words[-1:] if named else []), "--yes", check=True)
    assert lasting(world) == before
    assert len(pushes(world)) == 1


def test_twice_is_fine(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.reletan("abort", "--yes", check=True)
    before = lasting(world)
    assert "no release is open" in world.reletan("abort", "--yes", check=True).err.lower()
    assert "there is no open release 1.4.0" in world.reletan("abort", "1.4.0", "--yes", check=True).err.lower()
    assert lasting(world) == before


def test_started_again_after_it(world: World) -> None:
    for words in ("start", "abort", "start"):
        world.reletan(words, "--yes", check=True)
    assert world.branches() == ["develop", "main", "release/1.4.0"]


@pytest.mark.parametrize("where", ["remote", "clone", "only here"])
def test_own_commits_are_named_and_kept(world: World, where: str) -> None:
    world.reletan("start", "1.4.0", "--switch", "--yes", check=True)
    if where == "remote":
        world.commit("release/1.4.0", "Precious", author="Yuki")
    else:
        commit_here(world, "Precious")
    if where == "only here":
        world.delete_branch("release/1.4.0")
    before = lasting(world)
    run = world.reletan("abort", "1.4.0", "--yes")
    assert (run.code, "Precious (" in run.err) == (3, True)
    assert lasting(world) == before


def test_commits_that_are_in_development_are_not_lost(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.commit("release/1.4.0", "A fix for the release")
    world.merge_pull(world.open_pull("Take the fix", "release/1.4.0", commits=0), keep_branch=True)
    world.reletan("abort", "--yes", check=True)
    assert world.branches() == ["develop", "main"]


@pytest.mark.parametrize("branch_left", [True, False])
def test_after_the_tag(world: World, branch_left: bool) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.reletan("tag", "--yes", *(["--keep-branch"] if branch_left else []), check=True)
    before = lasting(world)
    run = world.reletan("abort", "1.4.0", "--yes")
    assert (run.code, "released already" in run.err, "reletan resume 1.4.0" in run.err) == (3, True, True)
    assert lasting(world) == before


@pytest.mark.parametrize("branch_left", [True, False])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("known_here", [True, False])
def test_when_it_is_merged(world: World, branch_left: bool, own: bool, known_here: bool) -> None:
    if known_here:
        world.reletan("start", "1.4.0", "--yes", check=True)
    else:
        world.branch("release/1.4.0", "refs/heads/develop")
    if own:
        world.commit("release/1.4.0", "A fix for the release")
    world.merge_pull(world.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0), keep_branch=branch_left)
    before = lasting(world)
    run = world.reletan("abort", *(["1.4.0"] if known_here else []), "--yes")
    assert (run.code, "is in main already" in run.err, "reletan tag 1.4.0" in run.err) == (3, True, True), run
    assert lasting(world) == before


def test_a_checked_out_branch_stays_here_and_that_is_said(world: World) -> None:
    world.reletan("start", "1.4.0", "--switch", "--yes", check=True)
    run = world.reletan("abort", "--yes", check=True)
    assert (world.head("release/1.4.0"), local_head(world, "release/1.4.0") is None) == (None, False)
    assert "git switch develop && reletan abort 1.4.0" in run.err
    assert setting(world, "gitflow.branch.release/1.4.0.base") == "develop"


def test_from_another_clone(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    yuki = world.another_clone("yuki")
    world.reletan("abort", "--yes", cwd=yuki, check=True)
    assert world.head("release/1.4.0") is None
    assert local_head(world, "release/1.4.0")
    world.reletan("abort", "--yes", check=True)
    assert local_head(world, "release/1.4.0") is None


def test_on_a_trunk(world: World) -> None:
    """Where development is production, a branch that began there was not merged there."""
    world.delete_branch("develop")
    world.pull("On the trunk", base="main")
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.commit("main", "Meanwhile")
    world.reletan("abort", "--yes", check=True)
    assert world.branches() == ["main"]


def test_a_dry_run_changes_nothing(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    before = lasting(world)
    steps = world.reletan("abort", "--dry-run", "--json", check=True).json["steps"]
    assert [step["kind"] for step in steps] == ["push-refs", "delete-branch", "set-config"]
    assert lasting(world) == before


class TestAfterAHotfix:
    """Its tag went back into the open release: that merge has nothing of its own."""

    @pytest.fixture
    def hotfixed(self, started: World) -> World:
        for version in ("1.3.1", "1.3.2"):
            started.reletan("start", "hotfix", version, "--yes", check=True)
            started.commit(f"hotfix/{version}", f"Mend for {version}")
            started.reletan("tag", version, "--yes", check=True)
        return started

    def test_its_merges_do_not_hold_it_up(self, hotfixed: World) -> None:
        hotfixed.reletan("abort", "1.4.0", "--yes", check=True)
        assert hotfixed.branches() == ["develop", "main"]

    def test_a_commit_does(self, hotfixed: World) -> None:
        hotfixed.commit("release/1.4.0", "Precious", author="Yuki")
        run = hotfixed.reletan("abort", "1.4.0", "--yes")
        assert (run.code, "Precious (Yuki)" in run.err, "Merge tag" in run.err) == (3, True, False)

    @pytest.mark.parametrize("conflict", [True, False])
    def test_a_merge_with_something_of_its_own_does(self, started: World, conflict: bool) -> None:
        if conflict:
            started.conflict_between("main", "develop")
        else:
            started.commit("main", "On main")
            started.commit("develop", "On develop")
        started.git("fetch", "--quiet")
        started.git("switch", "--quiet", "--detach", "origin/develop")
        started.git("merge", "--quiet", "--no-ff", "--no-commit", "--strategy-option=ours", "origin/main")
        if not conflict:
            (started.clone / "README.md").write_text("only in the merge\n")
        started.git("commit", "--quiet", "--all", "--message=Solved by hand")
        started.push_to("release/1.4.0")
        started.git("switch", "--quiet", "develop")
        run = started.reletan("abort", "1.4.0", "--yes")
        assert (run.code, "Solved by hand (" in run.err) == (3, True)


class TestAVersionThatIsNotOpen:
    def test_a_start_that_never_came_to_the_remote_is_forgotten(self, world: World) -> None:
        git = WrappedGit(world, 'case "$*" in *" push "*) kill -9 $PPID; exit 1;; esac')
        assert world.reletan("start", "1.4.0", "--yes", env=git.environment).code == -9
        assert journals(world) == ["1.4.0"]
        run = world.reletan("abort", "--yes", check=True)
        assert "No release is open; 1.4.0 was begun in this clone, but there is nothing of it to undo." in run.err
        assert journals(world) == []

    def test_one_that_may_have_been_aborted_is_fine(self, started: World) -> None:
        """Also while another one is open: somebody else may have aborted it, and this clone never saw it."""
        run = started.reletan("abort", "1.3.1", "--yes", check=True)
        assert "There is no open release 1.3.1; open: release/1.4.0." in run.err
        assert "it is all done" not in run.err

    @pytest.mark.parametrize("typed", ["1.4", "v1.4"])
    def test_a_part_of_an_open_one_is_asked_about(self, started: World, typed: str) -> None:
        before = lasting(started)
        run = started.reletan("abort", typed, "--yes")
        assert (run.code, "There is no open release 1.4, but release/1.4.0 is open." in run.err) == (2, True)
        assert "next: reletan abort 1.4.0" in run.err
        assert lasting(started) == before

    def test_what_is_no_version_never_was_one(self, started: World) -> None:
        run = started.reletan("abort", "basket", "--yes")
        assert (run.code, "'basket' cannot be a version" in run.err) == (2, True)


def test_it_says_so_and_what_to_tell_the_team(started: World) -> None:
    run = started.reletan("abort", "--yes", check=True)
    assert "1.4.0 is undone; nothing was released." in run.err
    assert "To tell your team:\n\nRelease 1.4.0" in run.err
    assert "Aborted, nothing was released" in run.err
    again = started.reletan("abort", "1.4.0", "--yes", check=True)
    assert "To tell your team" not in again.err


def test_a_merge_that_git_itself_would_not_make_is_kept(started: World) -> None:
    """Of a history that has nothing in common with the release's."""
    started.git("fetch", "--quiet", "origin")
    started.git("switch", "--quiet", "--orphan", "foreign")
    commit_here(started, "Of another project")
    started.git("switch", "--quiet", "release/1.4.0")
    started.git("merge", "--quiet", "--allow-unrelated-histories", "-m", "Bring it", "foreign")
    started.git("push", "--quiet", "origin", "release/1.4.0")
    before = lasting(started)
    run = started.reletan("abort", "--yes")
    assert (run.code, "Of another project (" in run.err, "next: keep them first" in run.err) == (3, True, True)
    assert lasting(started) == before


def test_news_that_cannot_be_written_do_not_hold_it_up(started: World) -> None:
    started.tag("1.2.0", "refs/heads/main")
    run = started.reletan("abort", "--yes", check=True)
    assert "so tell your team yourself: The release tags use different prefixes" in run.err
    assert started.branches() == ["develop", "main"]


def test_where_the_branch_is_checked_out_the_advice_leads_to_its_end(world: World) -> None:
    world.reletan("start", "1.4.0", "--switch", "--yes", check=True)
    world.commit("main", "Mend it at once")
    world.git("fetch", "--quiet", "origin")
    world.git("merge", "--quiet", "--no-ff", "-m", "Take it along", "origin/main")
    world.git("push", "--quiet", "origin", "release/1.4.0")
    advice = "next: release/1.4.0 is checked out, so it was kept here: git switch develop && reletan abort 1.4.0\n"
    assert advice in world.reletan("abort", "--yes", check=True).err
    world.git("switch", "--quiet", "develop")
    world.reletan("abort", "1.4.0", "--yes", check=True)
    assert local_head(world, "release/1.4.0") is None
