"""`reletan config`: the effective values, and where each comes from."""

import json
import tomllib

import jsonschema  # type: ignore[import-untyped]
import pytest

from reletan.sandbox.world import World


def test_the_table_is_toml_and_names_each_source(world: World) -> None:
    (world.clone / ".reletan.toml").write_text('[flow]\ntag_prefix = "v"\n[slack]\nusers = { hana = "U012ABCDEF" }\n')
    world.git("config", "gitflow.branch.master", "main")
    run = world.reletan("config", env={"RELETAN_AUTOMERGE_APPROVALS": "2"})
    assert (run.code, run.err) == (0, "")
    settings = tomllib.loads(run.out)
    assert settings["flow"]["production"] == "main"
    assert settings["automerge"]["approvals"] == 2
    assert settings["slack"]["users"] == {"hana": "U012ABCDEF"}
    assert "development" not in settings["flow"]
    sources = {line.split(" ")[0]: line.rsplit("# ", 1)[-1] for line in run.out.splitlines() if " = " in line}
    assert sources["tag_prefix"] == ".reletan.toml"
    assert sources["production"] == "git configuration: gitflow.branch.master"
    assert sources["approvals"] == "RELETAN_AUTOMERGE_APPROVALS"
    assert sources["remote"] == "default"
    assert "# development is not set" in run.out


def test_json_has_every_key_with_its_value_and_source(world: World) -> None:
    (world.clone / ".reletan.toml").write_text('[notes]\ncategories = [{ title = "新機能", labels = ["feature"] }]\n')
    answer = world.reletan("config", "--json", check=True).json
    settings = {setting.pop("key"): setting for setting in answer["settings"]}
    assert answer["schema"] == 1
    assert answer["conflicts"] == []
    assert len(settings) == 45
    assert settings["notes.categories"] == {
        "value": [{"title": "新機能", "labels": ["feature"], "exclude_labels": [], "exclude_authors": []}],
        "source": ".reletan.toml",
    }
    assert settings["flow.production"]["value"] is None
    assert settings["flow.remote"] == {"value": "origin", "source": "default"}


def test_environments_are_tables_of_their_own(world: World) -> None:
    (world.clone / ".reletan.toml").write_text('[environments.production]\nbranch = "deployment/production"\n')
    run = world.reletan("config", check=True)
    assert tomllib.loads(run.out)["environments"] == {"production": {"branch": "deployment/production"}}
    last = world.reletan("config", "--json", check=True).json["settings"][-1]
    assert last == {
        "key": "environments.production.branch",
        "value": "deployment/production",
        "source": ".reletan.toml",
    }


def test_a_time_zone_that_nobody_knows_is_refused(world: World) -> None:
    (world.clone / ".reletan.toml").write_text('[checklist]\ntime_zone = "../../etc/passwd"\n')
    run = world.reletan("config")
    assert (run.code, "there is no time zone" in run.err) == (2, True)


def test_the_schema_describes_what_the_file_may_say(world: World) -> None:
    schema = json.loads(world.reletan("config", "--schema", check=True).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema.Draft202012Validator(schema).is_valid({"flow": {"finish": "push"}})
    assert not jsonschema.Draft202012Validator(schema).is_valid({"flow": {"finsh": "push"}})


@pytest.mark.parametrize("json_flag", [(), ("--json",)])
def test_reading_changes_nothing(world: World, json_flag: tuple[str, ...]) -> None:
    before = world.dump()
    world.reletan("config", *json_flag, check=True)
    assert world.dump() == before


@pytest.mark.parametrize("json_flag", [(), ("--json",)])
def test_hostile_values_are_printed_inert(world: World, json_flag: tuple[str, ...]) -> None:
    hostile = "a\u202eb\u200d[/][link=x]"
    (world.clone / ".reletan.toml").write_text(f'[automerge]\nblock_labels = ["{hostile}"]\n', encoding="utf-8")
    out = world.reletan("config", *json_flag, check=True).out
    assert all(line.isprintable() for line in out.splitlines())
    labels = (
        next(s["value"] for s in json.loads(out)["settings"] if s["key"] == "automerge.block_labels")
        if json_flag
        else tomllib.loads(out)["automerge"]["block_labels"]
    )
    assert labels == [hostile]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[flow]\nremot = 'x'\n", "flow.remote"),
        ("[flow]\nremote = 1\n", "expected a text"),
        ("[flow\n", "line 1, column"),
        ("[flow]\nproduction = '--upload-pack=x'\n", "must not start with '-'"),
        ("[flow]\nproduction = '\u202e'\n", "may contain only"),
    ],
)
def test_a_wrong_file_is_exit_2_and_says_what_to_mend(world: World, content: str, said: str) -> None:
    (world.clone / ".reletan.toml").write_text(content, encoding="utf-8")
    before = world.dump()
    run = world.reletan("config")
    assert (run.code, run.out) == (2, "")
    assert ".reletan.toml" in run.err
    assert said in run.err
    assert all(line.isprintable() for line in run.err.splitlines())
    assert "Traceback" not in run.err
    assert world.dump() == before


def test_two_git_flows_that_disagree_are_a_warning_here(world: World) -> None:
    world.git("config", "gitflow.branch.master", "old")
    world.git("config", "gitflow.branch.main.type", "base")
    run = world.reletan("config")
    assert run.code == 0
    assert "warning: git-flow AVH and git-flow-next disagree about flow.production" in run.err
