"""The GraphQL side of the sandbox's GitHub: a query against our part of GitHub's schema, answered from the site."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)

from reletan.sandbox.github.graphql_mutations import Mutation
from reletan.sandbox.github.graphql_pulls import Issue, PullRequest, pull_or_issue
from reletan.sandbox.github.graphql_repository import Repository
from reletan.sandbox.github.graphql_search import SearchResults
from reletan.sandbox.github.graphql_view import Look, Trouble, named
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.view import Json, moment
from reletan.sandbox.github.wire import Answer, Request
from reletan.sandbox.team import OWNER

SCHEMA = Path(__file__).with_name("schema.graphql")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Query:
    """The fields that a query begins with."""

    def __init__(self, view: Look) -> None:
        self._view = view

    def repository(self, owner: str, name: str, follow_renames: bool = True) -> Repository:
        site = self._view.site
        known = [site.name, *site.former_names] if follow_renames else [site.name]
        owners = {OWNER, *(pull.owner for pull in site.pulls.values())}
        if name.lower() not in known or owner.lower() not in owners or not self._view.may("read"):
            raise Trouble("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return Repository(self._view, owner.lower())

    def viewer(self) -> Json:
        if self._view.me.startswith("@"):
            raise Trouble("FORBIDDEN", "Resource not accessible by integration")
        return self._view.actor(self._view.person)

    def rate_limit(self) -> Json | None:
        limit = self._view.request.limit
        if limit is None:
            return None
        return {**limit, "cost": 1, "nodeCount": 1, "resetAt": moment(limit["reset"])}

    def node(self, id: str) -> PullRequest | Issue | Repository:
        return Repository(self._view) if named(id)[0] == "Repository" else pull_or_issue(self._view, id)

    def search(self, query: str, type: str, **page: Any) -> SearchResults:
        if type != "ISSUE":
            raise Trouble("UNPROCESSABLE", "The sandbox searches for issues and pull requests only")
        return SearchResults(self._view, query, **page)


def answer(site: Site, request: Request) -> Answer:
    """What GitHub answers to ``request.body`` (query, variables, operationName): 200, with data, errors or both."""
    body = request.body
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return Answer(400, {"message": "A query attribute must be specified and must be a string."})
    try:
        document = _understood(body["query"])
    except GraphQLError as error:
        return Answer(200, {"errors": [_shown(error)]})
    if not isinstance(document, DocumentNode):
        return Answer(200, {"errors": [_shown(error) for error in document]})
    shown = _executed(document, Look(site, request), body)
    site.index_request()
    return Answer(200, shown)


def not_understood(body: Any) -> list[str]:
    """What our part of the schema does not know of a request, or what is wrong with it, each in a line."""
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return ["there is no query"]
    try:
        document = _understood(body["query"])
    except GraphQLError as error:
        return [error.message]
    if not isinstance(document, DocumentNode):
        return [error.message for error in document]
    operation = get_operation_ast(document, body.get("operationName") or None)
    if operation is None:
        return ["which operation is meant is not said"]
    values = get_variable_values(_schema(), operation.variable_definitions or (), body.get("variables") or {})
    return [error.message for error in values] if isinstance(values, list) else []


def _executed(document: DocumentNode, view: Look, body: Json) -> Json:
    name = body.get("operationName") or None
    operation = get_operation_ast(document, name)
    writes = operation is not None and operation.operation.value == "mutation"
    result = execute_sync(
        _schema(),
        document,
        root_value=Mutation(view) if writes else Query(view),
        variable_values=body.get("variables") or {},
        operation_name=name,
        field_resolver=_field,
        type_resolver=_type_name,
    )
    errors = [_shown(error) for error in result.errors or []]
    return {"data": result.data, "errors": errors} if errors else {"data": result.data}


@cache
def _schema() -> GraphQLSchema:
    schema = build_schema(SCHEMA.read_text(encoding="utf-8"))
    for type in schema.type_map.values():
        if isinstance(type, GraphQLInputObjectType):
            for name, entry in type.fields.items():
                entry.out_name = _snake(name)
        elif isinstance(type, GraphQLObjectType | GraphQLInterfaceType) and not type.name.startswith("__"):
            for field in type.fields.values():
                for name, argument in field.args.items():
                    argument.out_name = _snake(name)
    return schema


@lru_cache(maxsize=500)
def _understood(query: str) -> DocumentNode | list[GraphQLError]:
    """The query, or what is wrong with it. Raises GraphQLError where it is no GraphQL at all."""
    document = parse(query)
    return validate(_schema(), document) or document


def _field(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """A field is an entry of a dict, or an attribute in Python's spelling; either may be a function."""
    found = source[info.field_name] if isinstance(source, dict) else getattr(source, _snake(info.field_name))
    return found(**arguments) if callable(found) else found


def _type_name(value: Any, *_: Any) -> str:
    return str(value["__typename"]) if isinstance(value, dict) else type(value).__name__


@cache
def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()


def _shown(error: GraphQLError) -> Json:
    """An error as GitHub writes it. Raises what went wrong in the sandbox itself."""
    cause = error.original_error
    if cause is not None and not isinstance(cause, Trouble | GraphQLError):
        raise cause
    shown: Json = {"type": cause.type} if isinstance(cause, Trouble) else {}
    if error.path:
        shown["path"] = error.path
    if error.locations:
        shown["locations"] = [place.formatted for place in error.locations]
    return {**shown, "message": error.message}
