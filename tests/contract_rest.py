"""GitHub's official description of its REST API as a judge over what was asked and answered."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from contract_files import contract_file
from contract_rulesets import PATHS
from jsonschema import Draft4Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from reletan.sandbox.github.paths import is_other, pattern

Json = dict[str, Any]

# Every path may answer so; the description says it of some paths only
ANYWHERE = (301, 307, 401, 403, 404)
_BY_NUMBER = re.compile(r"/repositories/\d+(/.*)?")


class RestContract:
    """The description, read once; ``operations`` are its methods and paths, the most special first."""

    def __init__(self, description: Json) -> None:
        _correct(description)
        description["paths"] |= PATHS
        whole = _resolved(description, description, {})
        self.operations = sorted(_operations(whole), key=lambda one: -len(re.sub(r"\{\w+\}", "", one.path)))
        self._error = _validator(whole["components"]["schemas"]["basic-error"])

    @classmethod
    def load(cls) -> "RestContract | None":
        """None where the description is not here."""
        file = contract_file("github-rest.json")
        return cls(json.loads(file.read_bytes())) if file else None

    def violations(
        self, method: str, path: str, query: Mapping[str, str], request_body: Any, status: int, body: Any
    ) -> list[str]:
        """How a request and its answer differ from the description, each in one line; ``path`` begins with a slash."""
        asked = self.wrong_request(method, path, list(query.items()), request_body)
        return [*asked, *self.wrong_answer(method, path, status, body)]

    def wrong_request(self, method: str, path: str, query: Sequence[tuple[str, str]], body: Any) -> list[str]:
        """How a request differs from the description, whatever was answered. ``query``: the parameters as they came."""
        found = self.operation(method, path)
        if found is None:
            return [f"the description has no {method} {path}"]
        return [*_wrong_query(found, query), *_wrong_request(found, body)]

    def wrong_answer(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """How the answer to a request that the description has differs from it."""
        found = self.operation(method, path)
        return list(self._wrong_answer(found, status, body)) if found else []

    def operation(self, method: str, path: str) -> "Operation | None":
        path = _BY_NUMBER.sub(r"/repos/owner/name\1", path)
        fits = (one for one in self.operations if one.method == method and one.pattern.fullmatch(path))
        return None if is_other(path) else next(fits, None)

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


def _wrong_query(operation: Operation, query: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, times in Counter(name for name, _ in query).items():
        if times > 1:
            yield f"{name} is given {times} times"
    for name, described in operation.query.items():
        if described.get("required") and name not in dict(query):
            yield f"{name} is missing"
    for name, value in query:
        schema = operation.query.get(name, {}).get("schema")
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
        plain = {key: _resolved(value, whole, known) for key, value in part.items()}
        return _in_one(plain["allOf"]) if isinstance(plain.get("allOf"), list) else plain
    if address not in known:
        target: Any = whole
        for step in address.removeprefix("#/").split("/"):
            target = target[step]
        known[address] = {}
        known[address].update(_resolved(target, whole, known))
    return known[address]


def _in_one(parts: list[Json]) -> Json:
    """One object that has to be as all of ``parts``: none of them alone knows all of its keys."""
    properties = {name: rule for part in parts for name, rule in part.get("properties", {}).items()}
    required = sorted({name for part in parts for name in part.get("required", [])})
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _operations(whole: Json) -> Iterator[Operation]:
    for path, methods in whole["paths"].items():
        for method, described in methods.items():
            sent = described.get("requestBody", {})
            yield Operation(
                method=method.upper(),
                path=path,
                pattern=pattern(path),
                query={one["name"]: one for one in described.get("parameters", []) if one["in"] == "query"},
                body=_of_content(sent),
                body_required=sent.get("required", False),
                answers={int(status): _of_content(answer) for status, answer in described["responses"].items()},
            )


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


def _no_others(validator: Any, properties: Json, value: Any, schema: Json) -> Iterator[ValidationError]:
    """What is not described is wrong too, unless the description leaves it open."""
    yield from Draft4Validator.VALIDATORS["properties"](validator, properties, value, schema) or ()
    if isinstance(value, dict) and "additionalProperties" not in schema:
        for name in value.keys() - properties.keys():
            yield ValidationError(f"{name!r} is not in the description")


_formats = FormatChecker(formats=())
_nullable = {name: _unless_null(name) for name in ("type", "enum", "oneOf", "anyOf")}
_Validator: Any = extend(Draft4Validator, {**_nullable, "properties": _no_others})


def _validator(schema: Json) -> Any:
    return _Validator(schema, format_checker=_formats)


@_formats.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_formats.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    # nothing is the default of some addresses
    return not isinstance(value, str) or value == "" or bool(urlsplit(value).scheme)
