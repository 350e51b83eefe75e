"""docs/man/make.py: a man page that says what the help says, and that man can show."""

import importlib.util
import re
import shutil
import subprocess
from types import ModuleType
from typing import Any

import pytest
import typer
from demo_run import ROOT

from reletan.cli import app


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_man", ROOT / "docs" / "man" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page() -> str:
    return str(maker().page())


def shown(page: str, *options: str) -> "subprocess.CompletedProcess[str]":
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed: the man page is not shown")
    # -ww: every warning
    return subprocess.run(["groff", "-man", "-ww", "-K", "utf8", "-T", "utf8", "-P", "-bcou", *options], input=page, text=True,
                          capture_output=True, check=True)  # fmt: skip


def test_every_command_and_option_is_in_it(page: str) -> None:
    group: Any = typer.main.get_command(app)
    plain = page.replace("\\-", "-")
    for name, command in group.commands.items():
        _, found, rest = plain.partition(f".SS reletan {name} ")
        assert found, name
        mine = rest.partition(".SS reletan ")[0]
        for parameter in command.params:
            for option in parameter.opts if parameter.param_type_name == "option" else []:
                assert re.search(rf"^\.B (\S+, )*{re.escape(option)}\b", mine, re.MULTILINE), (name, option)


def test_man_shows_it_without_a_warning(page: str) -> None:
    run = shown(page, "-rLL=100n")
    assert run.stderr == ""
    for words in ("reletan - the release tool for git-flow teams", "reletan tag [OPTIONS]", "Exit 3", "EXIT STATUS", "--head SHA",
                  "RELETAN_SECTION_KEY"):  # fmt: skip
        assert words in run.stdout


def test_no_word_of_the_help_is_taken_for_a_request(page: str) -> None:
    requests = {line.split(" ")[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".nf", ".fi"}


def test_signs_of_roff_are_shown_as_they_are() -> None:
    signs = "'a' `b` \\fI -x ~ ^ …"
    line = f".TH x 1\n.SH x\n{maker().text(signs)}\n{maker().text('.toml')}\n"
    assert f"{signs} .toml" in shown(line).stdout


def test_it_is_the_same_each_time(page: str) -> None:
    assert maker().page() == page
