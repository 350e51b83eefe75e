"""Settings from layers: who wins, what is refused, and how the error says it."""

import tomllib
from collections.abc import Mapping
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.domain.config import ENVIRONMENTS, KEYS, Category, Config, schema
from reletan.domain.errors import UsageError
from reletan.domain.layers import from_environment, from_flags, from_tables, merge_files, resolve
from reletan.domain.toml import literal

FILE = ".reletan.toml"


def of_file(toml: str) -> Config:
    return resolve([from_tables(FILE, tomllib.loads(toml))])


def of_environment(**variables: str) -> Config:
    return resolve([from_environment(variables)])


def error_of_file(toml: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        of_file(toml)
    return caught.value


def test_the_defaults_are_those_of_the_documentation() -> None:
    config = resolve([])
    assert dict(config.items()) == {
        "flow.production": None,
        "flow.development": None,
        "flow.release_prefix": "release/",
        "flow.hotfix_prefix": "hotfix/",
        "flow.tag_prefix": None,
        "flow.remote": "origin",
        "flow.finish": "auto",
        "version.scheme": "semver",
        "version.format": "YYYY.0M.MICRO",
        "version.major_labels": ("breaking",),
        "version.minor_labels": ("feature", "enhancement"),
        "github.repository": None,
        "github.api_url": "https://api.github.com",
        "github.releases": True,
        "notes.language": "en",
        "notes.template": None,
        "notes.exclude_labels": ("skip-notes",),
        "notes.exclude_authors": (),
        "notes.categories": (Category("Features", ("feature", "enhancement")), Category("Fixes", ("bug", "fix"))),
        "slack.channel": None,
        "slack.language": "en",
        "slack.api_url": "https://slack.com/api/",
        "slack.users": {},
        "automerge.base": ("develop",),
        "automerge.approvals": 1,
        "automerge.required_label": "",
        "automerge.block_labels": ("wip", "do-not-merge"),
        "automerge.method": "merge",
        "automerge.forks": False,
        "automerge.method_labels": {},
        "automerge.required_checks": (),
        "automerge.ignore_checks": (),
        "automerge.update_branch": False,
        "automerge.native": True,
        "automerge.delete_branch": False,
        "automerge.comment": False,
        "automerge.commit_template": None,
        "checklist.pull_request": False,
        "checklist.template": None,
        "checklist.deploy_template": None,
        "checklist.status": False,
        "checklist.required": False,
        "checklist.time_zone": "UTC",
        "checklist.days": ("mon", "tue", "wed", "thu", "fri"),
        "checklist.hours": "09:00-18:00",
    }
    assert config.sources == {}
    assert config == Config()


EVERYTHING = """
[flow]
production = "trunk"
development = "next"
release_prefix = "rel-"
hotfix_prefix = "fix-"
tag_prefix = ""
remote = "upstream"
finish = "pull-request"
[version]
scheme = "calver"
format = "YYYY.MM.MICRO"
major_labels = []
minor_labels = ["✨ new"]
[github]
repository = "acme_corp/shop.js"
api_url = "http://127.0.0.1:8080/api/v3"
releases = false
[notes]
language = "ja"
template = "docs/notes.md.j2"
exclude_labels = []
exclude_authors = ["dependabot[bot]"]
categories = [{ title = "新機能", labels = ["feature"] }]
[slack]
channel = "#リリース"
language = "en"
api_url = "https://slack-gov.com/api/"
users = { hana = "U012ABCDEF" }
[automerge]
base = ["next", "trunk"]
approvals = 0
required_label = "automerge"
block_labels = []
method = "squash"
forks = true
method_labels = { squash-me = "squash" }
required_checks = ["test"]
ignore_checks = ["coverage"]
update_branch = true
native = false
delete_branch = true
comment = true
commit_template = "docs/merge.j2"
[checklist]
pull_request = true
template = "docs/release_pull.md.j2"
deploy_template = "docs/deploy_pull.md.j2"
status = true
required = true
time_zone = "Asia/Tokyo"
days = ["sat", "sun"]
hours = "00:00-24:00"
[environments.production]
branch = "deployment/production"
[environments.staging-2]
branch = "deployment/staging"
"""


def test_every_key_can_be_set_in_the_file() -> None:
    tables = tomllib.loads(EVERYTHING)
    assert {section: tuple(values) for section, values in tables.items() if section != ENVIRONMENTS} == KEYS
    config = of_file(EVERYTHING)
    assert set(config.sources.values()) == {FILE}
    assert len(config.sources) == len(dict(config.items()))
    assert config.flow.tag_prefix == ""
    assert config.automerge.base == ("next", "trunk")
    assert {name: one.branch for name, one in config.environments.items()} == {
        "production": "deployment/production",
        "staging-2": "deployment/staging",
    }
    assert config.notes.categories == (Category("新機能", ("feature",)),)
    defaults = dict(Config().items())
    assert [key for key, value in config.items() if key in defaults and value == defaults[key]] == ["slack.language"]


def test_the_higher_layer_wins_key_by_key() -> None:
    layers = [
        from_flags({"flow.remote": "one"}),
        from_environment({"RELETAN_FLOW_REMOTE": "two", "RELETAN_FLOW_TAG_PREFIX": "t"}),
        from_tables(FILE, {"flow": {"remote": "three", "tag_prefix": "u", "production": "main"}}),
    ]
    config = resolve(layers)
    assert (config.flow.remote, config.flow.tag_prefix, config.flow.production) == ("one", "t", "main")
    assert {key: config.sources[key] for key in ("flow.remote", "flow.tag_prefix", "flow.production")} == {
        "flow.remote": "--remote",
        "flow.tag_prefix": "RELETAN_FLOW_TAG_PREFIX",
        "flow.production": FILE,
    }


def test_a_value_that_is_overridden_must_still_be_right() -> None:
    layers = [from_flags({"flow.remote": "one"}), from_tables(FILE, {"flow": {"remote": 3}})]
    with pytest.raises(UsageError, match=r"\.reletan\.toml: flow\.remote: expected a text"):
        resolve(layers)


def test_what_follows_another_setting_says_so() -> None:
    config = of_file('[flow]\ndevelopment = "dev"\n[notes]\nlanguage = "ja"')
    assert (config.slack.language, config.sources["slack.language"]) == ("ja", "notes.language")
    assert (config.automerge.base, config.sources["automerge.base"]) == (("dev",), "flow.development")


def test_two_files_may_share_the_settings_but_not_a_key() -> None:
    own, project = (
        from_tables(FILE, {"flow": {"remote": "a"}}),
        from_tables("pyproject.toml", {"slack": {"channel": "#x"}}),
    )
    assert resolve([merge_files([own, project])]).slack.channel == "#x"
    with pytest.raises(UsageError, match=r"flow\.remote is set twice: in \.reletan\.toml and in pyproject\.toml"):
        merge_files([own, from_tables("pyproject.toml", {"flow": {"remote": "a"}})])


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[flwo]\nremote = 'x'", ".reletan.toml: unknown section flwo; the nearest known one is flow."),
        (
            "[flow]\ntagprefix = 'v'",
            ".reletan.toml: unknown key flow.tagprefix; the nearest known one is flow.tag_prefix.",
        ),
        ("[flow]\nchannel = '#x'", ".reletan.toml: unknown key flow.channel; the nearest known one is slack.channel."),
        ("flow = 'x'", '.reletan.toml: flow: expected a table [flow], found "x".'),
        ("[flow]\nremote = 3", '.reletan.toml: flow.remote: expected a text, such as "origin", found 3.'),
        (
            "[flow]\nfinish = 'pull request'",
            '.reletan.toml: flow.finish: expected one of "auto", "pull-request", "push", found "pull request".',
        ),
        (
            "[automerge]\napprovals = '1'",
            '.reletan.toml: automerge.approvals: expected a whole number, 0 or more, found "1".',
        ),
        (
            "[automerge]\napprovals = -1",
            ".reletan.toml: automerge.approvals: expected a whole number, 0 or more, found -1.",
        ),
        ("[automerge]\nforks = 'yes'", '.reletan.toml: automerge.forks: expected true or false, found "yes".'),
        (
            "[automerge]\nbase = 'develop'",
            '.reletan.toml: automerge.base: expected a list of texts, such as ["develop"], found "develop".',
        ),
        (
            "[notes]\ncategories = ['x']",
            ".reletan.toml: notes.categories: expected a list of tables, such as "
            '[{ title = "Features", labels = ["feature"] }], found ["x"].',
        ),
        (
            "[slack]\nusers = ['hana']",
            '.reletan.toml: slack.users: expected a table of texts, such as { hana = "U012ABCDEF" }, found ["hana"].',
        ),
        (
            "[checklist]\ndays = ['monday']",
            '.reletan.toml: checklist.days: expected a list of "fri", "mon", "sat", "sun", "thu", "tue", "wed", such as '
            '["mon", "tue"], found ["monday"].',
        ),
        ("environments = 'x'", '.reletan.toml: environments: expected a table [environments], found "x".'),
        (
            "[environments]\nlive = 'x'",
            '.reletan.toml: environments.live: expected a table [environments.live], found "x".',
        ),
        (
            "[environments.live]\nbrunch = 'x'",
            ".reletan.toml: unknown key environments.live.brunch; the nearest known one is environments.live.branch.",
        ),
        (
            "[environments.live]\nbranch = 3",
            '.reletan.toml: environments.live.branch: expected a text, such as "deployment/production", found 3.',
        ),
        ("[environments.live]", ".reletan.toml: environments.live: branch is missing."),
        ("[environments.'a.b']\nbranch = 'x'", '.reletan.toml: environments: "a.b" is no name for an environment.'),
    ],
)
def test_errors_name_file_key_expectation_and_finding(toml: str, message: str) -> None:
    assert error_of_file(toml).message == message


def test_what_is_wrong_inside_a_list_of_tables_is_pointed_at() -> None:
    error = error_of_file("[notes]\ncategories = [{ title = 'A', labels = [] }, { title = 'B', lables = [] }]")
    assert error.details == ("Object contains unknown field `lables` - at `$.categories[1]`",)


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("[flow]\nproduction = '-x'", "must not start with '-'"),
        ("[flow]\ndevelopment = 'a..b'", "must not contain '..'"),
        ("[flow]\nremote = '--upload-pack=x'", "must not start with '-'"),
        ("[flow]\nrelease_prefix = ''", "must not be empty"),
        ("[flow]\nhotfix_prefix = 'x//'", "must not contain"),
        ("[flow]\ntag_prefix = 'v '", "must start with a letter"),
        ("[automerge]\nbase = ['ok', '-x']", "must not start with '-'"),
        ("[github]\nrepository = 'https://github.com/o/n'", "must be owner/name"),
        ("[github]\nrepository = 'o/..'", "must be owner/name"),
        ("[github]\nrepository = 'o/n/m'", "must be owner/name"),
        ("[github]\napi_url = 'ftp://example.com'", "must be a plain http"),
        ("[github]\napi_url = 'https://example.com/?a=b'", "must be a plain http"),
        ("[github]\napi_url = 'https://example.com\\n'", "must be a plain http"),
        ("[notes]\ntemplate = ''", "must not be empty"),
        ('[slack]\nchannel = "a\\u001b[31m"', "control characters"),
        ("[slack]\nusers = { hana = '@hana' }", 'Slack member ID; "hana" has none'),
        ("[slack]\nusers = { hana = 'U1> <!channel' }", "Slack member ID"),
        ("[notes]\ncategories = [{ title = '', labels = ['x'] }]", "must not be empty"),
        ("[version]\nmajor_labels = ['']", "must not be empty"),
        ("[checklist]\nhours = '18:00-09:00'", "must be two times of one day"),
        ("[checklist]\nhours = '09:00-09:00'", "must be two times of one day"),
        ("[checklist]\nhours = '9:00-18:00'", "must be two times of one day"),
        ("[checklist]\nhours = '09:00-24:01'", "must be two times of one day"),
        ("[checklist]\ndays = []", "must name at least one day"),
        ("[environments.live]\nbranch = '-x'", "must not start with '-'"),
    ],
)
def test_values_that_cannot_be_are_refused(toml: str, problem: str) -> None:
    error = error_of_file(toml)
    assert problem in error.message
    assert error.message.isprintable()
    assert error.next is not None
    assert error.next.startswith("give ")


def test_release_and_hotfix_branches_must_differ() -> None:
    error = error_of_file("[flow]\nrelease_prefix = 'hotfix/'")
    assert "flow.release_prefix (.reletan.toml) and flow.hotfix_prefix (default)" in error.message


CANARY = "ghp_0123456789abcdefABCDEF0123456789abcd"


@pytest.mark.parametrize(
    "toml",
    [
        f"[github]\ntoken = '{CANARY}'",
        f"[slack]\nwebhook_url = '{CANARY}'",
        f"[slack]\nchannel = 'https://hooks.slack.com/services/{CANARY}'",
        f"[slack]\nchannel = 'xoxb-{CANARY}'",
        f"[slack]\nusers = {{ hana = '{CANARY}' }}",
        f"[github]\napi_url = 'https://hana:{CANARY}@example.com'",
        f"[flow]\nremote = 'https://{CANARY}@github.com/o/n'",
        f"[automerge]\nblock_labels = ['{CANARY}']",
        f"[automerge]\napprovals = '{CANARY}'",
        f"[environments.live]\ntoken = '{CANARY}'",
        f"[environments.live]\nbranch = '{CANARY}'",
    ],
)
def test_secrets_are_refused_and_never_repeated(toml: str) -> None:
    error = error_of_file(toml)
    assert "secret" in error.message
    assert "GITHUB_TOKEN" in str(error.next)
    assert CANARY not in f"{error.message}{error.next}{error.details}"


@pytest.mark.parametrize(
    ("variable", "value", "key", "expected"),
    [
        ("RELETAN_FLOW_TAG_PREFIX", "v", "flow.tag_prefix", "v"),
        ("RELETAN_FLOW_TAG_PREFIX", "", "flow.tag_prefix", ""),
        ("RELETAN_AUTOMERGE_REQUIRED_LABEL", "", "automerge.required_label", ""),
        ("RELETAN_AUTOMERGE_APPROVALS", "2", "automerge.approvals", 2),
        ("RELETAN_AUTOMERGE_FORKS", "true", "automerge.forks", True),
        ("RELETAN_AUTOMERGE_BASE", "develop, main,", "automerge.base", ("develop", "main")),
        ("RELETAN_SLACK_CHANNEL", "#release", "slack.channel", "#release"),
    ],
)
def test_the_environment_gives_typed_values(variable: str, value: str, key: str, expected: object) -> None:
    config = of_environment(**{variable: value})
    assert dict(config.items())[key] == expected
    assert config.sources == {key: variable}


def test_other_variables_and_empty_ones_are_none_of_our_business() -> None:
    config = of_environment(
        RELETAN="1", RELETAN_CONTRACT="x", RELETAN_VERSION="1.2.3", RELETAN_FLOW_REMOTE="", PATH="/"
    )
    assert config == Config()


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            "RELETAN_FLOW_TAGPREFIX",
            "v",
            "environment: unknown key RELETAN_FLOW_TAGPREFIX; the nearest known one is RELETAN_FLOW_TAG_PREFIX.",
        ),
        ("RELETAN_AUTOMERGE_APPROVALS", "two", "RELETAN_AUTOMERGE_APPROVALS: expected a whole number, 0 or more"),
        ("RELETAN_FLOW_REMOTE", "-x", "RELETAN_FLOW_REMOTE: \"-x\" must not start with '-'"),
        ("RELETAN_SLACK_USERS", "hana=U1", "RELETAN_SLACK_USERS: a table does not fit a variable."),
        ("RELETAN_ENVIRONMENTS_LIVE_BRANCH", "x", "RELETAN_ENVIRONMENTS_LIVE_BRANCH: a table does not fit a variable."),
        ("RELETAN_GITHUB_TOKEN", CANARY, "environment: RELETAN_GITHUB_TOKEN: this is, or looks like, a secret"),
    ],
)
def test_errors_of_the_environment_name_the_variable(variable: str, value: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        of_environment(**{variable: value})
    assert message in caught.value.message
    assert CANARY not in caught.value.message


def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_the_schema_accepts_what_reletan_accepts() -> None:
    assert validator().is_valid(tomllib.loads(EVERYTHING))
    assert validator().is_valid({})


@pytest.mark.parametrize(
    "tables",
    [
        {"flwo": {}},
        {"flow": {"x": 1}},
        {"flow": {"production": None}},
        {"flow": {"finish": "x"}},
        {"notes": {"categories": [{"title": "A", "x": 1}]}},
        {"environments": {"live": {}}},
        {"environments": {"live": {"branch": "x", "y": 1}}},
    ],
)
def test_the_schema_refuses_unknown_keys_and_values(tables: Mapping[str, Any]) -> None:
    assert not validator().is_valid(tables)


def test_every_key_of_the_schema_has_a_description() -> None:
    definitions = schema()["$defs"]
    keys = [kind for name, table in definitions.items() if name != "Tables" for kind in table["properties"].values()]
    assert len(keys) > 20
    assert all(kind.get("description") for kind in keys)
    assert all(table["additionalProperties"] is False for table in definitions.values())


VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(VALUES)
def test_literals_are_inert_toml_of_the_same_value(value: object) -> None:
    text = literal(value)
    assert text.isprintable()
    assert tomllib.loads(f"x = {text}") == {"x": value}


NAMES = [name for names in KEYS.values() for name in names]


@given(
    st.dictionaries(st.sampled_from([*KEYS]), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3), max_size=3)
)
def test_any_table_is_understood_or_refused_in_words(tables: dict[str, Any]) -> None:
    try:
        config = resolve([from_tables(FILE, tables)])
    except UsageError as error:
        message = error.message
    else:
        message = (
            "" if set(config.sources.values()) <= {FILE, "notes.language", "flow.development"} else "not from here"
        )
    assert message == "" or message.startswith((FILE, "flow.release_prefix"))
