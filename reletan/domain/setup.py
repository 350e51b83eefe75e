"""What `reletan init` decides: guesses from the repository, and the plan that writes the answers down."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from reletan.domain.config import Flow
from reletan.domain.errors import UsageError
from reletan.domain.flow import USUAL_DEVELOPMENT
from reletan.domain.gitflow import AVH_KEYS, GitFlow
from reletan.domain.plan import Plan, SetConfig, Step, WriteFile
from reletan.domain.takeover import PrRelease, source_of
from reletan.domain.text import one_line
from reletan.domain.toml import literal
from reletan.domain.version import FINAL_TAG

AVH_NAMES = ("production", "development", "release_prefix", "hotfix_prefix", "tag_prefix")
ALWAYS_WRITTEN = ("production", "development", "tag_prefix")
COMMENTS = {
    "production": "the branch that holds what is released",
    "development": "the branch that the next release grows on",
    "release_prefix": "release branches begin with this",
    "hotfix_prefix": "hotfix branches begin with this",
    "tag_prefix": "release tags begin with this",
    "remote": "the remote that releases go to",
    "finish": "releases reach production by the release pull request",
}
_ONE_BRANCH = "the same as production: nothing is merged back"
_AVH_DEFAULTS = {
    "gitflow.prefix.feature": "feature/",
    "gitflow.prefix.bugfix": "bugfix/",
    "gitflow.prefix.support": "support/",
}


class Found(msgspec.Struct, frozen=True):
    """What the repository shows. ``head`` is the branch that the remote's HEAD names; ``tags`` are short names."""

    remote: str | None
    heads: frozenset[str]
    head: str | None = None
    tags: tuple[str, ...] = ()


class Guess(msgspec.Struct, frozen=True):
    """A proposal. Where ``doubt`` says why it is not certain, only a person may accept it."""

    value: str
    doubt: str | None = None


class Existing(msgspec.Struct, frozen=True):
    """The file that holds the settings, or will: ``header`` is the table of the flow's settings in it."""

    path: str = ".reletan.toml"
    header: str = "flow"
    text: str | None = None
    written: Mapping[str, object] = {}

    @property
    def complete(self) -> bool:
        return all(name in self.written for name in ALWAYS_WRITTEN)


def guess_production(found: Found, configured: str | None) -> Guess:
    usual = [name for name in ("main", "master") if name in found.heads]
    if configured in found.heads:
        return Guess(str(configured))
    if found.head in usual or len(usual) == 1:
        return Guess(str(found.head) if found.head in usual else usual[0])
    if usual:
        return Guess(usual[0], "both main and master exist")
    if len(found.heads) == 1:
        return Guess(next(iter(found.heads)))
    if found.head in found.heads and found.head != "develop":
        return Guess(str(found.head))
    return Guess("", "there is no main and no master")


def guess_development(found: Found, configured: str | None, production: str) -> Guess:
    """Without a development branch production is it: the team works trunk-based."""
    if configured in found.heads:
        return Guess(str(configured))
    if "develop" in found.heads:
        return Guess("develop")
    usual = sorted((found.heads & USUAL_DEVELOPMENT) - {production})
    return Guess(usual[0] if usual else production, f"there are {' and '.join(usual)}" if len(usual) > 1 else None)


def guess_tag_prefix(found: Found, configured: str | None) -> Guess:
    used = tag_prefixes(found.tags)
    if not used:
        return Guess("v" if configured is None else configured)
    if configured in used:
        return Guess(str(configured))
    if configured is not None:
        return Guess(used[0], f"git-flow's key says {literal(configured)}, the tags begin with {_listed(used)}")
    return Guess(used[0], f"the tags begin with {_listed(used)}" if len(used) > 1 else None)


def tag_prefixes(tags: Iterable[str]) -> tuple[str, ...]:
    """What the tags of final versions (1.2.3, 1.2) begin with, the prefix of the highest version first."""
    highest: dict[str, tuple[int, ...]] = {}
    for tag in tags:
        if match := FINAL_TAG.fullmatch(tag):
            prefix, version = match[1], tuple(int(number) for number in match[2].split("."))
            highest[prefix] = max(highest.get(prefix, ()), version)
    return tuple(sorted(highest, key=lambda prefix: highest[prefix], reverse=True))


def plan(
    values: Mapping[str, str],
    existing: Existing,
    config: Mapping[str, str],
    git_flow: Sequence[GitFlow],
    pr_release: PrRelease | None = None,
    not_taken: Sequence[str] = (),
    branch: str | None = None,
) -> Plan:
    """The plan that writes down ``values`` (name in ``[flow]`` -> value).

    ``config`` is the clone's git configuration; ``git_flow`` what the two git-flows say, the clone's last. Without
    anything to write it has no steps. A value that git-flow or git-pr-release says has that source beside it;
    ``not_taken`` are warnings about what they say besides, which are given the first time; ``branch`` is checked out.
    Raises UsageError where the existing file cannot be extended.
    """
    missing = _missing(values, existing, git_flow)
    steps: list[Step] = []
    if missing:
        sources = _sources(missing, git_flow, pr_release)
        steps.append(WriteFile(existing.path, existing.text, extended(existing, missing, sources)))
    wanted, warnings = _git_flow_keys(values, git_flow)
    if missing:
        warnings += not_taken
    for key, value in wanted.items():
        if config.get(key) == value or (key in _AVH_DEFAULTS and key in config):
            continue
        if key in config:
            warnings.append(f"{key} changes from {literal(config[key])} to {literal(value)}")
        steps.append(SetConfig(key, value))
    advice = (_share(values, existing, branch), "reletan list") if missing else ("reletan list",)
    return Plan(command="init", version=None, steps=tuple(steps), warnings=tuple(warnings), advice=advice)


def _share(values: Mapping[str, str], existing: Existing, branch: str | None) -> str:
    """How the whole team gets the settings: they belong on the development branch."""
    home, commit = values["development"], commit_command(existing.path)
    if branch != home and existing.text is not None:
        # a file that differs there does not go with git switch
        return f"{commit}, and bring that into {home}"
    switch = "" if branch == home else f"git switch {home} && "
    push = f" && git push {values['remote']} {home}" if "remote" in values else ""
    return f"{switch}{commit}{push}"


def commit_command(path: str) -> str:
    # from the top: it may be typed in a folder below it
    return f"git add :/{path} && git commit -m 'Set up reletan' -- :/{path}"


def extended(existing: Existing, values: Mapping[str, str], sources: Mapping[str, str] | None = None) -> str:
    """The text of the file with ``values`` added to its table of the flow; everything else stays as it was written.

    ``sources`` says of some of them who says so.
    Raises UsageError with the lines to write by hand where the file's shape does not allow it.
    """
    lines = []
    for name, value in values.items():
        source = (sources or {}).get(name)
        single = name == "development" and value == {**existing.written, **values}.get("production")
        lines += [
            f"# {_ONE_BRANCH if single else COMMENTS[name]}{f' ({source})' if source else ''}",
            f"{name} = {literal(value)}",
        ]
    if existing.text is None:
        return "\n".join(["# Settings of reletan; `reletan config` shows all of them.", "[flow]", *lines, ""])
    newline = "\r\n" if "\r\n" in existing.text else "\n"
    content = _inserted(existing.text, existing.header, [*lines, ""], newline)
    if not _only_adds(existing, content, values):
        raise UsageError(
            f"{existing.path} holds its settings in a shape that reletan cannot extend.",
            next=f"add these lines to [{existing.header}]",
            details=[line for line in lines if not line.startswith("#")],
        )
    return content


def _sources(values: Mapping[str, str], git_flow: Sequence[GitFlow], pr_release: PrRelease | None) -> dict[str, str]:
    found = {name: source_of(name, value, git_flow, pr_release) for name, value in values.items()}
    return {name: one_line(source) for name, source in found.items() if source}


def _missing(values: Mapping[str, str], existing: Existing, git_flow: Sequence[GitFlow]) -> dict[str, str]:
    """The answers that belong into the file: a default that no git-flow speaks against needs no line."""
    if existing.complete:
        return {}
    needed = {
        name
        for name, value in values.items()
        if name in ALWAYS_WRITTEN or value != getattr(Flow(), name) or _contradicted(name, value, git_flow)
    }
    return {name: value for name, value in values.items() if name in needed - existing.written.keys()}


def _contradicted(name: str, value: str, git_flow: Sequence[GitFlow]) -> bool:
    said = [keys[f"flow.{name}"] for place in git_flow for keys in (place.avh, place.next) if f"flow.{name}" in keys]
    return any(other.value != value for other in said)


def _inserted(text: str, header: str, lines: list[str], newline: str) -> str:
    dotted = r"[ \t]*\.[ \t]*".join(re.escape(part) for part in header.split("."))
    table = re.search(rf"^[ \t]*\[[ \t]*{dotted}[ \t]*\][ \t]*(?:#[^\r\n]*)?(?:\r?\n|\Z)", text, re.MULTILINE)
    added = newline.join(lines)
    if table is None:
        gap = "" if not text else newline if text.endswith("\n") else newline * 2
        return f"{text}{gap}[{header}]{newline}{added}"
    before = text[: table.end()]
    return f"{before}{'' if before.endswith(chr(10)) else newline}{added}{text[table.end() :]}"


def _only_adds(existing: Existing, content: str, values: Mapping[str, str]) -> bool:
    """Whether TOML agrees that ``content`` is the old file and ``values``, nothing else."""
    import tomllib

    try:
        old, new = (tomllib.loads(text.removeprefix("\ufeff")) for text in (existing.text or "", content))
    except tomllib.TOMLDecodeError:
        return False
    table: Any = old
    for part in existing.header.split("."):
        table = table.setdefault(part, {})
    table.update(values)
    return bool(old == new)


def _git_flow_keys(values: Mapping[str, str], git_flow: Sequence[GitFlow]) -> tuple[dict[str, str], list[str]]:
    """What git-flow AVH needs in the clone, and warnings. git-flow-next has its own keys: there nothing is added."""
    wanted = {}
    remote = values.get("remote")
    if remote is not None and remote != Flow().remote:
        wanted[AVH_KEYS["flow.remote"]] = remote
    for said in git_flow:
        if "flow.production" in said.next:
            return wanted, _next_disagrees(values, said)
    # git-flow refuses a development branch that is production
    if values["development"] != values["production"]:
        wanted |= {AVH_KEYS[f"flow.{name}"]: values[name] for name in AVH_NAMES if name in values}
        wanted |= _AVH_DEFAULTS
    return wanted, []


def _next_disagrees(values: Mapping[str, str], said: GitFlow) -> list[str]:
    return [
        f"git-flow-next's {theirs.key} says {literal(theirs.value)}, reletan uses {literal(values[name])}"
        for name, theirs in ((key.partition(".")[2], theirs) for key, theirs in said.next.items())
        if name in values and values[name] != theirs.value
    ]


def _listed(prefixes: Sequence[str]) -> str:
    return " and ".join(literal(prefix) if prefix else "a digit" for prefix in prefixes[:4])
