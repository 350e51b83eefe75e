"""The sandbox's part of GraphQL is a part of GitHub's: its schema, and what it asks for and answers with."""

# ruff: noqa: E402 - what is imported needs graphql-core

import re
from collections.abc import Iterator
from typing import Any

import pytest
from contract_files import missing
from github_world import need_libraries

need_libraries()

from contract_graphql import GraphqlContract
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    print_ast,
)

from reletan.sandbox.github import graphql
from reletan.sandbox.github.model import Protection
from reletan.sandbox.github.wire import Request
from reletan.sandbox.origin import Person
from reletan.sandbox.team import AutoMerge
from reletan.sandbox.world import World

# The way to something of each type, from the query down; 22 is the pull request that has one of everything
PULL = "repository pullRequest(number: 22)"
CONTEXTS = f"{PULL} statusCheckRollup contexts(first: 9)"
RULES = 'repository ref(qualifiedName: "refs/heads/main") rules(first: 9)'
WAYS = {
    "AutoMergeRequest": f"{PULL} autoMergeRequest",
    "Blob": 'repository object(expression: "develop:README.md")',
    "Bot": "repository pullRequest(number: 21) author",
    "BranchProtectionRule": f"{PULL} baseRef branchProtectionRule",
    "CheckRun": f"{CONTEXTS} nodes",
    "CheckSuite": f"{CONTEXTS} nodes ...onCheckRun checkSuite",
    "Commit": f"{PULL} headRef target",
    "CommitConnection": 'repository object(expression: "develop") ...onCommit parents(first: 9)',
    "GitActor": f"{PULL} headRef target ...onCommit author",
    "GitActorConnection": f"{PULL} headRef target ...onCommit authors(first: 9)",
    "Issue": "repository issue(number: 23)",
    "IssueComment": f"{PULL} comments(first: 9) nodes",
    "IssueCommentConnection": f"{PULL} comments(first: 9)",
    "IssueConnection": "repository issues(first: 9)",
    "Label": f"{PULL} labels(first: 9) nodes",
    "LabelConnection": f"{PULL} labels(first: 9)",
    "MergeQueue": 'repository mergeQueue(branch: "develop")',
    "MergeQueueEntry": f"{PULL} mergeQueueEntry",
    "MergeQueueEntryConnection": 'repository mergeQueue(branch: "develop") entries(first: 9)',
    "Organization": "repository owner",
    "PageInfo": f"{PULL} labels(first: 9) pageInfo",
    "ProjectCardConnection": f"{PULL} projectCards(first: 9)",
    "PullRequest": PULL,
    "PullRequestChangedFile": f"{PULL} files(first: 9) nodes",
    "PullRequestChangedFileConnection": f"{PULL} files(first: 9)",
    "PullRequestCommit": f"{PULL} commits(first: 9) nodes",
    "PullRequestCommitConnection": f"{PULL} commits(first: 9)",
    "PullRequestConnection": "repository pullRequests(first: 9)",
    "PullRequestEdge": "repository pullRequests(first: 9) edges",
    "PullRequestReview": f"{PULL} reviews(first: 9) nodes",
    "PullRequestReviewConnection": f"{PULL} latestOpinionatedReviews(first: 9)",
    "RateLimit": "rateLimit",
    "Ref": f"{PULL} headRef",
    "RefUpdateRule": f"{PULL} baseRef refUpdateRule",
    "PullRequestParameters": f"{RULES} nodes parameters",
    "RepositoryRule": f"{RULES} nodes",
    "RepositoryRuleConnection": RULES,
    "RequiredStatusChecksParameters": f"{RULES} nodes parameters",
    "StatusCheckConfiguration": f"{RULES} nodes parameters ...onRequiredStatusChecksParameters requiredStatusChecks",
    "TreeEntry": 'repository object(expression: "develop") ...onCommit file(path: "README.md")',
    "RefConnection": 'repository refs(refPrefix: "refs/", first: 9)',
    "Release": "repository latestRelease",
    "ReleaseConnection": "repository releases(first: 9)",
    "Repository": "repository",
    "ReviewRequest": f"{PULL} reviewRequests(first: 9) nodes",
    "ReviewRequestConnection": f"{PULL} reviewRequests(first: 9)",
    "SearchResultItemConnection": 'search(query: "wallet", type: ISSUE, first: 9)',
    "SearchResultItemEdge": 'search(query: "wallet", type: ISSUE, first: 9) edges',
    "StatusCheckRollup": f"{PULL} statusCheckRollup",
    "StatusCheckRollupContextConnection": CONTEXTS,
    "StatusContext": f"{CONTEXTS} nodes",
    "Tag": 'repository ref(qualifiedName: "v1.3.0") target',
    "Tree": 'repository object(expression: "develop:")',
    "User": f"{PULL} author",
    "UserContentEdit": f"{PULL} userContentEdits(first: 9) nodes",
    "UserContentEditConnection": f"{PULL} userContentEdits(first: 9)",
    "UserConnection": f"{PULL} assignees(first: 9)",
    "Workflow": f"{CONTEXTS} nodes ...onCheckRun checkSuite workflowRun workflow",
    "WorkflowRun": f"{CONTEXTS} nodes ...onCheckRun checkSuite workflowRun",
}
# Types of which the sandbox never has anything, and those that only changes lead to
EMPTY = {"Milestone", "Project", "ProjectCard", "ProjectColumn", "ReactionGroup", "ReactingUserConnection", "Team"}
BY_CHANGES = {"IssueCommentEdge"}
ARGUMENTS = {
    "expression": '"develop"',
    "first": "9",
    "id": '"MDExOlB1bGxSZXF1ZXN0MjI="',
    "name": '"feature"',
    "number": "22",
    "path": '"README.md"',
    "owner": '"acme"',
    "qualifiedName": '"refs/tags/v1.3.0"',
    "query": '"is:pr"',
    "refPrefix": '"refs/"',
    "tagName": '"v1.3.0"',
    "type": "ISSUE",
}


@pytest.fixture
def contract() -> GraphqlContract:
    found = GraphqlContract.load()
    if found is None:
        pytest.skip(missing())
    return found


@pytest.fixture(scope="module")
def ours() -> GraphQLSchema:
    return build_schema(graphql.SCHEMA.read_text(encoding="utf-8"))


# the schema


def test_our_schema_is_a_part_of_githubs(contract: GraphqlContract, ours: GraphQLSchema) -> None:
    assert list(differences(ours, contract.schema)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("number: Int!", "number: Int", "Issue.number"),
        ("isDraft: Boolean!", "isDraft: String!", "PullRequest.isDraft"),
        ("messageHeadline: String!", "headline: String!", "Commit.headline"),
        ("followRenames: Boolean = true", "followRenames: Boolean = false", "Query.repository(followRenames:)"),
        ("  CONFLICTING\n", "  CONFLICT\n", "MergeableState.CONFLICT"),
        (
            "  expectedHeadOid: GitObjectID\n",
            "  expectedHeadOid: ID\n",
            "EnablePullRequestAutoMergeInput.expectedHeadOid",
        ),
        ("union IssueOrPullRequest = Issue |", "union IssueOrPullRequest = Label |", "IssueOrPullRequest"),
        ("type Label implements Node", "type Label implements Node & Actor", "Label"),
    ],
)
def test_a_bent_schema_is_noticed(contract: GraphqlContract, right: str, wrong: str, said: str) -> None:
    text = graphql.SCHEMA.read_text(encoding="utf-8")
    assert right in text
    bent = build_schema(text.replace(right, wrong), assume_valid=True)
    assert said in [difference.split(" ")[0] for difference in differences(bent, contract.schema)]


def differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> Iterator[str]:
    for name, part in ours.type_map.items():
        whole = theirs.type_map.get(name)
        if whole is None or type(whole) is not type(part):
            yield f"{name} is no such type of GitHub's"
        elif not name.startswith("__"):
            yield from differences_of(part, whole)


def differences_of(part: GraphQLNamedType, whole: GraphQLNamedType) -> Iterator[str]:
    for inside in ("interfaces", "values", "types"):
        names = {str(getattr(one, "name", one)) for one in getattr(whole, inside, ())}
        for one in getattr(part, inside, ()):
            if str(getattr(one, "name", one)) not in names:
                yield f"{part.name}{f'.{one}' if inside == 'values' else ''} is not so at GitHub: {one}"
    for name, field in getattr(part, "fields", {}).items():
        official = getattr(whole, "fields", {}).get(name)
        if official is None or str(official.type) != str(field.type):
            yield f"{part.name}.{name} is {field.type} here, {official and official.type} there"
        elif isinstance(field, GraphQLField):
            yield from differences_of_arguments(f"{part.name}.{name}", field, official)


def differences_of_arguments(where: str, field: GraphQLField, official: GraphQLField) -> Iterator[str]:
    for name, argument in field.args.items():
        there = official.args.get(name)
        if there is None or as_written(there) != as_written(argument):
            yield f"{where}({name}:) is not so at GitHub"


def as_written(argument: GraphQLArgument) -> str:
    usual = argument.ast_node and argument.ast_node.default_value
    return f"{argument.type} = {print_ast(usual)}" if usual else str(argument.type)


# the answers


@pytest.fixture(scope="module")
def full_world(built_believable: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """One of everything on pull request 22, and issue 23."""
    world = built_believable.copy_to(tmp_path_factory.mktemp("full") / "world")
    number = world.open_pull("Add a wallet", labels=["feature"], body="For money", files={"wallet.txt": "empty\n"})
    pull = world.pulls[number]
    pull.assignees, pull.reviewers, pull.auto_merge = ["hana"], ["yuki"], AutoMerge("merge", Person("Yuki"))
    world.pulls[21].author = Person("@ci")
    world.open_issue("Where is my money?")
    world.approve(number)
    world.comment(number, "Nice")
    world.edit_body(number, "For money and cards")
    world.check("ci", "success", number)
    world.status("lint", "success", number)
    world.publish("v1.3.0")
    world.protect_branch("develop", Protection(approvals=1, checks=("ci",), queue=True))
    world.protect_branch("main", Protection(approvals=1, checks=("ci",), by_ruleset=True))
    world.queue.append(number)
    return world


@pytest.mark.parametrize(("name", "way"), WAYS.items())
def test_every_field_is_answered(
    contract: GraphqlContract, ours: GraphQLSchema, full_world: World, name: str, way: str
) -> None:
    """graphql-core itself sees to it that an answer is of the type that our schema, so GitHub's, gives it."""
    type = ours.type_map[name]
    assert isinstance(type, GraphQLObjectType)
    query = along(way, f"... on {name} {{ __typename {' '.join(map(asked, type.fields.items()))} }}")
    body = answered(full_world, query)
    assert contract.violations(query) == []
    # 22 is a pull request, so there is no issue 22
    assert [error["path"] for error in body.get("errors", [])] == (
        [["repository", "issue"]] if name == "Repository" else []
    )
    assert f"'__typename': '{name}'" in str(body["data"])


def test_no_type_is_left_out(ours: GraphQLSchema) -> None:
    objects = {name for name, one in ours.type_map.items() if isinstance(one, GraphQLObjectType) and name[0] != "_"}
    written = {name for name in objects if name.endswith("Payload")} | BY_CHANGES | {"Query", "Mutation"}
    assert objects == WAYS.keys() | EMPTY | written


def along(way: str, inside: str) -> str:
    """A query that goes ``way`` and asks for ``inside`` there."""
    way = way.replace("repository", 'repository(owner: "acme", name: "shop")', 1)
    steps = [step.replace("...on", "... on ") for step in re.findall(r"[\w.]+(?:\([^)]*\))?", way)]
    return f"{{ {' { '.join(steps)} {{ {inside} {'} ' * len(steps)}}}"


def asked(field: tuple[str, GraphQLField]) -> str:
    """A field with what it needs; of an object only its type, under a name of its own."""
    name, one = field
    given = {
        arg: ARGUMENTS[arg]
        for arg, told in one.args.items()
        if is_required_argument(told) or arg in ("first", "expression")
    }
    arguments = f"({', '.join(f'{arg}: {value}' for arg, value in given.items())})" if given else ""
    return f"{name}{arguments}" + ("" if is_leaf_type(get_named_type(one.type)) else " { type_of_it: __typename }")


def answered(world: World, query: str) -> dict[str, Any]:
    limit = {"limit": 5000, "remaining": 4999, "used": 1, "reset": 3600}
    request = Request(method="POST", path="/graphql", body={"query": query}, api="http://hub/api/v3", web="http://hub",
                      login="hana", limit=limit)  # fmt: skip
    body: dict[str, Any] = graphql.answer(world, request).body
    return body


# the judge


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('{ repository(owner: "acme", name: "shop") { nam } }', "Cannot query field 'nam' on type 'Repository'"),
        ('{ repository(owner: "acme") { name } }', "'String!' is required"),
        ("query ($n: String!) { repository(owner: $n, name: $n) { issue(number: $n) { id } } }", "of type 'String!'"),
        ('mutation { mergePullRequest(input: {sha: "x"}) { clientMutationId } }', "required field 'pullRequestId'"),
        ("{ viewer { login", "Syntax Error"),
    ],
)
def test_a_bent_query_is_noticed(contract: GraphqlContract, query: str, said: str) -> None:
    assert said in "\n".join(contract.violations(query, {"n": "shop"}))


def test_wrong_values_of_variables_are_noticed(contract: GraphqlContract) -> None:
    query = 'query ($number: Int!) { repository(owner: "acme", name: "shop") { issue(number: $number) { id } } }'
    assert contract.violations(query, {"number": 1}) == []
    assert len(contract.violations(query, {"number": "one"})) == 1
    assert len(contract.violations(query)) == 1
