"""A release that conflicts stops before any push and says who can help; people resolve it, and a re-run notices."""

import shlex
from itertools import takewhile
from pathlib import Path

import pytest
from witness import lasting, pushes, record_pushes

from reletan.sandbox.world import World


@pytest.fixture
def conflicting(started: World) -> World:
    """release/1.4.0 and develop changed VERSION in two ways: Marta by a pull request on develop, Yuki on the branch."""
    started.commit("release/1.4.0", "Bump the version", {"VERSION": "1.4.0\n"}, author="Yuki")
    started.pull("Count versions differently", author="Marta", files={"VERSION": "next\n"})
    return started


def test_nothing_is_pushed_and_people_are_named(conflicting: World) -> None:
    before = lasting(conflicting)
    record_pushes(conflicting)
    run = conflicting.reletan("tag", "--yes")
    assert (run.code, pushes(conflicting)) == (3, [])
    assert "Merging into develop conflicts, so nothing was pushed" in run.err
    bumped = conflicting.look("rev-parse", "--short", "release/1.4.0", cwd=conflicting.origin)
    assert lines_of(run.err, "VERSION") == [
        "on develop: #4 Count versions differently (Marta)",
        f"on release/1.4.0: {bumped} Bump the version (Yuki)",
    ]
    assert "or: reletan tag 1.4.0 --backmerge pull-request" in run.err
    assert lasting(conflicting) == before


def lines_of(told: str, path: str) -> list[str]:
    """What an error says about a file in conflict."""
    lines = told.splitlines()
    rest = lines[lines.index(f"  {path}") + 1 :]
    return [line.strip() for line in takewhile(lambda line: line.startswith("    "), rest)]


def test_a_pull_request_of_the_release_is_named_and_what_both_sides_have_is_not(world: World) -> None:
    world.pull("Both have it", author="Hana", files={"VERSION": "both\n"})
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.pull("Fix it on the release", base="release/1.4.0", author="Yuki", files={"VERSION": "1.4.0\n"})
    world.pull("Fix it by a squash", base="release/1.4.0", author="Ken", files={"VERSION": "1.4.0!\n"}, how="squash")
    changed = world.commit("develop", "Change it on develop", {"VERSION": "next\n"}, author="Marta")
    assert lines_of(world.reletan("tag", "--yes").err, "VERSION") == [
        f"on develop: {changed[:7]} Change it on develop (Marta)",
        "on release/1.4.0: #6 Fix it by a squash (Ken), #5 Fix it on the release (Yuki)",
    ]


def test_a_fix_in_production_is_told_from_the_release(started: World) -> None:
    started.commit("main", "Mended in production", {"VERSION": "mended\n"}, author="Yuki")
    started.commit("develop", "Change it on develop", {"VERSION": "next\n"})
    told = lines_of(started.reletan("tag", "--yes").err, "VERSION")
    assert ([line.split(":")[0] for line in told], "Mended in production (Yuki)" in told[1]) == (
        ["on develop", "on main"],
        True,
    )


def test_many_commits_are_not_all_told(started: World) -> None:
    for n in range(6):
        started.commit("develop", f"Change {n}", {"VERSION": f"{n}\n"})
    started.commit("release/1.4.0", "Bump", {"VERSION": "1.4.0\n"})
    ours, theirs = lines_of(started.reletan("tag", "--yes").err, "VERSION")
    assert (ours.count("(Hana)"), ours.endswith(", and more"), theirs.count("(Hana)")) == (4, True, 1)


def test_a_dry_run_is_blocked_too(conflicting: World) -> None:
    assert conflicting.reletan("tag", "--dry-run").code == 3
    error = conflicting.reletan("tag", "--dry-run", "--json").json["error"]
    assert (error["kind"], error["exit"]) == ("blocked", 3)


def test_many_files_are_counted(conflicting: World) -> None:
    files = {f"many/{n}.txt": "" for n in range(14)}
    conflicting.commit("release/1.4.0", "Ours", dict.fromkeys(files, "ours\n"))
    conflicting.commit("develop", "Theirs", dict.fromkeys(files, "theirs\n"))
    run = conflicting.reletan("tag", "--yes")
    assert "and 5 more files" in run.err


def test_hostile_paths_and_names_are_inert(started: World) -> None:
    for branch, who in (("release/1.4.0", "Eve\x1b[31m"), ("develop", "Mallory[/]")):
        started.commit(branch, f"On {branch}", {":(top)a [x]\x07.txt": branch}, author=who)
    run = started.reletan("tag", "--yes")
    assert run.code == 3
    assert "(Mallory[/])" in run.err
    assert not {"\x1b", "\x07"} & set(run.err)


def test_a_conflict_with_production(started: World) -> None:
    started.conflict_between("main", "release/1.4.0")
    run = started.reletan("tag", "--yes")
    assert (run.code, "Merging into main conflicts" in run.err) == (3, True)
    assert do_as_it_says(started, run.err) == [
        "git switch release/1.4.0 && git pull --ff-only origin release/1.4.0",
        "git merge origin/main",
        "git push origin release/1.4.0",
    ]
    started.reletan("tag", "--yes", check=True)


@pytest.mark.parametrize("branch", ["main", "develop"])
def test_resolved_by_hand_with_a_plain_commit(world: World, branch: str) -> None:
    world.reletan("start", "1.4.0", "--switch", "--yes", check=True)
    world.conflict_between("release/1.4.0", branch)
    assert world.reletan("tag", "--yes").code == 3
    world.git("pull", "--quiet", "--ff-only", "origin", "release/1.4.0")
    with pytest.raises(Exception, match="conflict"):
        world.git("merge", "--quiet", f"origin/{branch}")
    (world.clone / "VERSION").write_text("as both want it\n")
    world.git("add", "VERSION")
    world.git("commit", "--quiet", "--no-edit")
    world.push_to("release/1.4.0")
    world.reletan("tag", "--yes", check=True)
    assert world.read("main", "VERSION") == "as both want it\n"
    assert world.read("develop", "VERSION") == "as both want it\n"


def do_as_it_says(world: World, told: str, path: str = "VERSION", cwd: Path | None = None) -> list[str]:
    """Run the commands of an error's ``next``, solving the conflict where git stops; the commands of git."""
    steps = [line.strip() for line in told.partition("\nnext: ")[2].splitlines()]
    commands = [step for step in steps if step.startswith("git ")]
    clone = cwd or world.clone
    for step in commands:
        for command in step.split(" && "):
            words = shlex.split(command)[1:]
            on = world.look("branch", "--show-current", cwd=clone)
            if words[0] == "merge" and "release/1.4.0" in " ".join([on, *words]):
                with pytest.raises(Exception, match="conflict"):
                    world.git(*words, cwd=clone)
                (clone / path).write_text("as both want it\n")
                world.git("commit", "--quiet", "--all", "--no-edit", cwd=clone)
            else:
                world.git(*words, cwd=clone)
    return commands


def test_to_do_as_it_says_releases_nothing_else(conflicting: World) -> None:
    world = conflicting
    world.commit("develop", "For the release after this one", {"later.txt": "later\n"})
    refused = world.reletan("tag", "--yes")
    assert do_as_it_says(world, refused.err) == [
        "git switch develop && git pull --ff-only origin develop",
        "git merge origin/release/1.4.0",
        "git push origin develop",
    ]
    world.reletan("tag", "--yes", check=True)
    assert world.read("develop", "VERSION") == "as both want it\n"
    assert "later.txt" not in world.look("ls-tree", "--name-only", "origin/main")


@pytest.mark.parametrize("branch", ["main", "develop"])
def test_to_do_as_it_says_works_without_a_local_branch(started: World, branch: str) -> None:
    started.conflict_between(branch, "release/1.4.0")
    clone = started.another_clone("yuki", "--single-branch", "--branch=main")
    started.git("switch", "--quiet", "--detach", cwd=clone)
    started.git("branch", "--quiet", "--delete", "main", cwd=clone)
    gets_it = "release/1.4.0" if branch == "main" else branch
    done = do_as_it_says(started, started.reletan("tag", "--yes", cwd=clone).err, cwd=clone)
    assert done[0].startswith(f"git switch -c {gets_it} origin/{gets_it} && ")
    started.reletan("tag", "--yes", cwd=clone, check=True)


def test_what_development_lacks_of_production_is_merged_too(conflicting: World) -> None:
    conflicting.commit("main", "Mended in production", {"mended.txt": "mended\n"})
    refused = conflicting.reletan("tag", "--yes")
    assert "git merge origin/main" in do_as_it_says(conflicting, refused.err)
    conflicting.reletan("tag", "--yes", check=True)
    assert conflicting.read("develop", "mended.txt") == "mended\n"


def test_after_a_back_merge_by_hand_a_run_has_nothing_to_merge(conflicting: World) -> None:
    """git-flow's way: the tag is public, the merge into develop conflicts, and somebody ends it with a plain commit."""
    world = conflicting
    assert world.reletan("tag", "--backmerge", "none", "--keep-branch", "--yes").code == 0
    world.git("fetch", "--quiet")
    world.git("reset", "--quiet", "--hard", "origin/develop")
    with pytest.raises(Exception, match="conflict"):
        world.git("merge", "--quiet", "v1.4.0")
    (world.clone / "VERSION").write_text("as both want it\n")
    world.git("commit", "--quiet", "--all", "--no-edit")
    world.push_to("develop")
    merged = world.head("develop")
    world.reletan("tag", "1.4.0", "--yes", check=True)
    assert (world.head("develop"), world.branches()) == (merged, ["develop", "main"])


class TestByPullRequest:
    def test_the_release_goes_out_and_its_branch_waits(self, conflicting: World) -> None:
        development = conflicting.head("develop")
        record_pushes(conflicting)
        run = conflicting.reletan("tag", "--backmerge", "pull-request", "--yes")
        assert (run.code, "backmerge/1.4.0 into develop" in run.err) == (5, True)
        assert pushes(conflicting) == [["heads/backmerge/1.4.0", "heads/main", "tags/v1.4.0"], ["-heads/release/1.4.0"]]
        assert (conflicting.head("develop"), conflicting.head("backmerge/1.4.0")) == (
            development,
            conflicting.head("main"),
        )

    @pytest.mark.parametrize("keep", [True, False])
    def test_merged_on_github_and_resumed(self, world: World, keep: bool) -> None:
        world.reletan("start", "1.4.0", "--yes", check=True)
        world.commit("release/1.4.0", "A fix for the release")
        options = ["--keep-branch"] if keep else []
        assert world.reletan("tag", "--backmerge", "pull-request", *options, "--yes").code == 5
        assert world.reletan("resume", "--yes").code == 5
        number = world.open_pull("Merge 1.4.0 back", "backmerge/1.4.0", commits=0)
        world.merge_pull(number, keep_branch=True)
        resumed = world.reletan("resume", "--yes", check=True)
        assert world.branches() == ["develop", "main", *(["release/1.4.0"] if keep else [])]
        if not keep:
            assert "v1.4.0 is on main, and back in develop." in resumed.err
            assert "nothing to resume" in world.reletan("resume", "--yes", check=True).err

    def test_a_squashed_back_merge_is_not_one(self, world: World) -> None:
        """The tag's commit has to be in develop, or the next release's list begins too early."""
        world.reletan("start", "1.4.0", "--yes", check=True)
        world.commit("release/1.4.0", "A fix for the release")
        assert world.reletan("tag", "--backmerge", "pull-request", "--yes").code == 5
        world.merge_pull(world.open_pull("Merge 1.4.0 back", "backmerge/1.4.0", commits=0), "squash", keep_branch=True)
        assert world.reletan("resume", "1.4.0", "--yes").code == 5
        assert world.head("backmerge/1.4.0")
