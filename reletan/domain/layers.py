"""From what people wrote to the effective settings: layers of values, the highest first.

flags > RELETAN_… > .reletan.toml and [tool.reletan] > .gitflow > git-flow's git configuration > defaults
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from reletan.domain.config import ENVIRONMENTS, KEYS, SECTIONS, Config, Environment
from reletan.domain.errors import UsageError
from reletan.domain.rules import MAX_TEXT, expected, holds_secret, names_a_secret, problem_with_value, shown

ENVIRONMENT_PREFIX = "RELETAN_"
MAY_BE_EMPTY = ("flow.tag_prefix", "automerge.required_label")
TABLES = ("notes.categories", "slack.users", "automerge.method_labels")
TOKENS = "GH_TOKEN or GITHUB_TOKEN for GitHub, SLACK_BOT_TOKEN or SLACK_WEBHOOK_URL for Slack"


class Given(msgspec.Struct, frozen=True):
    """A value as somebody wrote it. ``source`` says where; ``text``: written as text, whatever its type is to be."""

    value: object
    source: str
    text: bool = False
    git_flow: bool = False


Layer = Mapping[str, Given]
"""Key (``flow.production``) -> value."""


def from_tables(source: str, tables: Mapping[str, object]) -> dict[str, Given]:
    """The layer of one of reletan's own files: its sections as TOML gives them.

    Raises UsageError for an unknown section or key, and for secrets.
    """
    layer: dict[str, Given] = {}
    for section, values in tables.items():
        if section not in (*KEYS, ENVIRONMENTS):
            raise _unknown(source, "section", section, [*KEYS, ENVIRONMENTS])
        named = _table(source, section, values)
        if section == ENVIRONMENTS:
            layer |= _environments(source, named)
            continue
        for name, value in named.items():
            _check_key(source, f"{section}.{name}", spell=str)
            layer[f"{section}.{name}"] = Given(value, source)
    return layer


def _table(source: str, name: str, values: object) -> Mapping[str, object]:
    if not isinstance(values, Mapping):
        raise UsageError(f"{source}: {name}: expected a table [{name}], found {shown(values)}.",
                         next=f"write [{name}] on a line of its own, and its keys below")  # fmt: skip
    return values


def _environments(source: str, tables: Mapping[str, object]) -> dict[str, Given]:
    """``[environments.NAME]``: the keys are ``environments.NAME.branch``."""
    layer = {}
    known = Environment.__struct_fields__
    for name, one in tables.items():
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,50}", name):
            raise UsageError(f"{source}: {ENVIRONMENTS}: {shown(name)} is no name for an environment.",
                             next="use up to 50 letters, digits, - and _")  # fmt: skip
        table = f"{ENVIRONMENTS}.{name}"
        values = _table(source, table, one)
        for key in values:
            if key not in known and names_a_secret(key):
                raise _secret(f"{source}: {table}.{key}")
            if key not in known:
                raise _unknown(source, "key", f"{table}.{key}", [f"{table}.{one}" for one in known])
        for key in known:
            if key not in values:
                raise UsageError(f"{source}: {table}: {key} is missing.", next=f"give {expected(f'{table}.{key}')}")
            layer[f"{table}.{key}"] = Given(values[key], source)
    return layer


def from_environment(environ: Mapping[str, str]) -> dict[str, Given]:
    """The layer of RELETAN_<SECTION>_<KEY>; lists are split at commas; an empty value is none where it makes no sense.

    Raises UsageError for an unknown key of a known section, and for a table, which fits no variable.
    """
    layer = {}
    for variable in sorted(v for v in environ if v.startswith(ENVIRONMENT_PREFIX)):
        section, _, name = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        if section == ENVIRONMENTS:
            raise UsageError(f"{variable}: a table does not fit a variable.", next=f"set {section} in .reletan.toml")
        if section not in KEYS or not name:
            continue
        key = f"{section}.{name}"
        _check_key("environment", key, spell=_variable)
        if key in TABLES:
            raise UsageError(f"{variable}: a table does not fit a variable.", next=f"set {key} in .reletan.toml")
        if environ[variable] or key in MAY_BE_EMPTY:
            layer[key] = Given(environ[variable], variable, text=True)
    return layer


def from_flags(flags: Mapping[str, str]) -> dict[str, Given]:
    """The layer of the command line: key (``flow.tag_prefix``) -> what was given as ``--tag-prefix``."""
    return {
        key: Given(value, f"--{key.partition('.')[2].replace('_', '-')}", text=True) for key, value in flags.items()
    }


def merge_files(layers: Sequence[Layer]) -> dict[str, Given]:
    """One layer of all of reletan's own files. No file wins over another: raises UsageError for a key that two set."""
    merged: dict[str, Given] = {}
    for layer in layers:
        for key in layer.keys() & merged.keys():
            raise UsageError(
                f"{key} is set twice: in {merged[key].source} and in {layer[key].source}.",
                next="keep one of the two",
            )
        merged.update(layer)
    return merged


def resolve(layers: Iterable[Layer], conflicts: Mapping[str, str] | None = None) -> Config:
    """The effective settings of ``layers``, the highest first.

    ``conflicts`` says for a key how the two git-flows disagree about it; it counts where none of reletan's own layers
    sets that key.
    Raises UsageError for a value that cannot be: naming its source, its key, what was expected and what was found.
    """
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    undecided = dict(conflicts or {})
    for layer in layers:
        for key, given in layer.items():
            if key in values and given.git_flow:
                continue  # a value that nobody uses is git-flow's own business
            value = _checked(key, given)
            if key not in values:
                values[key], sources[key] = value, given.source
            if not given.git_flow:
                undecided.pop(key, None)
    _follow(values, sources)
    config = Config(sources=sources, conflicts=tuple(undecided.values()), **_sections(values))
    _check_prefixes(config)
    return config


def _follow(values: dict[str, object], sources: dict[str, str]) -> None:
    """Settings that are as another one when nobody sets them."""
    if "slack.language" not in values and "notes.language" in values:
        values["slack.language"], sources["slack.language"] = values["notes.language"], "notes.language"
    if "automerge.base" not in values and "flow.development" in values:
        values["automerge.base"], sources["automerge.base"] = (values["flow.development"],), "flow.development"
    if "checklist.pull_request" not in values and values.get("flow.finish") == "pull-request":
        values["checklist.pull_request"], sources["checklist.pull_request"] = True, "flow.finish"


def _sections(values: Mapping[str, object]) -> dict[str, Any]:
    sections: dict[str, Any] = {
        section: kind(**{name: values[f"{section}.{name}"] for name in KEYS[section] if f"{section}.{name}" in values})
        for section, kind in SECTIONS.items()
    }
    named = {key.split(".")[1] for key in values if key.startswith(f"{ENVIRONMENTS}.")}
    sections[ENVIRONMENTS] = {
        name: Environment(branch=str(values[f"{ENVIRONMENTS}.{name}.branch"])) for name in sorted(named)
    }
    return sections


def _checked(key: str, given: Given) -> object:
    """The value in its type."""
    where = given.source if given.text else f"{given.source}: {key}"
    if holds_secret(given.value):
        raise _secret(where)
    section, name = key.partition(".")[0], key.rpartition(".")[2]
    raw = _split(key, given.value) if given.text else given.value
    try:
        typed: Any = msgspec.convert({name: raw}, SECTIONS.get(section, Environment), strict=not given.text)
    # the second for bytes of a variable that are no UTF-8
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise UsageError(
            f"{where}: expected {expected(key)}, found {shown(raw)}.", details=(str(error)[:MAX_TEXT],),
            next=f"correct {given.source}" if given.text else f"correct {key} in {given.source}",
        ) from None  # fmt: skip
    value = getattr(typed, name)
    if problem := problem_with_value(key, value):
        raise UsageError(f"{where}: {shown(value)} {problem}.", next=f"give {expected(key)}")
    return value


def _split(key: str, value: object) -> object:
    """Text in the shape of the key: a list where the key holds one."""
    section, _, name = key.partition(".")
    is_list = isinstance(getattr(SECTIONS[section](), name), tuple)
    return [item.strip() for item in str(value).split(",") if item.strip()] if is_list else value


def _check_prefixes(config: Config) -> None:
    if config.flow.release_prefix == config.flow.hotfix_prefix:
        said_by = [config.sources.get(key, "default") for key in ("flow.release_prefix", "flow.hotfix_prefix")]
        raise UsageError(
            f"flow.release_prefix ({said_by[0]}) and flow.hotfix_prefix ({said_by[1]}) are both "
            f"{shown(config.flow.release_prefix)}; they must differ.",
            next="give one of the two another value",
        )


def _check_key(source: str, key: str, *, spell: Callable[[str], str]) -> None:
    """``spell`` turns a key into what the person wrote (``flow.remote``, ``RELETAN_FLOW_REMOTE``)."""
    section, _, name = key.partition(".")
    if name in KEYS[section]:
        return
    if names_a_secret(name):
        raise _secret(f"{source}: {spell(key)}")
    everywhere = [f"{section}.{name}" for section, names in KEYS.items() for name in names]
    namesakes = [known for known in everywhere if known.endswith(f".{name}")]
    raise _unknown(source, "key", spell(key), [spell(known) for known in namesakes or everywhere])


def _variable(key: str) -> str:
    return f"{ENVIRONMENT_PREFIX}{key.replace('.', '_')}".upper()


def _unknown(source: str, what: str, name: str, known: list[str]) -> UsageError:
    from difflib import get_close_matches

    if holds_secret(name):
        return _secret(source)
    nearest = get_close_matches(name[:100], known, n=1, cutoff=0)[0]
    here, there = name.rpartition(".")[0], nearest.rpartition(".")[0]
    rename = f"rename it to {nearest.rpartition('.')[2]}" if here == there else f"write it as {nearest}"
    where = "the environment" if source == "environment" else source
    return UsageError(f"{source}: unknown {what} {name[:100]}; the nearest known one is {nearest}.",
                      next=f"{rename} in {where}, or remove it")  # fmt: skip


def _secret(where: str) -> UsageError:
    return UsageError(
        f"{where}: this is, or looks like, a secret; reletan takes no secrets from its settings.",
        next=f"remove it (it may be public by now) and set the environment variable {TOKENS}",
    )
