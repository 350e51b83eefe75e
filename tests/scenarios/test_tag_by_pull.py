"""A release whose branches are protected goes by pull request, and ends in the same graph as one that is pushed."""

import pexpect
import pytest
from bypulling import (
    BRANCH,
    TAG,
    assert_git_flow,
    assert_untouched,
    merges,
    now,
    open_release_pull,
    protect,
    ready,
    tag,
)
from witness import journals, lasting, local_head

from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World


@pytest.fixture
def release(small_hub_world: World) -> World:
    return ready(small_hub_world)


@pytest.mark.parametrize("by_ruleset", [False, True])
@pytest.mark.parametrize("protected", [("main",), ("main", "develop")], ids=" and ".join)
def test_one_run_goes_all_the_way_where_nobody_is_waited_for(
    release: World, protected: tuple[str, ...], by_ruleset: bool
) -> None:
    protect(release, *protected, by_ruleset=by_ruleset)
    before = now(release)
    run = tag(release, check=True)
    assert_git_flow(release, before)
    assert (merges(release), journals(release)) == (len(protected), [])
    assert "  then: tag the commit that GitHub makes as v1.4.0\n" in run.err
    assert "released already" not in run.err
    assert release.subject(TAG) == "Merge pull request #4 from acme/release/1.4.0"
    assert local_head(release, "develop") == release.head("develop")
    assert [one.tag for one in release.releases] == [TAG]
    assert "No release is open" in tag(release, check=True).err


@pytest.mark.parametrize("by", ["option", "setting"])
def test_an_unprotected_repository_may_go_by_pull_request_too(release: World, by: str) -> None:
    before = now(release)
    if by == "setting":
        (release.clone / ".reletan.toml").write_text('[flow]\nfinish = "pull-request"\n')
    tag(release, *(["--via", "pull-request"] if by == "option" else []), check=True)
    assert_git_flow(release, before)
    assert merges(release) == 1


def test_only_development_is_protected(release: World) -> None:
    """Production and the tag are pushed, the way back is a pull request."""
    protect(release, "develop")
    before = now(release)
    tag(release, check=True)
    assert_git_flow(release, before)
    assert release.subject("develop") == "Merge pull request #4 from acme/backmerge/1.4.0"
    assert (merges(release), release.subject(TAG)) == (1, "Merge branch 'release/1.4.0'")


def test_it_waits_for_people_and_checks_on_the_way_there_and_back(release: World) -> None:
    protect(release, "main", "develop", approvals=1, checks=("ci",))
    before = now(release)
    run = tag(release)
    assert run.code == 3
    assert "error: 1.4.0 is not in main yet: its release pull request waits.\n" in run.err
    assert "  #4 into main: 0 of 1 approvals at the current commit\n" in run.err
    assert "  #4 into main: required checks not reported: ci\n" in run.err
    assert run.err.endswith("next: when that is done, run `reletan tag 1.4.0` again\n")
    assert_untouched(release, before)
    state = lasting(release)
    assert (tag(release).code, release.reletan("tag", "-n").code, lasting(release)) == (3, 3, state)

    release.approve(4)
    release.check("ci", "success", 4)
    run = tag(release)
    assert run.code == 3
    assert "error: 1.4.0 is released, but not back in develop yet.\n  #5 into develop: 0 of 1 app" in run.err
    assert release.parents(TAG) == [before.production, before.head]
    assert (release.head("develop"), release.pulls[5].title) == (before.development, "Merge v1.4.0 back into develop")

    release.approve(5)
    release.check("ci", "success", 5)
    release.reletan("resume", "--yes", cwd=release.another_clone("yuki"), check=True)
    assert_git_flow(release, before)


def test_the_release_that_a_run_began_with_stays_its_own_though_another_one_waits(release: World) -> None:
    """It was named on no command line, and once it is public there are two that are not back yet."""
    protect(release, "develop", approvals=1)
    assert tag(release).code == 3
    ready(release, "release/1.5.0")
    run = tag(release)
    assert run.code == 3
    assert "error: 1.5.0 is released, but not back in develop yet.\n" in run.err
    for pull in [pull.number for pull in release.pulls.values() if pull.open]:
        release.approve(pull)
    for version in ("1.4.0", "1.5.0"):
        release.reletan("resume", version, "--yes", check=True)
    assert release.branches() == ["develop", "main"]


def test_in_json_the_parts_of_a_run_are_one_object(release: World) -> None:
    protect(release, "main", "develop")
    told = tag(release, "--json", check=True).json
    kinds = [step["kind"] for step in told["steps"]]
    assert [kind for kind in kinds if "pull" in kind] == ["write-pull", "merge-pull", "open-pull", "merge-pull"]
    assert ({step["state"] for step in told["steps"]}, told["then"], told["blocked"]) == ({"done"}, [], None)


def test_in_json_what_waits_is_told_too(release: World) -> None:
    protect(release, "main", approvals=1)
    run = tag(release, "--json")
    assert (run.code, [step["kind"] for step in run.json["steps"]]) == (3, ["write-pull"])
    shown = release.reletan("tag", "--dry-run", "--json")
    assert (shown.code, shown.json["blocked"]) == (3, "1.4.0 is not in main yet: its release pull request waits.")
    assert shown.json["waits"] == ["#4 into main: 0 of 1 approvals at the current commit"]


def test_a_dry_run_writes_nothing_at_any_stage(release: World) -> None:
    protect(release, "main", "develop")
    number = None
    for stage in ("nothing", "pull request", "merged", "tagged"):
        if stage == "pull request":
            number = open_release_pull(release)
        elif stage == "merged":
            release.merge_pull(number or 0)
        elif stage == "tagged":
            release.tag(TAG, "refs/heads/main")
        before, state = lasting(release), release.state()
        run = release.reletan("tag", "1.4.0", "--dry-run")
        assert (run.code, "  then: " in run.err) == (0, True), stage
        assert (lasting(release), release.state()) == (before, state), stage


def test_whoever_could_get_past_the_rules_goes_by_pull_request_unless_they_say_push(release: World) -> None:
    release.permissions["hana"] = "admin"
    release.origin_over_http()
    for branch in ("main", "develop"):
        release.protect_branch(branch, Protection(pull_request=True))
    before = now(release)
    assert "pull request" in release.reletan("tag", "--dry-run", check=True).err
    asked = len(release.github.exchanges)
    tag(release, "--via", "push", "--no-release", check=True)
    assert_git_flow(release, before)
    assert merges(release) == 0
    assert all(one.via != "rest" for one in release.github.exchanges[asked:])


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_github_may_delete_the_branches_by_itself(release: World, where: str) -> None:
    release.settings.delete_branch = True
    protect(release, "main", "develop", approvals=1)
    release.git("fetch", "--quiet")
    release.git("branch", "--quiet", BRANCH, f"origin/{BRANCH}")
    before = now(release)
    number = open_release_pull(release)
    release.approve(number)
    release.merge_pull(number)
    assert release.head(BRANCH) is None
    clone = None if where == "here" else release.another_clone("yuki")
    assert tag(release, cwd=clone).code == 3
    release.approve(5)
    tag(release, "1.4.0", cwd=clone, check=True)
    assert_git_flow(release, before)
    assert (local_head(release, BRANCH) is None) == (where == "here")


def test_the_merge_is_tagged_and_not_what_came_to_production_after_it(release: World) -> None:
    protect(release, "main")
    before = now(release)
    merged = release.merge_pull(open_release_pull(release))
    release.commit("main", "Straight to production")
    tag(release, check=True)
    assert (release.tags()[TAG], release.parents(merged)) == (merged, [before.production, before.head])


def test_a_merge_queue_merges_in_its_time(release: World) -> None:
    protect(release, "main", queue=True)
    before = now(release)
    release.queue_lag = 3
    run = tag(release)
    assert (run.code, "by its merge queue" in run.err, "#4 into main: it is in the merge queue" in run.err) == (
        3, True, True,
    )  # fmt: skip
    assert TAG not in release.tags()
    while (run := tag(release)).code == 3 and "merge queue" in run.err:
        pass
    assert run.code == 0, run.err
    assert_git_flow(release, before)


WAITING = {
    "a draft": (lambda world: world.pulls[4].__setattr__("draft", True), "it is a draft"),
    "a label": (lambda world: world.label(4, "wip"), "the label wip blocks it"),
    "a failed check": (lambda world: world.check("ci", "failure", 4), "checks failed: ci"),
    "a check that runs": (lambda world: world.check("ci", None, 4), "checks not finished: ci"),
    "somebody against it": (lambda world: world.request_changes(4), "changes requested by yuki"),
}  # fmt: skip


@pytest.mark.parametrize(("verb", "reason"), WAITING.values(), ids=WAITING)
def test_what_speaks_against_it_is_said_and_nothing_is_merged(release: World, verb, reason: str) -> None:  # type: ignore[no-untyped-def]
    protect(release, "main")
    open_release_pull(release)
    verb(release)
    before = now(release)
    run = tag(release)
    assert (run.code, f"  #4 into main: {reason}" in run.err, merges(release)) == (3, True, 0), run.err
    assert_untouched(release, before)


def test_what_github_does_not_know_is_not_merged(release: World) -> None:
    protect(release, "main")
    open_release_pull(release)
    release.unknown_reads = 10**6
    run = tag(release)
    assert (run.code, "has not worked out yet" in run.err, merges(release)) == (3, True, 0)


@pytest.mark.parametrize("protected", [("main",), ("main", "develop", "release/*")], ids=" and ".join)
def test_a_hotfix_gets_into_an_open_release_too(release: World, protected: tuple[str, ...]) -> None:
    ready(release, "hotfix/1.3.1")
    protect(release, *protected)
    before, opened = now(release, "hotfix/1.3.1"), release.head(BRANCH)
    tag(release, "1.3.1", check=True)
    tagged = release.tags()["v1.3.1"]
    assert release.parents(tagged) == [before.production, before.head]
    assert release.parents("refs/heads/develop") == [before.development, tagged]
    assert release.parents(f"refs/heads/{BRANCH}") == [opened, tagged]
    assert (merges(release), release.branches()) == (len(protected), ["develop", "main", BRANCH])


def test_one_yes_is_for_all_parts_and_a_no_for_none(release: World) -> None:
    protect(release, "main", "develop")
    before = now(release)
    for answer, code in (("n", 1), ("y", 0)):
        command = release.command("tag", "--no-notify")
        env = release.environment({"TERM": "xterm"})
        child = pexpect.spawn(command[0], command[1:], cwd=str(release.clone), env=env, encoding="utf-8")
        child.expect("Do exactly this")
        child.send(f"{answer}\r")
        child.expect(pexpect.EOF, timeout=60)
        child.close()
        assert (child.exitstatus, "Do exactly this?" in child.before.split("\n", 1)[1]) == (code, False)
        if answer == "n":
            assert_untouched(release, before)
    assert_git_flow(release, before)


def test_the_notes_of_a_hotfix_are_those_that_its_tag_will_give(release: World) -> None:
    """Its own pull request brings the commit that none brought, in the notes as in each list from then on."""
    ready(release, "hotfix/1.3.1")
    protect(release, "main")
    tag(release, "1.3.1", check=True)
    published = release.releases[0].body
    release.reletan("notes", "1.3.1", "--publish", "--yes", check=True)
    assert release.releases[0].body == published
    assert "Hotfix 1.3.1 ([#4]" in published
