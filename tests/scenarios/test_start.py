"""``reletan start``: which branch it makes, what it takes over, and what it refuses."""

import pytest
from witness import commit_here, journals, lasting, local_head, pushes, record_pushes, setting

from reletan.sandbox.world import World


def test_a_release_begins_at_the_remotes_development_and_leaves_the_work_tree_alone(world: World) -> None:
    number = world.pull("Merged a minute ago")
    begun = world.reletan("start", "--yes", check=True)
    assert world.head("release/1.4.0") == world.head("develop") == local_head(world, "release/1.4.0")
    assert f"#{number}  Merged a minute ago" in begun.err
    assert "reletan tag 1.4.0" in begun.err
    assert begun.out == ""
    assert world.look("symbolic-ref", "--short", "HEAD") == "develop"
    assert journals(world) == []


@pytest.mark.parametrize(
    ("words", "branch"),
    [
        ("", "release/1.4.0"),
        ("release", "release/1.4.0"),
        ("1.5.0", "release/1.5.0"),
        ("v1.5.0", "release/1.5.0"),
        ("release 2.0", "release/2.0"),
        ("2.0.0-rc.1", "release/2.0.0-rc.1"),
        ("major", "release/2.0.0"),
        ("release minor", "release/1.4.0"),
        ("patch", "release/1.3.1"),
        ("hotfix", "hotfix/1.3.1"),
        ("hotfix 1.3.7", "hotfix/1.3.7"),
        ("hotfix minor", "hotfix/1.4.0"),
    ],
)
def test_what_to_begin(world: World, words: str, branch: str) -> None:
    world.reletan("start", *words.split(), "--yes", check=True)
    assert world.branches() == sorted(["develop", "main", branch])
    assert world.head(branch) == world.head("main" if branch.startswith("hotfix/") else "develop")


def test_the_clone_is_configured_as_git_flow_leaves_it(world: World) -> None:
    world.reletan("start", "--yes", check=True)
    world.reletan("start", "hotfix", "--yes", check=True)
    assert setting(world, "gitflow.branch.release/1.4.0.base") == "develop"
    assert setting(world, "gitflow.branch.hotfix/1.3.1.base") == "main"
    assert setting(world, "branch.release/1.4.0.remote") == "origin"
    assert setting(world, "branch.release/1.4.0.merge") == "refs/heads/release/1.4.0"


@pytest.mark.parametrize("name", ["id", "short id", "feature/next", "origin/feature/next", "v1.3.0"])
def test_from_another_commit(world: World, name: str) -> None:
    world.git("fetch", "--quiet", "origin", "refs/heads/develop:refs/remotes/origin/feature/next")
    world.branch("feature/next", "refs/heads/develop~1")
    at = world.look("rev-parse", "v1.3.0^{commit}" if name == "v1.3.0" else "origin/develop~1")
    ref = {"id": at, "short id": at[:8]}.get(name, name)
    # the tag has nothing new, so that a release would be empty
    kind = "hotfix" if name == "v1.3.0" else "release"
    world.reletan("start", kind, "1.4.0", "--from", ref, "--yes", check=True)
    assert world.head(f"{kind}/1.4.0") == at


def test_switch_checks_the_branch_out(world: World) -> None:
    world.reletan("start", "--switch", "--yes", check=True)
    assert world.look("symbolic-ref", "--short", "HEAD") == "release/1.4.0"
    assert world.look("status", "--porcelain") == ""


def test_switch_stops_before_anything_where_there_are_changes(world: World) -> None:
    (world.clone / "shop.txt").write_text("half a thought")
    before = lasting(world)
    assert world.reletan("start", "--switch", "--yes").code == 3
    assert lasting(world) == before


def test_a_second_run_has_nothing_to_do(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    before = lasting(world)
    again = world.reletan("start", "1.4.0", "--yes", check=True)
    assert "Nothing to do: release/1.4.0 is on origin already.\nnext: when it is tested: reletan tag 1.4.0" in again.err
    assert lasting(world) == before


class TestAdopting:
    """A branch that exists is taken over: the missing steps are done, and nothing is overwritten."""

    def test_the_remotes(self, world: World) -> None:
        world.branch("release/1.4.0", "refs/heads/develop")
        fix = world.commit("release/1.4.0", "A fix")
        world.reletan("start", "1.4.0", "--yes", check=True)
        assert world.head("release/1.4.0") == fix == local_head(world, "release/1.4.0")

    def test_this_clones_own(self, world: World) -> None:
        world.git("switch", "--quiet", "--create", "release/1.4.0")
        fix = commit_here(world, "A fix made here")
        world.reletan("start", "1.4.0", "--yes", check=True)
        assert world.head("release/1.4.0") == fix
        assert setting(world, "gitflow.branch.release/1.4.0.base") == "develop"

    @pytest.mark.parametrize("checked_out", [True, False])
    def test_the_local_one_is_behind(self, world: World, checked_out: bool) -> None:
        world.reletan("start", "1.4.0", "--yes", *(["--switch"] if checked_out else []), check=True)
        fix = world.commit("release/1.4.0", "A fix", {"fix.txt": "1\n"})
        world.reletan("start", "1.4.0", "--yes", check=True)
        assert local_head(world, "release/1.4.0") == fix
        assert (world.clone / "fix.txt").exists() == checked_out

    def test_the_local_one_is_ahead(self, world: World) -> None:
        world.reletan("start", "1.4.0", "--switch", "--yes", check=True)
        published, mine = world.head("release/1.4.0"), commit_here(world, "Not pushed yet")
        world.git("config", "--unset", "gitflow.branch.release/1.4.0.base")
        run = world.reletan("start", "1.4.0", "--yes", check=True)
        assert (world.head("release/1.4.0"), local_head(world, "release/1.4.0")) == (published, mine)
        assert "your local release/1.4.0 has commits that the remote lacks" in run.err

    def test_with_the_tag_prefix(self, world: World) -> None:
        world.branch("release/1.4.0", "refs/heads/develop")
        world.reletan("start", "v1.4.0", "--yes", check=True)
        assert local_head(world, "release/1.4.0") == world.head("develop")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("", 3, "release/1.4.0"),
        ("1.5.0", 3, "release/1.4.0"),
        ("major", 3, "release/1.4.0"),
        ("hotfix 1.3.0", 3, "1.3.0 is released already"),
        ("hotfix 1.2.9", 2, "1.2.9 is not above 1.3.0"),
        ("hotfix 1.6.0", 3, "v1.6.0 exists already"),
        ("hotfix -- -1.4.0", 2, "cannot be a version"),
        ("hotfix --from no-such-branch 1.3.1", 2, "no-such-branch"),
        ("release 1.5.0 1.6.0", 2, "Too many words"),
        ("--no-such-option", 2, "no-such-option"),
    ],
)
def test_refused_before_anything_is_done(world: World, words: str, code: int, said: str) -> None:
    world.branch("release/1.4.0", "refs/heads/develop")
    world.tag("v1.6.0", "refs/heads/develop")
    before = lasting(world)
    run = world.reletan("start", "--yes", *words.split())
    assert (run.code, said in run.err) == (code, True), run.err
    assert lasting(world) == before


@pytest.mark.parametrize(
    "version",
    [
        "1..4",
        "1.4.lock",
        "a b",
        "1.4~1",
        "1/../../x",
        "../1",
        ".5",
        "1.4\x1b[31m",
        "--upload-pack=x",
        "1:refs/x",
        "ど",
        "1" * 300,
        "1/2",
    ],
)
def test_a_hostile_version_never_reaches_git(world: World, version: str) -> None:
    before = lasting(world)
    run = world.reletan("start", "--yes", "--", version)
    assert run.code == 2, run.err
    assert "\x1b" not in run.err
    assert lasting(world) == before


def test_a_second_hotfix_needs_a_name_or_git_flows_permission(world: World) -> None:
    world.reletan("start", "hotfix", "--yes", check=True)
    refused = world.reletan("start", "hotfix", "--yes")
    assert (refused.code, "hotfix/1.3.1" in refused.err) == (3, True)
    world.reletan("start", "hotfix", "1.3.5", "--yes", check=True)
    world.git("config", "gitflow.multi-hotfix", "true")
    world.reletan("start", "hotfix", "--yes", check=True)
    assert [b for b in world.branches() if "/" in b] == ["hotfix/1.3.1", "hotfix/1.3.2", "hotfix/1.3.5"]


@pytest.mark.parametrize("where", ["remote", "clone"])
def test_a_branch_named_release_leaves_no_room(world: World, where: str) -> None:
    if where == "remote":
        world.branch("release", "refs/heads/main")
    else:
        world.git("branch", "release")
    before = lasting(world)
    run = world.reletan("start", "--yes")
    assert (run.code, "named release" in run.err) == (2, True)
    assert lasting(world) == before


def test_nothing_to_release(world: World) -> None:
    world.release("1.4.0")
    before = lasting(world)
    assert "othing to release since v1.4.0" in world.reletan("start", "--yes", check=True).err
    assert world.reletan("start", "--yes", "--fail-if-empty").code == 3
    assert lasting(world) == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("hotfx", 2, "'hotfx' is neither release, hotfix nor a version.\nnext: did you mean `reletan start hotfix`?"),
        ("majr", 2, "did you mean `reletan start major`?"),
        ("x", 2, "'x' is neither release, hotfix nor a version.\nnext: give a version"),
        ("1.4.0", 3, "1.4.0 is released already: v1.4.0 is on "),
        ("1.3.9", 2, "1.3.9 is not above 1.4.0"),
        ("basket/1.4.0", 2, "cannot be a version"),
    ],
)
def test_the_words_are_looked_at_before_whether_anything_is_new(world: World, words: str, code: int, said: str) -> None:
    world.release("1.4.0")
    run = world.reletan("start", *words.split(), "--yes")
    assert (run.code, said in run.err) == (code, True), run.err


def test_what_is_refused_is_refused_without_the_list(started: World) -> None:
    started.pull("For the next release")
    for words in ([], ["1.5.0"], ["minor"]):
        run = started.reletan("start", *words, "--yes")
        assert (run.code, run.err.startswith("error: A release is open already: release/1.4.0.")) == (3, True)


@pytest.mark.parametrize("switch", [True, False])
def test_a_hotfix_has_nothing_to_tag_before_its_fix(world: World, switch: bool) -> None:
    run = world.reletan("start", "hotfix", *(["--switch"] if switch else []), "--yes", check=True)
    there = "" if switch else "git switch hotfix/1.3.1, "
    assert f"next: {there}commit the fix, git push, then reletan tag 1.3.1" in run.err
    assert "No change yet." in run.err
    world.git("switch", "--quiet", "hotfix/1.3.1")
    commit_here(world, "Mend it")
    world.git("push", "--quiet")
    assert "next: when it is tested" in world.reletan("start", "hotfix", "1.3.1", "--yes", check=True).err


def test_the_tag_of_a_released_version_stops_its_branch(world: World) -> None:
    world.release("1.4.0")
    world.branch("release/1.4.0", "refs/heads/main")
    world.pull("Something new")
    run = world.reletan("start", "1.4.0", "--yes")
    assert (run.code, "reletan resume 1.4.0" in run.err) == (3, True)


@pytest.mark.parametrize("words", [["1.4.0"], ["hotfix"], ["--switch"]])
def test_a_dry_run_shows_the_plan_and_changes_nothing(world: World, words: list[str]) -> None:
    world.pull("New on the remote")
    before = lasting(world)
    shown = world.reletan("start", *words, "--dry-run", check=True)
    assert "push to origin, all or nothing" in shown.err
    assert lasting(world) == before


def test_without_a_yes_and_a_terminal_nothing_is_done(world: World) -> None:
    before = lasting(world)
    run = world.reletan("start", stdin="y\n")
    assert (run.code, "--yes" in run.err) == (2, True)
    assert lasting(world) == before


def test_one_push_of_one_branch(world: World) -> None:
    record_pushes(world)
    world.reletan("start", "--yes", check=True)
    assert pushes(world) == [["heads/release/1.4.0"]]


def test_the_plan_as_json(world: World) -> None:
    planned = world.reletan("start", "--dry-run", "--json", check=True).json
    done = world.reletan("start", "--yes", "--json", check=True).json
    assert (planned["schema"], planned["command"], planned["version"]) == (1, "start", "1.4.0")
    assert [step["kind"] for step in planned["steps"]] == ["push-refs", "update-branch", *["set-config"] * 3]
    assert planned["steps"][0]["updates"] == [
        {"ref": "refs/heads/release/1.4.0", "old": None, "new": world.head("develop")}
    ]
    assert {step["state"] for step in done["steps"]} == {"done"}
    assert [{k: v for k, v in step.items() if k not in ("state", "detail")} for step in done["steps"]] == planned[
        "steps"
    ]


def test_an_error_as_json(world: World) -> None:
    world.branch("release/1.4.0", "refs/heads/develop")
    run = world.reletan("start", "--yes", "--json")
    assert run.json["error"]["kind"] == "blocked"
    assert (run.code, run.json["error"]["exit"]) == (3, 3)
    assert "reletan tag 1.4.0" in run.json["error"]["next"]
