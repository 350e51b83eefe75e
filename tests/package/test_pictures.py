"""The pictures in docs/ show what reletan does today: made again, they are the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from demo_run import ROOT

from reletan.sandbox.slack.blocks import MAX_IN_ALL, in_all, problems

PICTURES = ROOT / "docs" / "pictures"
NAMES = [
    "release_notes.ja.md",
    "release_notes.md",
    "release_notes.svg",
    "slack_message.ja.svg",
    "slack_message.json",
    "slack_message.svg",
    "terminal.svg",
]


def test_made_again_they_are_the_same(tmp_path: Path) -> None:
    argv = [sys.executable, str(PICTURES / "make.py"), str(tmp_path)]
    # nothing of whoever runs it may show
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo", "HOME": str(tmp_path), "GH_TOKEN": "c4n4ry"}
    made = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert made.returncode == 0, made.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES
    for name in NAMES:
        now, kept = (folder.joinpath(name).read_text(encoding="utf-8") for folder in (tmp_path, PICTURES))
        assert now == kept, f"{name} is out of date: run `make pictures`, and look at it"


def test_slack_would_take_the_message() -> None:
    message = json.loads((PICTURES / "slack_message.json").read_text(encoding="utf-8"))
    assert list(message) == ["text", "blocks", "metadata"]
    assert message["text"]
    assert (problems(message["blocks"]), in_all(message["blocks"]) <= MAX_IN_ALL) == ([], True)
    assert message["metadata"]["event_type"] == "reletan_release"


@pytest.mark.parametrize("name", NAMES)
def test_no_address_of_a_sandbox_is_in_them(name: str) -> None:
    text = (PICTURES / name).read_text(encoding="utf-8")
    assert "127.0.0.1" not in text
    assert name.endswith("svg") or "https://github.com/acme/shop/pull/137" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("slack_message.svg", "1 reply"),
        ("slack_message.ja.svg", "1件の返信"),
        ("release_notes.svg", "Full changelog"),
        ("terminal.svg", "v1.4.0 is on main, and back in develop."),
    ],
)
def test_the_pictures_are_whole_by_themselves(name: str, said: str) -> None:
    """Nothing is fetched or run, and whoever cannot see them has the words."""
    picture = ElementTree.parse(PICTURES / name).getroot()  # noqa: S314 - our own file
    svg = "{http://www.w3.org/2000/svg}"
    allowed = {f"{svg}{tag}" for tag in ("svg", "title", "desc", "style", "rect", "path", "text", "tspan", "g")}
    assert {one.tag for one in picture.iter()} <= allowed
    assert not any("href" in attribute for one in picture.iter() for attribute in one.attrib)
    assert said in (picture.findtext(f"{svg}desc") or "")


@pytest.mark.parametrize(
    ("readme", "picture"), [("README.md", "slack_message.svg"), ("README.ja.md", "slack_message.ja.svg")]
)
def test_the_readme_shows_the_message(readme: str, picture: str) -> None:
    assert f"docs/pictures/{picture}" in (ROOT / readme).read_text(encoding="utf-8")
