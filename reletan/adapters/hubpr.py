"""Pull requests that reletan opens, finds again and closes, and the status of a commit. By REST.

Their texts are brought up to date in ``hubedit``, reading and merging them one by one is ``hubpull``'s.
"""

import re
from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubpull import PullState, read_pull
from reletan.adapters.hubreply import HubError, Reply, decode
from reletan.adapters.hubwrite import look_after, not_done, require_right, require_room, send
from reletan.domain.errors import Blocked
from reletan.domain.text import one_line

RIGHT = "pull requests: write"
STATUS_RIGHT = "commit statuses: write"
LONGEST_DESCRIPTION = 140  # characters of a commit status's description
PAGE = 100

StatusState = Literal["error", "failure", "pending", "success"]

_Oid = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{40,64}\Z")]
_Moment = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]

# What GitHub names as invalid where there is no such branch
_HEAD = re.compile(r'"field":\s*"head"')


class PullText(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request as people see it. ``state``: GitHub's open or closed; ``head`` is an id, ``branch`` and ``base`` are
    branches; ``url``: its page; ``merged_at``: "2026-11-20T10:00:00Z"; ``commit``: what merging it made. Texts are as they came.
    """

    number: int
    title: str
    body: str | None
    state: str
    draft: bool
    head: str
    branch: str
    base: str
    url: str
    merged_at: str | None = None
    commit: str | None = None


class _Repository(msgspec.Struct):
    full_name: str


class _Head(msgspec.Struct):
    ref: str
    sha: _Oid
    repo: _Repository | None = None


class _Base(msgspec.Struct):
    ref: str
    repo: _Repository


class _Pull(msgspec.Struct):
    number: int
    title: str
    state: str
    html_url: str
    head: _Head
    base: _Base
    body: str | None = None
    draft: bool = False
    merged_at: _Moment | None = None
    merge_commit_sha: _Oid | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is from one of our own branches."""
        return self.head.repo is not None and self.head.repo.full_name == self.base.repo.full_name

    def is_from(self, head: str, base: str) -> bool:
        """Whether it is from one of our own branches, by its exact name, into another."""
        return self.is_own and (self.head.ref, self.base.ref) == (head, base)


def find_pull(hub: Hub, head: str, base: str, *, merged: bool = False) -> PullText | None:
    """The open pull request from branch ``head`` into branch ``base``, never a fork's; None without one.

    ``merged``: where none is open, the one that was merged last. One request. Raises HubError and Unauthorized.
    """
    owner = hub.repository.partition("/")[0]
    query = {"state": "all" if merged else "open", "head": f"{owner}:{head}", "base": base, "per_page": PAGE}
    listed = hub.read(f"{hub.path}/pulls?{urlencode(query)}", list[_Pull])
    if listed:
        hub.note_name(listed[0].base.repo.full_name)
    found = [pull for pull in listed if pull.is_from(head, base)]
    opened = [pull for pull in found if pull.state == "open"]
    landed = sorted((pull for pull in found if pull.merged_at), key=lambda pull: (pull.merged_at or "", pull.number))
    return _text(opened[0]) if opened else _text(landed[-1]) if merged and landed else None


def closed_pull(hub: Hub, head: str, base: str) -> PullText | None:
    """The newest pull request from branch ``head`` into branch ``base`` that is not open any more, merged or not. One request.
    Raises HubError and Unauthorized.
    """
    owner = hub.repository.partition("/")[0]
    query = {"state": "closed", "head": f"{owner}:{head}", "base": base, "per_page": PAGE}
    listed = hub.read(f"{hub.path}/pulls?{urlencode(query)}", list[_Pull])
    found = [pull for pull in listed if pull.is_from(head, base)]
    return _text(max(found, key=lambda pull: pull.number)) if found else None


def merged_pulls(hub: Hub, base: str) -> list[PullText]:
    """What was merged into branch ``base`` from our own branches, newest first, among the hundred pull requests that changed
    last. One request. Raises HubError and Unauthorized.
    """
    query = {"state": "closed", "base": base, "sort": "updated", "direction": "desc", "per_page": PAGE}
    listed = hub.read(f"{hub.path}/pulls?{urlencode(query)}", list[_Pull])
    landed = [pull for pull in listed if pull.merged_at and pull.is_own and pull.base.ref == base]
    return [_text(pull) for pull in sorted(landed, key=lambda pull: (pull.merged_at or "", pull.number), reverse=True)]


def _text(pull: _Pull) -> PullText:
    return PullText(
        number=pull.number,
        title=pull.title,
        body=pull.body,
        state=pull.state,
        draft=pull.draft,
        head=pull.head.sha,
        branch=pull.head.ref,
        base=pull.base.ref,
        url=pull.html_url,
        merged_at=pull.merged_at,
        # of an open one GitHub tells the commit of a merge that it only tried
        commit=pull.merge_commit_sha if pull.merged_at else None,
    )


def open_pull(hub: Hub, head: str, base: str, title: str, body: str, *, draft: bool = False) -> PullText:
    """Open a pull request from branch ``head`` into ``base``, or adopt the one that is open, with the text that it has.

    Never sent twice. Raises Blocked where there is nothing to merge or ``body`` is too long, Unauthorized without the right,
    HubError for GitHub's other no, and (``unclear``) when it is not known what happened, not even after looking.
    """
    require_room(f"the pull request from {head}", body)
    fields = {"head": head, "base": base, "title": title, "body": body, "draft": draft}
    try:
        reply = send(hub, "POST", f"{hub.path}/pulls", fields)
        if _is_known(reply):
            return _adopted(hub, head, base, reply)
        _require_opened(hub, reply, head, base)
        pull = decode(reply, _Pull)
    except HubError as problem:
        if not problem.unclear:
            raise
        name = f"the pull request from {head} into {base}"
        found = look_after(problem, f"{name} was opened", lambda: find_pull(hub, head, base))
        return found or not_done(problem, f"T{name[1:]} is not open")
    if not pull.is_from(head, base):
        raise HubError(f"GitHub answered with #{pull.number}, which is not from {head} into {base}.",
                       next="look at it on GitHub, and run the command again")  # fmt: skip
    return _text(pull)


def _is_known(reply: Reply) -> bool:
    return reply.status == 422 and "pull request already exists" in reply.text


def _adopted(hub: Hub, head: str, base: str, reply: Reply) -> PullText:
    found = find_pull(hub, head, base, merged=True)
    if found is None:
        raise HubError(f"{reply.words}. It is not to be seen yet.", next="run the command again")
    if found.merged_at:
        raise Blocked(
            f"#{found.number} from {head} into {base} was merged at the same moment.", next="run the command again"
        )
    return found


def _require_opened(hub: Hub, reply: Reply, head: str, base: str) -> None:
    if reply.status == 422 and "No commits between" in reply.text:
        raise Blocked(
            f"There is nothing to merge: {base} has all commits of {head}.", next=f"commit something to {head} first"
        )
    if reply.status == 422 and _HEAD.search(reply.text):
        raise Blocked(
            f"{head} is not on GitHub any more, so there is no pull request to open.", next="see `reletan status`"
        )
    require_right(hub, reply, "open pull requests", RIGHT)


def close_pull(hub: Hub, number: int) -> bool:
    """Close it without merging; False where it was not open any more. Two requests. Raises as ``open_pull``."""
    if not read_pull(hub, number).open:
        return False
    try:
        reply = send(hub, "PATCH", f"{hub.path}/pulls/{number}", {"state": "closed"})
        require_right(hub, reply, "close pull requests", RIGHT)
        decode(reply, _Pull)
    except HubError as problem:
        if not problem.unclear:
            raise
        if _closed_after_all(hub, number, problem).open:
            not_done(problem, f"#{number} is still open")
    return True


def _closed_after_all(hub: Hub, number: int, problem: HubError) -> PullState:
    return look_after(problem, f"#{number} was closed", lambda: read_pull(hub, number))


# the status of a commit


class _Status(msgspec.Struct):
    context: str
    state: str
    description: str | None = None
    target_url: str | None = None


class _Combined(msgspec.Struct):
    statuses: list[_Status]


def set_status(
    hub: Hub, sha: str, context: str, state: StatusState, description: str, url: str | None = None
) -> Literal["written", "unchanged"]:
    """Say how ``context`` stands at a commit. Nothing is written where the newest word on it is the same already, since
    GitHub takes no more than 1,000 for a commit; a ``description`` that is too long is cut. One request, or two.

    Raises Unauthorized without the right to write statuses, HubError as ``open_pull``.
    """
    told = one_line(description)
    told = told if len(told) <= LONGEST_DESCRIPTION else f"{told[: LONGEST_DESCRIPTION - 1]}…"
    wanted = _Status(context, state, told, url)
    if _stands(hub, sha, wanted):
        return "unchanged"
    fields = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not None}
    try:
        reply = send(hub, "POST", f"{hub.path}/statuses/{sha}", fields)
        require_right(hub, reply, "write commit statuses", STATUS_RIGHT)
        decode(reply, _Status)
    except HubError as problem:
        if not problem.unclear:
            raise
        if not look_after(problem, f"the status {context} was written", lambda: _stands(hub, sha, wanted)):
            not_done(problem, f"The status {context} is not written")
    return "written"


def _stands(hub: Hub, sha: str, wanted: _Status) -> bool:
    """Among the first hundred contexts, which is more than anybody has."""
    return wanted in hub.read(f"{hub.path}/commits/{sha}/status?per_page={PAGE}", _Combined).statuses
