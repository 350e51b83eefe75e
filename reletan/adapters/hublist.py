"""Many pull requests and commits of one repository, in as few GraphQL requests as GitHub's limits allow."""

from collections.abc import Sequence
from threading import Thread
from typing import Any

import msgspec

from reletan.adapters.hub import BACKOFF, TRIES, Hub
from reletan.adapters.hubquery import NOT_ALLOWED, Response, answers, question, refusal
from reletan.adapters.hubreply import HubError, Refused, Reply, decode
from reletan.domain.answers import Answers, Asked
from reletan.domain.errors import ReletanError, Unauthorized

# A query must be answered within 10 seconds; requests that fail for their size are halved.
PULLS = 50
COMMITS = 100
CONNECTIONS = 4
TOO_MUCH = ("RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "EXCESSIVE_PAGINATION")


class _Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one request brought. ``wait``: seconds to wait before the next one; ``too_much``: it was too large."""

    answers: Answers = Answers()
    wait: float = 0
    too_much: bool = False
    problem: ReletanError | None = None


def look_up(hub: Hub, asked: Asked) -> tuple[Answers, ReletanError | None]:
    """All the answers that GitHub gives, and what kept it from giving the others."""
    left, known, most, fruitless = asked, Answers(), (PULLS, COMMITS), 0
    while left:
        wave = portions(left, *most)[:CONNECTIONS]
        outcomes = _at_once(hub, wave, fruitless)
        for outcome in outcomes:
            known = known.joined(outcome.answers)
        if known.repository:
            hub.note_name(known.repository)
        before, left = left, known.unanswered(left)
        problem = next((outcome.problem for outcome in outcomes if outcome.problem), None)
        fruitless = fruitless + 1 if left == before else 0
        if left and _is_final(problem, fruitless):
            return known, problem or HubError("GitHub left questions open.", next="try again in a while")
        if any(outcome.too_much for outcome in outcomes):
            most = max(-(-len(wave[0].numbers) // 2), 1), max(-(-len(wave[0].commits) // 2), 1)
        if left and (wait := max(outcome.wait for outcome in outcomes)):
            try:
                hub.pause(wait, problem.message.rstrip(".") if problem else "GitHub is busy")
            except HubError as error:
                return known, error
    hub.tell_limit()
    return known, None


def _is_final(problem: ReletanError | None, fruitless: int) -> bool:
    """Whether asking again is of no use. A time-out has taken long already: once again, with half of it."""
    slow = isinstance(problem, HubError) and problem.slow
    return isinstance(problem, Unauthorized | Refused) or fruitless >= (2 if slow else TRIES)


def portions(asked: Asked, most_pulls: int, most_commits: int) -> list[Asked]:
    """As few requests as hold everything, both kinds spread evenly over them."""
    count = max(-(-len(asked.numbers) // most_pulls), -(-len(asked.commits) // most_commits))
    numbers, commits = _spread(asked.numbers, count), _spread(asked.commits, count)
    return [Asked(*both) for both in zip(numbers, commits, strict=True)]


def _spread(items: Sequence[Any], count: int) -> list[tuple[Any, ...]]:
    return [tuple(items[at * len(items) // count : (at + 1) * len(items) // count]) for at in range(count)]


def _at_once(hub: Hub, wave: Sequence[Asked], attempt: int) -> list[_Outcome]:
    """Each portion on a connection of its own. The threads are daemons: Ctrl-C does not wait for GitHub."""
    outcomes: list[_Outcome | Exception] = [_Outcome()] * len(wave)

    def ask(lane: int) -> None:
        try:
            outcomes[lane] = _ask(hub, wave[lane], lane, attempt)
        except Exception as error:
            outcomes[lane] = error

    hub.connect(len(wave))
    threads = [Thread(target=ask, args=(lane,), daemon=True) for lane in range(1, len(wave))]
    for thread in threads:
        thread.start()
    ask(0)
    for thread in threads:
        thread.join()
    return [_whole(outcome) for outcome in outcomes]


def _whole(outcome: "_Outcome | Exception") -> _Outcome:
    if isinstance(outcome, ReletanError):
        return _Outcome(problem=outcome)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _ask(hub: Hub, portion: Asked, lane: int, attempt: int) -> _Outcome:
    owner, name = hub.repository.split("/")
    asked = {"query": question(portion), "variables": {"owner": owner, "name": name}}
    try:
        reply = hub.send("POST", "/graphql", asked, lane)
    except HubError as problem:
        return _Outcome(wait=BACKOFF * 2**attempt, too_much=problem.slow, problem=problem)
    if reply.status in (502, 504):
        # GitHub took too long: the same question would take as long again
        return _Outcome(too_much=True, wait=BACKOFF * attempt, problem=hub.failure(reply))
    wait = hub.seconds_to_wait(reply, attempt)
    if wait is not None:
        return _Outcome(wait=wait, problem=hub.failure(reply))
    hub.require(reply)
    return _read(hub, reply, portion)


def _read(hub: Hub, reply: Reply, portion: Asked) -> _Outcome:
    response = decode(reply, Response)
    kinds = {error.type for error in response.errors}
    if "RATE_LIMITED" in kinds:
        problem: ReletanError = HubError(
            "GitHub's rate limit is used up.", next="try again later, or use another token"
        )
        return _Outcome(wait=reply.wait, problem=problem)
    too_much = bool(kinds & {*TOO_MUCH}) or any("timeout" in error.message.lower() for error in response.errors)
    if response.repository is None:
        return _Outcome(too_much=too_much, wait=BACKOFF, problem=refusal(hub.repository, response.errors))
    got, left = answers(reply, response, portion)
    altogether = all(len(error.path) <= 2 for error in response.errors)
    if kinds & {*NOT_ALLOWED} and altogether and not got.pulls and not got.by_commit:
        return _Outcome(problem=refusal(hub.repository, response.errors))
    return _Outcome(answers=got, too_much=too_much, wait=BACKOFF if left else 0, problem=left)
