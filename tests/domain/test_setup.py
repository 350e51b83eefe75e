"""What `reletan init` guesses, and what it writes."""

import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reletan.domain import gitflow
from reletan.domain.errors import UsageError
from reletan.domain.plan import Plan, SetConfig, WriteFile
from reletan.domain.setup import (
    Existing,
    Found,
    Guess,
    extended,
    guess_development,
    guess_production,
    guess_tag_prefix,
    plan,
    tag_prefixes,
)

USUAL = {
    "remote": "origin",
    "production": "main",
    "development": "develop",
    "release_prefix": "release/",
    "hotfix_prefix": "hotfix/",
    "tag_prefix": "v",
}
AVH = {
    "gitflow.branch.master": "main",
    "gitflow.branch.develop": "develop",
    "gitflow.prefix.feature": "feature/",
    "gitflow.prefix.bugfix": "bugfix/",
    "gitflow.prefix.release": "release/",
    "gitflow.prefix.hotfix": "hotfix/",
    "gitflow.prefix.support": "support/",
    "gitflow.prefix.versiontag": "v",
}


def branches(*names: str, head: str | None = None, tags: tuple[str, ...] = ()) -> Found:
    return Found("origin", frozenset(names), head, tags)


def planned(
    values: dict[str, str],
    existing: Existing = Existing(),  # noqa: B008 - frozen
    config: dict[str, str] | None = None,
    branch: str | None = None,
) -> Plan:
    return plan(values, existing, config or {}, [gitflow.read((config or {}).items())], branch=branch)


def config_steps(made: Plan) -> dict[str, str | None]:
    return {step.key: step.value for step in made.steps if isinstance(step, SetConfig)}


@pytest.mark.parametrize(
    ("found", "configured", "value", "certain"),
    [
        (branches("main", "develop"), None, "main", True),
        (branches("master", "develop", head="develop"), None, "master", True),
        (branches("main", "master", head="master"), None, "master", True),
        (branches("main", "master", head="develop"), None, "main", False),
        (branches("trunk", "x", head="trunk"), None, "trunk", True),
        (branches("only"), None, "only", True),
        (branches("develop", "x", head="develop"), None, "", False),
        (branches("main", "prod"), "prod", "prod", True),
        (branches("main", "develop"), "gone", "main", True),
    ],
)
def test_production_is_what_is_there(found: Found, configured: str | None, value: str, certain: bool) -> None:
    guess = guess_production(found, configured)
    assert (guess.value, guess.doubt is None) == (value, certain)


@pytest.mark.parametrize(
    ("found", "configured", "value"),
    [
        (branches("main", "develop"), None, "develop"),
        (branches("main", "dev"), "dev", "dev"),
        (branches("main", "develop"), "gone", "develop"),
        (branches("main"), None, "main"),
    ],
)
def test_development_is_develop_or_production(found: Found, configured: str | None, value: str) -> None:
    assert guess_development(found, configured, "main") == Guess(value)


@pytest.mark.parametrize(
    ("tags", "configured", "value", "certain"),
    [
        ((), None, "v", True),
        ((), "", "", True),
        (("v1.0.0", "v1.1.0", "v2.0.0-rc.1", "nightly"), None, "v", True),
        (("1.0.0", "1.1.0"), None, "", True),
        (("1.8.0", "1.9.0", "v1.9.1"), None, "v", False),
        (("1.8.0", "1.9.0", "v1.9.1"), "v", "v", True),
        (("v1.0.0",), "", "v", False),
        (("2026.11.0",), None, "", True),
        (("app-v1.0.0",), None, "app-v", True),
        (("v1", "42", "version", "x1.0"), None, "x", True),
        (("app@1.0.0",), None, "v", True),
    ],
)
def test_the_tag_prefix_is_that_of_final_versions(
    tags: tuple[str, ...], configured: str | None, value: str, certain: bool
) -> None:
    guess = guess_tag_prefix(branches("main", tags=tags), configured)
    assert (guess.value, guess.doubt is None) == (value, certain)


def test_prefixes_come_with_the_highest_version_first() -> None:
    assert tag_prefixes(["1.9.0", "v1.10.0", "x1.2.3", "v1.0.0"]) == ("v", "", "x")


@given(st.lists(st.text(alphabet="v0123.-x\n٣", max_size=40)))
def test_any_tags_have_prefixes(tags: list[str]) -> None:
    assert all(any(tag.startswith(prefix) for tag in tags) for prefix in tag_prefixes(tags))


def test_a_new_repository_gets_a_file_and_the_keys_of_git_flow() -> None:
    made = planned(USUAL)
    assert made.steps[0] == WriteFile(
        ".reletan.toml",
        None,
        "# Settings of reletan; `reletan config` shows all of them.\n"
        "[flow]\n"
        "# the branch that holds what is released\n"
        'production = "main"\n'
        "# the branch that the next release grows on\n"
        'development = "develop"\n'
        "# release tags begin with this\n"
        'tag_prefix = "v"\n',
    )
    assert config_steps(made) == AVH
    assert made.advice[1:] == ("reletan list",)


COMMIT = "git add :/.reletan.toml && git commit -m 'Set up reletan' -- :/.reletan.toml"


@pytest.mark.parametrize(
    ("branch", "changed", "said"),
    [
        ("develop", {}, f"{COMMIT} && git push origin develop"),
        ("topic", {}, f"git switch develop && {COMMIT} && git push origin develop"),
        (None, {"development": "main"}, f"git switch main && {COMMIT} && git push origin main"),
    ],
)
def test_what_comes_next_brings_the_settings_to_the_team(
    branch: str | None, changed: dict[str, str], said: str
) -> None:
    assert planned(USUAL | changed, branch=branch).advice[0] == said


def test_without_a_remote_nothing_is_pushed() -> None:
    here = {name: value for name, value in USUAL.items() if name != "remote"}
    assert planned(here, branch="develop").advice[0] == COMMIT


def test_a_file_that_differs_elsewhere_is_committed_where_it_is() -> None:
    made = planned(USUAL, Existing(text=""), branch="topic")
    assert made.advice[0] == f"{COMMIT}, and bring that into develop"


def test_where_there_is_one_branch_its_second_name_is_explained() -> None:
    made = planned(USUAL | {"development": "main"})
    assert isinstance(made.steps[0], WriteFile)
    assert '# the same as production: nothing is merged back\ndevelopment = "main"\n' in made.steps[0].content


def test_what_is_not_the_default_is_written_too() -> None:
    made = planned(USUAL | {"remote": "upstream", "release_prefix": "rel/"})
    assert isinstance(made.steps[0], WriteFile)
    written = tomllib.loads(made.steps[0].content)["flow"]
    assert written == {
        k: v for k, v in (USUAL | {"remote": "upstream", "release_prefix": "rel/"}).items() if k != "hotfix_prefix"
    }
    assert config_steps(made)["gitflow.origin"] == "upstream"


def test_a_default_is_written_where_a_git_flow_says_otherwise() -> None:
    shared = gitflow.read([("gitflow.prefix.release", "rel/")])
    made = plan(USUAL, Existing(), {}, [shared, gitflow.read([])])
    assert isinstance(made.steps[0], WriteFile)
    assert tomllib.loads(made.steps[0].content)["flow"]["release_prefix"] == "release/"


def test_a_second_run_plans_nothing() -> None:
    first = planned(USUAL)
    assert isinstance(first.steps[0], WriteFile)
    text = first.steps[0].content
    again = planned(USUAL, Existing(text=text, written=tomllib.loads(text)["flow"]), AVH)
    assert again.steps == ()
    assert again.warnings == ()


def test_a_colleague_with_the_committed_file_gets_the_keys_only() -> None:
    existing = Existing(text="…", written={"production": "main", "development": "develop", "tag_prefix": "v"})
    assert planned(USUAL | {"remote": "upstream"}, existing).steps[0] == SetConfig("gitflow.origin", "upstream")
    assert config_steps(planned(USUAL, existing)) == AVH


def test_git_flow_keeps_its_other_prefixes_and_is_told_of_changes() -> None:
    made = planned(USUAL, config=AVH | {"gitflow.prefix.feature": "f/", "gitflow.branch.master": "master"})
    assert config_steps(made) == {"gitflow.branch.master": "main"}
    assert made.warnings == ('gitflow.branch.master changes from "master" to "main"',)


def test_git_flow_has_no_keys_for_one_branch() -> None:
    assert config_steps(planned(USUAL | {"development": "main"})) == {}


def test_git_flow_next_is_left_alone() -> None:
    config = {"gitflow.version": "1.0", "gitflow.branch.trunk.type": "base"}
    made = planned(USUAL, config=config)
    assert config_steps(made) == {}
    assert made.warnings == ('git-flow-next\'s gitflow.branch.trunk.type says "trunk", reletan uses "main"',)


NEW = {"production": "main", "tag_prefix": ""}
LINES = (
    '# the branch that holds what is released\nproduction = "main"\n# release tags begin with this\ntag_prefix = ""\n'
)


@pytest.mark.parametrize(
    ("header", "old", "new"),
    [
        ("flow", "", f"[flow]\n{LINES}"),
        ("flow", "# mine\n[slack]\nchannel = '#x'\n", f"# mine\n[slack]\nchannel = '#x'\n\n[flow]\n{LINES}"),
        ("flow", "[slack]\nchannel = '#x'", f"[slack]\nchannel = '#x'\n\n[flow]\n{LINES}"),
        ("flow", "[flow] # why\nremote = 'x'  # y\n[notes]\n", f"[flow] # why\n{LINES}remote = 'x'  # y\n[notes]\n"),
        ("flow", "[ flow ]", f"[ flow ]\n{LINES}"),
        ("flow", "\ufeff[notes]\n", f"\ufeff[notes]\n\n[flow]\n{LINES}"),
        (
            "tool.reletan.flow",
            "[tool.reletan]\n[tool.x]\n",
            f"[tool.reletan]\n[tool.x]\n\n[tool.reletan.flow]\n{LINES}",
        ),
    ],
)
def test_an_existing_file_keeps_every_character(header: str, old: str, new: str) -> None:
    assert extended(Existing("file.toml", header, old), NEW) == new


def test_line_ends_are_kept() -> None:
    assert extended(Existing(text="[flow]\r\nremote = 'x'\r\n"), NEW) == "[flow]\r\n" + LINES.replace("\n", "\r\n") + (
        "remote = 'x'\r\n"
    )


@pytest.mark.parametrize(
    "old", ["flow = { remote = 'x' }\n", "flow.remote = 'x'\n", "x = '''\n[flow]\n'''\n", "[flow]\nproduction = 'x'\n"]
)
def test_a_file_of_another_shape_is_left_to_the_person(old: str) -> None:
    with pytest.raises(UsageError) as caught:
        extended(Existing(text=old), NEW)
    assert caught.value.details == ('production = "main"', 'tag_prefix = ""')


@given(
    st.lists(
        st.sampled_from(["[flow]", "[slack]", "# [flow]", "remote = 'x'", "y = '''", "'''", "", "[[a]]"]), max_size=8
    )
)
def test_nothing_is_lost_from_any_file(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    try:
        after = tomllib.loads(extended(Existing(text=text), NEW))
    except UsageError:
        return
    assert after == before | {"flow": before.get("flow", {}) | NEW}
