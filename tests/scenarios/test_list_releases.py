"""`reletan list`: which tags count as the last release, and what it has although ancestry does not show it."""

import re

import pytest
from listings import codes, listed, loose, numbers

from reletan.sandbox.world import World

# --- which tags count


def test_a_first_release_is_said(world: World) -> None:
    world.git("update-ref", "-d", "refs/tags/v1.3.0", cwd=world.origin)
    listing = listed(world)
    assert (listing["since"], listing["since_sha"], codes(listing)) == (None, None, ["first-release"])
    assert numbers(listing) == [3, 2, 1]
    assert "Sell things" in loose(listing)
    assert "3 pull requests so far (no release yet)" in world.reletan("list").out
    assert world.reletan("list", "--markdown").out.startswith("## First release")


def test_only_the_remotes_tags_count(world: World) -> None:
    expected = listed(world)
    world.git("tag", "v1.9.0", "origin/develop")
    world.git("tag", "--force", "v1.3.0", "origin/develop")
    assert listed(world) == expected


def test_a_moved_floating_tag_stops_nothing(world: World) -> None:
    world.tag("v1", "refs/tags/v1.3.0")
    world.git("fetch", "--quiet", "--tags")
    mine = world.git("rev-parse", "refs/tags/v1")
    world.tag("v1", "refs/heads/develop")
    assert numbers(listed(world)) == [3, 2, 1]
    assert world.git("rev-parse", "refs/tags/v1") == mine


@pytest.mark.parametrize(
    "tag", ["v1.4.0-rc.1", "v1.4.0-beta", "v1.4.0+build", "v1.4.0rc1", "nightly", "build-7", "v1", "v"]
)
def test_what_is_no_final_release_never_counts(world: World, tag: str) -> None:
    world.branch("main", "refs/heads/develop")
    world.tag(tag, "refs/heads/develop")
    assert listed(world)["since"] == "v1.3.0"


def test_a_newer_tag_on_another_branch_does_not_count(world: World) -> None:
    """Fault 5."""
    world.tag("v2.0.0", "refs/heads/develop")
    listing = listed(world)
    assert (listing["since"], numbers(listing)) == ("v1.3.0", [3, 2, 1])
    world.tag("v2.0.0", "refs/tags/v1.3.0")
    assert listed(world)["since"] == "v2.0.0"


def test_a_tag_on_a_commit_that_nobody_here_has(world: World) -> None:
    world.commit("elsewhere", "Another history")
    world.tag("v3.0.0", "refs/heads/elsewhere")
    assert listed(world)["since"] == "v1.3.0"
    run = world.reletan("list", "--since", "v3.0.0")
    assert run.code == 2
    assert "git fetch origin tag v3.0.0" in run.err


def test_versions_are_compared_as_numbers(world: World) -> None:
    world.release("1.9.0")
    world.pull("In between")
    world.release("1.10.0")
    world.pull("After")
    listing = listed(world)
    assert (listing["since"], numbers(listing), listing["suggested_version"]) == ("v1.10.0", [5], "1.11.0")


def test_lightweight_tags_count(world: World) -> None:
    world.tag("v1.3.1", "refs/heads/main", annotated=False)
    assert listed(world)["since"] == "v1.3.1"


def test_mixed_prefixes_need_a_decision(world: World) -> None:
    world.tag("1.2.0", "refs/heads/main^")
    run = world.reletan("list")
    assert run.code == 2
    assert "1.2.0 and v1.3.0" in run.err
    assert "tag_prefix" in run.err
    assert listed(world, env={"RELETAN_FLOW_TAG_PREFIX": "v"})["since"] == "v1.3.0"
    assert listed(world, env={"RELETAN_FLOW_TAG_PREFIX": ""})["since"] == "1.2.0"


def test_with_mixed_prefixes_a_given_range_still_works(world: World) -> None:
    world.tag("1.2.0", "refs/heads/main^")
    listing = listed(world, "--since", "v1.3.0", "--until", "develop")
    assert (numbers(listing), codes(listing), listing["suggested_version"]) == ([3, 2, 1], ["mixed-prefixes"], None)


def test_another_prefix_on_another_branch_is_no_mix(world: World) -> None:
    world.tag("web-2.0.0", "refs/heads/develop")
    assert listed(world)["since"] == "v1.3.0"


# --- hotfixes, and production that went its own way


def test_hotfix_ranges_do_not_overlap(world: World) -> None:
    """v1.3.2 was tagged before v1.3.1."""
    world.pull("Hot", "hotfix/1.3.2", base="main")
    world.tag("v1.3.2", "refs/heads/main")
    world.pull("Cold", base="main")
    world.tag("v1.3.1", "refs/heads/main")
    listing = listed(world, "--until", "main")
    assert (listing["since"], numbers(listing), loose(listing)) == ("v1.3.2", [5], [])
    assert numbers(listed(world)) == [3, 2, 1]


def test_a_hotfix_that_was_merged_back_is_released(world: World) -> None:
    world.branch("hotfix/1.3.1", "refs/heads/main")
    world.commit("hotfix/1.3.1", "Stop the bleeding")
    world.release("1.3.1", prefix="hotfix/")
    listing = listed(world)
    assert (listing["since"], numbers(listing), loose(listing)) == ("v1.3.1", [3, 2, 1], [])
    assert listing["warnings"] == []


def squash_to_main(world: World, message: str, **files: str) -> None:
    """Squash development into production by hand and tag it v1.4.0; with ``files``, production is not the same then."""
    world.git("switch", "--quiet", "--detach", "origin/main")
    world.git("merge", "--quiet", "--squash", "origin/develop")
    for name, content in files.items():
        (world.clone / name).write_text(content)
        world.git("add", name)
    world.git("commit", "--quiet", f"--message={message}")
    world.push_to("main")
    world.tag("v1.4.0", "refs/heads/main")


def test_squashed_production_leaves_out_what_it_names(world: World) -> None:
    squash_to_main(world, "Release 1.4.0 (#99)\n\n* Add a basket (#1)\n* #2\n", VERSION="1.4.0")
    world.commit("develop", "Newer")
    listing = listed(world)
    assert (listing["since"], numbers(listing), loose(listing)) == ("v1.4.0", [3], ["Newer"])
    assert codes(listing) == ["not-merged-back"]
    assert "v1.4.0 is not in the history of origin/develop" in world.reletan("list").err


def test_squashed_production_leaves_out_all_up_to_the_same_files(world: World) -> None:
    squash_to_main(world, "Release 1.4.0")
    newer = world.pull("Newer")
    listing = listed(world)
    assert (numbers(listing), codes(listing)) == ([newer], ["not-merged-back"])


def test_production_with_picked_commits_leaves_out_equal_changes(world: World) -> None:
    world.git("switch", "--quiet", "--detach", "origin/main")
    world.git("cherry-pick", "origin/develop")
    world.git("commit", "--quiet", "--amend", "--message=Another word for it, without a number")
    world.push_to("main")
    world.tag("v1.3.1", "refs/heads/main")
    listing = listed(world)
    assert (listing["since"], numbers(listing), codes(listing)) == ("v1.3.1", [2, 1], ["not-merged-back"])


def test_a_release_that_was_not_merged_back_is_not_listed_again(world: World) -> None:
    """A fix on the release branch: production has it, development does not."""
    world.branch("release/1.4.0", "refs/heads/develop")
    world.pull("Fix the release", base="release/1.4.0")
    before = world.head("develop") or ""
    world.release("1.4.0")
    world.branch("develop", before)
    newer = world.pull("Newer")
    listing = listed(world)
    assert (listing["since"], numbers(listing), codes(listing)) == ("v1.4.0", [newer], ["not-merged-back"])


# --- the version that comes next


def test_the_suggestion_avoids_what_is_taken(world: World) -> None:
    world.tag("v1.4.0", "refs/heads/develop")
    assert listed(world)["suggested_version"] == "1.5.0"


def test_the_suggestion_from_the_calendar(world: World) -> None:
    env = {"RELETAN_VERSION_SCHEME": "calver", "RELETAN_VERSION_FORMAT": "YYYY.0M.MICRO"}
    assert re.fullmatch(r"\d{4}\.\d\d\.0", listed(world, env=env)["suggested_version"])


def test_no_suggestion_where_nothing_is_new_or_the_range_ends_at_no_release(world: World) -> None:
    assert listed(world, "--since", "main")["suggested_version"] is None
    world.release("1.4.0")
    assert listed(world)["suggested_version"] is None


@pytest.mark.parametrize(("title", "expected"), [("fix: x", "1.3.1"), ("feat: x", "1.4.0"), ("feat(a)!: x", "2.0.0")])
def test_the_suggestion_follows_conventional_commits(world: World, title: str, expected: str) -> None:
    world.pull(title, how="squash")
    assert listed(world)["suggested_version"] == expected
