"""What merging makes, and what it leaves as it was when it cannot."""

import pytest
from asking import Asked, get
from github_world import ask, ask_graphql

from reletan.sandbox.github.model import Protection
from reletan.sandbox.github.waiting import merge_waiting
from reletan.sandbox.origin import Moved, NewCommit, WorldError
from reletan.sandbox.team import AutoMerge, How
from reletan.sandbox.world import World

SHOP = "/repos/acme/shop"
LINES = [f"line {i}\n" for i in range(20)]


def changed(line: int) -> dict[str, str | None]:
    return {"long.txt": "".join([*LINES[:line], "changed\n", *LINES[line + 1 :]])}


def pushed_while_merging(world: World, after: int) -> str:
    """Somebody's commit, which a merge driver puts on develop when git merges a file, ``after`` times of doing so."""
    world.branch("late", "refs/heads/develop")
    late = world.commit("late", "Faster than you")
    world.delete_branch("late")
    counter = world.folder / "merges"
    push = f"git --git-dir='{world.origin}' update-ref refs/heads/develop {late}"
    driver = f"echo >>'{counter}'; test $(wc -l <'{counter}') -le {after} || {push}"
    world.git("config", "merge.late.driver", driver, cwd=world.origin)
    (world.origin / "info").mkdir(exist_ok=True)
    (world.origin / "info" / "attributes").write_text("long.txt merge=late\n")
    return late


@pytest.fixture
def touching(world: World) -> int:
    """A pull request that changes a file which develop has changed elsewhere."""
    world.unknown_reads = 0
    world.commit("develop", "Write lines", {"long.txt": "".join(LINES)})
    number = world.open_pull("Change the first line", files=changed(0))
    world.commit("develop", "Change the last line", changed(19))
    return number


@pytest.mark.parametrize("how", ["merge", "squash"])
def test_a_push_in_the_middle_of_a_merge_is_not_lost(world: World, touching: int, how: How) -> None:
    # the first merge is GitHub's question whether there are conflicts
    late = pushed_while_merging(world, after=1)
    asked = Asked(world, "PUT", f"/pulls/{touching}/merge", {"merge_method": how})
    assert asked.error == (405, "Base branch was modified. Review and try the merge again.")
    assert (world.head("develop"), world.pulls[touching].open) == (late, True)
    (world.origin / "info" / "attributes").unlink()
    assert Asked(world, "PUT", f"/pulls/{touching}/merge", {"merge_method": how}).status == 200
    assert world.parents("refs/heads/develop")[0] == late


def test_a_push_in_the_middle_of_merging_branches_is_not_lost(world: World, touching: int) -> None:
    late = pushed_while_merging(world, after=0)
    branch = world.pulls[touching].branch
    asked = Asked(world, "POST", "/merges", {"base": "develop", "head": branch})
    assert (asked.status, world.head("develop")) == (409, late)


def test_a_ref_is_moved_only_from_where_it_was(world: World) -> None:
    main, develop = str(world.head("main")), str(world.head("develop"))
    with pytest.raises(Moved):
        world.bare.move("refs/heads/develop", main, main)
    assert world.head("develop") == develop


def test_a_commit_never_pushes_another_one_aside(world: World) -> None:
    """Also where the two are made at the same moment."""
    main, develop, hana = str(world.head("main")), world.head("develop"), world.person("hana")
    new = NewCommit(message="Too late", author=hana, committer=hana, time=world.clock, parents=[main])
    with pytest.raises(WorldError):
        world.bare.grow("refs/heads/develop", new, b"")
    assert world.head("develop") == develop


# by rebase


@pytest.fixture
def unrebaseable(world: World) -> int:
    """Its commits conflict one by one, but not as a whole."""
    world.unknown_reads = 0
    version = world.read("refs/heads/develop", "VERSION")
    number = world.open_pull("Try something", "try", files={"try.txt": "1\n"}, author="Yuki")
    world.push_to_pull(number, "Change the version", {"VERSION": "mine\n"})
    world.push_to_pull(number, "Change it back", {"VERSION": version})
    world.commit("develop", "Change the version, too", {"VERSION": "theirs\n"})
    return number


def test_a_rebase_lands_whole_or_not_at_all(world: World, unrebaseable: int) -> None:
    before = world.head("develop")
    seen = get(world, f"/pulls/{unrebaseable}")
    assert (seen["mergeable"], seen["rebaseable"], seen["mergeable_state"]) == (True, False, "clean")
    asked = Asked(world, "PUT", f"/pulls/{unrebaseable}/merge", {"merge_method": "rebase"})
    assert asked.error == (405, "This branch can't be rebased")
    with pytest.raises(WorldError):
        world.merge_pull(unrebaseable, "rebase")
    assert (world.head("develop"), world.pulls[unrebaseable].open) == (before, True)
    assert world.pulls[unrebaseable].base_was is None
    assert Asked(world, "PUT", f"/pulls/{unrebaseable}/merge").status == 200


def test_a_pull_request_of_merges_only_cannot_be_rebased(world: World) -> None:
    world.unknown_reads = 0
    world.branch("back", "refs/heads/develop")
    hana = world.person("hana")
    world.merge_into("back", "refs/heads/main", "Merge branch 'main'", hana, hana)
    number = world.open_pull("Merge back", "back", commits=0)
    assert get(world, f"/pulls/{number}")["rebaseable"] is False
    asked = Asked(world, "PUT", f"/pulls/{number}/merge", {"merge_method": "rebase"})
    assert (asked.status, world.pulls[number].merged) == (405, None)


def test_a_rebase_keeps_who_wrote_each_commit_and_when(world: World) -> None:
    number = world.open_pull("By Hana", "two", author="Hana")
    world.commit("two", "By Yuki", author="Yuki", body="With reasons")
    asked = "--format=%an %at %B"
    written = world.git("log", "-2", asked, "two", cwd=world.origin)
    world.commit("develop", "Meanwhile")
    world.merge_pull(number, "rebase", by="Marta")
    assert world.git("log", "-2", asked, "develop", cwd=world.origin) == written
    assert world.git("log", "-2", "--format=%cn", "develop", cwd=world.origin) == "Marta\nMarta"


# the words, and the people


def who_and_what(world: World) -> str:
    return world.git("log", "-1", "--format=%an, %cn: %B", "develop", cwd=world.origin).strip()


def test_the_author_of_a_merge_commit_is_who_merges(world: World) -> None:
    Asked(world, "PUT", f"/pulls/{world.open_pull('Sell at night', 'night')}/merge", login="yuki")
    assert who_and_what(world) == "Yuki, GitHub: Merge pull request #4 from acme/night\n\nSell at night"


def test_a_squashed_commit_keeps_its_own_words(world: World) -> None:
    world.branch("night", "refs/heads/develop")
    world.commit("night", "Open late", body="People asked for it.")
    number = world.open_pull("Sell at night", "night", commits=0)
    world.pulls[number].title = "Better hours"
    world.merge_pull(number, "squash", by="Yuki")
    assert who_and_what(world) == "Hana, GitHub: Open late (#4)\n\nPeople asked for it."


def test_squashed_commits_are_listed_with_air_between_them(world: World) -> None:
    number = world.open_pull("Sell at night", "night")
    world.commit("night", "Open late", body="People asked for it.")
    world.merge_pull(number, "squash")
    assert who_and_what(world) == (
        "Hana, GitHub: Sell at night (#4)\n\n* Sell at night\n\n* Open late\n\nPeople asked for it."
    )


def test_auto_merge_uses_the_words_and_the_name_of_who_enabled_it(small_hub_world: World) -> None:
    world = small_hub_world
    world.protect_branch("develop", Protection(checks=("ci",)))
    number = world.open_pull("Sell at night", author="Yuki")
    get(world, f"/pulls/{number}")
    node_id = get(world, f"/pulls/{number}")["node_id"]
    words = 'mergeMethod: SQUASH, commitHeadline: "Open late", commitBody: "At last"'
    enabled = "pullRequest { autoMergeRequest { mergeMethod enabledBy { login } commitHeadline commitBody } }"
    mutation = (
        f'mutation {{ enablePullRequestAutoMerge(input: {{pullRequestId: "{node_id}", {words}}}) {{ {enabled} }} }}'
    )
    shown = ask_graphql(world, mutation).json["data"]["enablePullRequestAutoMerge"]["pullRequest"]["autoMergeRequest"]
    assert shown == {
        "mergeMethod": "SQUASH", "enabledBy": {"login": "hana"}, "commitHeadline": "Open late", "commitBody": "At last",
    }  # fmt: skip
    told = ask(world, "GET", f"{SHOP}/pulls/{number}").json["auto_merge"]
    assert (told["enabled_by"]["login"], told["commit_title"], told["commit_message"]) == (
        "hana",
        "Open late",
        "At last",
    )
    world.check("ci", "success", number)
    merged = ask(world, "GET", f"{SHOP}/pulls/{number}").json
    assert (merged["merged"], merged["merged_by"]["login"]) == (True, "hana")
    assert who_and_what(world) == "Yuki, GitHub: Open late\n\nAt last"


def test_what_cannot_be_rebased_by_itself_waits_and_harms_nobody(small_hub_world: World, unrebaseable: int) -> None:
    world = small_hub_world
    world.pulls[unrebaseable].auto_merge = AutoMerge("rebase", world.person("yuki"))
    assert [ask(world, "GET", SHOP).status for _ in range(2)] == [200, 200]
    assert world.pulls[unrebaseable].open


def test_auto_merge_comes_back_after_a_push_was_faster(world: World, touching: int) -> None:
    world.pulls[touching].auto_merge = AutoMerge("merge", world.person("yuki"))
    late = pushed_while_merging(world, after=1)
    merge_waiting(world)
    assert (world.head("develop"), world.pulls[touching].open) == (late, True)
    (world.origin / "info" / "attributes").unlink()
    merge_waiting(world)
    assert world.parents("refs/heads/develop")[0] == late


# the merge queue


def test_the_queue_merges_in_order_what_is_green_and_drops_what_conflicts(world: World) -> None:
    world.protect_branch("develop", Protection(queue=True, checks=("ci",)))
    waits, conflicts = world.open_pull("Wait"), world.open_pull("Conflict", files={"shop.txt": "open at noon\n"})
    world.commit("develop", "Open early", {"shop.txt": "open at six\n"})
    world.queue = [waits, conflicts]
    merge_waiting(world)
    assert (world.queue, world.pulls[waits].open, world.pulls[conflicts].open) == ([waits], True, True)
    world.check("ci", "success", waits)
    merge_waiting(world)
    assert (world.queue, world.pulls[waits].merged) == ([], world.head("develop"))


# what becomes of branches


def test_pull_requests_into_a_merged_branch_go_where_it_went(world: World) -> None:
    world.settings.delete_branch = True
    outer = world.open_pull("Outer", "outer")
    inner = world.open_pull("Inner", "inner", base="outer")
    assert Asked(world, "PUT", f"/pulls/{outer}/merge").status == 200
    seen = get(world, f"/pulls/{inner}")
    assert (world.head("outer"), seen["state"], seen["base"]["ref"], seen["commits"]) == (None, "open", "develop", 1)


def test_a_protected_branch_and_the_default_one_are_not_deleted(world: World) -> None:
    world.settings.delete_branch = True
    world.protect_branch("night", Protection())
    number = world.open_pull("Sell at night", "night")
    assert Asked(world, "PUT", f"/pulls/{number}/merge").status == 200
    assert world.head("night") is not None
    world.settings.default_branch = "other"
    number = world.open_pull("Sell elsewhere", "other")
    assert Asked(world, "PUT", f"/pulls/{number}/merge").status == 200
    assert world.head("other") is not None


def test_a_branch_that_was_pushed_to_meanwhile_stays(world: World) -> None:
    number = world.open_pull("Sell at night", "night")
    world.git("fetch", "--quiet")
    world.git("switch", "--quiet", "night")
    world.git("commit", "--quiet", "--allow-empty", "-m", "One more thing")
    world.push_to("night")
    world.merge_pull(number)
    assert world.head("night") == world.git("rev-parse", "HEAD")
