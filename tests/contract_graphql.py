"""GitHub's official GraphQL schema as a judge over the queries that are asked."""

import gzip
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec
from contract_files import contract_file
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_ast_schema,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)


class GraphqlContract(msgspec.Struct, frozen=True):
    schema: GraphQLSchema

    @staticmethod
    def load() -> "GraphqlContract | None":
        """The contract, read once in a process; None where the file is not here."""
        file = contract_file("github.graphql.gz")
        return _load(file) if file else None

    def violations(
        self, query: str, variables: Mapping[str, Any] | None = None, operation_name: str | None = None
    ) -> list[str]:
        """What GitHub would not accept of a query or a mutation, and of its variables; empty where it would."""
        document, wrong = _judged(self.schema, query)
        if document is None or wrong:
            return wrong
        operation = get_operation_ast(document, operation_name or None)
        if operation is None:
            return ["the request does not say which of its operations is meant"]
        values = get_variable_values(self.schema, operation.variable_definitions or (), dict(variables or {}))
        return [error.message for error in values] if isinstance(values, list) else []


@lru_cache(maxsize=500)
def _judged(schema: GraphQLSchema, query: str) -> tuple[DocumentNode | None, list[str]]:
    """A query, and what is wrong with it whatever its variables: many tests ask the same."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, [error.message]
    return document, [error.message for error in validate(schema, document)]


@cache
def _load(file: Path) -> GraphqlContract:
    text = gzip.decompress(file.read_bytes()).decode()
    # the official text names a field twice, which ``build_schema`` refuses
    return GraphqlContract(build_ast_schema(parse(text, no_location=True), assume_valid=True))
