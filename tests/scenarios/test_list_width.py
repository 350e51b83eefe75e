"""The table of `reletan list` in terminals of several widths, with characters that are two columns wide."""

import re

import pexpect  # type: ignore[import-untyped]
import pytest
from rich.cells import cell_len

from reletan.sandbox.world import World

TITLE = "長い題名のプルリクエストは折り返されても一文字も失われてはならないし列も崩れてはならない"
CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def on_screen(world: World, columns: int, *args: str) -> list[str]:
    """The lines of `reletan list` in a terminal, without its colours."""
    command = world.command("list", *args)
    child = pexpect.spawn(
        command[0], command[1:], cwd=str(world.clone), env={**world.environment(), "TERM": "xterm-256color"},
        dimensions=(50, columns), encoding="utf-8", timeout=30,
    )  # fmt: skip
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    # What the progress line left is wiped by the terminal: it ends in a carriage return
    return [CONTROL.sub("", line).split("\r")[-1] for line in child.before.replace("\r\n", "\n").split("\n")]


@pytest.fixture
def wide(big_world: World) -> World:
    big_world.pull(TITLE, "feature/long", author="山田 花子")
    return big_world


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal(wide: World, columns: int) -> None:
    lines = on_screen(wide, columns)
    assert {cell_len(line) for line in table(lines)} == {cell_len(table(lines)[0])}
    assert max(cell_len(line) for line in table(lines)) <= columns


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_not_a_character_is_lost(wide: World, columns: int) -> None:
    header, *rows = table(on_screen(wide, columns))
    titles = "".join(cells(row, header)[1].strip() for row in rows)
    assert TITLE in titles
    assert "…" not in titles


@pytest.mark.parametrize("columns", [60, 80])
def test_the_columns_stand_one_below_the_other(wide: World, columns: int) -> None:
    lines = table(on_screen(wide, columns))
    assert lines[0].split() == ["PR", "Title", "Author", "Merged"]
    for line in lines[1:]:
        number, _, author, merged = (cell.strip() for cell in cells(line, lines[0]))
        assert re.fullmatch(r"#\d+|", number)
        assert author in ("", "Hana", "Yuki", "Marta", "山田 花子")
        assert merged in ("", "2026-01-05")
    assert [cells(line, lines[0])[0].strip() for line in lines[1:2]] == ["#22"]


def table(lines: list[str]) -> list[str]:
    """The header and the rows."""
    first = next(at for at, line in enumerate(lines) if line.split()[:2] == ["PR", "Title"])
    return lines[first : lines.index("", first)]


def cells(line: str, header: str) -> list[str]:
    """A row cut where the header's words begin, in columns of the terminal."""
    starts = [0, *(header.index(word) for word in ("Title", "Author", "Merged")), 10_000]
    found, column = ["", "", "", ""], 0
    for character in line:
        found[max(at for at in range(4) if starts[at] <= column)] += character
        column += cell_len(character)
    return found
