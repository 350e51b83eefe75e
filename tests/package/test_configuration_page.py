"""docs/configuration.md has every key of the schema and no other, with its type, default and variable."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from documented.pages import blocks, pages, read

from reletan.domain.config import Category, Notes, schema
from reletan.domain.gitflow import AVH_KEYS
from reletan.domain.layers import TABLES, from_environment, from_tables, resolve

PAGE = read("docs/configuration.md")
SCHEMA = schema()
DEFINITIONS = SCHEMA["$defs"]
TYPES = {"string": "text", "boolean": "true or false", "integer": "number", "object": "table"}


def rows() -> dict[str, tuple[str, str, str]]:
    """Key (``flow.production``) -> (type, default, variable), as the tables have them."""
    found = {}
    for part in re.split(r"^## `\[", PAGE, flags=re.MULTILINE)[1:]:
        section = part.partition("]")[0]
        for key, *cells in re.findall(r"^\| `([a-z_.]+)` \| (.*?) \| (.*?) \| (.*?) \| .+ \|$", part, re.MULTILINE):
            kind, default, variable = (re.sub("^`(.*)`$", r"\1", cell) for cell in cells)
            found[f"{section}.{key}"] = (kind, default, variable)
    return found


def keys() -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every key of the schema, what the schema says of it, and whether it has to be given."""
    for section, reference in properties(SCHEMA):
        named = "additionalProperties" in reference
        table = section + ".NAME" if named else section
        yield from _of(table, reference["additionalProperties"] if named else reference)


def _of(table: str, reference: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    definition = resolved(reference)
    for name, said in definition["properties"].items():
        yield f"{table}.{name}", said, name in definition.get("required", ())
        if "$ref" in said.get("items", {}):
            yield from _of(f"{table}.{name}", said["items"])


def properties(node: dict[str, Any]) -> Any:
    return resolved(node)["properties"].items()


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    references = [one["$ref"] for one in (node, *node.get("allOf", ())) if "$ref" in one]
    found: dict[str, Any] = DEFINITIONS[references[0].rpartition("/")[2]] if references else node
    return found


def type_of(said: dict[str, Any]) -> str:
    if "enum" in said:
        return "`, `".join(json.dumps(value) for value in said["enum"])
    if said["type"] != "array":
        return TYPES[said["type"]]
    items = said["items"]
    if "enum" in items:
        return f"list of `{type_of(items)}`"
    return "list of tables" if "$ref" in items else "list of texts"


def in_any_order(kind: str) -> tuple[str, list[str]]:
    """A type; the order of its choices is a matter of taste."""
    return kind.partition('"')[0].strip("` "), sorted(re.findall('"[^"]*"', kind))


EVERY = {key: (said, needed) for key, said, needed in keys()}


def test_the_page_has_every_key_and_no_other() -> None:
    assert len(EVERY) > 40
    assert sorted(rows()) == sorted(EVERY)


@pytest.mark.parametrize("key", EVERY)
def test_type_and_default_are_those_of_the_schema(key: str) -> None:
    said, needed = EVERY[key]
    kind, default, _ = rows()[key]
    assert in_any_order(kind) == in_any_order(type_of(said))
    if needed:
        assert default == "needed"
    elif default != "see below":
        assert default == ("-" if said.get("default") is None else json.dumps(said["default"], ensure_ascii=False))


@pytest.mark.parametrize("key", EVERY)
def test_the_variables_are_those_that_reletan_reads(key: str) -> None:
    _, _, variable = rows()[key]
    if variable == "-":
        assert key in TABLES or key.startswith(("notes.categories.", "environments."))
    else:
        assert list(from_environment({variable: "x"})) == [key]


def test_the_categories_below_are_the_default() -> None:
    (written,) = [table["notes"] for table in settings_of("docs/configuration.md") if "notes" in table]
    assert msgspec.convert(written["categories"], tuple[Category, ...]) == Notes().categories


def test_git_flows_keys_are_those_that_are_read() -> None:
    for ours, theirs in AVH_KEYS.items():
        (row,) = [line for line in PAGE.splitlines() if line.startswith("   |") and f"`{ours}`" in line]
        assert f"`{theirs}`" in row


def settings_of(page: str) -> list[dict[str, Any]]:
    """The TOML of a page that is settings of reletan."""
    tables = [tomllib.loads(block.text) for block in blocks(read(page)) if block.language == "toml"]
    own = [table["tool"]["reletan"] if "reletan" in table.get("tool", {}) else table for table in tables]
    return [table for table in own if not table.keys() & {"project", "build-system", "tool"}]


@pytest.mark.parametrize("page", [page for page in pages() if "```toml" in read(page)])
def test_what_pages_say_to_set_can_be_set(page: str) -> None:
    for table in settings_of(page):
        resolve([from_tables(page, table)])
