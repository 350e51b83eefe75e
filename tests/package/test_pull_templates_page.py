"""docs/templates.md on the release and deploy pull requests: its values are the real ones, and its template works."""

import json
import re
from pathlib import Path
from typing import Any

from checklists import values
from noting import commit, listing, place, pull

from reletan.adapters.templates import render_notes
from reletan.domain.checklist import Mark, entries_of, everything, read
from reletan.domain.pullbody import LEVELS, LIMIT, deploy_context, release_body
from reletan.domain.text import Text

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text()
PART = PAGE.partition("\n## The release and the deploy pull request\n")[2]
BOTH, RELEASE, DEPLOY = re.split(r"^### Of .*$", PART, flags=re.MULTILINE)
SHARED = {"version", "tag", "repository", "since", "compare_url", "compare_link", "complete", "reverted", "commits"}

FOUND = listing(
    pull(20, "Search by colour", author="yuki", author_name=Text("Yuki Mori")), pull(19, "Fix the total"),
    pull(18, 'Revert "Faster"'), pull(17, "Faster", reverted_by=18), pull(12, "Old", author="renovate[bot]"), commit(7),
)  # fmt: skip
LATER = "a1b2c3d".ljust(40, "0")
CHECKLIST = values(FOUND, marks={19: Mark(True, frozenset([f"{19:040x}"])), 20: Mark(True, frozenset(["3f1c08e2aa"]))})
DEPLOYED = deploy_context(
    everything(FOUND, place()), {20: [commit(1)]}, environment="production", branch="deployment/production"
)


def named(text: str) -> set[str]:
    """The values that the tables of ``text`` have."""
    rows = re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)}


def flat(context: dict[str, Any]) -> set[str]:
    return {key for key in context if key != "counts"} | {f"counts.{key}" for key in context["counts"]}


def test_the_page_has_every_value_and_no_other() -> None:
    (pull_request,) = CHECKLIST["groups"][0]["pull_requests"]
    assert named(BOTH) | SHARED | named(RELEASE) == flat(CHECKLIST) | pull_request.keys()
    assert named(BOTH) | SHARED | named(DEPLOY) == flat(DEPLOYED)
    assert all(f"`{name}`" in BOTH for name in SHARED)
    (deployed, *_) = DEPLOYED["pull_requests"]
    parts = {*deployed, *deployed["commits"][0], *CHECKLIST["groups"][0], *DEPLOYED["people"][0]}
    assert {name for name in parts if f"`{name}`" not in PART} == set()


def test_the_levels_are_those_of_the_page() -> None:
    assert f"GitHub takes {LIMIT:,} characters" in PART
    assert [level.title for level in LEVELS] == [None, 60, 60, 30]
    assert re.findall(r"titles in (\d+) characters", PART) == ["60", "30"]


def test_the_examples_are_such_values() -> None:
    body = release_body(None, entries_of(FOUND, {}), everything(FOUND, place()), own).replace("[ ]", "[x]")
    body = release_body(body, entries_of(FOUND, {20: [LATER]}), everything(FOUND, place()), own)
    (example,) = re.findall(r"^\| `reopened` .*?`(\[.*?\])` \|", RELEASE, re.MULTILINE)
    (link,) = json.loads(example)
    assert f"{link} came later" in body


def own(context: dict[str, Any]) -> str:
    (template,) = re.findall(r"^```jinja2\n(.*?)^```$", PART, re.MULTILINE | re.DOTALL)
    return render_notes(template, "docs/release_pull.md.j2", context)


def test_the_example_template_works() -> None:
    body = release_body(None, entries_of(FOUND, {}), everything(FOUND, place()), own)
    assert (
        "### @yuki\n\n- [ ] Search by colour ([#20](https://github.com/acme/shop/pull/20)) <!-- reletan:item 20" in body
    )
    assert "### renovate\\[bot\\]\n\n- [ ] Old (" in body
    assert set(read(body)) == {20, 19, 12}
