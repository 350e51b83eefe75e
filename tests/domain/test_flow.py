"""The branches of git-flow: which ones there are, and what is open."""

import pytest

from reletan.domain.config import Config, Flow
from reletan.domain.errors import UsageError
from reletan.domain.flow import (
    Branches,
    LocalBranch,
    LocalRefs,
    RemoteRefs,
    find_branches,
    open_branches,
    unnamed_development,
)

NAMES = Branches(production="main", development="develop", release_prefix="release/", hotfix_prefix="hotfix/")


def remote(*heads: str, default: str | None = None) -> RemoteRefs:
    return RemoteRefs(heads={head: f"at {head}" for head in heads}, tags={}, default=default)


def settings(production: str | None = None, development: str | None = None) -> Config:
    sources = {f"flow.{name}": ".reletan.toml" for name in ("production", "development")}
    return Config(flow=Flow(production=production, development=development), sources=sources)


def found(refs: RemoteRefs, production: str | None = None, development: str | None = None) -> tuple[str, str]:
    names = find_branches(settings(production, development), refs, "origin")
    return names.production, names.development


@pytest.mark.parametrize(
    ("heads", "default", "expected"),
    [
        (["main", "develop"], "main", ("main", "develop")),
        (["master", "develop"], "develop", ("master", "develop")),
        (["main", "develop"], "develop", ("main", "develop")),
        (["main", "master", "develop"], "master", ("master", "develop")),
        (["main", "master", "develop"], None, ("main", "develop")),
        (["trunk"], "trunk", ("trunk", "trunk")),
        (["main", "feature/x"], "main", ("main", "main")),
        (["main", "topic"], "topic", ("main", "main")),
    ],
)
def test_the_branches_that_the_remote_has(heads: list[str], default: str | None, expected: tuple[str, str]) -> None:
    assert found(remote(*heads, default=default)) == expected


def test_configured_names_win() -> None:
    assert found(remote("main", "develop", "live", "next"), "live", "next") == ("live", "next")


@pytest.mark.parametrize(
    ("refs", "production", "development", "message"),
    [
        (remote(), None, None, "no commits yet"),
        (remote("develop", default="develop"), None, None, "no main and no master"),
        (remote("main"), "live", None, "production branch live does not exist"),
        (remote("main"), None, "next", "development branch next does not exist"),
        (remote("main", "release"), None, None, "A branch is named release"),
        (remote("main", "hotfix"), None, None, "A branch is named hotfix"),
    ],
)
def test_what_is_missing_is_named(
    refs: RemoteRefs, production: str | None, development: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message) as failure:
        found(refs, production, development)
    assert failure.value.next


@pytest.mark.parametrize(
    ("heads", "production", "development", "message"),
    [
        (["main"], None, None, None),
        (["main", "develop", "dev"], None, None, None),
        (["main", "dev"], None, "main", None),
        (["dev"], "dev", None, None),
        (["main", "development"], None, None, "There is no develop on origin, but there is development."),
        (["main", "devel", "dev"], None, None, "There is no develop on origin, but there is dev and devel."),
    ],
)
def test_a_branch_that_looks_like_development(
    heads: list[str], production: str | None, development: str | None, message: str | None
) -> None:
    problem = unnamed_development(settings(production, development), production or "main", set(heads), "origin")
    assert (problem and problem.message) == message


def test_the_way_out_of_a_name_that_is_not_there() -> None:
    with pytest.raises(UsageError) as failure:
        found(remote("feature/x", "main", "develop"), production="nope")
    assert failure.value.next == (
        '.reletan.toml says production = "nope"; correct it there, or push the branch (origin has develop, main, feature/x)'
    )


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        ("release/1.4.0", ("release", "1.4.0")),
        ("hotfix/1.3.1", ("hotfix", "1.3.1")),
        ("release/2026.01.0", ("release", "2026.01.0")),
        ("release/2026/1", None),
        ("release/", None),
        ("release/-x", None),
        ("hotfix/fix-login", None),
        ("feature/release/1", None),
        ("releases/1.4.0", None),
        ("main", None),
    ],
)
def test_what_a_branch_is_for(branch: str, expected: tuple[str, str] | None) -> None:
    assert NAMES.kind_of(branch) == expected


def test_where_a_branch_begins() -> None:
    assert (NAMES.base("release"), NAMES.base("hotfix"), NAMES.single) == ("develop", "main", False)
    assert (NAMES.prefix("release"), NAMES.prefix("hotfix")) == ("release/", "hotfix/")


def test_open_branches_of_the_remote() -> None:
    opened = open_branches(NAMES, remote("main", "develop", "release/1.4.0", "hotfix/1.3.1", "feature/x"))
    assert [(b.kind, b.version, b.name, b.head, b.published) for b in opened] == [
        ("hotfix", "1.3.1", "hotfix/1.3.1", "at hotfix/1.3.1", True),
        ("release", "1.4.0", "release/1.4.0", "at release/1.4.0", True),
    ]


def test_open_branches_of_the_clone_come_too() -> None:
    heads = {"release/1.4.0": LocalBranch("behind", None), "release/1.5.0": LocalBranch("mine", None)}
    local = LocalRefs(heads=heads, tags={}, tracking={})
    opened = open_branches(NAMES, remote("main", "release/1.4.0"), local)
    assert [(b.version, b.head, b.published) for b in opened] == [
        ("1.4.0", "at release/1.4.0", True),
        ("1.5.0", "mine", False),
    ]


def test_the_long_lived_branches_are_never_open() -> None:
    names = Branches(
        production="release/live", development="develop", release_prefix="release/", hotfix_prefix="hotfix/"
    )
    assert open_branches(names, remote("release/live", "develop")) == []
