"""What is taken over from git-pr-release and git-flow, and what is named because it cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.domain import gitflow
from reletan.domain.takeover import disagreement, not_taken_from_git_flow, read_pr_release, source_of

PRODUCTION, STAGING = "pr-release.branch.production", "pr-release.branch.staging"


def test_its_branches_are_ours() -> None:
    theirs = read_pr_release([(PRODUCTION, "live"), (STAGING, "trunk"), ("pr-release.mention", "author")])
    assert {name: said.value for name, said in theirs.branches.items()} == {
        "production": "live",
        "development": "trunk",
    }
    assert theirs.warnings == ()
    assert source_of("production", "live", [gitflow.read([])], theirs) == f".git-pr-release: {PRODUCTION}"
    assert source_of("production", "main", [gitflow.read([])], theirs) is None


def test_a_branch_that_is_not_named_is_git_pr_releases_default() -> None:
    theirs = read_pr_release([])
    assert {name: said.value for name, said in theirs.branches.items()} == {
        "production": "master",
        "development": "staging",
    }
    assert source_of("development", "staging", [gitflow.read([])], theirs) == (
        ".git-pr-release: git-pr-release's default"
    )


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("template", "config/release.erb", "checklist.template"),
        ("labels", "shipped", "no labels"),
        ("mention", "everybody", "never the assignee"),
        ("assign-pr-author", "yes", "assigns nobody"),
        ("request-pr-author-review", "true", "review"),
        ("ssl-no-verify", "true", "REQUESTS_CA_BUNDLE"),
        ("token", "ghp_secretsecretsecret", "GH_TOKEN"),
        ("ghe.example.com.token", "ghp_secretsecretsecret", "GH_TOKEN"),
        ("something", "new", "nothing like it"),
    ],
)
def test_what_has_no_counterpart_is_named_without_its_value(name: str, value: str, part: str) -> None:
    (warning,) = read_pr_release([(f"pr-release.{name}", value)]).warnings
    assert name in warning
    assert part in warning
    assert value not in warning


@pytest.mark.parametrize("value", ["-x", "a b", "../x", "", "x\x1b[2J"])
def test_a_name_that_git_must_not_see_is_not_taken_over(value: str) -> None:
    theirs = read_pr_release([(PRODUCTION, value)])
    assert "production" not in theirs.branches
    assert len(theirs.warnings) == 1
    assert value not in theirs.warnings[0] or not value


def test_git_flow_and_the_file_may_disagree_but_a_default_says_nothing() -> None:
    clone = gitflow.read([("gitflow.branch.develop", "develop")])
    said = disagreement("development", [gitflow.read([]), clone], read_pr_release([(STAGING, "staging")]))
    assert said == 'git-flow says "develop", .git-pr-release says "staging"'
    assert disagreement("development", [gitflow.read([]), clone], read_pr_release([])) is None
    assert disagreement("production", [gitflow.read([]), clone], read_pr_release([(PRODUCTION, "x")])) is None


def test_a_committed_git_flow_file_is_a_source_before_the_clone() -> None:
    shared, clone = (gitflow.read([("gitflow.prefix.hotfix", value)]) for value in ("fix/", "hot/"))
    assert source_of("hotfix_prefix", "fix/", [shared, clone], None) == ".gitflow: gitflow.prefix.hotfix"
    assert source_of("hotfix_prefix", "hot/", [shared, clone], None) == "git configuration: gitflow.prefix.hotfix"
    assert source_of("hotfix_prefix", "x/", [shared, clone], None) is None


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("gitflow.release.finish.keep", "true", "--keep-branch"),
        ("gitflow.release.finish.sign", "yes", "--sign"),
        ("gitflow.hotfix.finish.message", "Released", "--message"),
        ("gitflow.hotfix.finish.nobackmerge", "true", "--backmerge none"),
        ("gitflow.release.finish.squash", "true", "nothing like it"),
        ("gitflow.release.finish.keep", "false", None),
        ("gitflow.release.finish.push", "true", None),
        ("gitflow.feature.finish.squash", "true", None),
        ("gitflow.branch.master", "main", None),
    ],
)
def test_options_of_git_flows_finish_are_named(key: str, value: str, part: str | None) -> None:
    warnings = not_taken_from_git_flow([(key, value)])
    assert [part in warning for warning in warnings] == ([] if part is None else [True])


@given(
    st.lists(
        st.tuples(st.sampled_from([PRODUCTION, STAGING, "pr-release.", "pr-release.token"]) | st.text(), st.text())
    )
)
def test_any_file_can_be_read(pairs: list[tuple[str, str]]) -> None:
    theirs = read_pr_release(pairs)
    assert all(warning.isprintable() for warning in theirs.warnings)
    assert all(warning.isprintable() for warning in not_taken_from_git_flow(pairs))
