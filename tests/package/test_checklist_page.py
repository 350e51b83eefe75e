"""docs/checklist.md: its settings and its set-up are valid."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from reletan.domain.config import KEYS
from reletan.domain.layers import from_tables, resolve

PAGE = (Path(__file__).parents[2] / "docs" / "checklist.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def steps() -> list[Any]:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed: the set-up is not parsed")
    (block,) = blocks("yaml")
    found: list[Any] = yaml.safe_load(block)["jobs"]["checklist"]["steps"]
    return found


def test_the_settings_are_all_of_them_and_right() -> None:
    tables = tomllib.loads(blocks("toml")[0])
    assert tuple(tables["checklist"]) == KEYS["checklist"]
    assert resolve([from_tables("page", tables)]).environments["production"].branch == "deployment/production"


def test_a_job_sees_the_whole_history_and_gets_secrets_only_where_needed() -> None:
    found = steps()
    assert found[0]["with"]["fetch-depth"] == 0
    assert all("${{" not in step.get("run", "") for step in found)
    assert [("SLACK_BOT_TOKEN" in step.get("env", {})) for step in found if "reletan" in step.get("run", "")] == [
        False,
        False,
        True,
    ]
