"""Pull requests by REST: opening, reviewing, merging them."""

import pytest
from asking import Asked, get

from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World


def test_reading_a_pull_request_makes_github_find_out(world: World) -> None:
    world.open_pull("Sell at night", "night", body="At last", labels=["feature"])
    first, second = get(world, "/pulls/4"), get(world, "/pulls/4")
    assert (first["mergeable"], first["mergeable_state"]) == (None, "unknown")
    assert (second["mergeable"], second["mergeable_state"]) == (True, "clean")
    assert (second["head"]["label"], second["head"]["sha"]) == ("acme:night", world.head("night"))
    assert (second["commits"], second["changed_files"], second["additions"]) == (1, 1, 1)
    assert "mergeable_state" not in get(world, "/pulls")[0]


def test_a_merged_pull_request_says_by_whom_and_how(world: World) -> None:
    world.open_pull("Sell at night", "night")
    sha, base = world.head_of(4), world.head("develop")
    done = Asked(world, "PUT", "/pulls/4/merge", {"sha": sha, "merge_method": "merge"}, login="yuki")
    assert done.body == {
        "sha": world.head("develop"),
        "merged": True,
        "message": "Pull Request successfully merged",
    }
    pull = get(world, "/pulls/4")
    assert (pull["state"], pull["merged"], pull["merged_by"]["login"]) == ("closed", True, "yuki")
    assert (pull["merge_commit_sha"], pull["merged_at"]) == (world.head("develop"), pull["closed_at"])
    assert (pull["base"]["sha"], pull["mergeable_state"], pull["commits"]) == (base, "unknown", 1)
    assert Asked(world, "PUT", "/pulls/4/merge").error == (405, "Pull Request is not mergeable")
    assert (Asked(world, "GET", "/pulls/4/merge").status, Asked(world, "GET", "/issues/4").status) == (204, 200)


def test_an_unknown_method_is_refused(world: World) -> None:
    world.open_pull("Sell at night")
    assert Asked(world, "PUT", "/pulls/4/merge", {"merge_method": "octopus"}).error == (422, "Validation Failed")


def test_opening_a_pull_request(world: World) -> None:
    world.branch("release/1.4.0", "refs/heads/develop")
    sent = {"title": "Release 1.4.0", "head": "release/1.4.0", "base": "main", "body": "All", "draft": True}
    opened = Asked(world, "POST", "/pulls", sent, login="yuki")
    assert (opened.status, opened.body["number"], opened.body["user"]["login"]) == (201, 4, "yuki")
    assert (opened.body["draft"], opened.body["body"], opened.body["commits"] > 3) == (True, "All", True)
    again = Asked(world, "POST", "/pulls", {**sent, "head": "acme:release/1.4.0"})
    assert again.body["errors"] == [
        {
            "resource": "PullRequest",
            "code": "custom",
            "message": "A pull request already exists for acme:release/1.4.0.",
        }
    ]
    assert world.last_number == 4


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"head": "nowhere"}, {"resource": "PullRequest", "code": "invalid", "field": "head"}),
        ({"base": "nowhere"}, {"resource": "PullRequest", "code": "invalid", "field": "base"}),
        ({"head": "zoe:develop"}, {"resource": "PullRequest", "code": "invalid", "field": "head"}),
        (
            {"head": "main", "base": "develop"},
            {"resource": "PullRequest", "code": "custom", "message": "No commits between develop and main"},
        ),
    ],
)
def test_a_pull_request_that_cannot_be_opened(world: World, sent: dict[str, str], error: dict[str, str]) -> None:
    asked = Asked(world, "POST", "/pulls", {"title": "Release", "head": "develop", "base": "main", **sent})
    assert (asked.error, asked.body["errors"]) == ((422, "Validation Failed"), [error])


def test_closing_and_reopening(world: World) -> None:
    world.open_pull("Sell at night", "night")
    closed = Asked(world, "PATCH", "/pulls/4", {"state": "closed", "title": "Sell by night"}).body
    assert (closed["state"], closed["merged"], closed["title"]) == ("closed", False, "Sell by night")
    assert Asked(world, "PATCH", "/pulls/4", {"state": "open"}).body["closed_at"] is None
    world.delete_branch("night")
    assert get(world, "/pulls/4")["state"] == "closed"
    assert Asked(world, "PATCH", "/pulls/4", {"state": "open"}).status == 422
    assert Asked(world, "PATCH", "/pulls/1", {"state": "open"}).status == 422


def test_commits_and_files_of_a_pull_request(world: World) -> None:
    world.open_pull("Sell at night", "night", files={"night.txt": "1\n2\n", "shop.txt": None}, commits=2)
    commits = get(world, "/pulls/4/commits")
    assert [one["commit"]["message"] for one in commits] == ["Sell at night", "Sell at night, part 2"]
    assert (commits[1]["sha"], commits[1]["author"]["login"]) == (world.head_of(4), "hana")
    files = {
        one["filename"]: (one["status"], one["additions"], one["deletions"]) for one in get(world, "/pulls/4/files")
    }
    assert files == {"night.txt": ("added", 2, 0), "shop.txt": ("removed", 0, 1), "src/4-2.txt": ("added", 1, 0)}


def test_reviews_count_for_merging(world: World) -> None:
    world.protect_branch("develop", Protection(approvals=1, admins=True))
    world.open_pull("Sell at night", author="Hana")
    own = Asked(world, "POST", "/pulls/4/reviews", {"event": "APPROVE"})
    assert own.body["errors"] == ["Can not approve your own pull request"]
    assert Asked(world, "PUT", "/pulls/4/merge").status == 405
    given = Asked(world, "POST", "/pulls/4/reviews", {"event": "APPROVE"}, login="yuki").body
    assert (given["state"], given["commit_id"], given["user"]["login"]) == ("APPROVED", world.head_of(4), "yuki")
    assert Asked(world, "PUT", "/pulls/4/merge").status == 200


def test_a_fresh_merge_is_not_in_the_index_yet(world: World) -> None:
    world.index_lag = 2
    sha = world.merge_pull(world.open_pull("Sell at night"))
    seen = [[one["number"] for one in get(world, f"/commits/{sha}/pulls")] for _ in range(3)]
    assert seen == [[], [], [4]]
