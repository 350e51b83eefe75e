"""`reletan notes`: of which release, in which format, and what stands without GitHub. It changes nothing."""

import json
import re
from typing import Any

import pytest
from witness import lasting

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.world import World


def notes(world: World, *args: str, **options: Any) -> str:
    return world.reletan("notes", *args, check=True, **options).out


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


def numbers(text: str) -> list[int]:
    """The pull requests, as the notes name them in their lines."""
    return [int(number) for number in re.findall(r"\(\[#(\d+)\]", text)]


# of which release


def test_before_a_release_is_begun_the_notes_are_of_what_is_not_released_yet(small_hub_world: World) -> None:
    small_hub_world.label(1, "feature")
    small_hub_world.label(2, "bug")
    small_hub_world.commit("develop", "Straight to develop")
    before = lasting(small_hub_world)
    text = notes(small_hub_world)
    assert headings(text) == [
        "1.4.0 (not released yet)", "Features", "Fixes", "Other changes", "Commits without a pull request",
        "New contributors", "Contributors",
    ]  # fmt: skip
    page = f"{small_hub_world.github.url}/acme/shop"
    assert f"- Add a basket ([#1]({page}/pull/1)) by hana\n" in text
    assert f"- yuki made their first contribution in [#2]({page}/pull/2)\n" in text
    assert text.endswith(f"**Full changelog**: [v1.3.0...develop]({page}/compare/v1.3.0...develop)\n")
    assert lasting(small_hub_world) == before


def test_the_only_open_release_is_meant(small_hub_world: World) -> None:
    small_hub_world.branch("release/1.4.0", "refs/heads/develop")
    small_hub_world.pull("For the next one")
    text = notes(small_hub_world)
    assert (headings(text)[0], numbers(text)) == ("1.4.0 (not released yet)", [3, 2, 1])
    assert "[v1.3.0...release/1.4.0](" in text


def test_of_several_open_releases_one_has_to_be_named(small_hub_world: World) -> None:
    small_hub_world.branch("release/1.4.0", "refs/heads/develop")
    small_hub_world.branch("hotfix/1.3.1", "refs/heads/main")
    small_hub_world.commit("hotfix/1.3.1", "Mend it")
    run = small_hub_world.reletan("notes")
    assert (run.code, run.out) == (2, "")
    assert "Several releases are open: 1.3.1, 1.4.0." in run.err
    assert numbers(notes(small_hub_world, "1.4.0")) == [3, 2, 1]
    text = notes(small_hub_world, "hotfix/1.3.1")
    assert (headings(text), numbers(text)) == (["1.3.1 (not released yet)", "Commits without a pull request"], [])
    assert "- Mend it (" in text


def test_a_release_that_is_merged_and_has_no_tag_is_open_too(small_hub_world: World) -> None:
    small_hub_world.branch("release/1.4.0", "refs/heads/develop")
    merged = small_hub_world.open_pull("Release 1.4.0", "release/1.4.0", base="main", commits=0)
    tip = small_hub_world.merge_pull(merged)
    small_hub_world.pull("For the next one")
    text = notes(small_hub_world)
    assert (headings(text)[0], numbers(text)) == ("1.4.0 (not released yet)", [3, 2, 1])
    assert f"/compare/v1.3.0...{tip})" in text


@pytest.mark.parametrize("version", ["1.4.0", "v1.4.0"])
def test_a_released_version(small_hub_world: World, version: str) -> None:
    small_hub_world.release("1.4.0")
    small_hub_world.pull("For the next one")
    text = notes(small_hub_world, version)
    assert (headings(text)[0], numbers(text)) == ("v1.4.0 (2026-01-05)", [3, 2, 1])
    assert "[v1.3.0...v1.4.0](" in text


def test_a_hotfix_has_only_what_is_in_it(small_hub_world: World) -> None:
    small_hub_world.branch("hotfix/1.3.1", "refs/heads/main")
    number = small_hub_world.pull("Mend the till", base="hotfix/1.3.1")
    small_hub_world.release("1.3.1", prefix="hotfix/")
    assert numbers(notes(small_hub_world, "1.3.1")) == [number]
    assert numbers(notes(small_hub_world)) == [3, 2, 1]


def test_the_first_release(small_hub_world: World) -> None:
    run = small_hub_world.reletan("notes", "1.3.0", check=True)
    assert run.out.startswith("## v1.3.0 (2026-01-05)\n\nThis is the first release.\n")
    assert "Full changelog" not in run.out
    assert run.err == ""


def test_nothing_changed(small_hub_world: World) -> None:
    small_hub_world.release("1.4.0")
    assert notes(small_hub_world).startswith("## Not released yet\n\nNothing changed.\n")


RANGES = [
    (["--since", "v1.3.0", "--until", "v1.5.0"], "v1.5.0 (2026-01-05)", [4, 3, 2, 1]),
    (["--until", "1.4.0"], "v1.4.0 (2026-01-05)", [3, 2, 1]),
    (["--since", "1.4.0"], "1.6.0 (not released yet)", [5, 4]),
    (["--since", "v1.4.0", "--until", "nightly"], "1.6.0 (not released yet)", [5, 4]),
]


def test_ranges(small_hub_world: World) -> None:
    small_hub_world.release("1.4.0")
    small_hub_world.pull("More")
    small_hub_world.release("1.5.0")
    small_hub_world.pull("Even more")
    small_hub_world.tag("nightly", "refs/heads/develop")
    for span, title, expected in RANGES:
        text = notes(small_hub_world, *span)
        assert (headings(text)[0], numbers(text)) == (title, expected), span


BAD = {
    "a version and a range": (["1.3.0", "--since", "v1.3.0"], "Give a VERSION, or --since and --until"),
    "an unknown format": (["--format", "xml"], "not 'xml'"),
    "an unknown language": (["--language", "fr"], "not 'fr'"),
    "publishing a range": (["--publish", "--until", "v1.3.0"], "--publish takes a VERSION"),
    "publishing data": (["1.3.0", "--publish", "--context"], "--publish takes a VERSION"),
    "publishing for Slack": (["1.3.0", "--publish", "--format", "slack"], "--publish takes a VERSION"),
    "publishing offline": (["1.3.0", "--publish", "--offline", "--yes"], "--offline leaves alone"),
    "a template for Slack": (["--template", "x.j2", "--format", "slack"], "--template is for Markdown"),
    "a template for data": (["--template", "x.j2", "--context"], "--template is for Markdown"),
    "an unknown version": (["9.9.9"], "There is no release 9.9.9"),
    "a version that can be none": (["1;2"], "cannot be a version"),
    "an unknown start": (["--since", "nowhere"], "There is no tag, branch or commit nowhere"),
}


def test_what_does_not_go_together_is_refused(small_hub_world: World) -> None:
    for args, said in BAD.values():
        run = small_hub_world.reletan("notes", *args)
        assert (run.code, run.out, said in run.err) == (2, "", True), (args, run)
    assert small_hub_world.reletan("notes", "--json", "--format", "slack").json["error"]["exit"] == 2
    assert small_hub_world.github.requests("rest") == 0


# formats and languages


def test_json_is_stable_and_has_the_titles_as_they_are(small_hub_world: World) -> None:
    small_hub_world.label(1, "feature")
    small_hub_world.pulls[1].title = "Add a *basket*"
    made = small_hub_world.reletan("notes", "--json", check=True).json
    assert list(made) == [
        "schema", "place", "since", "until", "complete", "sections", "reverted", "commits", "contributors", "excluded",
        "warnings",
    ]  # fmt: skip
    assert (made["schema"], made["since"], made["complete"], made["warnings"]) == (1, "v1.3.0", True, [])
    place = made["place"]
    assert (place["version"], place["tag"], place["released"], place["date"]) == ("1.4.0", "v1.4.0", False, None)
    assert [(one["title"], [pull["title"] for pull in one["pull_requests"]]) for one in made["sections"]] == [
        ("Features", ["Add a *basket*"]), (None, ["Show prices with tax", "Fix the sum of an empty basket"]),
    ]  # fmt: skip
    assert json.loads(notes(small_hub_world, "--format", "json")) == made


def test_the_context_is_what_a_template_gets(small_hub_world: World) -> None:
    small_hub_world.pulls[1].title = "Add a *basket*"
    made = json.loads(notes(small_hub_world, "--context"))
    assert (made["version"], made["for_release"]) == ("1.4.0", False)
    assert made["sections"][0]["pull_requests"][-1]["title"] == "Add a \\*basket\\*"
    names = "".join(f"{{{{ {name} is defined }}}}" for name in made)
    (small_hub_world.clone / "all.j2").write_text(names)
    assert notes(small_hub_world, "--template", "all.j2") == "True" * len(made) + "\n"


def test_in_japanese_by_option_and_by_setting(small_hub_world: World) -> None:
    small_hub_world.label(1, "feature")
    text = notes(small_hub_world, "--language", "ja")
    assert headings(text) == ["1.4.0（未リリース）", "新機能", "その他の変更", "はじめての貢献者", "貢献者"]
    assert "- Add a basket（[#1](" in text
    (small_hub_world.clone / ".reletan.toml").write_text('[notes]\nlanguage = "ja"\n')
    assert notes(small_hub_world) == text
    assert headings(notes(small_hub_world, "--language", "en"))[1] == "Features"


def test_for_slack_without_slack_it_is_a_text_to_paste(small_hub_world: World) -> None:
    small_hub_world.branch("release/1.4.0", "refs/heads/develop")
    text = notes(small_hub_world, "--format", "slack")
    page = f"{small_hub_world.github.url}/acme/shop"
    assert text.startswith("Release 1.4.0 of acme/shop\n")
    assert f"Since v1.3.0: v1.3.0...release/1.4.0 {page}/compare/v1.3.0...release/1.4.0\n" in text
    assert f"• Add a basket #1 {page}/pull/1 by hana\n" in text
    assert notes(small_hub_world, "--format", "slack", "--language", "ja").startswith("acme/shop リリース 1.4.0\n")


def test_for_slack_nothing_to_release_is_one_line(small_hub_world: World) -> None:
    small_hub_world.release("1.4.0")
    assert notes(small_hub_world, "--format", "slack") == "Nothing to release since v1.4.0.\n"
    japanese = notes(small_hub_world, "--format", "slack", "--language", "ja")
    assert japanese == "v1.4.0 以降にリリースするものはありません。\n"


# what GitHub does not tell


def test_offline_asks_nobody_and_goes_by_titles(small_hub_world: World) -> None:
    small_hub_world.pull("feat(shop): gift cards", how="squash")
    run = small_hub_world.reletan("notes", "--offline", check=True)
    assert numbers(run.out) == [3, 2, 1]
    small_hub_world.git("fetch", "--quiet")
    run = small_hub_world.reletan("notes", "--offline", check=True)
    assert (headings(run.out), numbers(run.out)) == (
        ["1.4.0 (not released yet)", "Features", "Other changes"],
        [4, 3, 2, 1],
    )
    assert (run.err, small_hub_world.github.exchanges) == ("", [])


def test_without_fetching_github_is_asked_about_what_is_here(small_hub_world: World) -> None:
    small_hub_world.pull("Not here yet")
    text = notes(small_hub_world, "--no-fetch")
    assert numbers(text) == [3, 2, 1]
    assert "by hana" in text


def test_without_a_token_labels_are_unknown_and_it_is_said(small_hub_world: World) -> None:
    small_hub_world.label(1, "feature")
    small_hub_world.pull("fix: the till", how="squash")
    run = small_hub_world.reletan("notes", env={"GH_TOKEN": ""}, check=True)
    assert headings(run.out) == ["1.3.1 (not released yet)", "Fixes", "Other changes"]
    assert run.err.startswith("warning: There is no token for GitHub")
    made = small_hub_world.reletan("notes", "--json", env={"GH_TOKEN": ""}, check=True)
    assert (made.json["complete"], made.json["contributors"], made.err) == (False, None, "")
    assert [one["code"] for one in made.json["warnings"]] == ["no-token"]
    assert made.json["sections"][0]["pull_requests"][0]["labels"] is None


def test_when_github_is_down_the_notes_stand(small_hub_world: World) -> None:
    small_hub_world.github.fault("graphql", do=Fault.status(401, "Bad credentials"))
    run = small_hub_world.reletan("notes")
    assert (run.code, numbers(run.out)) == (0, [3, 2, 1])
    assert "does not accept the token from GH_TOKEN: Bad credentials" in run.err
    assert TOKEN not in run.out + run.err
