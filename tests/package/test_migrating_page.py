"""docs/migrating.md: its tables have every key that `reletan init` knows of, and say of each what init does."""

import re

import pytest
import typer
from demo_run import ROOT

from reletan.cli import app
from reletan.domain import takeover
from reletan.domain.config import KEYS
from reletan.domain.gitflow import AVH_KEYS

PAGE = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (.+?) \| (.*?)(?: \|.*)?\|$", PAGE, re.MULTILINE))


def row(word: str) -> str:
    """The right side of the row that names ``word`` on its left."""
    (found,) = (right for left, right in ROWS.items() if f"`{word}`" in left)
    return found


def test_git_flows_keys_are_those_that_are_read() -> None:
    for ours, theirs in AVH_KEYS.items():
        assert row(theirs).strip() == f"`{ours}`"


@pytest.mark.parametrize("name", takeover.NOT_TAKEN)
def test_what_is_not_taken_over_from_git_pr_release_says_so(name: str) -> None:
    words = row("aggregate_labels" if name == "aggregate-labels" else f"pr-release.{name}")
    assert words.startswith(("none", "never", "`checklist.template`"))


def test_its_branches_are_taken_over() -> None:
    for ours, (theirs, _) in takeover.BRANCHES.items():
        assert row(theirs).strip() == f"`flow.{ours}`"


@pytest.mark.parametrize("option", takeover.FINISH)
def test_the_counterparts_of_git_flows_options_are_those_that_init_names(option: str) -> None:
    (flag,) = re.findall(r"tag (--[a-z-]+)", takeover.FINISH[option])
    assert flag in row(option)


def test_what_git_flow_always_asks_for_needs_no_option() -> None:
    assert {row(option).strip() for option in takeover.ALWAYS} == {"always"}


def test_every_setting_and_option_on_it_exists() -> None:
    for section, name in re.findall(r"`(flow|checklist)\.(\w+)", PAGE):
        assert name in KEYS[section]
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for command, option in re.findall(r"`(?:reletan )?(start|tag|abort|pr) (--[a-z-]+)", PAGE):
        assert option in {one for parameter in commands[command].params for one in parameter.opts}, (command, option)
