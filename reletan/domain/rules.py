"""What a value of each setting must look like, and how an error says so."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reletan.domain.config import schema
from reletan.domain.credentials import holds_user
from reletan.domain.refs import problem_with, problem_with_prefix
from reletan.domain.toml import literal

MAX_TEXT = 500
_SHOWN = 80
_SECRET_NAME = re.compile(r"token|secret|passw|webhook|credential|api_?key|private_?key", re.IGNORECASE)
_SECRET = re.compile(r"gh[a-z]_\w{16}|github_pat_\w{16}|xox[a-z]-\w{8}|xapp-\w{8}|hooks\.slack\.com/", re.IGNORECASE)
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_URL = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?")
_HOURS = re.compile(r"([01][0-9]:[0-5][0-9]|2[0-3]:[0-5][0-9])-([012][0-9]:[0-5][0-9])")
_MEMBER = re.compile(r"[UW][A-Z0-9]{2,30}")
_PART = "(YYYY|YY|0Y|MM|0M|WW|0W|DD|0D|MICRO)"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def names_a_secret(name: str) -> bool:
    """Whether a key of this name would hold a secret (``token``)."""
    return bool(_SECRET_NAME.search(name))


def holds_secret(value: object) -> bool:
    """Whether a token, a webhook's address or a URL with credentials stands anywhere in ``value``."""
    text = str(value)
    return bool(_SECRET.search(text)) or holds_user(text)


def shown(value: object) -> str:
    """``value`` for an error text: inert, on one line, not long."""
    text = literal(value if not isinstance(value, str) else value[: _SHOWN * 2])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def problem_with_value(key: str, value: Any) -> str | None:
    """What is wrong with a value that has the type of ``key`` (``flow.remote``); it continues a sentence."""
    return _RULES.get(_general(key), _plain_texts)(value)


def expected(key: str) -> str:
    """What ``key`` wants, as part of a sentence: ``one of "auto", "push"``."""
    table, _, name = _general(key).rpartition(".")
    definitions = schema()["$defs"]
    section = definitions["Tables"]["properties"][table.partition(".")[0]]
    reference = section.get("$ref") or section["additionalProperties"]["$ref"]
    kind = definitions[reference.rpartition("/")[2]]["properties"][name]
    if "enum" in kind:
        return f"one of {', '.join(literal(choice) for choice in kind['enum'])}"
    example = f", such as {literal(kind['examples'][0])}" if "examples" in kind else ""
    return f"{_kind_in_words(kind)}{example}"


def _general(key: str) -> str:
    """``key`` with ``*`` for the name of an environment."""
    return re.sub(r"(?<=^environments\.)[^.]+", "*", key)


def _kind_in_words(kind: Mapping[str, Any]) -> str:
    if kind["type"] == "array":
        choices = kind["items"].get("enum")
        if choices:
            return f"a list of {', '.join(map(literal, choices))}"
        return "a list of texts" if kind["items"].get("type") == "string" else "a list of tables"
    return {
        "string": "a text",
        "integer": "a whole number, 0 or more",
        "boolean": "true or false",
        "object": "a table of texts",
    }[kind["type"]]


def _plain_texts(value: object) -> str | None:
    return next((p for text in _texts_in(value) if (p := _problem_with_text(text))), None)


def _texts_in(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts_in(item)
    elif fields := getattr(value, "__struct_fields__", None):
        for name in fields:
            yield from _texts_in(getattr(value, name))


def _problem_with_text(text: str) -> str | None:
    if not text.strip():
        return "must not be empty"
    if len(text) > MAX_TEXT:
        return f"must not be longer than {MAX_TEXT} characters"
    return "must not contain control characters" if _CONTROL.search(text) else None


def _tag_prefix(value: str) -> str | None:
    return problem_with_prefix(value) if value else None


def _label_or_none(value: str) -> str | None:
    return _problem_with_text(value) if value else None


def _repository(value: str) -> str | None:
    return None if _REPOSITORY.fullmatch(value) else "must be owner/name"


def _url(value: str) -> str | None:
    found = _URL.fullmatch(value)
    port = int(found[2][1:]) if found and found[2] else 443
    return None if found and 0 < port < 65_536 else "must be a plain http:// or https:// address"


def _patterns(value: tuple[str, ...]) -> str | None:
    """Names of branches, in which a * or ? may stand for something."""
    return next((p for branch in value if (p := problem_with(re.sub(r"[*?]+", "x", branch)))), None)


def _members(value: Mapping[str, str]) -> str | None:
    wrong = [user for user, member in value.items() if not _MEMBER.fullmatch(member)]
    return f"must give each login a Slack member ID; {shown(wrong[0])} has none" if wrong else None


def _labels(value: Mapping[str, str]) -> str | None:
    return next((problem for label in value if (problem := _problem_with_text(label))), None)


def _calendar(value: str) -> str | None:
    if re.fullmatch(rf"{_PART}(\.{_PART}){{0,3}}", value) and not value.startswith("MICRO"):
        return None
    return "must be up to four of YYYY YY 0Y MM 0M WW 0W DD 0D and MICRO, with dots between them, beginning with a part of the date"


def _hours(value: str) -> str | None:
    found = _HOURS.fullmatch(value)
    if found and found[1] < found[2] <= "24:00":
        return None
    return "must be two times of one day, the first before the second"


def _days(value: tuple[str, ...]) -> str | None:
    return None if value else "must name at least one day"


_RULES: dict[str, Callable[[Any], str | None]] = {
    "flow.production": problem_with,
    "flow.development": problem_with,
    "flow.remote": problem_with,
    "flow.release_prefix": problem_with_prefix,
    "flow.hotfix_prefix": problem_with_prefix,
    "flow.tag_prefix": _tag_prefix,
    "version.format": _calendar,
    "github.repository": _repository,
    "github.api_url": _url,
    "slack.api_url": _url,
    "slack.users": _members,
    "automerge.base": _patterns,
    "automerge.required_label": _label_or_none,
    "automerge.method_labels": _labels,
    "checklist.days": _days,
    "checklist.hours": _hours,
    "environments.*.branch": problem_with,
}
