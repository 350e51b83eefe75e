"""One pull request on GitHub by REST: reading it, merging it, bringing its branch up to date."""

from typing import Literal

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubreply import HubError, Refused, Reply, decode
from reletan.domain.errors import ReletanError, Unauthorized


class _Repository(msgspec.Struct):
    full_name: str


class _Head(msgspec.Struct):
    sha: str
    repo: _Repository | None = None


class _Base(msgspec.Struct):
    ref: str
    repo: _Repository


class _Pull(msgspec.Struct):
    number: int
    state: str
    head: _Head
    base: _Base
    merged: bool
    draft: bool = False
    mergeable: bool | None = None
    mergeable_state: str | None = None
    merge_commit_sha: str | None = None


class PullState(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request as it is now. ``state``: GitHub's mergeable_state, ``unknown`` where it tells none; ``commit``: what
    merging it made; ``fork``: its branch is in another repository, or in one that is gone.
    """

    number: int
    open: bool
    merged: bool
    draft: bool
    head: str
    base: str
    fork: bool
    mergeable: bool | None
    state: str
    commit: str | None


def read_pull(hub: Hub, number: int) -> PullState:
    """One request. Raises HubError and Unauthorized."""
    pull = hub.read(f"{hub.path}/pulls/{number}", _Pull)
    hub.note_name(pull.base.repo.full_name)
    return PullState(
        number=pull.number,
        open=pull.state == "open",
        merged=pull.merged,
        draft=pull.draft,
        head=pull.head.sha,
        base=pull.base.ref,
        fork=pull.head.repo is None or pull.head.repo.full_name != pull.base.repo.full_name,
        mergeable=pull.mergeable,
        state=pull.mergeable_state or "unknown",
        commit=pull.merge_commit_sha if pull.merged else None,
    )


class NotMerged(ReletanError):
    """GitHub did not merge it, for the reason in ``words``; ``status`` is 405, 409 or 422 (exit 3)."""

    exit_code = 3
    kind = "blocked"

    def __init__(self, number: int, status: int, words: str) -> None:
        super().__init__(f"#{number} was not merged: {words}.", next="look at it on GitHub, then run the command again")
        self.status = status
        self.words = words


class _Merged(msgspec.Struct):
    sha: str
    merged: bool


def merge_pull(
    hub: Hub,
    number: int,
    *,
    sha: str,
    method: Literal["merge", "squash", "rebase"],
    title: str | None = None,
    body: str | None = None,
) -> str:
    """Merge it at the head ``sha``, and at no other; the commit that this made. Never sent twice.

    Raises NotMerged for GitHub's no, Unauthorized without the right, HubError when it is not known what happened, not
    even after looking.
    """
    request = {"sha": sha, "merge_method": method, "commit_title": title, "commit_message": body}
    asked = {key: value for key, value in request.items() if value is not None}
    try:
        reply = hub.write("PUT", f"{hub.path}/pulls/{number}/merge", asked)
        if reply.status in (405, 409, 422):
            raise NotMerged(number, reply.status, reply.words)
        _require_right(hub, reply)
        answer = decode(reply, _Merged)
    except HubError as problem:
        if not problem.unclear:
            raise
        return _merged_after_all(hub, number, sha, problem)
    if not answer.merged:
        raise NotMerged(number, reply.status, "GitHub gave no reason")
    return answer.sha


def _require_right(hub: Hub, reply: Reply) -> None:
    """As ``hub.require``; GitHub says the same for every right, the one for workflow files is the one that surprises."""
    try:
        hub.require(reply)
    except Unauthorized as refused:
        if reply.status == 403:
            refused.next = (
                "give the token the right to write contents, and where .github/workflows is changed that to workflows"
            )
        raise


def _merged_after_all(hub: Hub, number: int, sha: str, problem: HubError) -> str:
    """Look whether a merge whose answer was lost has been made."""
    try:
        pull = read_pull(hub, number)
    except ReletanError as second:
        raise HubError(f"Whether #{number} was merged is not known: {problem.message} {second.message}",
                       unclear=True, next="run the command again, which looks first") from None  # fmt: skip
    if pull.merged and pull.head == sha and pull.commit:
        return pull.commit
    raise Refused(f"#{number} is not merged: {problem.message}", next="run the command again") from None


def update_pull(hub: Hub, number: int, sha: str) -> None:
    """Merge the base into its branch, whose head has to be ``sha``. Raises NotMerged for GitHub's no."""
    reply = hub.write("PUT", f"{hub.path}/pulls/{number}/update-branch", {"expected_head_sha": sha})
    if reply.status == 422:
        raise NotMerged(number, reply.status, reply.words)
    hub.require(reply)
