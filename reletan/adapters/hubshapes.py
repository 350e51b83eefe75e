"""The GraphQL question about a pull request that may be merged, and the shape of its answer."""

from typing import Annotated

import msgspec

QUESTION = """\
id number title url state isDraft merged baseRefName headRefName headRefOid isCrossRepository
author { login } labels(first: 100) { nodes { name } } mergeable mergeStateStatus isInMergeQueue isMergeQueueEnabled
viewerCanMergeAsAdmin autoMergeRequest { enabledBy { __typename login } }
latestOpinionatedReviews(first: 100, writersOnly: true) { pageInfo { hasNextPage } nodes { state author { login } commit { oid } } }
commits(last: 1) { nodes { commit { oid statusCheckRollup { contexts(first: 100) {
  pageInfo { hasNextPage }
  nodes { __typename
    ... on CheckRun { name status conclusion detailsUrl isRequired(pullRequestNumber: %(number)d)
      checkSuite { workflowRun { databaseId } } }
    ... on StatusContext { context state targetUrl isRequired(pullRequestNumber: %(number)d) }
  } } } } } }
baseRef {
  target { oid ... on Commit { own: file(path: ".reletan.toml") { ...text } project: file(path: "pyproject.toml") { ...text } } }
  refUpdateRule { requiredApprovingReviewCount requiredStatusCheckContexts }
  rules(first: 100) { nodes { parameters { __typename
    ... on PullRequestParameters { requiredApprovingReviewCount }
    ... on RequiredStatusChecksParameters { requiredStatusChecks { context } } } } }
}"""
TEXT = "fragment text on TreeEntry { object { ... on Blob { text isTruncated } } }"

Oid = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{40,64}\Z")]


class Struct(msgspec.Struct, rename="camel"):
    pass


class Actor(Struct):
    login: str


class Label(Struct):
    name: str


class Labels(Struct):
    nodes: list[Label]


class Commit(Struct):
    oid: Oid


class Review(Struct):
    state: str
    author: Actor | None = None
    commit: Commit | None = None


class Reviews(Struct):
    page_info: "Page"
    nodes: list[Review]


class Run(Struct):
    database_id: int | None = None


class Suite(Struct):
    workflow_run: Run | None = None


class Context(Struct):
    """A CheckRun or a StatusContext. ``is_required``: for the pull request that was asked about."""

    is_required: bool = False
    name: str | None = None
    status: str | None = None
    conclusion: str | None = None
    details_url: str | None = None
    check_suite: Suite | None = None
    context: str | None = None
    state: str | None = None
    target_url: str | None = None


class Page(Struct):
    has_next_page: bool


class Contexts(Struct):
    page_info: Page
    nodes: list[Context]


class Rollup(Struct):
    contexts: Contexts


class Head(Struct):
    oid: Oid
    status_check_rollup: Rollup | None


class HeadNode(Struct):
    commit: Head


class Commits(Struct):
    nodes: list[HeadNode]


class Blob(Struct):
    text: str | None = None
    is_truncated: bool = False


class Entry(Struct):
    object: Blob | None


class Target(Struct):
    oid: Oid
    own: Entry | None = None
    project: Entry | None = None


class UpdateRule(Struct):
    required_approving_review_count: int | None
    required_status_check_contexts: list[str | None] | None


class Wanted(Struct):
    context: str


class Parameters(Struct):
    required_approving_review_count: int | None = None
    required_status_checks: list[Wanted] = []


class Rule(Struct):
    parameters: Parameters | None


class Rules(Struct):
    nodes: list[Rule | None] | None


class Base(Struct):
    target: Target
    ref_update_rule: UpdateRule | None
    rules: Rules | None


class Enabler(Struct):
    login: str
    typename: str = msgspec.field(name="__typename")


class AutoMergeRequest(Struct):
    enabled_by: Enabler | None


class Pull(Struct):
    id: str
    number: int
    title: str
    url: str
    state: str
    is_draft: bool
    merged: bool
    base_ref_name: str
    head_ref_name: str
    head_ref_oid: Oid
    is_cross_repository: bool
    author: Actor | None
    labels: Labels | None
    mergeable: str
    merge_state_status: str
    is_in_merge_queue: bool
    is_merge_queue_enabled: bool
    viewer_can_merge_as_admin: bool
    auto_merge_request: AutoMergeRequest | None
    latest_opinionated_reviews: Reviews | None
    commits: Commits
    base_ref: Base | None


class Cursor(Struct):
    has_next_page: bool
    end_cursor: Annotated[str, msgspec.Meta(pattern=r"\A[\w=+/:-]*\Z")] | None


class Number(Struct):
    number: int


class Numbers(Struct):
    page_info: Cursor
    nodes: list[Number]


class HeadOfPull(Struct):
    number: int
    head_ref_oid: str


class Heads(Struct):
    nodes: list[HeadOfPull]


class FileAndBody(Struct):
    file: Entry | None = None
    body: str = ""


class Comment(Struct):
    id: str
    body: str
    viewer_did_author: bool


class Backwards(Struct):
    has_previous_page: bool
    start_cursor: str | None


class Comments(Struct):
    page_info: Backwards
    nodes: list[Comment]


class Commented(Struct):
    comments: Comments
