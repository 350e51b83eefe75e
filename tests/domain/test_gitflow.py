"""git-flow's own keys: AVH's, git-flow-next's, and where the two disagree."""

import pytest

from reletan.domain.config import Config
from reletan.domain.errors import UsageError
from reletan.domain.gitflow import conflicts, read
from reletan.domain.layers import from_tables, resolve

AVH = [
    ("core.bare", "false"),
    ("gitflow.branch.master", "trunk"),
    ("gitflow.branch.develop", "dev"),
    ("gitflow.prefix.feature", "feature/"),
    ("gitflow.prefix.release", "rel/"),
    ("gitflow.prefix.hotfix", "fix/"),
    ("gitflow.prefix.versiontag", ""),
    ("gitflow.origin", "upstream"),
    ("gitflow.branch.rel/1.0.base", "dev"),
]
NEXT = [
    ("gitflow.version", "1.0"),
    ("gitflow.branch.trunk.type", "base"),
    ("gitflow.branch.trunk.parent", ""),
    ("gitflow.branch.dev.type", "base"),
    ("gitflow.branch.dev.parent", "trunk"),
    ("gitflow.branch.release.type", "topic"),
    ("gitflow.branch.release.parent", "trunk"),
    ("gitflow.branch.release.startpoint", "dev"),
    ("gitflow.branch.release.prefix", "rel/"),
    ("gitflow.branch.release.tagprefix", ""),
    ("gitflow.branch.hotfix.type", "topic"),
    ("gitflow.branch.hotfix.prefix", "fix/"),
    ("gitflow.remote", "upstream"),
]
FLOW = {
    "flow.production": "trunk",
    "flow.development": "dev",
    "flow.release_prefix": "rel/",
    "flow.hotfix_prefix": "fix/",
    "flow.tag_prefix": "",
    "flow.remote": "upstream",
}


def settings(
    clone: list[tuple[str, str]], shared: list[tuple[str, str]] | None = None, toml: str | None = None
) -> Config:
    theirs, ours = read(shared or []), read(clone)
    own = [] if toml is None else [from_tables(".reletan.toml", {"flow": {"production": toml}})]
    layers = [*own, theirs.layer(".gitflow"), ours.layer("git configuration")]
    return resolve(layers, conflicts(theirs, ours))


@pytest.mark.parametrize("pairs", [AVH, NEXT, AVH + NEXT], ids=["AVH", "next", "both, agreeing"])
def test_either_git_flow_gives_all_of_the_flow(pairs: list[tuple[str, str]]) -> None:
    config = settings(pairs)
    assert {key: value for key, value in config.items() if key in FLOW} == FLOW
    assert set(FLOW) <= set(config.sources)
    assert config.conflicts == ()


def test_the_source_names_place_and_key() -> None:
    assert settings(AVH).sources["flow.tag_prefix"] == "git configuration: gitflow.prefix.versiontag"
    assert settings(NEXT).sources["flow.development"] == "git configuration: gitflow.branch.dev.parent"


def test_the_last_value_of_a_key_wins() -> None:
    assert settings([*AVH, ("gitflow.branch.master", "later")]).flow.production == "later"


def test_the_base_keys_of_avh_are_no_branches_of_next() -> None:
    assert read(AVH).next == {}


def test_the_committed_file_beats_the_clone() -> None:
    config = settings(
        [("gitflow.branch.master", "a"), ("gitflow.branch.develop", "b")], [("gitflow.branch.master", "c")]
    )
    assert (config.flow.production, config.flow.development) == ("c", "b")
    assert config.sources["flow.production"] == ".gitflow: gitflow.branch.master"


def test_two_git_flows_that_disagree_are_both_named() -> None:
    config = settings([*NEXT, ("gitflow.branch.master", "old")])
    assert config.conflicts == (
        "git-flow AVH and git-flow-next disagree about flow.production: "
        "gitflow.branch.master is 'old', gitflow.branch.trunk.type says 'trunk'",
    )
    assert config.flow.production == "trunk"


def test_without_the_mark_of_next_avh_counts() -> None:
    unmarked = [pair for pair in NEXT if pair[0] != "gitflow.version"]
    assert settings([*unmarked, ("gitflow.branch.master", "old")]).flow.production == "old"


def test_the_clone_and_the_committed_file_can_disagree_too() -> None:
    assert len(settings([("gitflow.branch.master", "old")], NEXT).conflicts) == 1


def test_a_setting_of_our_own_decides_a_conflict() -> None:
    assert settings([*NEXT, ("gitflow.branch.master", "old")], toml="main").conflicts == ()


def test_of_several_development_branches_releases_start_from_one() -> None:
    staging = [("gitflow.branch.staging.type", "base"), ("gitflow.branch.staging.parent", "trunk")]
    assert settings(NEXT + staging).flow.development == "dev"


def test_two_roots_name_no_production() -> None:
    config = settings([*NEXT, ("gitflow.branch.other.type", "base")])
    assert (config.flow.production, config.flow.development) == (None, None)


def test_a_branch_name_with_dots_is_read_whole() -> None:
    pairs = [("gitflow.branch.v1.0.x.type", "base")]
    assert settings(pairs).flow.production == "v1.0.x"


def test_a_value_that_cannot_be_is_refused_naming_the_git_key() -> None:
    with pytest.raises(UsageError) as caught:
        settings([("gitflow.branch.master", "--upload-pack=x")])
    assert caught.value.message.startswith('git configuration: gitflow.branch.master: "--upload-pack=x" must not')


def test_a_wrong_value_that_nobody_uses_is_not_our_business() -> None:
    assert settings([("gitflow.branch.master", "--x")], toml="main").flow.production == "main"
