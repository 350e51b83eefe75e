"""docs/doctor.md: its table of rights is the one in the code, that one is what the commands use, and its ids are real."""

import re

import pytest
import yaml
from demo_run import ROOT
from rights_used import scopes_used, used
from slack_world import on_slack
from typer.main import get_command

from reletan.cli import app
from reletan.domain.doctor import PARTS
from reletan.domain.rights import NEEDS, Level, Need
from reletan.domain.slackcheck import COMMANDS
from reletan.sandbox.github.model import Protection
from reletan.sandbox.slack.workspace import SCOPES
from reletan.sandbox.world import World

PAGE = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
SILENT = {"init", "config", "demo"}  # ask neither GitHub nor Slack
SETTINGS = {
    "RELETAN_CHECKLIST_PULL_REQUEST": "true",
    "RELETAN_CHECKLIST_HOURS": "00:00-24:00",
    "RELETAN_CHECKLIST_DAYS": "mon,tue,wed,thu,fri,sat,sun",
}
RELEASE_DAY = (
    "list", "start 1.4.0 --yes", "status", "notes", "notify --yes", "pr --yes", "checklist", "checklist --remind --yes",
    "automerge --all --yes", "tag --yes", "resume --yes", "notes 1.4.0 --publish --yes", "start 1.5.0 --yes", "abort --yes",
    "doctor",
)  # fmt: skip


def _cell(needs: tuple[Need, ...], level: Level) -> str:
    """As the page has it."""
    words = [
        f"`{need.permission.replace('_', '-')}`{f' ({need.when})' if need.when else ''}"
        for need in needs
        if need.level == level
    ]
    return ", ".join(words) or "-"


def test_the_table_is_what_the_code_says() -> None:
    rows = [
        f"| `{command}` | {_cell(needs, 'read')} | {_cell(needs, 'write')} | {'yes' if command in COMMANDS else '-'} |"
        for command, needs in NEEDS.items()
    ]
    assert "\n".join(["|---|---|---|---|", *rows, ""]) in PAGE


def test_every_command_is_in_the_table() -> None:
    assert set(get_command(app).commands) - SILENT == set(NEEDS)  # type: ignore[attr-defined]


@pytest.mark.parametrize("protected", [False, True], ids=["by push", "by pull request"])
def test_no_command_uses_more_than_the_table_says(small_hub_world: World, protected: bool) -> None:
    world = small_hub_world
    # by pull request, tag waits for this status
    settings = SETTINGS | ({} if protected else {"RELETAN_CHECKLIST_STATUS": "true"})
    for branch in ("main", "develop") if protected else ():
        world.protect_branch(branch, Protection(pull_request=True))
    with on_slack(world) as slack:
        for line in RELEASE_DAY:
            command, asked, heard = line.split()[0], len(world.github.exchanges), len(slack.heard)
            world.reletan(*line.split(), env=settings)
            allowed = {(need.permission, level) for need in NEEDS[command] for level in ("read", need.level)}
            assert used(world.github.exchanges[asked:]) <= allowed, line
            if command not in (*COMMANDS, "doctor"):
                assert len(slack.heard) == heard, line
        everything = used(world.github.exchanges)
        assert {permission for permission, _ in everything} == {n.permission for needs in NEEDS.values() for n in needs}
        writes = {permission for permission, level in everything if level == "write"}
        assert writes == {"contents", "pull_requests"} | (set() if protected else {"statuses"})
        assert scopes_used(world) <= set(SCOPES) == {scope for scopes in COMMANDS.values() for scope in scopes}


def test_the_permissions_of_the_doctors_own_job_are_those_it_needs() -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    wanted = {need.permission.replace("_", "-"): need.level for need in NEEDS["doctor"]}
    assert yaml.safe_load(block) == {"permissions": wanted}


def test_the_ids_on_the_page_are_those_in_the_sources() -> None:
    names = ("domain/doctor", "domain/clonecheck", "domain/rights", "domain/rulecheck", "domain/slackcheck",
             "commands/doctor", "commands/checkgithub", "commands/checkslack", "commands/checktemplates")  # fmt: skip
    sources = "".join((ROOT / "reletan" / f"{name}.py").read_text(encoding="utf-8") for name in names)
    id = rf"(?:{'|'.join(PARTS)})\.[a-z][a-z-]+"
    first_cells = re.findall(r"^\| (`[a-z]+\..*?) \|", PAGE, re.MULTILINE)
    assert set(re.findall(f'"({id})"', sources)) == set(re.findall(id, " ".join(first_cells)))


def test_the_page_names_every_scope() -> None:
    assert {scope for scope in SCOPES if f"`{scope}`" not in PAGE} == set()
