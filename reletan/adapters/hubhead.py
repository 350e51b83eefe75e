"""What GitHub knows of a branch that is going to be released: its checks, and what is still to be merged into it."""

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubask import ask, part, quoted
from reletan.adapters.hubmerge import state_of
from reletan.adapters.hubreply import Refused
from reletan.adapters.hubshapes import Head, Numbers
from reletan.domain.errors import ReletanError, Unauthorized

_PULLS = """\
into: pullRequests(states: OPEN, first: 100, baseRefName: %(branch)s) { pageInfo { hasNextPage endCursor } nodes { number } }
"""
_CHECKS = """\
it: object(oid: %(oid)s) { ... on Commit { oid statusCheckRollup { contexts(first: 100) { pageInfo { hasNextPage } nodes { __typename
  ... on CheckRun { name status conclusion } ... on StatusContext { context state } } } } } }"""


class HeadState(msgspec.Struct, frozen=True, kw_only=True):
    """``pulls``: numbers of the open pull requests into the branch; names of its head's checks that are not green, both
    among the first hundred. ``hidden``: why this token may not see the checks.
    """

    pulls: tuple[int, ...]
    pending: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    hidden: ReletanError | None = None


def head_state(hub: Hub, branch: str, oid: str) -> HeadState:
    """How the branch stands, whose head is ``oid``. One request, or two. Raises Unauthorized and HubError."""
    asked = {"branch": quoted(branch), "oid": quoted(oid)}
    try:
        reply, response = ask(hub, (_PULLS + _CHECKS) % asked)
    except (Unauthorized, Refused) as problem:
        # fine-grained tokens have no right to read checks
        reply, response = ask(hub, _PULLS % asked)
        return HeadState(pulls=_numbers(part(reply, response, "into", Numbers)), hidden=problem)
    rollup = part(reply, response, "it", Head).status_check_rollup
    states = [(one.name or one.context or "?", state_of(one)) for one in (rollup.contexts.nodes if rollup else ())]
    return HeadState(
        pulls=_numbers(part(reply, response, "into", Numbers)),
        pending=tuple(name for name, state in states if state == "pending"),
        failed=tuple(name for name, state in states if state == "failed"),
    )


def _numbers(pulls: Numbers) -> tuple[int, ...]:
    return tuple(sorted(node.number for node in pulls.nodes))
