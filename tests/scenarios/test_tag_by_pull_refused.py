"""What stands in the way of a release by pull request is found before anything is merged; or it is agreed to."""

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
from witness import lasting, pushes, record_pushes, script

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World


@pytest.fixture
def release(small_hub_world: World) -> World:
    return ready(small_hub_world)


def test_a_ruleset_that_forbids_the_tag_stops_it_before_the_merge(release: World) -> None:
    protect(release, "main")
    release.protect_tags("v*")
    before = now(release)
    run = tag(release)
    assert (run.code, "does not let this token make the tag v1.4.0, so nothing was merged" in run.err) == (3, True)
    assert (release.pulls.keys() == {1, 2, 3}, merges(release)) == (True, 0)
    assert_untouched(release, before)
    release.protect_tags("v*", bypass=("hana",))
    release.origin_over_http()
    tag(release, check=True)
    assert_git_flow(release, before)


@pytest.mark.parametrize("how", ["the repository", "a linear history", "a ruleset"])
def test_without_merge_commits_somebody_has_to_accept_the_squash(release: World, how: str) -> None:
    release.settings.merge = how != "the repository"
    protect(release, "main", linear=how != "the repository", by_ruleset=how == "a ruleset")
    before, state = now(release), lasting(release)
    run = tag(release)
    assert (run.code, "--accept-squash" in run.err, lasting(release)) == (3, True, state)
    run = tag(release, "--accept-squash", check=True)
    assert "so the next list shows its pull requests again" in run.err
    assert [one["number"] for one in release.reletan("list", "--json").json["pull_requests"]] == [3, 2, 1]
    tagged = release.tags()[TAG]
    assert (release.head("main"), release.parents(tagged)) == (tagged, [before.production])
    assert release.tree(tagged) == release.tree(f"{before.head}")
    assert release.parents("refs/heads/develop") == [before.development, tagged]
    assert release.branches() == ["develop", "main"]


def test_a_development_branch_without_merge_commits_is_found_before_the_merge(release: World) -> None:
    protect(release, "main")
    protect(release, "develop", linear=True)
    before = now(release)
    run = tag(release)
    assert (run.code, "v1.4.0 could not get back into it. Nothing was merged." in run.err) == (3, True)
    assert_untouched(release, before)
    tag(release, "--backmerge", "none", check=True)
    assert (release.parents(TAG), release.head("develop")) == ([before.production, before.head], before.development)


@pytest.mark.parametrize("protected", [True, False])
@pytest.mark.parametrize("keep_branch", [True, False])
@pytest.mark.parametrize("how", ["squash", "rebase"])
def test_a_release_that_somebody_squashed_is_explained_and_can_be_tagged(
    release: World, how: str, keep_branch: bool, protected: bool
) -> None:
    if protected:
        protect(release, "main")
    number, head = open_release_pull(release), release.head(BRANCH)
    release.push_to_pull(number, "One more")
    squashed = release.merge_pull(number, how, keep_branch=keep_branch)  # type: ignore[arg-type]
    clone = release.another_clone("yuki")
    run = tag(release, "1.4.0", cwd=clone)
    assert (run.code, f"as {squashed[:10]}: main does not have the commits of release/1.4.0" in run.err) == (3, True)
    assert "reletan tag 1.4.0 --accept-squash" in run.err
    tag(release, "1.4.0", "--accept-squash", cwd=clone, check=True)
    assert (release.tags()[TAG], release.head("main")) == (squashed, squashed)
    assert release.parents("refs/heads/develop")[1] == squashed
    assert release.branches() == ["develop", "main"]
    assert tag(release, "1.4.0", cwd=clone).code == 0
    assert head


def test_a_squashed_release_that_only_a_local_branch_is_left_of(release: World) -> None:
    release.git("fetch", "--quiet")
    release.git("branch", "--quiet", "--track", BRANCH, f"origin/{BRANCH}")
    protect(release, "main")
    squashed = release.merge_pull(open_release_pull(release), "squash")
    assert "--accept-squash" in tag(release).err
    tag(release, "--accept-squash", check=True)
    assert release.tags()[TAG] == squashed
    assert release.look("branch", "--list", BRANCH) == ""


def test_a_merge_with_words_of_its_own_is_found_without_its_branch(release: World) -> None:
    """Some repositories have GitHub take the pull request's title for merge commits."""
    before = now(release)
    release.merge_pull(open_release_pull(release), title="Release 1.4.0 (#4)")
    tag(release, "1.4.0", cwd=release.another_clone("yuki"), check=True)
    assert_git_flow(release, before)


def test_what_is_neither_here_nor_on_github_is_no_release(release: World) -> None:
    run = tag(release, "9.9.9")
    assert (run.code, "There is no release 9.9.9" in run.err) == (2, True)


# a push that is refused

REFUSING = """\
#!/bin/sh
while read old new ref; do
  [ "$ref" = refs/heads/{branch} ] && echo "GH006: Protected branch update failed for $ref." >&2 && exit 1
done
exit 0
"""


def refuse(world: World, branch: str) -> None:
    """A rule that GitHub does not show refuses pushes to a branch."""
    script(world.origin / "hooks" / "pre-receive", REFUSING.format(branch=branch))


@pytest.mark.parametrize("branch", ["main", "develop"])
def test_a_refused_push_makes_another_plan_which_the_yes_does_not_cover(release: World, branch: str) -> None:
    refuse(release, branch)
    before = now(release)
    run = tag(release)
    option = "--via pull-request" if branch == "main" else "--backmerge pull-request"
    assert run.code == 3, run.err
    assert f"GH006: Protected branch update failed for refs/heads/{branch}." in run.err
    assert ("you said yes to:" in run.err, "now it would be:" in run.err) == (True, True)
    assert run.err.endswith(f"next: look at it, then run the command again with {option}\n")
    assert_untouched(release, before)


def test_without_a_token_a_refused_push_is_told_as_it_is(release: World) -> None:
    protect(release, "main")
    before = now(release)
    run = tag(release, env={"GH_TOKEN": ""})
    assert (run.code, "by a pull request (with a merge commit)" in run.err) == (3, True), run.err
    assert_untouched(release, before)
    assert tag(release, "--via", "pull-request", env={"GH_TOKEN": ""}).code == 4


def test_outside_of_github_there_is_no_pull_request(world: World) -> None:
    ready(world)
    run = tag(world, "--via", "pull-request")
    assert (run.code, "not on GitHub" in run.err) == (2, True)


def test_without_the_rules_nothing_is_pushed_unless_that_is_asked_for(release: World) -> None:
    release.github.fault("GET", "/repos/*/rules/branches/main*", do=Fault.status(500), times=None)
    before = now(release)
    run = tag(release)
    assert (run.code, "`--via push` pushes without asking for the rules" in run.err) == (1, True), run.err
    assert_untouched(release, before)
    record_pushes(release)
    tag(release, "--via", "push", check=True)
    assert pushes(release)[0] == ["heads/develop", "heads/main", f"tags/{TAG}"]


# conflicts of the way back


@pytest.fixture
def conflicting(release: World) -> World:
    release.commit(BRANCH, "Bump the version", {"VERSION": "1.4.0\n"})
    release.pull("Count versions differently", files={"VERSION": "next\n"})
    return release


def test_a_conflict_that_a_push_would_have_is_found_before_the_merge(conflicting: World) -> None:
    protect(conflicting, "main")
    before = now(conflicting)
    run = tag(conflicting)
    assert (run.code, "Merging into develop conflicts" in run.err, merges(conflicting)) == (3, True, 0)
    assert_untouched(conflicting, before)


def test_people_resolve_a_conflict_in_the_back_merge_pull_request(conflicting: World) -> None:
    protect(conflicting, "main", "develop")
    before = now(conflicting)
    run = tag(conflicting)
    assert (run.code, "#6 into develop: it conflicts with develop" in run.err) == (3, True), run.err
    assert conflicting.parents(TAG) == [before.production, before.head]
    clone = conflicting.another_clone("yuki")
    conflicting.git("switch", "--quiet", "backmerge/1.4.0", cwd=clone)
    conflicting.git("merge", "--quiet", "--strategy=ours", "--no-edit", "origin/develop", cwd=clone)
    conflicting.git("push", "--quiet", cwd=clone)
    conflicting.push_to_pull(6, "Say that it is resolved")
    tag(conflicting, "1.4.0", check=True)
    assert conflicting.branches() == ["develop", "main"]
    assert conflicting.look("merge-base", "--is-ancestor", TAG, "develop", cwd=conflicting.origin) == ""


def test_a_push_that_conflicts_after_the_merge_goes_by_pull_request(release: World) -> None:
    """Once production has the release, it only goes forward."""
    protect(release, "main")
    release.commit(BRANCH, "Bump the version", {"VERSION": "1.4.0\n"})
    release.merge_pull(open_release_pull(release))
    release.commit("develop", "Count versions differently", {"VERSION": "next\n"})
    run = tag(release)
    assert (run.code, TAG in release.tags()) == (3, True)
    assert "#5 into develop: it conflicts with develop" in run.err
    assert "VERSION" in release.pulls[5].body


def test_an_unprotected_development_gets_a_pull_request_by_the_teams_own_policy(release: World) -> None:
    before = now(release)
    run = tag(release, "--backmerge", "pull-request")
    assert (run.code, "#4 into develop: 0 of 1 approvals at the current commit" in run.err) == (3, True)
    release.approve(4)
    release.reletan("resume", "--yes", check=True)
    assert_git_flow(release, before)


def test_a_push_that_is_asked_for_is_refused_as_ever(release: World) -> None:
    protect(release, "main")
    run = tag(release, "--via", "push")
    assert (run.code, "you said yes to:" in run.err, merges(release)) == (3, False, 0)
