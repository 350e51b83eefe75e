"""The GraphQL question about many pull requests and commits, and the values in its answer."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TypeVar

import msgspec

from reletan.adapters.hubreply import HubError, Refused, Reply, typed
from reletan.domain.answers import Answers, Asked, PullFacts
from reletan.domain.errors import ReletanError, Unauthorized

K = TypeVar("K")
V = TypeVar("V")

# What was merged last, beside commits that may be so new that GitHub does not know what they came with
RECENT = 10
NOT_ALLOWED = ("FORBIDDEN", "INSUFFICIENT_SCOPES")
NULL = msgspec.Raw(b"null")

_PULL = """\
fragment pull on PullRequest {
  number title merged mergedAt headRefName headRefOid headRepositoryOwner { login }
  baseRepository { nameWithOwner } mergeCommit { oid messageHeadline }
  author { __typename login ... on User { name } } labels(first: 100) { nodes { name } }
}"""
_LANDED = """\
fragment landed on PullRequest { ...pull commits { totalCount } }"""


class _Owner(msgspec.Struct):
    login: str


class _Repository(msgspec.Struct, rename="camel"):
    name_with_owner: str


# Whatever these hold goes into dates and ids without being looked at again
_Oid = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{40,64}\Z")]
_Moment = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]


class _MergeCommit(msgspec.Struct, rename="camel"):
    oid: _Oid
    message_headline: str | None = None


class _Author(msgspec.Struct):
    login: str
    typename: str = msgspec.field(name="__typename", default="User")
    name: str | None = None


class _Label(msgspec.Struct):
    name: str


class _Labels(msgspec.Struct):
    nodes: list[_Label | None]


class _Count(msgspec.Struct, rename="camel"):
    total_count: int


class _Pull(msgspec.Struct, rename="camel"):
    number: int
    title: str
    merged: bool
    merged_at: _Moment | None = None
    head_ref_name: str | None = None
    head_ref_oid: _Oid | None = None
    head_repository_owner: _Owner | None = None
    base_repository: _Repository | None = None
    merge_commit: _MergeCommit | None = None
    author: _Author | None = None
    labels: _Labels | None = None
    commits: _Count | None = None


class _Kind(msgspec.Struct):
    typename: str = msgspec.field(name="__typename")


class _Pulls(msgspec.Struct):
    nodes: list[_Pull | None]


class _Commit(msgspec.Struct, rename="camel"):
    associated_pull_requests: _Pulls


class Error(msgspec.Struct):
    """GitHub's word for what it did not answer: at ``path`` (``["repository", alias, …]``), or altogether."""

    message: str = ""
    type: str | None = None
    path: list[str | int] = []

    @property
    def alias(self) -> str | int | None:
        return self.path[1] if len(self.path) > 1 else None


class _Data(msgspec.Struct):
    repository: dict[str, msgspec.Raw] | None = None
    viewer: _Owner | None = None


class Response(msgspec.Struct):
    data: _Data | None = None
    errors: list[Error] = []

    @property
    def repository(self) -> dict[str, msgspec.Raw] | None:
        return self.data.repository if self.data else None

    @property
    def viewer(self) -> str | None:
        """Whose token it is, where that was asked; GitHub does not tell it to apps."""
        return self.data.viewer.login if self.data and self.data.viewer else None


def refusal(repository: str, errors: Sequence[Error]) -> ReletanError:
    """What it means that GraphQL answered nothing but ``errors``."""
    words = "; ".join(dict.fromkeys(error.message.rstrip(".") for error in errors)) or "no reason given"
    if any(error.type in NOT_ALLOWED for error in errors):
        return Unauthorized(f"The token may not read {repository}: {words}.",
                            next="give it the right to read contents, pull requests, checks and statuses")  # fmt: skip
    if any(error.type == "NOT_FOUND" for error in errors):
        return Refused(f"GitHub shows no repository {repository} to this token.",
                       next="check github.repository, and that the token may read it")  # fmt: skip
    return HubError(f"GitHub could not answer: {words}.", next="try again in a while; githubstatus.com tells more")


def question(asked: Asked) -> str:
    """The query; its variables are ``owner`` and ``name``."""
    lines = [f"p{number}: issueOrPullRequest(number: {number}) {{ __typename ...pull }}" for number in asked.numbers]
    lines += [
        f'c{sha}: object(oid: "{sha}") {{ ... on Commit {{ associatedPullRequests(first: 10) {{ nodes {{ ...landed }} }} }} }}'
        for sha in asked.commits
    ]
    if asked.commits:
        order = "orderBy: {field: UPDATED_AT, direction: DESC}"
        lines.append(f"recent: pullRequests(states: MERGED, first: {RECENT}, {order}) {{ nodes {{ ...landed }} }}")
    body = "\n    ".join(lines)
    return (
        f"query list($owner: String!, $name: String!) {{\n  repository(owner: $owner, name: $name) {{\n"
        f"    nameWithOwner\n    {body}\n  }}\n}}\n{_PULL}\n{_LANDED if asked.commits else ''}"
    )


def answers(reply: Reply, response: Response, asked: Asked) -> tuple[Answers, HubError | None]:
    """What ``response`` answers, and what is wrong with the rest. Raises HubError where nothing of it is understood."""
    values = response.repository or {}
    found = _Found(reply, values, _silent(response, values, asked), [])
    name = typed(reply, values.get("nameWithOwner", NULL), str)
    got = Answers(
        repository=name,
        now=reply.now,
        pulls=found.each("p", asked.numbers, _pull_or_issue),
        by_commit=found.each("c", asked.commits, _came_with),
        recent=found.each("recent", [""], _pulls).get("", ()),
    )
    return got, found.problems[0] if found.problems else _told(response.errors)


class _Found(msgspec.Struct):
    """The values of an answer by their aliases. ``silent``: aliases that have no answer, whatever stands there."""

    reply: Reply
    values: dict[str, msgspec.Raw]
    silent: set[str | int | None]
    problems: list[HubError]

    def each(self, prefix: str, keys: Iterable[K], read: Callable[[Reply, msgspec.Raw], V]) -> dict[K, V]:
        """Key -> value. One that is not as GitHub says it is has no answer, and spoils no other."""
        got = {}
        for key in keys:
            if (alias := f"{prefix}{key}") not in self.silent:
                try:
                    got[key] = read(self.reply, self.values.get(alias, NULL))
                except HubError as problem:
                    self.problems.append(problem)
        return got


def _silent(response: Response, values: dict[str, msgspec.Raw], asked: Asked) -> set[str | int | None]:
    """The aliases that an error speaks of, unless it says that there is no such thing; and what is empty without a word."""
    missing = {error.alias for error in response.errors if error.type == "NOT_FOUND"}
    silent = {error.alias for error in response.errors if error.type != "NOT_FOUND"}
    empty = {f"p{number}" for number in asked.numbers if values.get(f"p{number}", NULL) == NULL}
    # A commit that GitHub does not have is null; an error that names no place may be about any
    anywhere = None in silent
    empty |= {
        f"c{sha}" for sha in asked.commits if (anywhere and values.get(f"c{sha}") == NULL) or f"c{sha}" not in values
    }
    return silent | (empty - missing)


def _told(errors: Sequence[Error]) -> HubError | None:
    words = next((error.message.rstrip(".") for error in errors if error.type != "NOT_FOUND"), None)
    return HubError(f"GitHub could not answer all of it: {words}.", next="try again in a while") if words else None


def _pull_or_issue(reply: Reply, raw: msgspec.Raw) -> PullFacts | None:
    if raw == NULL or typed(reply, raw, _Kind).typename != "PullRequest":
        return None
    return _facts(typed(reply, raw, _Pull))


def _came_with(reply: Reply, raw: msgspec.Raw) -> tuple[PullFacts, ...]:
    return () if raw == NULL else _facts_of(typed(reply, raw, _Commit).associated_pull_requests)


def _pulls(reply: Reply, raw: msgspec.Raw) -> tuple[PullFacts, ...]:
    return () if raw == NULL else _facts_of(typed(reply, raw, _Pulls))


def _facts_of(pulls: _Pulls) -> tuple[PullFacts, ...]:
    return tuple(_facts(pull) for pull in pulls.nodes if pull is not None)


def _facts(pull: _Pull) -> PullFacts:
    author = pull.author
    bot = author is not None and author.typename == "Bot" and not author.login.endswith("[bot]")
    return PullFacts(
        number=pull.number,
        title=pull.title,
        merged=pull.merged,
        repository=pull.base_repository.name_with_owner if pull.base_repository else "",
        merged_at=pull.merged_at,
        commit=pull.merge_commit.oid if pull.merge_commit else None,
        headline=pull.merge_commit.message_headline if pull.merge_commit else None,
        head=pull.head_ref_oid,
        branch=pull.head_ref_name,
        owner=pull.head_repository_owner.login if pull.head_repository_owner else None,
        # as REST and mentions have it: GraphQL leaves the "[bot]" away
        author=f"{author.login}[bot]" if author and bot else author.login if author else None,
        author_name=author.name if author else None,
        labels=tuple(label.name for label in pull.labels.nodes if label) if pull.labels else None,
        commits=pull.commits.total_count if pull.commits else None,
    )
