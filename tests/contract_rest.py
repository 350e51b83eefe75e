"""GitHub's official description of its REST API as a judge over what was asked and answered."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from jsonschema import Draft4Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

Json = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "shared" / "contract"
# Every path may answer so; the description says it of some paths only
ANYWHERE = (301, 307, 401, 403, 404)
_WITH_SLASHES = ("branch", "ref", "basehead", "tag")
_BY_NUMBER = re.compile(r"/repositories/\d+(/.*)?")


class RestContract:
    """The description, read once; ``operations`` are its methods and paths, the most special first."""

    def __init__(self, description: Json) -> None:
        _correct(description)
        whole = _resolved(description, description, {})
        self.operations = sorted(_operations(whole), key=lambda one: -len(re.sub(r"\{\w+\}", "", one.path)))
        self._error = _validator(whole["components"]["schemas"]["basic-error"])

    @classmethod
    def load(cls) -> "RestContract | None":
        """From ``$RELETAN_CONTRACT``, else from beside the repository; None where it is not there."""
        file = Path(os.environ.get("RELETAN_CONTRACT", FOLDER)) / "github-rest.json"
        return cls(json.loads(file.read_bytes())) if file.is_file() else None

    def violations(
        self, method: str, path: str, query: Mapping[str, str], request_body: Any, status: int, body: Any
    ) -> list[str]:
        """How a request and its answer differ from the description, each in one line; ``path`` begins with a slash."""
        found = self.operation(method, _BY_NUMBER.sub(r"/repos/owner/name\1", path))
        if found is None:
            return [f"the description has no {method} {path}"]
        asked = [*_wrong_query(found, query), *_wrong_request(found, request_body)]
        return [*(asked if status < 400 else []), *self._wrong_answer(found, status, body)]

    def operation(self, method: str, path: str) -> "Operation | None":
        fits = (one for one in self.operations if one.method == method and one.pattern.fullmatch(path))
        return next(fits, None)

    def _wrong_answer(self, operation: "Operation", status: int, body: Any) -> Iterator[str]:
        if status not in operation.answers and status not in ANYWHERE:
            yield f"the description has no {status} for {operation.method} {operation.path}"
            return
        rules = operation.answers.get(status)
        if rules is None and status >= 300:
            # the description leaves out what GitHub says with most errors
            rules = self._error if body is not None else None
        if rules is not None:
            yield from _wrong(rules, body, "answer")
        elif body is not None:
            yield f"answer: {status} has no body"


class Operation(msgspec.Struct, frozen=True):
    """One method of one path. ``body``: validator of what is sent, None where nothing may be; ``answers``: status ->
    validator of what comes back, None where nothing does.
    """

    method: str
    path: str
    pattern: re.Pattern[str]
    query: dict[str, Json]
    body: Any
    body_required: bool
    answers: dict[int, Any]


def _wrong_query(operation: Operation, query: Mapping[str, str]) -> Iterator[str]:
    for name, value in query.items():
        schema = operation.query.get(name)
        if schema is None:
            yield f"{operation.path} takes no query parameter {name}"
        elif schema["type"] == "integer" and not value.isdigit():
            yield f"{name}={value} is no number"
        elif value not in schema.get("enum", [value]):
            yield f"{name}={value} is none of {', '.join(schema['enum'])}"


def _wrong_request(operation: Operation, body: Any) -> Iterator[str]:
    if body is None:
        if operation.body_required:
            yield "request: there must be a body"
    elif operation.body is None:
        yield "request: there must not be a body"
    else:
        # labels may be sent as a bare list too, as the description said until 2021, and as PyGithub does
        bare = operation.path.endswith("/labels") and isinstance(body, list)
        yield from _wrong(operation.body, {"labels": body} if bare else body, "request")


def _wrong(validator: Any, value: Any, what: str) -> Iterator[str]:
    for error in validator.iter_errors(value):
        place = ".".join(map(str, error.absolute_path))
        yield f"{what}{place and f' at {place}'}: {error.message[:200]}"


# reading the description


def _correct(description: Json) -> None:
    """In lists of pull requests it forbids a label's description to be null, which it is for many."""
    label = description["components"]["schemas"]["pull-request-simple"]["properties"]["labels"]["items"]
    label["properties"]["description"]["nullable"] = True


def _resolved(part: Any, whole: Json, known: dict[str, Any]) -> Any:
    """``part`` with each reference replaced by what it refers to, each of which is one object."""
    if isinstance(part, list):
        return [_resolved(one, whole, known) for one in part]
    if not isinstance(part, dict):
        return part
    address = part.get("$ref")
    if not isinstance(address, str):
        return {key: _resolved(value, whole, known) for key, value in part.items()}
    if address not in known:
        target: Any = whole
        for step in address.removeprefix("#/").split("/"):
            target = target[step]
        known[address] = {}
        known[address].update(_resolved(target, whole, known))
    return known[address]


def _operations(whole: Json) -> Iterator[Operation]:
    for path, methods in whole["paths"].items():
        pattern = re.compile(re.sub(r"\{(\w+)\}", lambda word: _shape(word[1]), path))
        for method, described in methods.items():
            sent = described.get("requestBody", {})
            yield Operation(
                method=method.upper(),
                path=path,
                pattern=pattern,
                query={one["name"]: one["schema"] for one in described.get("parameters", []) if one["in"] == "query"},
                body=_of_content(sent),
                body_required=sent.get("required", False),
                answers={int(status): _of_content(answer) for status, answer in described["responses"].items()},
            )


def _shape(word: str) -> str:
    if word in _WITH_SLASHES:
        return "(.+)"
    return r"(\d+)" if word.endswith(("_number", "_id")) else "([^/]+)"


def _of_content(described: Json) -> Any:
    content = described.get("content", {}).get("application/json")
    return _validator(content["schema"]) if content else None


# JSON Schema as OpenAPI 3.0 has it: draft 4, and ``nullable`` in place of a null type


def _unless_null(keyword: str) -> Any:
    check = Draft4Validator.VALIDATORS[keyword]

    def checked(validator: Any, rule: Any, value: Any, schema: Json) -> Iterator[ValidationError]:
        if value is not None or not schema.get("nullable"):
            yield from check(validator, rule, value, schema) or ()

    return checked


_formats = FormatChecker(formats=())
_Validator: Any = extend(
    Draft4Validator, {name: _unless_null(name) for name in ("type", "enum", "oneOf", "anyOf", "allOf")}
)


def _validator(schema: Json) -> Any:
    return _Validator(schema, format_checker=_formats)


@_formats.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_formats.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    # nothing is the default of some addresses
    return not isinstance(value, str) or value == "" or bool(urlsplit(value).scheme)
