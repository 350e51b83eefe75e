"""Small GraphQL questions about the repository: which pull requests there are, a file, a comment."""

from typing import TypeVar

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubquery import NULL, Response, refusal
from reletan.adapters.hubreply import HubError, Reply, decode, typed
from reletan.adapters.hubshapes import Commented, FileAndBody, Heads, Numbers

T = TypeVar("T")

MOST_PAGES = 50


def ask(hub: Hub, fields: str, fragments: str = "") -> tuple[Reply, Response]:
    """One question about the repository, asked again where that helps; what is missing in it is an error of the answer.

    Raises Unauthorized and HubError.
    """
    owner, name = hub.repository.split("/")
    repository = f"repository(owner: $owner, name: $name) {{ id nameWithOwner {fields} }}"
    query = f"query automerge($owner: String!, $name: String!) {{ {repository} }} {fragments}"
    asked = {"query": query, "variables": {"owner": owner, "name": name}}
    reply = hub.ask(asked)
    response = decode(reply, Response)
    if any(error.type == "RATE_LIMITED" for error in response.errors):
        hub.pause(reply.wait, "GitHub's rate limit is used up")
        reply = hub.ask(asked)
        response = decode(reply, Response)
    others = [error for error in response.errors if error.type != "NOT_FOUND" or len(error.path) != 2]
    if response.repository is None or others:
        raise refusal(hub.repository, response.errors)
    hub.note_name(part(reply, response, "nameWithOwner", str))
    return reply, response


def viewer(hub: Hub) -> str | None:
    """Whose token it is; None where GitHub does not say."""
    reply = hub.ask({"query": "query automerge { viewer { login } }", "variables": {}})
    return decode(reply, Response).viewer


def _value(hub: Hub, field: str, type: type[T]) -> T:
    reply, response = ask(hub, f"it: {field}")
    return part(reply, response, "it", type)


def part(reply: Reply, response: Response, name: str, type: type[T]) -> T:
    """One value of the repository; one that is not there is as null. Raises HubError."""
    return typed(reply, (response.repository or {}).get(name, NULL), type)


def quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


def open_numbers(hub: Hub) -> list[int]:
    """The numbers of all open pull requests, oldest first: one request for each hundred."""
    numbers: list[int] = []
    after = ""
    for _ in range(MOST_PAGES):
        page = f"first: 100{after}, orderBy: {{field: CREATED_AT, direction: ASC}}"
        fields = "pageInfo { hasNextPage endCursor } nodes { number }"
        found = _value(hub, f"pullRequests(states: OPEN, {page}) {{ {fields} }}", Numbers)
        numbers += [node.number for node in found.nodes]
        if not found.page_info.has_next_page:
            return numbers
        after = f", after: {quoted(found.page_info.end_cursor or '')}"
    raise _without_end("open pull requests")


def numbers_at(hub: Hub, branch: str, sha: str) -> list[int]:
    """The open pull requests from a branch of that name whose head is ``sha``."""
    field = f"pullRequests(states: OPEN, first: 100, headRefName: {quoted(branch)}) {{ nodes {{ number headRefOid }} }}"
    return [node.number for node in _value(hub, field, Heads).nodes if node.head_ref_oid == sha]


def is_a_base(hub: Hub, branch: str) -> bool:
    """Whether an open pull request is to be merged into ``branch``."""
    field = f"pullRequests(states: OPEN, first: 1, baseRefName: {quoted(branch)}) {{ nodes {{ number headRefOid }} }}"
    return bool(_value(hub, field, Heads).nodes)


def file_and_body(hub: Hub, number: int, commit: str, path: str) -> tuple[str | None, str]:
    """(the text of a file at a commit, None where there is no such text; the body of a pull request)."""
    file = f"file: file(path: {quoted(path)}) {{ object {{ ... on Blob {{ text isTruncated }} }} }}"
    reply, response = ask(
        hub,
        f'it: object(oid: "{commit}") {{ ... on Commit {{ {file} }} }} pull: pullRequest(number: {number}) {{ body }}',
    )
    found, pull = part(reply, response, "it", FileAndBody), part(reply, response, "pull", FileAndBody)
    blob = found.file.object if found.file else None
    return (blob.text if blob and not blob.is_truncated else None), pull.body


def own_comment(hub: Hub, number: int, marker: str) -> tuple[str, str] | None:
    """(id, body) of the comment that begins with ``marker`` and that the token's own account wrote; None without one.

    One request for each hundred comments, the newest first.
    """
    before = ""
    for _ in range(MOST_PAGES):
        fields = "pageInfo { hasPreviousPage startCursor } nodes { id body viewerDidAuthor }"
        field = f"pullRequest(number: {number}) {{ comments(last: 100{before}) {{ {fields} }} }}"
        page = _value(hub, field, Commented).comments
        for one in reversed(page.nodes):
            if one.viewer_did_author and one.body.startswith(marker):
                return one.id, one.body
        if not page.page_info.has_previous_page:
            return None
        before = f", before: {quoted(page.page_info.start_cursor or '')}"
    raise _without_end(f"comments on #{number}")


def _without_end(what: str) -> HubError:
    return HubError(f"GitHub tells of more than {100 * MOST_PAGES:,} {what}.", next="check github.api_url")
