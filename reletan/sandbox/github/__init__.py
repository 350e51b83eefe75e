"""A GitHub on loopback over the sandbox's bare repository: REST, GraphQL and git, for the tests and the demo."""
