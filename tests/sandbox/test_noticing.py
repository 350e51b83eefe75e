"""What GitHub makes of pushes: which pull requests they merged, and which they closed."""

from asking import get

from reletan.sandbox.world import World


def standing(world: World, number: int) -> tuple[str, bool]:
    seen = get(world, f"/pulls/{number}")
    return seen["state"], seen["merged"]


def on_laptop(world: World, branch: str, at: str) -> None:
    world.git("fetch", "--quiet")
    world.git("switch", "--quiet", "--create", branch, at)


def test_a_pull_request_ends_with_its_base(world: World) -> None:
    world.branch("release/1.4.0", "refs/heads/develop")
    number = world.open_pull("Fix it there", base="release/1.4.0")
    assert standing(world, number) == ("open", False)
    world.git("push", "--quiet", "origin", ":refs/heads/release/1.4.0")
    assert standing(world, number) == ("closed", False)


def test_a_fast_forward_and_one_more_commit_merge_it(world: World) -> None:
    number = world.open_pull("Sell at night", "night")
    head = world.head_of(number)
    on_laptop(world, "mine", "origin/night")
    world.git("commit", "--quiet", "--allow-empty", "-m", "More")
    world.push_to("develop")
    assert standing(world, number) == ("closed", True)
    assert get(world, f"/pulls/{number}")["merge_commit_sha"] == head


def test_a_fast_forward_and_a_later_merge_are_told_apart(world: World) -> None:
    number = world.open_pull("Sell at night", "night")
    head = world.head_of(number)
    on_laptop(world, "mine", "origin/night")
    world.git("merge", "--quiet", "--no-ff", "--strategy=ours", "-m", "Another merge", "origin/main~1")
    world.git("commit", "--quiet", "--allow-empty", "-m", "More")
    world.push_to("develop")
    assert get(world, f"/pulls/{number}")["merge_commit_sha"] == head


def test_a_head_that_went_back_to_its_base_is_closed_and_not_merged(world: World) -> None:
    number = world.open_pull("Sell at night", "night")
    assert standing(world, number) == ("open", False)
    on_laptop(world, "mine", "origin/develop")
    world.git("push", "--quiet", "--force", "origin", "HEAD:night")
    assert standing(world, number) == ("closed", False)


def test_a_head_that_grew_and_was_merged_in_one_push_is_merged(world: World) -> None:
    number = world.open_pull("Sell at night", "night")
    on_laptop(world, "night", "origin/night")
    world.git("commit", "--quiet", "--allow-empty", "-m", "One more thing")
    world.git("switch", "--quiet", "--detach", "origin/develop")
    world.git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'night'", "night")
    world.git("push", "--quiet", "origin", "night", "HEAD:develop")
    assert standing(world, number) == ("closed", True)
    assert get(world, f"/pulls/{number}")["merge_commit_sha"] == world.head("develop")


def test_a_branch_that_is_gone_closes_it_and_one_that_was_merged_first_does_not(world: World) -> None:
    merged, closed = world.open_pull("One", "one"), world.open_pull("Two", "two")
    on_laptop(world, "mine", "origin/develop")
    world.git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'one'", "origin/one")
    world.git("push", "--quiet", "origin", "HEAD:develop", ":one", ":two")
    assert (standing(world, merged), standing(world, closed)) == (("closed", True), ("closed", False))


def test_a_push_merges_the_pull_request_of_a_fork_too(world: World) -> None:
    number = world.open_pull("From outside", fork="zoe", author="Zoe")
    on_laptop(world, "mine", "origin/develop")
    world.git("fetch", "--quiet", "origin", f"refs/pull/{number}/head")
    world.git("merge", "--quiet", "--no-ff", "-m", "Take it", "FETCH_HEAD")
    world.push_to("develop")
    assert standing(world, number) == ("closed", True)
