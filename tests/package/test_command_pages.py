"""docs/commands has a page for each command, and what all pages say in passing of commands and pages is so."""

import re
import shlex

import pytest
from documented.pages import ROOT, lines, pages, read, spans
from documented.ways import NOT_RUN
from typer.main import get_command

from reletan.cli import EPILOG, app

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]
GLOBAL = {option for parameter in get_command(app).params for option in parameter.opts} | {"-h", "--help"}


def options_of(command: str) -> set[str]:
    return {option for parameter in COMMANDS[command].params for option in parameter.opts} | {"-h", "--help"}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_a_page_with_its_help(command: str) -> None:
    """That the help is the real one, tests/package/test_documented_commands.py says."""
    page = f"docs/commands/{command}.md"
    assert read(page).startswith(f"# reletan {command}\n")
    assert [line.text for line in lines(page)].count(f"reletan {command} --help") == 1
    assert f"]({command}.md)" in read("docs/commands/README.md")


@pytest.mark.parametrize("command", [name for name in COMMANDS if "--json" in options_of(name)])
def test_each_page_tells_of_its_json(command: str) -> None:
    page = f"docs/commands/{command}.md"
    shown = any("--json" in line.words and command in line.words for line in lines(page))
    assert shown or "(README.md#json)" in read(page)


def test_the_exit_codes_are_those_of_the_help() -> None:
    table = re.findall(r"^\| ([\d, ]+) \|", read("docs/commands/README.md"), re.MULTILINE)
    codes = {int(code) for row in table for code in row.split(",")}
    assert codes - {130, 143} == {int(code) for code in re.findall(r"\b(\d) ", EPILOG)}


@pytest.mark.parametrize("page", [page for page in pages() if spans(page)])
def test_the_commands_and_options_in_its_sentences_exist(page: str) -> None:
    for span in spans(page):
        words = [word for word in re.sub(r"[\[\]|…]", " ", span).split()[1:] if word != "…"]
        given = [word.partition("=")[0] for word in words if word.startswith("-") and word != "--"]
        if words and not words[0].startswith("-") and words[0].islower():
            assert words[0] in COMMANDS, span
            assert set(given) <= options_of(words[0]), span
        else:
            assert set(given) <= GLOBAL, span


@pytest.mark.parametrize("page", pages())
def test_its_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]*)\)", read(page)):
        file, _, part = target.partition("#")
        assert (folder / file).exists(), target
        if part and (not file or file.endswith(".md")):
            text = (folder / file).read_text(encoding="utf-8") if file else read(page)
            assert part in {anchor(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}, target


def anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_index_has_every_page() -> None:
    index = read("docs/README.md")
    for page in pages():
        name = page.removeprefix("docs/")
        if page.startswith("docs/") and "/" not in name and name != "README.md":
            assert f"]({name})" in index, f"docs/README.md does not list {name}"


def test_what_is_not_run_has_a_reason_and_is_no_command_that_could_be() -> None:
    assert all(NOT_RUN.values())
    alone = {shlex.split(begin)[1] for begin in NOT_RUN if begin.startswith("reletan ")}
    assert alone == {"demo"}


@pytest.mark.parametrize("page", pages())
def test_nothing_to_type_hides_in_a_block_of_another_kind(page: str) -> None:
    for language, text in re.findall(r"^ *```(.*)\n((?:.*\n)*?) *```$", read(page), re.MULTILINE):
        if language not in ("sh", "console", "yaml"):
            assert not re.findall(r"^ *(?:\$ |reletan |git ).*", text, re.MULTILINE), language
