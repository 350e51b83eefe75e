"""docs/automerge.md: its set-ups are valid and safe, and what it says of settings and reasons is so."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reletan.adapters.templates import commit_message
from reletan.domain.config import KEYS, Automerge
from reletan.domain.merging import Judged, MergeFacts, Reason, Verdict
from reletan.explaining import comment_body

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "automerge.md").read_text()
EVENTS = {"pull_request_review", "workflow_run", "check_suite", "schedule", "workflow_dispatch"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def set_ups() -> list[Any]:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed: the set-ups are not parsed")
    return [yaml.safe_load(block) for block in blocks("yaml")]


def codes() -> set[str]:
    """The codes of all reasons that the source gives."""
    source = "".join((ROOT / "reletan" / file).read_text() for file in ("domain/merging.py", "commands/merging.py"))
    found = set(re.findall(r'Reason\(\s*"([a-z-]+)"', source))
    assert len(found) > 20
    return found


def section(heading: str) -> str:
    return PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_every_reason_has_its_row() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", section("Why it was not merged"), re.MULTILINE)) == codes()


def test_japanese_has_words_for_every_reason() -> None:
    for code in codes():
        facts = MergeFacts(number=1, title="x", base="develop", head="a" * 40)
        verdict = Verdict(number=1, action="leave", method="merge", reasons=(Reason(code, "why"),))
        body = comment_body(Judged(facts=facts, verdict=verdict), "ja")
        assert re.search(r"^- \S.*: why$", body, re.MULTILINE), code


def test_the_settings_on_the_page_are_all_and_the_defaults() -> None:
    (table,) = (tomllib.loads(block)["automerge"] for block in blocks("toml"))
    assert set(table) == set(KEYS["automerge"])
    given = msgspec.convert({key: value for key, value in table.items() if key != "commit_template"}, Automerge)
    assert given == Automerge()


def test_the_template_on_the_page_works() -> None:
    (template,) = blocks("jinja")
    facts = MergeFacts(number=12, title="Add a basket", base="develop", head="a" * 40)
    assert commit_message(template, "docs/merge.md.j2", facts, ("hana", "marta"), "Because.") == (
        "Add a basket (#12)",
        "Because.\n\nReviewed-by: hana\nReviewed-by: marta",
    )


def test_the_workflow_has_the_least_rights_and_runs_nothing_of_the_pull_request() -> None:
    workflow = set_ups()[0]
    # YAML 1.1 reads the word on as true
    assert set(workflow[True]) == EVENTS
    assert workflow["permissions"] == {}
    assert workflow["concurrency"] == {"group": "automerge", "cancel-in-progress": False}
    (job,) = workflow["jobs"].values()
    reads = dict.fromkeys(("checks", "statuses", "actions"), "read")
    assert job["permissions"] == {"contents": "write", "pull-requests": "write", **reads}
    checkout = job["steps"][0]
    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"] == {"ref": "develop", "persist-credentials": False}
    assert not [step for step in job["steps"] if "${{" in step.get("run", "")]
    assert [step["run"] for step in job["steps"] if "env" in step] == ["reletan automerge --all"]


def test_the_app_token_goes_to_reletan() -> None:
    made, used = set_ups()[1]
    assert used["env"]["GH_TOKEN"] == f"${{{{ steps.{made['id']}.outputs.token }}}}"


def test_circleci_merges_after_the_tests_and_only_there_by_pull_request() -> None:
    config = set_ups()[2]
    assert config["version"] == 2.1
    steps = config["jobs"]["automerge"]["steps"]
    assert steps[-1]["run"].endswith("reletan automerge << parameters.what >>")
    assert config["jobs"]["automerge"]["parameters"]["what"] == {"type": "string", "default": ""}
    late = config["workflows"]["late-approvals"]
    (named,) = [job["automerge"] for job in config["workflows"]["pull-request"]["jobs"] if isinstance(job, dict)]
    assert named["requires"] == ["test"]
    assert config["workflows"]["pull-request"]["when"] == {"not": late["when"]}
    assert late["jobs"] == [{"automerge": {"what": "--all", "context": "reletan"}}]


def test_no_set_up_hands_a_strangers_words_to_a_shell() -> None:
    assert set_ups()
    for block in blocks("yaml"):
        assert "pull_request_target" not in block
        assert not re.search(r"run:.*(\$\{\{|<< pipeline)", block)
