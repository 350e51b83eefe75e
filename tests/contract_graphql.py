"""GitHub's official GraphQL schema as a judge over the queries that are asked."""

import gzip
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_ast_schema,
    get_variable_values,
    parse,
    validate,
)

FOLDER = Path(os.environ.get("RELETAN_CONTRACT") or Path(__file__).parents[2] / "shared" / "contract")
FILE = FOLDER / "github.graphql.gz"
MISSING = f"needs github.graphql.gz in {FOLDER} (or in RELETAN_CONTRACT)"


class GraphqlContract(msgspec.Struct, frozen=True):
    schema: GraphQLSchema

    @staticmethod
    def load() -> "GraphqlContract | None":
        """The contract, read once in a process; None where the file is not here."""
        return _load() if FILE.exists() else None

    def violations(self, query: str, variables: Mapping[str, Any] | None = None) -> list[str]:
        """What GitHub would not accept of a query or a mutation, and of its variables; empty where it would."""
        try:
            document = parse(query)
        except GraphQLError as error:
            return [error.message]
        wrong = validate(self.schema, document) or list(self._wrong_values(document, variables or {}))
        return [error.message for error in wrong]

    def _wrong_values(self, document: DocumentNode, variables: Mapping[str, Any]) -> Iterator[GraphQLError]:
        """Those of the only operation: which one of several is meant, only the request knows."""
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        if len(operations) == 1:
            found = get_variable_values(self.schema, operations[0].variable_definitions or (), dict(variables))
            yield from found if isinstance(found, list) else []


@cache
def _load() -> GraphqlContract:
    text = gzip.decompress(FILE.read_bytes()).decode()
    # the official text names a field twice, which ``build_schema`` refuses
    return GraphqlContract(build_ast_schema(parse(text, no_location=True), assume_valid=True))
