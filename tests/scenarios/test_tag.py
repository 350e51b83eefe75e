"""``reletan tag``: the graph, the pushes, the options, and what it refuses."""

import pytest
from witness import commit_here, journals, lasting, local_head, pushes, record_pushes, setting

from reletan.sandbox.world import World


@pytest.fixture
def open_release(started: World) -> World:
    """release/1.4.0 is open, with a fix of its own."""
    started.commit("release/1.4.0", "A fix for the release", {"VERSION": "1.4.0\n"})
    return started


def tag_object(world: World, name: str) -> list[str]:
    return world.look("cat-file", "tag", name, cwd=world.origin).splitlines()


def test_the_graph_is_the_one_that_git_flow_makes(open_release: World) -> None:
    world = open_release
    production, development, head = world.head("main"), world.head("develop"), world.head("release/1.4.0")
    world.reletan("tag", "--yes", check=True)
    tagged = world.tags()["v1.4.0"]
    assert (world.head("main"), world.parents(tagged)) == (tagged, [production, head])
    assert world.parents("refs/heads/develop") == [development, tagged]
    assert world.tree(tagged) == world.tree(head or "")
    assert world.tree("develop") == world.tree("main")
    assert world.subject(tagged) == "Merge branch 'release/1.4.0'"
    body = world.look("log", "-1", "--format=%B", "develop", cwd=world.origin)
    assert body.rstrip() == "Merge tag 'v1.4.0' into develop\n\nRelease 1.4.0"


def test_the_plan_says_what_each_merge_brings(open_release: World) -> None:
    run = open_release.reletan("tag", "--dry-run", check=True)
    shown = [line.partition(" (")[2] for line in run.err.splitlines() if line.startswith("    ")]
    assert shown == ["merge of release/1.4.0)", "", "merge of v1.4.0)"]
    updates = open_release.reletan("tag", "--dry-run", "--json", check=True).json["steps"][0]["updates"]
    assert [update.get("brings") for update in updates] == ["release/1.4.0", None, "v1.4.0"]


def test_where_nothing_is_open_the_next_step_is_to_begin(world: World) -> None:
    run = world.reletan("tag", check=True)
    assert run.err == "No release is open; the last one is v1.3.0.\nnext: reletan start\n"


def test_the_tag_is_annotated_and_dated_by_this_run(open_release: World) -> None:
    open_release.reletan("tag", "--yes", check=True)
    target, kind, name, tagger, _, *message = tag_object(open_release, "v1.4.0")
    assert (target, kind, name) == (f"object {open_release.head('main')}", "type commit", "tag v1.4.0")
    seconds = open_release.look("log", "-1", "--format=%ct", "main", cwd=open_release.origin)
    assert (tagger, message) == (f"tagger Hana <hana@example.com> {seconds} +0000", ["Release 1.4.0"])


def test_one_atomic_push_and_a_clean_up_push(open_release: World) -> None:
    record_pushes(open_release)
    open_release.reletan("tag", "--yes", check=True)
    assert pushes(open_release) == [["heads/develop", "heads/main", "tags/v1.4.0"], ["-heads/release/1.4.0"]]


def test_nothing_is_left_in_the_clone(open_release: World) -> None:
    world = open_release
    world.reletan("tag", "--yes", check=True)
    assert world.branches() == ["develop", "main"]
    assert world.look("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").split() == ["develop", "main"]
    assert (local_head(world, "main"), local_head(world, "develop")) == (world.head("main"), world.head("develop"))
    assert world.look("rev-parse", "v1.4.0") == world.look("rev-parse", "v1.4.0", cwd=world.origin)
    assert world.look("for-each-ref", "refs/remotes/origin/release", "refs/reletan") == ""
    assert "release/1.4.0" not in world.look("config", "--local", "--list")
    assert journals(world) == []


def test_a_checked_out_branch_is_kept_here_and_said(open_release: World) -> None:
    open_release.git("switch", "--quiet", "release/1.4.0")
    run = open_release.reletan("tag", "--yes", check=True)
    assert open_release.head("release/1.4.0") is None
    assert local_head(open_release, "release/1.4.0")
    assert "git switch develop && git branch -d release/1.4.0" in run.err


@pytest.mark.parametrize("length", [7, 40])
def test_the_right_head(open_release: World, length: int) -> None:
    head = open_release.head("release/1.4.0") or ""
    open_release.reletan("tag", "--head", head[:length], "--yes", check=True)
    assert "v1.4.0" in open_release.tags()
    assert open_release.reletan("tag", "1.4.0", "--head", head[:length], "--yes").code == 0


@pytest.mark.parametrize("head", ["abc", "main", "{short}", "--yes"])
def test_a_head_is_an_object_id(open_release: World, head: str) -> None:
    before = lasting(open_release)
    wanted = head.format(short=(open_release.head("release/1.4.0") or "")[:6])
    assert open_release.reletan("tag", f"--head={wanted}", "--yes").code == 2
    assert lasting(open_release) == before


@pytest.mark.parametrize("wanted", ["0123456789", "0" * 40])
def test_another_head_is_refused_before_and_after_the_release(open_release: World, wanted: str) -> None:
    before = lasting(open_release)
    run = open_release.reletan("tag", "--head", wanted, "--yes")
    assert (run.code, "release/1.4.0 is at" in run.err) == (3, True)
    assert lasting(open_release) == before
    open_release.reletan("tag", "--yes", check=True)
    assert open_release.reletan("tag", "1.4.0", "--head", wanted, "--yes").code == 3


def test_keep_branch(open_release: World) -> None:
    head = open_release.head("release/1.4.0")
    open_release.reletan("tag", "--keep-branch", "--yes", check=True)
    assert (open_release.head("release/1.4.0"), local_head(open_release, "release/1.4.0") is None) == (head, False)
    assert setting(open_release, "gitflow.branch.release/1.4.0.base") == "develop"


def test_git_flows_own_settings_are_obeyed(open_release: World) -> None:
    open_release.git("config", "gitflow.release.finish.keep", "true")
    open_release.git("config", "gitflow.release.finish.message", "From git-flow's settings")
    open_release.reletan("tag", "--yes", check=True)
    assert open_release.head("release/1.4.0")
    assert tag_object(open_release, "v1.4.0")[-1] == "From git-flow's settings"


@pytest.mark.parametrize(
    "message", ["One line", "Subject\n\nA body\n# not a comment", "日本語のメッセージ", "--not-an-option"]
)
def test_the_message(open_release: World, message: str) -> None:
    open_release.reletan("tag", f"--message={message}", "--yes", check=True)
    assert "\n".join(tag_object(open_release, "v1.4.0")[5:]) == message
    assert open_release.look("log", "-1", "--format=%b", "develop", cwd=open_release.origin).rstrip() == message


def test_without_a_back_merge(open_release: World) -> None:
    development = open_release.head("develop")
    run = open_release.reletan("tag", "--backmerge", "none", "--yes", check=True)
    assert (open_release.head("develop"), "v1.4.0" in open_release.tags()) == (development, True)
    assert "backmerge" not in run.err


def test_the_branchs_local_commits_must_be_pushed_first(open_release: World) -> None:
    open_release.git("switch", "--quiet", "release/1.4.0")
    commit_here(open_release, "Forgotten here")
    before = lasting(open_release)
    run = open_release.reletan("tag", "--yes")
    assert (run.code, "Forgotten here" in run.err, "git push origin release/1.4.0" in run.err) == (3, True, True)
    assert lasting(open_release) == before


@pytest.mark.parametrize("own", [True, False])
def test_a_branch_that_is_only_here(world: World, own: bool) -> None:
    world.git("branch", "release/1.4.0", "origin/develop")
    if own:
        world.git("switch", "--quiet", "release/1.4.0")
        commit_here(world, "Only in this clone")
    run = world.reletan("tag", "--yes")
    assert (run.code, "v1.4.0" in world.tags()) == ((3, False) if own else (0, True)), run.err
    assert ("Only in this clone" in run.err) == own


def test_production_moved_by_a_hotfix_in_between(open_release: World) -> None:
    hotfix = open_release.release("1.3.1", prefix="hotfix/")
    open_release.reletan("tag", "1.4.0", "--yes", check=True)
    assert open_release.parents(open_release.tags()["v1.4.0"])[0] == hotfix
    assert open_release.tags()["v1.3.1"] == hotfix


def test_development_is_production(world: World) -> None:
    world.delete_branch("develop")
    world.pull("On the trunk", base="main")
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.commit("release/1.4.0", "A fix for the release")
    record_pushes(world)
    world.reletan("tag", "--yes", check=True)
    assert pushes(world)[0] == ["heads/main", "tags/v1.4.0"]
    assert world.tags()["v1.4.0"] == world.head("main")


def test_already_released_is_done(open_release: World) -> None:
    open_release.reletan("tag", "--yes", check=True)
    before = lasting(open_release)
    assert "Nothing to do for 1.4.0" in open_release.reletan("tag", "1.4.0", "--yes", check=True).err
    assert "the last one is v1.4.0" in open_release.reletan("tag", "--yes", check=True).err
    assert open_release.reletan("tag", "--yes", "--fail-if-empty").code == 3
    assert lasting(open_release) == before


def test_commits_beyond_the_tag_keep_their_branch(open_release: World) -> None:
    open_release.reletan("tag", "--keep-branch", "--yes", check=True)
    late, tagged = open_release.commit("release/1.4.0", "Too late"), open_release.tags()["v1.4.0"]
    run = open_release.reletan("tag", "1.4.0", "--yes")
    assert (run.code, "Too late" in run.err) == (3, True)
    assert (open_release.head("release/1.4.0"), open_release.tags()["v1.4.0"]) == (late, tagged)
    assert open_release.head("main") == tagged


def test_a_dry_run_shows_the_plan_and_changes_nothing(open_release: World) -> None:
    before = lasting(open_release)
    shown = open_release.reletan("tag", "--dry-run", check=True)
    assert "tag    v1.4.0  new ->" in shown.err
    planned = open_release.reletan("tag", "--dry-run", "--json", check=True).json
    assert planned["steps"][0]["kind"] == "push-refs"
    assert lasting(open_release) == before


def test_several_open_releases_have_to_be_named(world: World) -> None:
    world.reletan("start", "hotfix", "--yes", check=True)
    world.reletan("start", "--yes", check=True)
    run = world.reletan("tag", "--yes")
    assert (run.code, "1.3.1" in run.err, "1.4.0" in run.err) == (2, True, True)


def test_nothing_to_release_is_not_tagged(world: World) -> None:
    world.reletan("start", "hotfix", "--yes", check=True)
    run = world.reletan("tag", "--yes")
    assert (run.code, "reletan abort 1.3.1" in run.err, list(world.tags())) == (3, True, ["v1.3.0"])


@pytest.mark.parametrize(
    "words",
    [["--backmerge", "maybe"], ["--via", "mail"], ["--message", " "], ["9.9.9"], ["--", "-1"], ["1.4.0", "1.5.0"]],
)
def test_wrong_words(open_release: World, words: list[str]) -> None:
    before = lasting(open_release)
    assert open_release.reletan("tag", "--yes", *words).code == 2
    assert lasting(open_release) == before
