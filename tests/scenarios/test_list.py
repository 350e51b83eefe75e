"""`reletan list`: what is new since the last release, in every form and for every range."""

import re

import pytest
from listings import codes, listed, loose, numbers, pull

from reletan.sandbox.world import World

SHA = re.compile("[0-9a-f]{40}")
LISTING = [
    "schema", "since", "since_sha", "until", "until_sha", "compare_url", "suggested_version", "source", "complete",
    "warnings", "pull_requests", "commits_without_pull_request", "contributors", "breaking",
]  # fmt: skip
PULL = [
    "number", "title", "author", "author_name", "labels", "url", "merged_at", "commit", "how", "source", "via",
    "reverted_by", "in_release",
]  # fmt: skip


# --- JSON


def test_the_json_is_the_contract(world: World) -> None:
    listing = listed(world)
    assert list(listing) == LISTING
    assert [list(pull) for pull in listing["pull_requests"]] == [PULL] * 3
    released = world.look("rev-parse", "v1.3.0^{commit}")
    assert {key: listing[key] for key in LISTING[:10]} == {
        "schema": 1, "since": "v1.3.0", "since_sha": released, "until": "origin/develop",
        "until_sha": world.head("develop"),
        "compare_url": None, "suggested_version": "1.4.0", "source": "history", "complete": True, "warnings": [],
    }  # fmt: skip
    assert pull(listing, 3) == {
        "number": 3, "title": "Show prices with tax", "author": None, "author_name": "Hana", "labels": None,
        "url": None,
        "merged_at": "2026-01-05T09:10:00Z", "commit": world.head("develop"), "how": "squash", "source": "history",
        "via": None, "reverted_by": None, "in_release": None,
    }  # fmt: skip


def test_the_fields_of_loose_commits(big_world: World) -> None:
    loose = listed(big_world)["commits_without_pull_request"]
    assert [list(commit) for commit in loose] == [["sha", "subject", "author_name", "in_release"]] * 2
    assert all(SHA.fullmatch(commit["sha"]) for commit in loose)
    assert [commit["author_name"] for commit in loose] == ["山田 花子", "Hana"]


def test_every_kind_of_pull_request_is_found(big_world: World) -> None:
    listing = listed(big_world)
    assert numbers(listing) == [21, 20, 19, 18, 17, 16, 15, 14, 12, 13, 11, 10, 9]
    assert {p["number"]: p["how"] for p in listing["pull_requests"]} == {
        9: "merge", 10: "merge", 11: "squash", 12: "merge", 13: "merge", 14: "squash", 15: "merge", 16: "squash",
        17: "merge", 18: "squash", 19: "merge", 20: "squash", 21: "merge",
    }  # fmt: skip
    assert pull(listing, 13)["via"] == 12
    assert pull(listing, 16)["reverted_by"] == 18
    assert [p["reverted_by"] for p in listing["pull_requests"]].count(None) == 12
    assert pull(listing, 14)["title"] == "検索の不具合を修正"


def test_the_author_of_a_pull_request_that_holds_another_is_its_own(big_world: World) -> None:
    listing = listed(big_world)
    assert pull(listing, 12)["author_name"] == "Yuki"
    assert pull(listing, 13)["author_name"] == "Marta"


def test_addresses_come_from_the_configured_repository(world: World) -> None:
    listing = listed(world, env={"RELETAN_GITHUB_REPOSITORY": "acme/shop"})
    assert listing["compare_url"] == "https://github.com/acme/shop/compare/v1.3.0...develop"
    assert pull(listing, 3)["url"] == "https://github.com/acme/shop/pull/3"


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://github.com/acme/shop.git", "acme/shop"),
        ("https://token@github.com/acme/shop", "acme/shop"),
        ("git@github.com:acme/shop.git", "acme/shop"),
        ("ssh://git@github.com/acme/shop.git", "acme/shop"),
        ("https://github.com.evil.example/acme/shop", None),
        ("https://gitlab.com/acme/shop", None),
    ],
)
def test_addresses_come_from_the_remotes_url(world: World, url: str, slug: str | None) -> None:
    world.git("remote", "set-url", "origin", url)
    listing = listed(world, "--offline")
    assert pull(listing, 1)["url"] == (f"https://github.com/{slug}/pull/1" if slug else None)
    assert "token" not in str(listing)


# --- text and Markdown


def test_the_table(world: World) -> None:
    run = world.reletan("list", check=True)
    assert [line.rstrip() for line in run.out.splitlines()] == [
        "3 pull requests since v1.3.0",
        "PR  Title                           Author  Merged",
        "#3  Show prices with tax            Hana    2026-01-05",
        "#2  Fix the sum of an empty basket  Yuki    2026-01-05",
        "#1  Add a basket                    Hana    2026-01-05",
        "",
        "Next version: 1.4.0",
    ]
    assert run.err == ""


def test_the_table_tells_what_is_special(big_world: World) -> None:
    out = big_world.reletan("list", check=True).out
    assert "13 pull requests since v1.3.0, 2 commits without one" in out
    assert "Share a wish list [via #12]" in out
    assert "Show a banner on the first page [reverted by #18]" in out
    assert "Correct a typo in the README  (Hana)" in out


def test_markdown(world: World) -> None:
    assert world.reletan("list", "--markdown", check=True).out == (
        "## Since v1.3.0 (next: 1.4.0)\n\n"
        "- Show prices with tax (#3) by Hana\n"
        "- Fix the sum of an empty basket (#2) by Yuki\n"
        "- Add a basket (#1) by Hana\n"
    )


def test_markdown_in_japanese_with_addresses(world: World) -> None:
    env = {"RELETAN_NOTES_LANGUAGE": "ja", "RELETAN_GITHUB_REPOSITORY": "acme/shop"}
    out = world.reletan("list", "--markdown", env=env, check=True).out
    assert out.startswith("## v1.3.0 以降の変更（次のバージョン: 1.4.0）\n\n")
    assert "- Show prices with tax ([#3](https://github.com/acme/shop/pull/3)) 担当: Hana\n" in out
    assert out.endswith("\nhttps://github.com/acme/shop/compare/v1.3.0...develop\n")


@pytest.mark.parametrize(("language", "heading"), [("en", "### Commits without"), ("ja", "### プルリクエストのない")])
def test_markdown_shows_everything(big_world: World, language: str, heading: str) -> None:
    out = big_world.reletan("list", "--markdown", env={"RELETAN_NOTES_LANGUAGE": language}, check=True).out
    assert len([line for line in out.splitlines() if line.startswith("- ")]) == 15
    assert heading in out
    assert "\n\n\n" not in out


def test_grouped_by_author(big_world: World) -> None:
    out = big_world.reletan("list", "--markdown", "--group-by", "author", check=True).out
    assert re.findall("### (.*)", out) == ["Hana", "Marta", "Yuki", "山田 花子", "Commits without a pull request"]
    hana = out.split("### ")[1]
    assert re.findall(r"\(#(\d+)\)", hana) == ["21", "18", "15"]
    table = [line.strip() for line in big_world.reletan("list", "--group-by", "author", check=True).out.splitlines()]
    assert table.index("Marta") < table.index("Yuki") < table.index("山田 花子")


def test_labels_are_unknown_without_github(world: World) -> None:
    out = world.reletan("list", "--markdown", "--group-by", "label", check=True).out
    assert re.findall("### (.*)", out) == ["(labels unknown)"]


def test_grouping_does_not_change_the_json(world: World) -> None:
    assert listed(world, "--group-by", "author") == listed(world)


def test_an_unknown_grouping_is_refused(world: World) -> None:
    run = world.reletan("list", "--group-by", "colour")
    assert run.code == 2
    assert "--group-by takes label, author or none" in run.err


# --- ranges


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--since", "v1.2.0", "--until", "v1.3.0"], [7, 6]),
        (["--since", "1.2.0", "--until", "1.3.0"], [7, 6]),
        (["--since", "refs/tags/v1.1.0", "--until", "refs/tags/v1.2.0"], [5, 4]),
        (["--since", "v1.3.0", "--until", "origin/main"], []),
        (["--since", "v1.3.0", "--until", "refs/heads/develop"], [*range(21, 13, -1), 12, 13, 11, 10, 9]),
        (["--since", "main", "--until", "develop"], [*range(21, 13, -1), 12, 13, 11, 10, 9]),
        (["--since", "v1.2.0", "--until", "main"], [7, 6]),
    ],
)
def test_ranges_by_name(big_world: World, args: list[str], expected: list[int]) -> None:
    assert numbers(listed(big_world, *args)) == expected


def test_a_range_says_its_names_and_commits(big_world: World) -> None:
    listing = listed(big_world, "--since", "1.1.0", "--until", "v1.2.0")
    assert (listing["since"], listing["until"]) == ("1.1.0", "v1.2.0")
    assert listing["since_sha"] == big_world.look("rev-parse", "v1.1.0^{commit}")
    assert listing["until_sha"] == big_world.look("rev-parse", "v1.2.0^{commit}")


def test_ranges_by_id_and_head(world: World) -> None:
    third, second = world.head("develop") or "", world.parents("develop")[0]
    assert numbers(listed(world, "--since", second)) == [3]
    assert numbers(listed(world, "--since", second[:8], "--until", third[:8])) == [3]
    world.git("switch", "--quiet", "--detach", "origin/develop~1")
    assert numbers(listed(world, "--since", "HEAD")) == [3]
    assert numbers(listed(world, "--until", "HEAD")) == [2, 1]


def test_an_open_end_is_the_default(world: World) -> None:
    since = listed(world, "--since", "v1.3.0")
    assert (since["until"], numbers(since)) == ("origin/develop", [3, 2, 1])
    until = listed(world, "--until", world.parents("develop")[0])
    assert (until["since"], numbers(until)) == ("v1.3.0", [2, 1])


def test_a_tag_of_ones_own_may_be_named(world: World) -> None:
    world.git("tag", "seen", "origin/develop~1")
    assert numbers(listed(world, "--since", "seen")) == [3]


def test_up_to_a_release_is_from_the_release_before_it(big_world: World) -> None:
    for until, since, expected in (
        ("v1.3.0", "v1.2.0", [7, 6]),
        ("1.2.0", "v1.1.0", [5, 4]),
        ("v1.1.0", None, [3, 2, 1]),
    ):
        listing = listed(big_world, "--until", until)
        assert (listing["since"], numbers(listing)) == (since, expected)
        assert codes(listing) == ([] if since else ["first-release"])


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize(
    "name", ["nonsense", "v9.9.9", "deadbeef", "", "-x", "a..b", "develop^", "@{u}", "x y", "\x1b[1m"]
)
def test_nonsense_is_refused(world: World, option: str, name: str) -> None:
    run = world.reletan("list", f"{option}={name}")
    assert run.code == 2
    assert run.out == ""
    assert "\x1b" not in run.err
    assert len([line for line in run.err.splitlines() if line.startswith("error: ")]) == 1


def test_a_name_with_two_meanings_is_refused(world: World) -> None:
    world.branch("v1.3.0", "refs/heads/develop")
    run = world.reletan("list", "--since", "v1.3.0")
    assert run.code == 2
    assert "refs/tags/v1.3.0" in run.err
    assert "refs/heads/v1.3.0" in run.err
    assert numbers(listed(world, "--since", "refs/tags/v1.3.0")) == [3, 2, 1]
    assert numbers(listed(world, "--since", "refs/heads/v1.3.0")) == []


def test_the_other_meaning_is_named_in_full(world: World) -> None:
    world.branch("1.3.0", "refs/heads/develop")
    assert "refs/tags/v1.3.0, refs/heads/1.3.0" in world.reletan("list", "--since", "1.3.0").err


def test_a_branch_that_is_not_here_yet(world: World) -> None:
    world.commit("topic", "Elsewhere")
    run = world.reletan("list", "--until", "topic")
    assert run.code == 2
    assert "git fetch origin topic" in run.err
    world.git("fetch", "--quiet", "origin", "topic")
    assert world.reletan("list", "--until", "topic").code == 0


# --- open releases, nothing new


def test_in_release_says_which_open_release_has_it(world: World) -> None:
    world.branch("release/1.4.0", "refs/heads/develop")
    world.pull("Came later")
    listing = listed(world)
    assert {p["number"]: p["in_release"] for p in listing["pull_requests"]} == {
        4: None,
        3: "1.4.0",
        2: "1.4.0",
        1: "1.4.0",
    }
    assert listing["suggested_version"] == "1.5.0"
    out = world.reletan("list").out
    assert "Add a basket [in 1.4.0]" in out
    assert out.endswith("\nOpen: 1.4.0, with 3 of these\nNext version after it: 1.5.0\n")


@pytest.mark.parametrize("output", [[], ["--markdown"]])
def test_no_version_is_proposed_for_what_an_open_release_has(world: World, output: list[str]) -> None:
    world.commit("develop", "Straight to develop")
    world.branch("release/1.4.0", "refs/heads/develop")
    out = world.reletan("list", *output, check=True).out
    assert "1.5.0" not in out
    assert [commit["in_release"] for commit in listed(world)["commits_without_pull_request"]] == ["1.4.0"]
    if not output:
        assert "Straight to develop [in 1.4.0]" in out
        assert out.endswith("\nOpen: 1.4.0, with all of these\n")
    else:
        assert "by Hana, in 1.4.0\n" in out


def test_what_was_released_before_is_in_no_open_release(world: World) -> None:
    world.release("1.4.0")
    world.pull("For the next one")
    world.branch("release/1.5.0", "refs/heads/develop")
    listing = listed(world, "--since", "v1.3.0")
    assert {p["number"]: p["in_release"] for p in listing["pull_requests"]} == {4: "1.5.0", 3: None, 2: None, 1: None}


def test_a_fix_on_the_release_branch_is_not_listed_for_development(world: World) -> None:
    world.branch("release/1.4.0", "refs/heads/develop")
    fix = world.pull("Fix the release", base="release/1.4.0")
    assert fix not in numbers(listed(world))
    assert pull(listed(world, "--until", "release/1.4.0"), fix)["in_release"] == "1.4.0"


@pytest.mark.parametrize("output", [[], ["--json"], ["--markdown"]])
def test_nothing_new(world: World, output: list[str]) -> None:
    world.release("1.4.0")
    assert world.reletan("list", *output).code == 0
    run = world.reletan("list", "--fail-if-empty", *output)
    assert run.code == 3
    assert "There is nothing to release since v1.4.0." in run.err
    if "--json" in output:
        assert (run.json["since"], run.json["pull_requests"]) == ("v1.4.0", [])


def test_with_something_new_fail_if_empty_is_content(world: World) -> None:
    assert world.reletan("list", "--fail-if-empty").code == 0


def test_commits_alone_are_something(world: World) -> None:
    world.release("1.4.0")
    world.commit("develop", "Straight to develop")
    listing = listed(world, "--fail-if-empty")
    assert (numbers(listing), loose(listing)) == ([], ["Straight to develop"])
