"""Many pull requests and commits of one repository, in as few GraphQL requests as GitHub's limits allow."""

from collections.abc import Sequence
from threading import Thread
from typing import Annotated, Any

import msgspec

from reletan.adapters.hub import BACKOFF, TRIES, Hub, HubError, Refused, Reply, decode
from reletan.domain.answers import Answers, Asked, PullFacts
from reletan.domain.errors import ReletanError, Unauthorized

# A query must be answered within 10 seconds; requests that fail for their size are halved.
PULLS = 50
COMMITS = 100
# What was merged last, beside commits that may be so new that GitHub does not know what they came with
RECENT = 10
CONNECTIONS = 4
TOO_MUCH = ("RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "EXCESSIVE_PAGINATION")

_PULL = """\
fragment pull on PullRequest {
  number title merged mergedAt headRefName headRefOid headRepositoryOwner { login }
  baseRepository { nameWithOwner } mergeCommit { oid messageHeadline }
  author { __typename login ... on User { name } } labels(first: 50) { nodes { name } }
}"""


class _Owner(msgspec.Struct):
    login: str


class _Repository(msgspec.Struct, rename="camel"):
    name_with_owner: str


# Whatever these hold goes into paths, dates and ids without being looked at again
_Oid = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{40,64}$")]
_Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class _MergeCommit(msgspec.Struct, rename="camel"):
    oid: _Oid
    message_headline: str = ""


class _Author(msgspec.Struct):
    login: str
    typename: str = msgspec.field(name="__typename", default="User")
    name: str | None = None


class _Label(msgspec.Struct):
    name: str


class _Labels(msgspec.Struct):
    nodes: list[_Label | None] | None = None


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


class _Kind(msgspec.Struct):
    typename: str = msgspec.field(name="__typename")


class _Pulls(msgspec.Struct):
    nodes: list[_Pull | None] | None = None


class _Commit(msgspec.Struct, rename="camel"):
    associated_pull_requests: _Pulls | None = None


class _Error(msgspec.Struct):
    message: str = ""
    type: str | None = None
    path: list[str | int] = []


class _Data(msgspec.Struct):
    repository: dict[str, msgspec.Raw] | None = None


class _Response(msgspec.Struct):
    data: _Data | None = None
    errors: list[_Error] = []


class _Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one request brought. ``wait``: seconds to wait before the next one; ``too_much``: it was too large."""

    answers: Answers = Answers()
    wait: float = 0
    too_much: bool = False
    problem: ReletanError | None = None


def look_up(hub: Hub, asked: Asked) -> tuple[Answers, ReletanError | None]:
    """All the answers that GitHub gives, and what kept it from giving the others."""
    left, answers, most, fruitless = asked, Answers(), (PULLS, COMMITS), 0
    while left:
        wave = portions(left, *most)[:CONNECTIONS]
        outcomes = _at_once(hub, wave, fruitless)
        for outcome in outcomes:
            answers = answers.joined(outcome.answers)
        before, left = left, answers.unanswered(left)
        if answers.repository:
            hub.note_name(answers.repository)
        problem = next((outcome.problem for outcome in outcomes if outcome.problem), None)
        fruitless = fruitless + 1 if left == before else 0
        if fruitless == TRIES or isinstance(problem, Unauthorized | Refused):
            return answers, problem or HubError("GitHub left questions open.", next="try again in a while")
        if any(outcome.too_much for outcome in outcomes):
            most = max(-(-len(wave[0].numbers) // 2), 1), max(-(-len(wave[0].commits) // 2), 1)
        if left and (wait := max(outcome.wait for outcome in outcomes)):
            try:
                hub.pause(wait, problem.message.rstrip(".") if problem else "GitHub is busy")
            except HubError as error:
                return answers, error
    hub.tell_limit()
    return answers, None


def portions(asked: Asked, most_pulls: int, most_commits: int) -> list[Asked]:
    """As few requests as hold everything, both kinds spread evenly over them."""
    count = max(-(-len(asked.numbers) // most_pulls), -(-len(asked.commits) // most_commits))
    numbers, commits = _spread(asked.numbers, count), _spread(asked.commits, count)
    return [Asked(*both) for both in zip(numbers, commits, strict=True)]


def _spread(items: Sequence[Any], count: int) -> list[tuple[Any, ...]]:
    return [tuple(items[at * len(items) // count : (at + 1) * len(items) // count]) for at in range(count)]


def _at_once(hub: Hub, wave: Sequence[Asked], attempt: int) -> list[_Outcome]:
    """Each portion on a connection of its own. The threads are daemons: Ctrl-C does not wait for GitHub."""
    outcomes: list[_Outcome] = [_Outcome()] * len(wave)

    def ask(lane: int) -> None:
        try:
            outcomes[lane] = _ask(hub, wave[lane], lane, attempt)
        except ReletanError as problem:
            outcomes[lane] = _Outcome(problem=problem)

    hub.connect(len(wave))
    threads = [Thread(target=ask, args=(lane,), daemon=True) for lane in range(1, len(wave))]
    for thread in threads:
        thread.start()
    ask(0)
    for thread in threads:
        thread.join()
    return outcomes


def _ask(hub: Hub, portion: Asked, lane: int, attempt: int) -> _Outcome:
    owner, name = hub.repository.split("/")
    try:
        reply = hub.send(
            "POST", "/graphql", {"query": _question(portion), "variables": {"owner": owner, "name": name}}, lane
        )
    except HubError as problem:
        return _Outcome(wait=BACKOFF * 2**attempt, problem=problem)
    if reply.status in (502, 504):
        # GitHub took too long: the same question would take as long again
        return _Outcome(too_much=True, wait=BACKOFF * attempt, problem=hub.failure(reply))
    wait = hub.seconds_to_wait(reply, attempt)
    if wait is not None:
        return _Outcome(wait=wait, problem=hub.failure(reply))
    hub.require(reply)
    return _read(hub, reply, portion)


def _question(portion: Asked) -> str:
    lines = [f"p{number}: issueOrPullRequest(number: {number}) {{ __typename ...pull }}" for number in portion.numbers]
    lines += [
        f'c{sha}: object(oid: "{sha}") {{ ... on Commit {{ associatedPullRequests(first: 10) {{ nodes {{ ...pull }} }} }} }}'
        for sha in portion.commits
    ]
    if portion.commits:
        order = "orderBy: {field: UPDATED_AT, direction: DESC}"
        lines.append(f"recent: pullRequests(states: MERGED, first: {RECENT}, {order}) {{ nodes {{ ...pull }} }}")
    body = "\n    ".join(lines)
    return (
        f"query list($owner: String!, $name: String!) {{\n  repository(owner: $owner, name: $name) {{\n"
        f"    nameWithOwner\n    {body}\n  }}\n}}\n{_PULL}"
    )


def _read(hub: Hub, reply: Reply, portion: Asked) -> _Outcome:
    response = decode(reply, _Response)
    too_much = any(error.type in TOO_MUCH or "timeout" in error.message.lower() for error in response.errors)
    repository = response.data.repository if response.data else None
    if repository is None:
        return _Outcome(too_much=too_much, wait=BACKOFF, problem=_refusal(hub, response.errors))
    return _Outcome(answers=_answers(reply, repository, portion, response.errors), too_much=too_much)


def _refusal(hub: Hub, errors: Sequence[_Error]) -> ReletanError:
    words = "; ".join(error.message for error in errors) or "no reason given"
    if any(error.type in ("FORBIDDEN", "INSUFFICIENT_SCOPES") for error in errors):
        return Unauthorized(
            f"The token may not read {hub.repository}: {words}", next="give it the right to read pull requests"
        )
    if any(error.type == "NOT_FOUND" for error in errors):
        return Refused(f"GitHub shows no repository {hub.repository} to this token.",
                       next="check github.repository, and that the token may read it")  # fmt: skip
    return HubError(f"GitHub could not answer: {words}", next="try again in a while; githubstatus.com tells more")


def _answers(reply: Reply, repository: dict[str, msgspec.Raw], portion: Asked, errors: Sequence[_Error]) -> Answers:
    """What GitHub left out because of an error has no answer, unless the error is that there is no such thing."""
    missing = {error.path[1] for error in errors if error.type == "NOT_FOUND" and len(error.path) > 1}
    others = [error for error in errors if error.type != "NOT_FOUND"]
    left_out = {error.path[1] for error in others if len(error.path) > 1}
    pulls: dict[int, PullFacts | None] = {}
    by_commit: dict[str, tuple[PullFacts, ...]] = {}
    for number in portion.numbers:
        if (raw := repository.get(f"p{number}", NULL)) != NULL:
            pulls[number] = _pull_or_issue(reply, raw)
        elif f"p{number}" in missing:
            pulls[number] = None
    for sha in portion.commits:
        if (raw := repository.get(f"c{sha}", NULL)) != NULL:
            by_commit[sha] = _came_with(reply, raw)
        elif f"c{sha}" not in left_out and (not others or left_out):
            by_commit[sha] = ()  # GitHub does not have that commit
    name = _typed(reply, repository.get("nameWithOwner", NULL), str)
    recent = _pulls(_typed(reply, repository.get("recent", NULL), _Pulls | None))
    return Answers(repository=name, now=reply.now, pulls=pulls, by_commit=by_commit, recent=recent)


NULL = msgspec.Raw(b"null")


def _pull_or_issue(reply: Reply, raw: msgspec.Raw) -> PullFacts | None:
    if _typed(reply, raw, _Kind).typename != "PullRequest":
        return None
    return _facts(_typed(reply, raw, _Pull))


def _came_with(reply: Reply, raw: msgspec.Raw) -> tuple[PullFacts, ...]:
    commit = _typed(reply, raw, _Commit | None)
    return _pulls(commit.associated_pull_requests if commit else None)


def _pulls(pulls: _Pulls | None) -> tuple[PullFacts, ...]:
    return tuple(_facts(pull) for pull in (pulls.nodes or () if pulls else ()) if pull is not None)


def _typed(reply: Reply, raw: msgspec.Raw, type: Any) -> Any:
    return decode(msgspec.structs.replace(reply, text=bytes(raw).decode()), type)


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
        labels=tuple(label.name for label in (pull.labels.nodes or () if pull.labels else ()) if label),
    )
