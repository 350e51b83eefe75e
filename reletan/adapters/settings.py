"""The settings of a repository, gathered from every place that may hold them."""

import os
from collections.abc import Mapping
from typing import Any, Protocol

from reletan.adapters.files import parse_toml, read
from reletan.domain import gitflow
from reletan.domain.config import Config
from reletan.domain.errors import UsageError
from reletan.domain.layers import Given, from_environment, from_flags, from_tables, merge_files, resolve

OWN_FILE = ".reletan.toml"
PYPROJECT = "pyproject.toml"
IN_PYPROJECT = "pyproject.toml [tool.reletan]"
SHARED_GIT_FLOW = ".gitflow"


class Configured(Protocol):
    """The part of the git gateway that is needed here."""

    @property
    def top(self) -> str | None: ...

    def config(self) -> list[tuple[str, str]]: ...

    def config_file(self, path: str) -> list[tuple[str, str]]: ...


def load(repo: Configured, environ: Mapping[str, str], flags: Mapping[str, str]) -> Config:
    """The effective settings. ``flags``: key (``flow.remote``) -> text of the command line.

    Runs git once, twice where a ``.gitflow`` is committed. Raises UsageError for whatever is wrong in any place.
    """
    clone, shared = gitflow.read(repo.config()), gitflow.read(_shared_git_flow(repo))
    layers = [
        from_flags(flags),
        from_environment(environ),
        merge_files(own_layers(repo.top)) if repo.top else {},
        shared.layer(SHARED_GIT_FLOW),
        clone.layer("git configuration"),
    ]
    config = resolve(layers, gitflow.conflicts(shared, clone))
    if source := config.sources.get("checklist.time_zone"):
        from reletan.adapters.zones import find_zone

        find_zone(config.checklist.time_zone, source)
    return config


def policy_settings(files: Mapping[str, str], environ: Mapping[str, str], branch: str) -> Config:
    """The settings that one commit of ``branch`` holds (path -> text), under those of the environment.

    What this clone has checked out, or in its git configuration, has no say. Raises UsageError.
    """
    layers = []
    if (own := files.get(OWN_FILE)) is not None:
        name = f"{OWN_FILE} of {branch}"
        layers.append(from_tables(name, parse_toml(own.encode(), name)))
    if (table := pyproject_table(files.get(PYPROJECT, "").encode())) is not None:
        layers.append(from_tables(f"{IN_PYPROJECT} of {branch}", table))
    return resolve([from_environment(environ), merge_files(layers)])


def own_layers(top: str) -> list[dict[str, Given]]:
    """What ``.reletan.toml`` and ``[tool.reletan]`` below ``top`` say: a layer each."""
    layers = []
    if (own := read(top, OWN_FILE)) is not None:
        layers.append(from_tables(OWN_FILE, parse_toml(own, OWN_FILE)))
    if (table := pyproject_table(read(top, PYPROJECT))) is not None:
        layers.append(from_tables(IN_PYPROJECT, table))
    return layers


def pyproject_table(content: bytes | None) -> dict[str, Any] | None:
    """``[tool.reletan]`` of a pyproject.toml; None where it has none."""
    # A pyproject.toml that does not speak of reletan is not parsed: its mistakes are not ours, and it costs time.
    if content is None or b"reletan" not in content:
        return None
    tool = parse_toml(content, PYPROJECT).get("tool", {})
    table = tool.get("reletan") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(
            f"{PYPROJECT}: tool.reletan: expected a table.", next=f"make it a table in {PYPROJECT}: [tool.reletan]"
        )
    return table


def _shared_git_flow(repo: Configured) -> list[tuple[str, str]]:
    if repo.top is None or not os.path.lexists(path := os.path.join(repo.top, SHARED_GIT_FLOW)):
        return []
    read(repo.top, SHARED_GIT_FLOW)  # refuses what is no plain file of the tree
    return repo.config_file(path)
