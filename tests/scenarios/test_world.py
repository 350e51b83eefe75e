"""The world itself behaves: what the other scenarios stand on."""

import os
from pathlib import Path

import pytest

from reletan.sandbox.origin import WorldError
from reletan.sandbox.team import How
from reletan.sandbox.world import World


def test_the_same_verbs_make_the_same_world(built_believable: World, tmp_path: Path) -> None:
    again = World.believable(tmp_path / "again")
    assert again.dump() == built_believable.dump()


def test_a_copy_is_equal_and_lives_its_own_life(built_bare_minimum: World, world: World) -> None:
    before = built_bare_minimum.dump()
    assert world.dump() == before
    world.pull("Only in the copy")
    world.git("fetch", "--quiet")
    assert world.git("rev-parse", "origin/develop") == world.head("develop")
    assert built_bare_minimum.dump() == before


def test_looking_changes_nothing(world: World) -> None:
    clock = world.clock
    assert world.dump() == world.dump()
    assert world.clock == clock


def test_the_dump_sees_what_matters(world: World) -> None:
    def seen() -> str:
        return world.dump()

    dumps = [seen()]
    (world.clone / "new.txt").write_text("x")
    dumps.append(seen())
    (world.clone / "new.txt").write_text("y")
    dumps.append(seen())
    world.git("config", "gitflow.branch.master", "main")
    dumps.append(seen())
    world.git("tag", "mine")
    dumps.append(seen())
    world.tag("v1.3.0", "refs/heads/develop")
    dumps.append(seen())
    (world.clone / ".git" / "reletan").mkdir()
    (world.clone / ".git" / "reletan" / "1.4.0.json").write_text("{}")
    dumps.append(seen())
    assert len(set(dumps)) == len(dumps)


def test_pull_requests_are_merged_as_github_does(world: World) -> None:
    old = world.head("develop")
    merged = world.merge_pull(world.open_pull("By a merge", "feature/a"))
    assert world.git("log", "-1", "--format=%B", merged, cwd=world.origin).strip() == (
        "Merge pull request #4 from acme/feature/a\n\nBy a merge"
    )
    assert world.parents(merged) == [old, world.git("rev-parse", "refs/pull/4/head", cwd=world.origin)]

    squashed = world.merge_pull(world.open_pull("In one", commits=2), "squash")
    assert (world.subject(squashed), world.parents(squashed)) == ("In one (#5)", [merged])

    six = world.open_pull("Anew", commits=2)
    world.commit("develop", "Meanwhile", {"meanwhile.txt": "1\n"})
    rebased = world.merge_pull(six, "rebase")
    assert world.subject(rebased) == "Anew, part 2"
    assert rebased != world.git("rev-parse", "refs/pull/6/head", cwd=world.origin)
    assert {"meanwhile.txt", "src/6-1.txt", "src/6-2.txt"} <= set(world.tree("develop"))

    true = world.merge_pull(world.open_pull("By hand", "feature/d"), "true")
    assert world.subject(true) == "Merge branch 'feature/d' into develop"
    assert world.branches() == ["develop", "main"]


def test_the_head_of_an_open_pull_request_follows_its_branch(world: World) -> None:
    outer = world.open_pull("Outer", "feature/outer")
    world.pull("Inner", base="feature/outer")
    assert world.git("rev-parse", f"refs/pull/{outer}/head", cwd=world.origin) == world.head("feature/outer")


def test_a_revert_takes_the_files_away(world: World) -> None:
    number = world.pull("A mistake", files={"mistake.txt": "oh\n"})
    assert "mistake.txt" in world.tree("develop")
    world.revert(number)
    assert "mistake.txt" not in world.tree("develop")


def test_conflicts_are_real(world: World) -> None:
    world.conflict_between("main", "develop")
    world.branch("back", "refs/heads/main")
    number, before = world.open_pull("Bring main back", "back", commits=0), world.head("develop")
    with pytest.raises(WorldError, match="VERSION"):
        world.merge_pull(number)
    assert world.head("develop") == before


def test_a_protected_branch_refuses_the_whole_atomic_push(world: World) -> None:
    world.protect("main")
    (world.clone / "a.txt").write_text("a")
    world.git("add", "a.txt")
    world.git("commit", "--quiet", "--message=A")
    before = world.dump().split("# hana")[0]
    with pytest.raises(WorldError, match="GH006"):
        world.git("push", "--atomic", "origin", "HEAD:refs/heads/develop", "HEAD:refs/heads/main")
    assert world.dump().split("# hana")[0] == before
    world.push_to("develop")
    assert world.head("develop") == world.git("rev-parse", "HEAD")
    world.unprotect()
    world.push_to("main")


def test_a_server_without_atomic_pushes(world: World) -> None:
    world.no_atomic()
    with pytest.raises(WorldError, match="atomic"):
        world.git("push", "--atomic", "origin", "HEAD:refs/heads/develop", "HEAD:refs/heads/other")


def test_more_laptops(world: World) -> None:
    shallow = world.another_clone("yuki", "--depth=1")
    assert world.git("rev-parse", "--is-shallow-repository", cwd=shallow) == "true"
    assert world.git("config", "user.name", cwd=shallow) == "Yuki"
    assert "# yuki" in world.dump()


def test_nothing_leaks_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "CI", "RELETAN_FLOW_REMOTE", "SLACK_BOT_TOKEN", "GIT_DIR"):
        monkeypatch.setenv(name, "leak")
    world = World.empty(tmp_path / "world")
    assert "leak" not in world.environment().values()
    assert world.env["PATH"] == os.environ["PATH"]
    files = {line.split("\t")[0] for line in world.git("config", "--list", "--show-origin").splitlines()}
    assert files == {f"file:{tmp_path}/world/gitconfig", "file:.git/config"}


def test_reletan_is_this_one_whatever_the_clone_holds(world: World) -> None:
    (world.clone / "reletan.py").write_text("print('shadowed')")
    with pytest.raises(WorldError) as failure:
        World(world.folder).reletan("no-such-command", check=True)
    assert "shadowed" not in str(failure.value)


def test_a_release_is_what_git_flow_makes(world: World, git_flow: str, tmp_path: Path) -> None:
    twin = world.copy_to(tmp_path / "twin")
    twin.git("flow", "init", "-d", "-t", "v")
    twin.git("flow", "release", "start", "1.4.0")
    twin.git("flow", "release", "finish", "-m", "v1.4.0", "1.4.0")
    twin.git("push", "--quiet", "origin", "main", "develop", "refs/tags/v1.4.0")
    world.release("1.4.0")
    assert graph(world) == graph(twin)
    assert world.tree("main") == twin.tree("main")


def graph(world: World) -> dict[str, list[str]]:
    """Each commit's subject, and the subjects of its parents; refs by the subject that they are at."""
    refs = [*world.branches(), *world.tags()]
    commits = world.git("rev-list", *refs, cwd=world.origin).split()
    made = {world.subject(commit): [world.subject(parent) for parent in world.parents(commit)] for commit in commits}
    return made | {f"at {ref}": [world.subject(ref)] for ref in refs}


LINES = {"long.txt": "".join(f"line {i}\n" for i in range(20))}


def changed(line: int) -> dict[str, str | None]:
    return {"long.txt": LINES["long.txt"].replace(f"line {line}\n", f"changed {line}\n")}


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_a_merge_keeps_what_the_base_changed_elsewhere_in_the_file(world: World, how: How) -> None:
    world.commit("develop", "Write lines", LINES)
    number = world.open_pull("Change the first line", files=changed(0))
    world.commit("develop", "Change the last line", changed(19))
    world.merge_pull(number, how)
    text = world.read("develop", "long.txt")
    assert "changed 0\n" in text
    assert "changed 19\n" in text
    world.revert(number)
    assert world.read("develop", "long.txt") == changed(19)["long.txt"]
