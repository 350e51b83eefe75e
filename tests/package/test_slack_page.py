"""docs/slack.md: its set-up is what reletan needs, and its workflow's step does what the page says."""

import re
import shlex
import textwrap
import tomllib
from typing import Any

import msgspec
import yaml
from demo_run import ROOT

from reletan.domain.config import KEYS, Slack
from reletan.sandbox.slack.workspace import SCOPES
from reletan.sandbox.world import World

PAGE = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


def set_ups() -> tuple[Any, Any]:
    """The app's manifest, and the workflow."""
    manifest, workflow = (yaml.safe_load(block) for block in blocks("yaml"))
    return manifest, workflow


def test_the_bot_gets_the_scopes_that_it_needs_and_no_other() -> None:
    """They are those that the bot of every other test has."""
    assert sorted(set_ups()[0]["oauth_config"]["scopes"]["bot"]) == sorted(SCOPES)


def test_each_of_its_scopes_is_explained() -> None:
    explained = {
        scope for row in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE) for scope in re.findall("`(.*?)`", row)
    }
    assert set(SCOPES) <= explained


def test_the_settings_are_such() -> None:
    (table,) = (tomllib.loads(block)["slack"] for block in blocks("toml"))
    assert set(KEYS["slack"]) - set(table) == {"api_url"}
    assert msgspec.convert(table, Slack).channel == "#release"


def test_the_workflow_may_only_read_and_gives_no_name_to_a_shell() -> None:
    workflow = set_ups()[1]
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "read"}
    (job,) = workflow["jobs"].values()
    assert job["if"] == "${{ !github.event.created }}"
    assert not [step for step in job["steps"] if "${{" in step.get("run", "")]
    assert set(job["steps"][-1]["env"]) == {"GH_TOKEN", "SLACK_BOT_TOKEN"}


def test_the_workflow_brings_a_fix_into_the_message(slack_world: World) -> None:
    world = slack_world
    world.reletan("start", "--yes", check=True)
    world.commit("release/1.4.0", "Mend the basket", {"basket.txt": "mended\n"}, "Yuki")
    runner = world.another_clone("runner")
    world.git("switch", "--quiet", "--detach", "origin/release/1.4.0", cwd=runner)
    run = set_ups()[1]["jobs"]["notify"]["steps"][-1]["run"]
    words = shlex.split(run.replace("${GITHUB_REF_NAME#*/}", "release/1.4.0".partition("/")[2]))
    assert words.pop(0) == "reletan"
    env = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "yuki", "GITHUB_REF_NAME": "release/1.4.0"}
    assert world.reletan(*words, cwd=runner, env=env).code == 0
    (live,) = world.slack.posts("#release")
    said = world.slack.text("#release")
    assert live.edited
    assert "Mend the basket" in said
    assert "On duty: @Hana" in said
