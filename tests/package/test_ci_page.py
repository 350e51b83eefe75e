"""docs/ci.md: its set-ups are valid and safe, and what they hand to the action and the orb is what these take, and works."""

import re
import shlex
from typing import Any

import pytest
import typer
import yaml
from demo_run import ROOT

from reletan.cli import app
from reletan.sandbox.world import World

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
ORB: Any = yaml.safe_load((ROOT / "docs" / "ci" / "circleci-orb.yml").read_text(encoding="utf-8"))
COMMANDS: Any = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def set_ups() -> tuple[Any, Any, Any]:
    """A step, the workflow of the button, CircleCI's configuration."""
    step, button, circle = (yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S))
    return step, button, circle


def uses_of_the_action() -> list[Any]:
    step, button, _ = set_ups()
    steps = [*step, *button["jobs"]["release"]["steps"]]
    return [one for one in steps if one.get("uses") == "YOUR-TEAM/reletan@COMMIT"]


def test_the_action_gets_what_it_takes() -> None:
    assert len(uses_of_the_action()) == 2
    for use in uses_of_the_action():
        assert set(use["with"]) <= set(ACTION["inputs"])
    table = set(re.findall(r"^\| `(\w+)` \|", PAGE.partition("| input |")[2].partition("###")[0], re.M))
    assert table == set(ACTION["inputs"])


def test_the_orb_gets_what_it_takes() -> None:
    (job,) = set_ups()[2]["workflows"]["release-branches"]["jobs"]
    given = set(job["reletan/run"]) - {"name", "context", "filters"}
    assert given <= set(ORB["jobs"]["run"]["parameters"])
    for branch in ("release/1.4.0", "hotfix/1.4.1"):
        patterns = job["reletan/run"]["filters"]["branches"]["only"]
        assert any(re.fullmatch(pattern.strip("/"), branch) for pattern in patterns)


def test_every_command_and_option_that_is_handed_over_exists() -> None:
    (job,) = set_ups()[2]["workflows"]["release-branches"]["jobs"]
    for given in [use["with"] for use in uses_of_the_action()] + [job["reletan/run"]]:
        chosen = set_ups()[1][True]["workflow_dispatch"]["inputs"]["command"]["options"]
        for name in chosen if "${{" in given["command"] else [given["command"]]:
            known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
            assert {word for word in shlex.split(given["args"]) if word.startswith("--") and word != "--"} <= known


def test_the_button_has_the_least_rights_and_puts_no_words_into_a_script() -> None:
    _, button, _ = set_ups()
    rights = {"contents": "write", "pull-requests": "write", "checks": "read", "statuses": "read", "actions": "read"}
    assert button["permissions"] == rights
    assert not re.search(r"run:.*(\$\{\{|<<)", PAGE)
    for words in (one["with"]["args"] for one in uses_of_the_action() if "${{" in one["with"]["args"]):
        assert " -- ${{" in words, "what somebody types is no option"


@pytest.mark.parametrize("typed", ["1.4.0", ""])
def test_the_button_releases(world: World, typed: str) -> None:
    def press(command: str, version: str) -> None:
        args = uses_of_the_action()[1]["with"]["args"].replace("${{ inputs.version }}", version)
        world.reletan(command, *shlex.split(args), env={"CI": "true"}, check=True)

    press("start", typed)
    press("tag", typed)
    assert "v1.4.0" in world.look("ls-remote", "--tags", "origin")


def test_what_is_typed_at_the_button_is_never_an_option(world: World) -> None:
    args = uses_of_the_action()[1]["with"]["args"].replace("${{ inputs.version }}", "--from=main")
    before = world.look("ls-remote", "origin")
    run = world.reletan("start", *shlex.split(args), env={"CI": "true"})
    assert run.code == 2
    assert world.look("ls-remote", "origin") == before


def test_its_links_lead_somewhere() -> None:
    for page in ("ci", "protected-branches", "enterprise", "migrating", "shell"):
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        for file, anchor in re.findall(r"\]\(([\w/.-]*)(?:#([\w-]+))?\)", text):
            goal = ROOT / "docs" / (file or f"{page}.md")
            assert goal.exists(), (page, file)
            headings = re.findall(r"^#+ (.*)$", goal.read_text(encoding="utf-8"), re.M)
            anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert not anchor or anchor in anchors, (page, file, anchor)
