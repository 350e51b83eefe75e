"""People act on GitHub by themselves: under titles of their own, by squash, by closing; reletan finds its way on."""

import pytest
from bypulling import BRANCH, PULLS, TAG, assert_git_flow, merges, now, open_release_pull, protect, ready, tag
from ticking import begin, body, boxes, configure, pr, the_pull, tick
from wrapped import executable

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World

STATUS = "[checklist]\nstatus = true\n"


@pytest.fixture
def released_by_hand(small_hub_world: World) -> World:
    """The release pull request was merged on GitHub under another title, and its branch deleted."""
    ready(small_hub_world)
    number = open_release_pull(small_hub_world)
    small_hub_world.merge_pull(number, title=f"Release 1.4.0 (#{number})")
    assert BRANCH not in small_hub_world.branches()
    return small_hub_world


def test_a_release_merged_under_another_title_is_seen_by_every_command(released_by_hand: World) -> None:
    world = released_by_hand
    (opened,) = world.reletan("status", "--json", check=True).json["open"]
    assert (opened["version"], opened["state"], opened["next"]) == ("1.4.0", "merged, not tagged", "reletan tag 1.4.0")
    run = world.reletan("start", "--yes")
    assert (run.code, "1.4.0" in run.err) == (3, True)
    assert "1.4.0" in world.reletan("notes", check=True).out


@pytest.mark.parametrize("words", [("tag",), ("tag", "1.4.0"), ("resume",)])
def test_a_release_merged_under_another_title_is_tagged_where_it_is(
    released_by_hand: World, words: tuple[str, ...]
) -> None:
    world = released_by_hand
    merged = world.head("main")
    world.reletan(*words, "--yes", check=True)
    assert world.tags()[TAG] == merged
    assert world.parents("refs/heads/develop")[1] == merged


def test_a_release_that_was_squashed_is_seen_and_needs_a_yes_of_its_own(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    world.merge_pull(open_release_pull(world), "squash")
    run = tag(world)
    assert (run.code, "tag 1.4.0 --accept-squash" in run.err, list(world.tags())) == (3, True, ["v1.3.0"])
    tag(world, "--accept-squash", check=True)
    assert world.tags()[TAG] == world.head("main")


def test_github_is_not_asked_for_what_history_tells(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    world.merge_pull(open_release_pull(world))
    before = world.github.requests("GET", PULLS)
    world.reletan("status", check=True)
    assert world.github.requests("GET", PULLS) == before


def test_where_github_is_down_status_goes_on_and_says_what_is_not_known(released_by_hand: World) -> None:
    world = released_by_hand
    world.github.fault("GET", PULLS, do=Fault.status(500), times=None)
    run = world.reletan("status", check=True)
    assert "another title is not known" in run.err


# the status that branch protection waits for


def test_a_required_checklist_is_looked_at_by_tag_itself(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    configure(world, STATUS)
    protect(world, "main", checks=("reletan/checklist",))
    before = now(world)
    assert tag(world).code == 3
    tick(world, *boxes(world))
    tag(world, check=True)
    assert_git_flow(world, before)


def test_a_tick_that_was_taken_back_holds_up_the_release_again(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    configure(world, STATUS)
    protect(world, "main", checks=("reletan/checklist",))
    pr(world, check=True)
    tick(world, *boxes(world))
    pr(world, check=True)
    world.edit_body(the_pull(world).number, body(world).replace("[x]", "[ ]", 1))
    run = tag(world)
    assert (run.code, "reletan/checklist" in run.err, merges(world)) == (3, True, 0)


def test_a_status_that_nothing_requires_holds_up_nobody(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    configure(world, STATUS)
    protect(world, "main")
    before = now(world)
    pr(world, check=True)
    assert "pending" in str(world.statuses)
    tag(world, check=True)
    assert_git_flow(world, before)


def test_a_token_that_may_not_write_statuses_stops_there_and_says_so(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    configure(world, STATUS)
    protect(world, "main", checks=("reletan/checklist",))
    pr(world, check=True)
    tick(world, *boxes(world))
    world.github.fault(
        "POST", "/repos/*/statuses/*", do=Fault.status(403, "Resource not accessible by integration"), times=None
    )
    run = tag(world)
    assert (run.code, "commit statuses: write" in run.err, merges(world)) == (4, True, 0)


# closed, or squashed


def test_ticks_and_words_outlive_a_pull_request_that_was_closed(small_hub_world: World) -> None:
    world = small_hub_world
    begin(world)
    pr(world, check=True)
    tick(world, 1, 3)
    first = the_pull(world).number
    world.edit_body(first, f"Ask Ken before Friday.\n\n{body(world)}")
    world.close_pull(first)
    pr(world, check=True)
    assert the_pull(world).number != first
    assert boxes(world) == {1: True, 2: False, 3: True}
    assert body(world).startswith("Ask Ken before Friday.")


def test_a_squashed_back_merge_is_told_and_merged_once_more(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    protect(world, "main")
    protect(world, "develop", approvals=1)
    assert tag(world).code == 3
    first = the_pull(world, "develop").number
    world.merge_pull(first, "squash")
    run = tag(world)
    assert (run.code, f"#{first} was squashed" in run.err) == (3, True)
    world.approve(the_pull(world, "develop").number)
    tag(world, check=True)
    assert world.look("merge-base", world.tags()[TAG], "develop", cwd=world.origin) == world.tags()[TAG]
    assert world.branches() == ["develop", "main"]


@pytest.mark.parametrize("protected", [("main", "develop"), ("develop",)])
def test_somebody_elses_branch_with_the_name_of_the_back_merge_is_left_alone(
    small_hub_world: World, protected: tuple[str, ...]
) -> None:
    world = ready(small_hub_world)
    protect(world, *protected)
    world.branch("backmerge/1.4.0", "refs/heads/develop")
    theirs = world.commit("backmerge/1.4.0", "Somebody's own work")
    before = now(world)
    run = tag(world)
    assert (run.code, "Somebody's own work" in run.err, now(world)) == (3, True, before)
    assert (list(world.tags()), merges(world), world.head("backmerge/1.4.0")) == (["v1.3.0"], 0, theirs)


def test_no_item_goes_because_github_did_not_tell_of_it(small_hub_world: World) -> None:
    """Only GitHub knows what was rebased; without its word the list is shorter."""
    world = small_hub_world
    world.merge_pull(world.open_pull("Rebase me", "rebased"), "rebase")
    begin(world)
    pr(world, check=True)
    tick(world, *boxes(world))
    before = body(world)
    assert len(boxes(world)) == 4
    world.github.fault("graphql", do=Fault.status(502), times=None)
    run = pr(world)
    assert (run.code, body(world)) == (1, before), run.err


# what must not come along, or go


def test_what_resolves_one_back_merge_does_not_come_into_the_other(small_hub_world: World) -> None:
    """A hotfix conflicts with development and with an open release; development's new work is not the release's."""
    world = ready(small_hub_world)
    world.commit("develop", "Next", {"VERSION": "1.5.0-dev"})
    world.commit(BRANCH, "This", {"VERSION": "1.4.0"})
    world.commit("develop", "Half-finished work", {"later.txt": "x"})
    world.branch("hotfix/1.3.1", "refs/heads/main")
    world.commit("hotfix/1.3.1", "Mend it", {"VERSION": "1.3.1"})
    tag(world, "1.3.1")
    into = {pull.base: pull.branch for pull in world.pulls.values() if pull.open}
    assert into == {"develop": "backmerge/1.3.1", BRANCH: "backmerge/1.3.1_into_release-1.4.0"}
    for base, branch in into.items():
        resolve(world, branch, base)
    # GitHub notices what was pushed when it is asked
    world.reletan("status", check=True)
    for base in into:
        world.approve(the_pull(world, base).number)
    tag(world, "1.3.1", check=True)
    assert "Half-finished work" not in world.look("log", "--format=%s", BRANCH, cwd=world.origin)
    for base in into:
        assert world.look("merge-base", "v1.3.1", base, cwd=world.origin) == world.tags()["v1.3.1"]
    assert world.branches() == ["develop", "main", BRANCH]


def resolve(world: World, branch: str, base: str) -> None:
    """As GitHub's page for conflicts does it: the base is merged into the branch of the pull request."""
    clone = world.another_clone(f"resolves-{branch.replace('/', '-')}")
    world.git("switch", "-q", branch, cwd=clone)
    world.git("merge", "-q", "-s", "ours", f"origin/{base}", "-m", f"Merge {base} into {branch}", cwd=clone)
    world.git("push", "-q", cwd=clone)


@pytest.mark.parametrize("protected", [True, False])
def test_a_branch_that_an_open_pull_request_is_for_is_kept(small_hub_world: World, protected: bool) -> None:
    world = ready(small_hub_world)
    if protected:
        protect(world, "main")
    number = world.open_pull("Mend one more thing", "fix/more", base=BRANCH)
    run = tag(world, check=True)
    assert (BRANCH in world.branches(), world.pulls[number].open) == (True, True)
    assert f"is kept, since a pull request into it is open (#{number})" in run.err
    world.close_pull(number)
    tag(world, "1.4.0", check=True)
    assert BRANCH not in world.branches()


def test_a_merged_release_is_finished_before_a_hotfix_swallows_it(released_by_hand: World) -> None:
    world = released_by_hand
    run = world.reletan("start", "hotfix", "--yes")
    assert (run.code, "next: finish it first: reletan tag 1.4.0" in run.err) == (3, True)
    world.branch("hotfix/1.3.1", "refs/heads/main")
    world.commit("hotfix/1.3.1", "Mend it")
    run = tag(world, "1.3.1")
    assert (run.code, "next: finish it first: reletan tag 1.4.0" in run.err, list(world.tags())) == (
        3,
        True,
        ["v1.3.0"],
    )
    assert world.reletan("status", "--json", check=True).json["next"] == "reletan tag 1.4.0"
    tag(world, "1.4.0", check=True)
    world.reletan("abort", "1.3.1", "--yes")
    assert TAG in world.tags()


def test_another_clone_goes_on_without_a_version(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    protect(world, "main")
    protect(world, "develop", approvals=1)
    before = now(world)
    assert tag(world).code == 3
    world.approve(the_pull(world, "develop").number)
    tag(world, cwd=world.another_clone("yuki"), check=True)
    assert_git_flow(world, before)


def test_resume_does_not_call_done_what_is_open(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    protect(world, "main", approvals=1)
    tag(world)
    run = world.reletan("resume", "1.4.0", "--yes", cwd=world.another_clone("yuki"))
    assert ("all done" in run.err, "reletan tag 1.4.0" in run.err) == (False, True)


def test_a_back_merge_that_lands_at_the_same_moment_is_no_squash(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    protect(world, "main")
    protect(world, "develop", approvals=1)
    before = now(world)
    assert tag(world).code == 3
    number = the_pull(world, "develop").number
    world.approve(number)
    world.github.fault("GET", PULLS, do=Fault.then(lambda site: site.merge_pull(number)))
    run = tag(world, check=True)
    assert "squashed" not in run.err
    assert_git_flow(world, before)


def test_status_tells_of_a_hotfix_that_an_open_release_lacks(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    protect(world, BRANCH, approvals=1)
    world.branch("hotfix/1.3.1", "refs/heads/main")
    world.commit("hotfix/1.3.1", "Mend it")
    assert tag(world, "1.3.1").code == 3
    number = the_pull(world, BRANCH).number
    told = world.reletan("status", "--json", check=True).json["open"]
    assert [
        (one["version"], [back["number"] for back in one["back_merges"]]) for one in told if one["back_merges"]
    ] == [("1.3.1", [number])]


def test_a_rule_for_tags_that_shows_only_at_the_push_says_what_is_left(small_hub_world: World) -> None:
    world = ready(small_hub_world)
    protect(world, "main")
    executable(world.origin / "hooks" / "update", 'case "$1" in refs/tags/*) echo "GH013: no tags" >&2; exit 1;; esac')
    for _ in range(2):
        run = tag(world)
        assert (run.code, "1.4.0 is in production, but the rest was refused" in run.err) == (5, True)
        assert "next: let somebody who may push that run `reletan tag 1.4.0`" in run.err
    assert merges(world) == 1
    (world.origin / "hooks" / "update").unlink()
    tag(world, check=True)
    assert world.tags()[TAG] == world.head("main")


@pytest.mark.parametrize("branch", ["main", "develop"])
def test_a_linear_history_that_only_admins_are_shown_is_found_before_merging(
    small_hub_world: World, branch: str
) -> None:
    world = ready(small_hub_world)
    protect(world, "main")
    protect(world, branch, linear=True)
    world.tokens["writes"] = "yuki"
    before = now(world)
    run = tag(world, env={"GH_TOKEN": "writes"})
    assert (run.code, "a linear history is required" in run.err, now(world)) == (3, True, before)
    assert (merges(world), list(world.tags())) == (0, ["v1.3.0"])
