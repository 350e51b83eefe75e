"""docs/templates.md: its values are those of the real context, its examples are true, and its template works."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from noting import BARE, EXAMPLE, filled

from reletan.adapters.teamtemplate import _FILTERS, MAX_SOURCE
from reletan.adapters.templates import MAX_NOTES, render_notes
from reletan.domain.config import Tables

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text()
TYPES = {"text": str, "number": int, "true or false": bool, "list": list, "list of texts": list}
FULL, LITTLE = filled(EXAMPLE), filled(BARE)


def section(heading: str) -> str:
    return re.split(r"^##+ ", PAGE.partition(f"{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(heading: str) -> dict[str, tuple[str, str]]:
    """value -> (type, example) of the table below ``heading``."""
    found = re.findall(r"^\| `([a-z_.]+)` \| ([a-z ]+) \| (?:`(.*?)` )?\|", section(heading), re.MULTILINE)
    return {value: (kind, example) for value, kind, example in found}


def flat(values: dict[str, Any]) -> dict[str, Any]:
    """``counts`` is the one part that is neither a list nor a value."""
    return {key: value for key, value in values.items() if key != "counts"} | {
        f"counts.{key}": value for key, value in values.get("counts", {}).items()
    }


TABLES = {
    "## The values": [flat(FULL), flat(LITTLE)],
    "### A pull request": [
        *(one for made in (FULL, LITTLE) for part in made["sections"] for one in part["pull_requests"]),
        *(pair["pull_request"] for made in (FULL, LITTLE) for pair in made["reverted"]),
    ],
    "### Of `reverted`": [*FULL["reverted"], *LITTLE["reverted"]],
    "### A commit": [*FULL["commits"], *LITTLE["commits"]],
    "### A contributor": [*FULL["contributors"], *LITTLE["contributors"], *LITTLE["newcomers"]],
}


@pytest.mark.parametrize("heading", TABLES)
def test_the_page_has_every_value_and_no_other(heading: str) -> None:
    assert all(rows(heading).keys() == values.keys() for values in TABLES[heading])


@pytest.mark.parametrize("heading", TABLES)
def test_the_examples_are_what_the_first_one_really_holds(heading: str) -> None:
    first = TABLES[heading][0]
    for value, (kind, example) in rows(heading).items():
        if example:
            assert json.loads(example) == first[value], value
        else:
            assert kind in ("list", "as above") or value.startswith("counts."), value


@pytest.mark.parametrize("heading", TABLES)
def test_the_types_are_right_and_null_is_where_the_page_says_so(heading: str) -> None:
    for value, (kind, _) in rows(heading).items():
        found = [values[value] for values in TABLES[heading]]
        plain = kind.removesuffix(" or null")
        assert any(one is None for one in found) == (plain != kind), value
        assert {type(one) for one in found if one is not None} == {TYPES.get(plain, dict)}, value


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_template_works() -> None:
    (template,) = blocks("jinja")
    assert render_notes(template, "docs/release_notes.md.j2", FULL) == (
        "## Features\n"
        "\n"
        "* Search by colour in [#20](https://github.com/acme/shop/pull/20), thanks to @yuki\n"
        "\n"
        "## Fixes\n"
        "\n"
        "* Fix the basket's total in [#19](https://github.com/acme/shop/pull/19), thanks to @hana\n"
        "\n"
        "* Faster start was taken back by [#18](https://github.com/acme/shop/pull/18)\n"
        "* Correct a typing error ([a1b2c3d](https://github.com/acme/shop/commit/a1b2c3d000000000000000000000000000000000))\n"
        "\n"
        "**Full changelog**: [v1.3.0...v1.4.0](https://github.com/acme/shop/compare/v1.3.0...v1.4.0)\n"
    )
    assert "## Other changes\n\n* Tidy up in #3\n" in render_notes(template, "docs/release_notes.md.j2", LITTLE)


def test_the_filters_and_limits_are_as_the_page_says() -> None:
    words = section("## What a template may do")
    listed = words.partition("the filters ")[2].partition(". Nothing")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == {*_FILTERS, "join"} - {"d"}
    assert f"at most {MAX_SOURCE // 1024} KiB, and the notes {MAX_NOTES // 1024**2} MiB" in words


def test_the_settings_on_the_page_are_valid() -> None:
    settings = [msgspec.convert(tomllib.loads(block), Tables) for block in blocks("toml")]
    assert settings[0].notes.template == "docs/release_notes.md.j2"
    assert [one.labels for one in settings[1].notes.categories][-1] == ("*",)
