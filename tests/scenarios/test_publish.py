"""The GitHub Release: `reletan tag` publishes it, `resume` does so after a failure, `notes --publish` at any time."""

from pathlib import Path
from typing import Any

import pexpect
import pytest
from releasing import RELEASES, asked, only
from witness import journals, lasting

from reletan.domain.releasebody import BEGIN, END
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import Run, World

# What may be pushed, before anything is shown
RULES = [f"GET {path}" for name in ("main", "develop") for path in ("", f"/branches/{name}", f"/rules/branches/{name}")]
PUBLISHED = "done: publish the GitHub Release v1.4.0 with its notes (created: "


@pytest.fixture
def open_world(small_hub_world: World) -> World:
    """1.4.0 is open."""
    small_hub_world.branch("release/1.4.0", "refs/heads/develop")
    return small_hub_world


@pytest.fixture
def released(small_hub_world: World) -> World:
    """1.4.0 is released, by somebody without reletan."""
    small_hub_world.release("1.4.0")
    return small_hub_world


def tag(world: World, *args: str, **options: Any) -> Run:
    return world.reletan("tag", "--yes", "--no-notify", *args, **options)


def publish(world: World, *args: str, **options: Any) -> Run:
    return world.reletan("notes", "1.4.0", "--publish", "--yes", *args, **options)


def body(world: World) -> str:
    return only(world).body or ""


# tag


def test_tag_publishes_exactly_what_was_shown_in_three_requests_more(open_world: World) -> None:
    open_world.label(1, "feature")
    before = lasting(open_world)
    shown = open_world.reletan("tag", "--dry-run", "--json", check=True).json["steps"][-1]
    assert lasting(open_world) == before
    assert (shown["kind"], shown["tag"], shown["prerelease"], shown["latest"]) == (
        "publish-release",
        "v1.4.0",
        False,
        True,
    )
    assert shown["notes"].startswith("### Features\n\n- Add a basket ([#1](")
    times = len(asked(open_world))
    run = tag(open_world, check=True)
    assert "\n  publish the GitHub Release v1.4.0 with its notes\n" in run.err
    assert PUBLISHED + f"{open_world.github.url}/acme/shop/releases/tag/v1.4.0)" in run.err
    made = only(open_world)
    assert (made.tag, made.name, made.draft, made.prerelease, made.latest_at) == (
        "v1.4.0",
        "v1.4.0",
        False,
        False,
        made.at,
    )
    assert (made.target, made.body) == (open_world.tags()["v1.4.0"], f"{BEGIN}\n{shown['notes']}{END}")
    assert asked(open_world)[times:] == [
        "GET /pulls", *RULES, "POST /graphql", "POST /graphql", "GET /releases/tags/v1.4.0", "GET /releases", "POST /releases",
    ]  # fmt: skip


def test_what_is_published_is_left_alone_here_and_elsewhere(open_world: World) -> None:
    tag(open_world, check=True)
    before, times = open_world.state(), len(asked(open_world))
    yuki = open_world.another_clone("yuki")
    for command, where in ((["tag", "1.4.0"], None), (["tag", "1.4.0"], yuki), (["resume", "1.4.0"], yuki)):
        run = open_world.reletan(*command, "--yes", "--json", cwd=where, check=True)
        assert "publish-release" not in [step["kind"] for step in run.json["steps"]]
    assert asked(open_world)[times:] == ["GET /releases/tags/v1.4.0"] * 3
    assert open_world.state() == before


@pytest.mark.parametrize("by", ["option", "setting"])
def test_it_can_be_left_out(open_world: World, by: str) -> None:
    (open_world.clone / ".reletan.toml").write_text("[github]\nreleases = false\n" if by == "setting" else "")
    run = tag(open_world, *(["--no-release"] if by == "option" else []), check=True)
    assert "GitHub Release" not in run.err
    assert ("v1.4.0" in open_world.tags(), open_world.releases) == (True, [])
    assert open_world.github.requests("rest", RELEASES) == 0
    publish(open_world, check=True)
    assert body(open_world).startswith(BEGIN)


def test_without_a_token_it_is_said_how_to_publish_later(open_world: World) -> None:
    run = tag(open_world, env={"GH_TOKEN": ""}, check=True)
    assert (
        "next: there is no token for GitHub, so the GitHub Release was left out; later: reletan notes 1.4.0 --publish"
        in run.err
    )
    assert open_world.github.exchanges == []
    publish(open_world, check=True)
    assert only(open_world).tag == "v1.4.0"


def test_a_draft_that_people_prepared_is_published_with_their_words(open_world: World) -> None:
    draft = open_world.publish("v1.4.0", "By hand", name="The big one", draft=True)
    run = tag(open_world, check=True)
    assert "(adopted: " in run.err
    assert (only(open_world), draft.draft, draft.name) == (draft, False, "The big one")
    assert body(open_world).startswith(f"By hand\n\n{BEGIN}\n- Show prices with tax (")
    assert draft.latest_at is not None


def test_a_pre_release_is_one_and_not_the_latest(small_hub_world: World) -> None:
    small_hub_world.branch("release/1.4.0-rc.1", "refs/heads/develop")
    tag(small_hub_world, check=True)
    made = only(small_hub_world)
    assert (made.tag, made.prerelease, made.latest_at) == ("v1.4.0-rc.1", True, None)


def test_notes_that_come_late_are_not_the_latest(released: World) -> None:
    released.branch("hotfix/1.4.1", "refs/heads/main")
    released.commit("hotfix/1.4.1", "Mend it")
    tag(released, check=True)
    publish(released, check=True)
    assert [(one.tag, one.latest_at is not None) for one in released.releases] == [("v1.4.1", True), ("v1.4.0", False)]


# when GitHub fails

FAILING = {
    "an error": (Fault.status(502), 1, "GitHub failed: Server Error (HTTP 502)"),
    "a page": (Fault.html(), 1, "an answer that is not JSON"),
    "no right": (Fault.status(403, "Not accessible"), 2, "Give the token the right `contents: write`"),
}  # fmt: skip


@pytest.mark.parametrize("where", ["here", "elsewhere"])
@pytest.mark.parametrize(("fault", "times", "said"), FAILING.values(), ids=FAILING)
def test_after_the_push_a_failure_is_told_and_resume_publishes(
    open_world: World, fault: Fault, times: int, said: str, where: str
) -> None:
    open_world.github.fault("POST", RELEASES, do=fault, times=times)
    run = tag(open_world)
    assert (run.code, "v1.4.0" in open_world.tags(), open_world.releases) == (5, True, [])
    assert "error: 1.4.0 is public, but not complete yet.\n  its GitHub Release is not published: " in run.err
    assert said in run.err
    assert run.err.endswith("\nnext: run `reletan resume 1.4.0`\n")
    assert (open_world.head("release/1.4.0"), journals(open_world)) == (None, ["1.4.0"])
    clone = None if where == "here" else open_world.another_clone("yuki")
    run = open_world.reletan("resume", "1.4.0", "--yes", cwd=clone, check=True)
    assert PUBLISHED in run.err
    assert (only(open_world).tag, journals(open_world, clone)) == ("v1.4.0", [])


def test_in_json_a_failure_is_the_state_of_its_step(open_world: World) -> None:
    open_world.github.fault("POST", RELEASES, do=Fault.status(502))
    run = tag(open_world, "--json")
    states = {step["kind"]: step["state"] for step in run.json["steps"]}
    assert (run.code, states["push-refs"], states["publish-release"]) == (5, "done", "conflict")


PASSING = {
    "an answer that is lost": (Fault.cut_after(), "created"),
    "a short rate limit": (Fault.limited(1), "created"),
    "somebody is faster": (Fault.then(lambda site: site.publish("v1.4.0", "Theirs")), "updated"),
}


@pytest.mark.parametrize(("fault", "state"), PASSING.values(), ids=PASSING)
def test_what_passes_leaves_one_release(open_world: World, fault: Fault, state: str) -> None:
    open_world.github.fault("POST", RELEASES, do=fault)
    run = tag(open_world)
    assert (run.code, f"({state}: " in run.err) == (0, True), run.err
    assert BEGIN in body(open_world)
    assert body(open_world).startswith("Theirs\n\n" if state == "updated" else BEGIN)


def test_after_a_failure_a_release_that_a_workflow_made_gets_the_notes_too(open_world: World) -> None:
    open_world.github.fault("POST", RELEASES, do=Fault.status(502), times=None)
    assert tag(open_world).code == 5
    open_world.publish("v1.4.0", "Made by a workflow")
    open_world.reletan("resume", "--yes", check=True)
    assert body(open_world).startswith("Made by a workflow")
    assert "### " in body(open_world)
    assert open_world.reletan("tag", "1.4.0", "--yes", check=True).err.count("publish the GitHub Release") == 0


def test_notes_that_github_did_not_complete_are_said_and_never_replace_better_ones(open_world: World) -> None:
    open_world.github.fault("graphql", do=Fault.status(502), times=None)
    poor = tag(open_world)
    assert poor.code == 0
    assert "once it does, better notes: reletan notes 1.4.0 --publish" in poor.err
    before = body(open_world)
    refused = publish(open_world)
    assert (refused.code, "502" in refused.err) == (1, True)
    assert body(open_world) == before


def test_a_renamed_repository_gets_the_tag_and_no_release(open_world: World) -> None:
    open_world.rename("store")
    run = tag(open_world, env={"RELETAN_GITHUB_REPOSITORY": "acme/shop"})
    assert (run.code, "v1.4.0" in open_world.tags(), open_world.releases) == (5, True, [])
    assert "acme/shop is now acme/store, so nothing was written. Set github.repository" in run.err


# notes --publish


def test_notes_are_created_kept_up_to_date_and_then_left_alone(released: World) -> None:
    before = lasting(released)
    shown = publish(released, "--dry-run", "--json", check=True).json["steps"]
    assert [step["kind"] for step in shown] == ["publish-release"]
    assert (released.releases, lasting(released)) == ([], before)
    assert "(created: " in publish(released, check=True).err
    made = only(released)
    assert made.body == f"{BEGIN}\n{shown[0]['notes']}{END}"
    made.body, made.name = f"Dear all\r\n\r\n{made.body}\r\n\r\nyours", "The big one"
    released.label(1, "feature")
    assert "(updated: " in publish(released, check=True).err
    assert body(released).startswith(f"Dear all\r\n\r\n{BEGIN}\r\n### Features\r\n")
    assert body(released).endswith(f"{END}\r\n\r\nyours")
    writes, kept = released.github.requests("PATCH"), body(released)
    run = publish(released, "--json", check=True)
    assert run.json["steps"][0]["state"] == "skipped"
    assert "skipped: publish the GitHub Release v1.4.0 with its notes (unchanged: " in publish(released, check=True).err
    assert (released.github.requests("PATCH"), body(released), made.name) == (writes, kept, "The big one")


def test_published_in_japanese_by_a_template_of_one_s_own(released: World) -> None:
    publish(released, "--language", "ja", check=True)
    assert "初回リリース" not in body(released)
    assert "### はじめての貢献者\n" in body(released)
    (released.clone / "own.j2").write_text("{{ counts.pull_requests }} for {{ for_release }}")
    publish(released, "--template", "own.j2", check=True)
    assert body(released) == f"{BEGIN}\n3 for True\n{END}"


REFUSED = {
    "no token": (4, {"GH_TOKEN": ""}, None, "There is no token for GitHub."),
    "a wrong token": (4, {"GH_TOKEN": "wrong"}, None, "does not accept the token from GH_TOKEN"),
    "no right": (4, {"GH_TOKEN": "reader"}, None, "next: give the token the right `contents: write`"),
    "an error": (1, {}, Fault.status(502), "next: run the command again, which looks first"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "env", "fault", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_published_is_told(
    released: World, code: int, env: dict[str, str], fault: Fault | None, said: str
) -> None:
    released.tokens["reader"] = "stranger"
    if fault:
        released.github.fault("POST", RELEASES, do=fault)
    run = publish(released, env=env)
    assert (run.code, said in run.err, released.releases) == (code, True, []), run.err
    assert "resume" not in run.err


def test_what_is_not_released_cannot_be_published(open_world: World) -> None:
    run = publish(open_world)
    assert (run.code, open_world.github.exchanges) == (3, [])
    assert "error: 1.4.0 is not released yet, so there is no tag for a GitHub Release." in run.err
    assert "reletan tag 1.4.0" in run.err


def test_outside_of_github_there_is_none(world: World) -> None:
    run = world.reletan("notes", "1.3.0", "--publish", "--yes")
    assert (run.code, "not on GitHub" in run.err) == (2, True)
    world.reletan("start", "1.4.0", "--yes", check=True)
    assert "GitHub Release" not in tag(world, check=True).err


def test_a_no_at_the_prompt_and_nobody_to_ask_publish_nothing(released: World) -> None:
    run = released.reletan("notes", "1.4.0", "--publish")
    assert (run.code, "--yes" in run.err) == (2, True)
    command = released.command("notes", "1.4.0", "--publish")
    child = pexpect.spawn(command[0], command[1:], cwd=str(released.clone), env=released.environment({"TERM": "xterm"}))
    child.expect("Do exactly this")
    child.send("n\r")
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    assert (child.exitstatus, released.releases) == (1, [])


# secrets

CANARY = "ghp_canary0123456789abcdefghijklmnopqrst"


def test_the_token_is_in_no_output_and_no_file(small_hub_world: World) -> None:
    world = small_hub_world
    world.tokens[CANARY] = "hana"
    for fault in (Fault.status(502), Fault.status(401, "Bad credentials"), Fault.cut_before()):
        world.github.fault("POST", RELEASES, do=fault)
    env = {"GH_TOKEN": CANARY}
    told = [
        world.reletan("-vv", *command, env=env)
        for command in (
            ["start", "1.4.0", "--yes"], ["notes"], ["notes", "--json"], ["tag", "--yes"], ["resume", "--yes"],
            ["resume", "1.4.0", "--yes", "--json"], ["notes", "1.4.0", "--publish", "--yes"],
        )
    ]  # fmt: skip
    assert [run.code for run in told] == [0, 0, 0, 5, 5, 5, 0]
    assert CANARY not in "".join(run.out + run.err for run in told)
    assert [path for path in files(world.folder) if CANARY.encode() in path.read_bytes()] == []


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
