"""What git-flow AVH and git-flow-next say in git configuration, and what AVH needs to find there."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from reletan.domain.layers import Given

AVH_KEYS = {
    "flow.production": "gitflow.branch.master",
    "flow.development": "gitflow.branch.develop",
    "flow.release_prefix": "gitflow.prefix.release",
    "flow.hotfix_prefix": "gitflow.prefix.hotfix",
    "flow.tag_prefix": "gitflow.prefix.versiontag",
    "flow.remote": "gitflow.origin",
}
_NEXT_REMOTE = "gitflow.remote"
_BRANCH = "gitflow.branch."


class Said(msgspec.Struct, frozen=True):
    """A value, and the git configuration key that says it."""

    value: str
    key: str


class GitFlow(msgspec.Struct, frozen=True):
    """What one place (the clone, a committed ``.gitflow``) says, by reletan's keys (``flow.production``)."""

    avh: dict[str, Said] = {}
    next: dict[str, Said] = {}
    is_next: bool = False

    def layer(self, place: str) -> dict[str, Given]:
        """The values that count: git-flow-next's first where the place says that it is set up, else AVH's first."""
        said = self.avh | self.next if self.is_next else self.next | self.avh
        return {key: Given(s.value, f"{place}: {s.key}", text=True, git_flow=True) for key, s in said.items()}


def read(pairs: Iterable[tuple[str, str]]) -> GitFlow:
    """What ``pairs`` of key and value say, as ``git config --list`` gives them: the last one wins."""
    config = {key: value for key, value in pairs if key.startswith("gitflow.")}
    avh = {ours: Said(config[theirs], theirs) for ours, theirs in AVH_KEYS.items() if theirs in config}
    branches = _typed_branches(config)
    return GitFlow(avh, _next(config, branches), bool(branches) and "gitflow.version" in config)


def conflicts(shared: GitFlow, clone: GitFlow) -> dict[str, str]:
    """Key -> how AVH and git-flow-next disagree about it; a committed ``.gitflow`` stands above the clone."""
    avh, next_ = clone.avh | shared.avh, clone.next | shared.next
    return {
        key: f"git-flow AVH and git-flow-next disagree about {key}: "
        f"{avh[key].key} is '{avh[key].value}', {next_[key].key} says '{next_[key].value}'"
        for key in AVH_KEYS
        if key in avh and key in next_ and avh[key].value != next_[key].value
    }


def _typed_branches(config: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """git-flow-next's branches by name. AVH's ``gitflow.branch.<branch>.base`` keys have no type and drop out."""
    branches: dict[str, dict[str, str]] = {}
    for key, value in config.items():
        name, _, last = key.removeprefix(_BRANCH).rpartition(".")
        if key.startswith(_BRANCH) and name:
            branches.setdefault(name, {})[last] = value
    return {name: values for name, values in branches.items() if values.get("type") in ("base", "topic")}


def _next(config: Mapping[str, str], branches: Mapping[str, Mapping[str, str]]) -> dict[str, Said]:
    said: dict[str, Said] = {}
    bases = {name: values.get("parent", "") for name, values in branches.items() if values["type"] == "base"}
    roots = [name for name, parent in bases.items() if not parent]
    if len(roots) == 1:
        said["flow.production"] = Said(roots[0], f"{_BRANCH}{roots[0]}.type")
        if development := _development(bases, roots[0], branches.get("release", {})):
            said["flow.development"] = Said(development, f"{_BRANCH}{development}.parent")
    for ours, topic, last in (
        ("flow.tag_prefix", "hotfix", "tagprefix"),
        ("flow.tag_prefix", "release", "tagprefix"),
        ("flow.release_prefix", "release", "prefix"),
        ("flow.hotfix_prefix", "hotfix", "prefix"),
    ):
        if (value := branches.get(topic, {}).get(last)) is not None:
            said[ours] = Said(value, f"{_BRANCH}{topic}.{last}")
    if _NEXT_REMOTE in config:
        said["flow.remote"] = Said(config[_NEXT_REMOTE], _NEXT_REMOTE)
    return said


def _development(bases: Mapping[str, str], production: str, release: Mapping[str, Any]) -> str | None:
    """The base whose parent is production; of several, the one that releases start from."""
    children = [name for name, parent in bases.items() if parent == production]
    if len(children) == 1:
        return children[0]
    return release.get("startpoint") if release.get("startpoint") in children else None
