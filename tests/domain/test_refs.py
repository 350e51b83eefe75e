"""Names of branches, tags and remotes: which ones git gets to see."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reletan.domain.refs import MAX_LENGTH, problem_with, problem_with_prefix


@pytest.mark.parametrize("name", ["main", "release/1.4.0", "v1.4.0-rc.1", "a", "0", "team_x/y-z.w", "a" * MAX_LENGTH])
def test_ordinary_names_are_fine(name: str) -> None:
    assert problem_with(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "must not be empty"),
        ("-x", "must not start with '-'"),
        ("--upload-pack=touch x", "must not start with '-'"),
        ("a b", "must start with a letter or digit"),
        (".hidden", "must start with a letter or digit"),
        ("/a", "must start with a letter or digit"),
        ("ext::sh -c x", "must start with a letter or digit"),
        ("https://example.com/x", "must start with a letter or digit"),
        ("a\x1b[31m", "must start with a letter or digit"),
        ("main\n", "must start with a letter or digit"),
        ("ブランチ", "must start with a letter or digit"),
        ("a..b", "must not contain '..'"),
        ("a//b", "must not contain '..' or '//'"),
        ("a/", "must not end with '/'"),
        ("a.", "part that ends with '.'"),
        ("a./b", "part that ends with '.'"),
        ("a/.b", "part that starts with '.'"),
        ("a.lock", "'.lock'"),
        ("a.lock/b", "'.lock'"),
        ("a" * (MAX_LENGTH + 1), "longer than 200"),
    ],
)
def test_other_names_are_refused_with_the_reason(name: str, problem: str) -> None:
    assert problem in str(problem_with(name))


@pytest.mark.parametrize("prefix", ["v", "release/", "release-", "app/v"])
def test_prefixes_that_a_version_can_follow(prefix: str) -> None:
    assert problem_with_prefix(prefix) is None


@pytest.mark.parametrize("prefix", ["", "/", "-", "a..", "a//", "x.lock/"])
def test_prefixes_that_no_version_can_follow(prefix: str) -> None:
    assert problem_with_prefix(prefix) is not None


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aZ0._/-", min_size=1, max_size=12))
def test_git_accepts_whatever_we_accept(name: str) -> None:
    if problem_with(name) is None:
        assert subprocess.run(["git", "check-ref-format", f"refs/heads/{name}"], check=False).returncode == 0
