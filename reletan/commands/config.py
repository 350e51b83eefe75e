"""`reletan config`: the effective settings, and where each comes from."""

from typing import TYPE_CHECKING

import msgspec

from reletan.domain.config import Config
from reletan.domain.text import one_line
from reletan.domain.toml import literal

if TYPE_CHECKING:
    from reletan.commands.session import Session

DEFAULT = "default"
FOUND = "found in the repository when it is needed"
_FOUND_LATER = ("flow.production", "flow.development", "flow.tag_prefix", "github.repository")


def run(session: "Session", schema: bool) -> None:
    """Print the settings (TOML, or JSON with --json), or with ``schema`` the JSON Schema of ``.reletan.toml``."""
    if schema:
        from reletan.domain.config import schema as json_schema

        session.terminal.out(_json(json_schema()))
        return
    for conflict in session.settings.conflicts:
        session.terminal.warn(one_line(conflict))
    session.terminal.out(as_json(session.settings) if session.terminal.json else as_toml(session.settings))


def as_toml(config: Config) -> str:
    """All settings as a table for people that is TOML too; a key that nobody set is a comment."""
    rows: list[tuple[str, str]] = []
    section = ""
    for key, value in config.items():
        if key.rpartition(".")[0] != section:
            section = key.rpartition(".")[0]
            rows.append((f"[{section}]", ""))
        rows.append((_line(key, value), source(config, key)))
    width = min(max(len(line) for line, _ in rows), 48)
    return "\n".join(f"{line:<{width}}  # {one_line(origin)}" if origin else line for line, origin in rows)


def as_json(config: Config) -> str:
    settings = [{"key": key, "value": value, "source": source(config, key)} for key, value in config.items()]
    return _json({"schema": 1, "settings": settings, "conflicts": config.conflicts})


def source(config: Config, key: str) -> str:
    """Who set ``key``."""
    return config.sources.get(key) or (FOUND if _is_found_later(config, key) else DEFAULT)


def _is_found_later(config: Config, key: str) -> bool:
    section, _, name = key.partition(".")
    return key in _FOUND_LATER and getattr(getattr(config, section), name) is None


def _line(key: str, value: object) -> str:
    name = key.rpartition(".")[2]
    return f"# {name} is not set" if value is None else f"{name} = {literal(msgspec.to_builtins(value))}"


def _json(value: object) -> str:
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    # JSON allows marks that reverse text or move the cursor; escaped they mean the same and do nothing.
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)


def _escaped(c: str) -> str:
    units = c.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
