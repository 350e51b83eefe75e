"""`reletan list` completed by GitHub: what it corrects, and what it adds."""

import re

import pytest
from listings import codes, listed, loose, numbers, pull

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.origin import run_git
from reletan.sandbox.world import World


def test_labels_logins_and_titles_come_from_github(hub_world: World) -> None:
    hub_world.label(10, "bug", "ui")
    hub_world.pulls[10].title = "A better title"
    listing = listed(hub_world)
    assert (listing["source"], listing["complete"], listing["warnings"]) == ("github", True, [])
    told = pull(listing, 10)
    assert (told["title"], told["author"], told["author_name"]) == ("A better title", "yamada-hanako", "山田 花子")
    assert (told["labels"], told["source"], told["url"]) == (
        ["bug", "ui"],
        "github",
        f"{hub_world.github.url}/acme/shop/pull/10",
    )
    assert pull(listing, 9)["labels"] == []


def test_thirteen_pull_requests_take_one_request(hub_world: World) -> None:
    assert len(numbers(listed(hub_world))) == 13
    assert len(hub_world.github.exchanges) == 1


def test_a_rebase_merge_is_one_pull_request(small_hub_world: World) -> None:
    number = small_hub_world.pull("Both halves", how="rebase", commits=2)
    listing = listed(small_hub_world)
    assert numbers(listing) == [number, 3, 2, 1]
    assert (pull(listing, number)["how"], pull(listing, number)["title"]) == ("rebase", "Both halves")
    assert loose(listing) == []


def test_a_squash_commit_whose_title_lost_its_number_is_found(small_hub_world: World) -> None:
    number = small_hub_world.open_pull("Add a wish list", commits=2)
    small_hub_world.merge_pull(number, "squash", title="Wish lists!")
    listing = listed(small_hub_world)
    assert numbers(listing) == [number, 3, 2, 1]
    assert loose(listing) == []


def test_a_merge_commit_with_a_title_of_its_own_is_found(small_hub_world: World) -> None:
    number = small_hub_world.open_pull("Add a wish list", commits=2)
    small_hub_world.merge_pull(number, "merge", title="Wish lists!", keep_branch=True)
    small_hub_world.git("update-ref", "-d", f"refs/pull/{number}/head", cwd=small_hub_world.origin)
    small_hub_world.git(
        "update-ref", f"refs/pull/{number}/head", f"refs/heads/feature/{number}", cwd=small_hub_world.origin
    )
    assert numbers(listed(small_hub_world)) == [number, 3, 2, 1]


LOOK_ALIKES = [
    ("an issue", lambda world: f"Close the leak (#{world.open_issue('It leaks')})"),
    ("one that is still open", lambda world: f"Prepare it (#{world.open_pull('Not yet', 'feature/open')})"),
    ("one of another repository", lambda _world: "Take over a fix (#4711)"),
    ("one of an earlier release, mentioned", lambda world: f"Follow-up ({_released(world)})"),
]


def _released(world: World) -> str:
    number = world.pull("Long ago")
    world.release("1.3.1")
    return f"#{number}"


@pytest.mark.parametrize("subject", [case[1] for case in LOOK_ALIKES], ids=[case[0] for case in LOOK_ALIKES])
def test_a_number_that_is_no_pull_request_of_the_range_is_dropped(small_hub_world: World, subject) -> None:  # type: ignore[no-untyped-def]
    text = subject(small_hub_world)
    small_hub_world.commit("develop", text)
    listing = listed(small_hub_world)
    assert text in loose(listing)
    assert listing["complete"] is True
    mentioned = int(re.findall(r"#(\d+)", text)[0])
    assert mentioned not in numbers(listing)


def test_a_subject_that_only_looks_like_a_merge_is_dropped(small_hub_world: World) -> None:
    issue = small_hub_world.open_issue("It leaks")
    small_hub_world.commit("develop", f"Merge pull request #{issue} from acme/leak", body="It looks like one")
    listing = listed(small_hub_world)
    assert issue not in numbers(listing)


def test_what_was_merged_just_now_is_known_at_once(small_hub_world: World) -> None:
    number = small_hub_world.pull("Just now", how="rebase")
    small_hub_world.index_lag = 99
    assert number in numbers(listed(small_hub_world))
    assert small_hub_world.github.requests("graphql") == 1


def test_the_rest_of_what_was_merged_just_now_is_looked_up_again(small_hub_world: World) -> None:
    number = small_hub_world.pull("Just now", how="rebase", commits=2)
    small_hub_world.index_lag = 1
    listing = listed(small_hub_world)
    assert (number in numbers(listing), loose(listing)) == (True, [])
    assert small_hub_world.github.requests("graphql") == 2


def test_a_merge_that_github_does_not_place_in_time_leaves_the_list_incomplete(small_hub_world: World) -> None:
    small_hub_world.pull("Just now", how="rebase", commits=2)
    small_hub_world.index_lag = 99
    listing = listed(small_hub_world)
    assert (listing["source"], listing["complete"], codes(listing)) == ("github", False, ["fresh-merges"])


def test_a_second_look_that_fails_is_said(small_hub_world: World) -> None:
    small_hub_world.pull("Just now", how="rebase", commits=2)
    small_hub_world.index_lag = 1
    small_hub_world.github.fault("graphql", nth=2, do=Fault.status(401, "Bad credentials"))
    listing = listed(small_hub_world)
    assert (listing["source"], listing["complete"], codes(listing)) == ("github", False, ["github-failed"])


def test_a_commit_that_was_pushed_directly_stays_one(small_hub_world: World) -> None:
    small_hub_world.commit("develop", "Straight to develop")
    assert loose(listed(small_hub_world)) == ["Straight to develop"]
    assert small_hub_world.github.requests("graphql") == 1


def test_the_flow_s_own_pull_requests_are_not_contributions(small_hub_world: World) -> None:
    small_hub_world.branch("release/1.4.0", "refs/heads/develop")
    small_hub_world.commit("release/1.4.0", "Polish")
    release = small_hub_world.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0)
    small_hub_world.merge_pull(release, "rebase", keep_branch=True)
    assert release not in numbers(listed(small_hub_world, "--until", "main"))


def many_commits(world: World, count: int) -> None:
    """So many direct commits on develop, in one stream."""
    start = world.head("develop")
    commits = [
        f"commit refs/heads/develop\ncommitter Hana <hana@example.com> {world.clock + n} +0000\ndata 6\nDirect\n"
        for n in range(count)
    ]
    commits[0] += f"from {start}\n"
    run_git("fast-import", "--quiet", cwd=world.origin, env=world.env, stdin="".join(commits).encode())


def test_of_very_many_commits_only_the_newest_are_looked_up_and_it_is_said(small_hub_world: World) -> None:
    many_commits(small_hub_world, 1_030)
    listing = listed(small_hub_world)
    assert (listing["source"], listing["complete"], codes(listing)) == ("github", False, ["many-commits"])
    assert "30 of them were not looked up" in listing["warnings"][0]["message"]
    assert small_hub_world.github.requests("graphql") == 10
    assert len(loose(listing)) == 1_030


# The version


@pytest.mark.parametrize(
    ("labels", "version"),
    [([], "1.4.0"), (["bug"], "1.4.0"), (["feature"], "1.4.0"), (["breaking"], "2.0.0"), (["Breaking"], "2.0.0")],
)
def test_the_version_is_proposed_by_labels(small_hub_world: World, labels: list[str], version: str) -> None:
    small_hub_world.label(2, *labels)
    assert listed(small_hub_world)["suggested_version"] == version


def test_conventional_titles_on_github_count(small_hub_world: World) -> None:
    for number in (1, 2, 3):
        small_hub_world.pulls[number].title = f"fix: part {number}"
    assert listed(small_hub_world)["suggested_version"] == "1.3.1"
    small_hub_world.pulls[2].title = "feat!: all new"
    assert listed(small_hub_world)["suggested_version"] == "2.0.0"


def test_a_breaking_change_s_footer_counts(small_hub_world: World) -> None:
    small_hub_world.commit("develop", "fix: the sum", body="BREAKING CHANGE: sums are numbers now")
    assert listed(small_hub_world)["suggested_version"] == "2.0.0"


def test_start_proposes_the_same_version(small_hub_world: World) -> None:
    small_hub_world.label(2, "breaking")
    assert small_hub_world.reletan("start", "--dry-run", "--json", check=True).json["version"] == "2.0.0"
    assert small_hub_world.reletan("status", "--json", check=True).json["suggested_version"] == "2.0.0"


# Groups and people


def test_grouped_by_label(small_hub_world: World) -> None:
    small_hub_world.label(1, "feature")
    small_hub_world.label(3, "bug")
    out = small_hub_world.reletan("list", "--markdown", "--group-by", "label", check=True).out
    assert re.findall("### (.*)", out) == ["bug", "feature", "(no label)", "New contributors"]


def test_grouped_by_author(small_hub_world: World) -> None:
    out = small_hub_world.reletan("list", "--markdown", "--group-by", "author", check=True).out
    assert re.findall("### (.*)", out) == ["hana", "yuki", "New contributors"]


def test_contributors_and_who_is_new(small_hub_world: World) -> None:
    small_hub_world.pull("My first one", author="Kenji")
    listing = listed(small_hub_world)
    people = {who["login"]: (who["first_time"], who["pull_requests"]) for who in listing["contributors"]}
    assert people == {"kenji": (True, [4]), "hana": (False, [3, 1]), "yuki": (True, [2])}
    assert "First contributions: kenji (#4), yuki (#2)" in small_hub_world.reletan("list", check=True).out


def test_who_contributed_to_an_earlier_release_is_not_new(hub_world: World) -> None:
    assert not any(who["first_time"] for who in listed(hub_world)["contributors"])


# Without GitHub


def test_offline_asks_nothing(hub_world: World) -> None:
    listing = listed(hub_world, "--offline")
    assert (listing["source"], listing["contributors"]) == ("history", None)
    assert hub_world.github.exchanges == []


def test_without_fetching_github_is_asked_all_the_same(hub_world: World) -> None:
    assert listed(hub_world, "--no-fetch")["source"] == "github"


def test_without_a_token_the_history_is_shown_and_it_is_said(hub_world: World) -> None:
    listing = listed(hub_world, env={"GH_TOKEN": ""})
    assert (listing["source"], listing["complete"], codes(listing)) == ("history", False, ["no-token"])
    assert len(numbers(listing)) == 13
    assert "GH_TOKEN" in hub_world.reletan("list", env={"GH_TOKEN": ""}, check=True).err
    assert hub_world.github.exchanges == []


def test_the_other_variable_holds_a_token_too(hub_world: World) -> None:
    assert listed(hub_world, env={"GH_TOKEN": "", "GITHUB_TOKEN": f" {TOKEN}\n"})["source"] == "github"


def test_a_repository_that_is_not_on_github_is_not_asked_about(world: World) -> None:
    listing = listed(world, env={"GH_TOKEN": "some-token"})
    assert (listing["source"], listing["complete"], listing["warnings"]) == ("history", True, [])


def test_a_renamed_repository_is_followed_and_named(hub_world: World) -> None:
    hub_world.rename("store")
    listing = listed(hub_world, env={"RELETAN_GITHUB_REPOSITORY": "acme/shop"})
    assert (listing["source"], codes(listing)) == ("github", ["repository-moved"])
    assert "acme/shop is now acme/store" in listing["warnings"][0]["message"]
