"""What GitHub answers, bent: a value, or one clear error. The answers are the sandbox's own, and the way there is the real one."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec
from graphql import GraphQLError, parse
from quick_world import QuickWorld

from reletan.adapters import hubact, hubask, hubmerge, hubpr, hubrelease, hubrules
from reletan.adapters.hub import Hub
from reletan.adapters.hubedit import edit_body
from reletan.adapters.hublist import look_up
from reletan.adapters.hubpull import read_pull
from reletan.adapters.hubquery import Response, answers
from reletan.adapters.hubreply import HubError, Reply, decode
from reletan.adapters.token import Token
from reletan.domain.answers import Asked
from reletan.domain.errors import ReletanError
from reletan.domain.protection import Rule, Ruleset
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World
from torture.fuzz_case import Family, require
from torture.fuzz_rules import obeyed
from torture.fuzz_server import MOST_REQUESTS, Answer, any_server, bent_answers
from torture.fuzz_source import Source

CANARY = "ghp_c4n4ryc4n4ryc4n4ry"
_RELEASE = hubrelease.WantedRelease(
    tag="v1.3.0", commit="a" * 40, name="1.3.0", notes="x", more="…", prerelease=False, latest=True
)
_SHA = "b" * 40
OPEN, RELEASE_BRANCH = 4, "release/1.4.0"


@cache
def _world() -> World:
    """With something for each operation to find."""
    world = QuickWorld.bare_minimum(Path(mkdtemp(prefix="world-")) / "world")
    number = world.open_pull("Add gift cards", author="Yuki", body="words", labels=["feature"])
    assert number == OPEN
    world.approve(number, by="Hana")
    world.check("test", "success", number)
    world.comment(number, "<!-- x -->", by="Hana")
    world.publish("v1.3.0", "Theirs")
    world.branch(RELEASE_BRANCH, "refs/heads/develop")
    world.protect_branch("main", Protection(approvals=1, checks=("ci",)))
    world.protect_tags("v*")
    return world


@cache
def head() -> str:
    """Of the pull request that is open."""
    return _world().head_of(OPEN)


Operation = Callable[[Hub], object]

READS: dict[str, Operation] = {
    "pull": lambda hub: read_pull(hub, 1),
    "find": lambda hub: hubpr.find_pull(hub, "feature/4", "develop", merged=True),
    "published": lambda hub: hubrelease.find_published(hub, "v1.3.0"),
    "rules": lambda hub: hubrules.rules_of(hub, "main"),
    "tag-rules": lambda hub: hubrules.tag_rules(hub, "v1.4.0"),
    "list": lambda hub: look_up(hub, Asked((1, 2, 99), (head(),))),
    "merge-facts": lambda hub: hubmerge.read_for_merge(hub, [OPEN, 1], hubmerge.Job(run=7, name="test")),
    "viewer": hubask.viewer,
    "open": hubask.open_numbers,
    "at": lambda hub: hubask.numbers_at(hub, 'feature/"\\\u2028{x}', head()),
    "base": lambda hub: hubask.is_a_base(hub, "main"),
    "file": lambda hub: hubask.file_and_body(hub, OPEN, head(), "docs/merge.j2"),
    "comment": lambda hub: hubask.own_comment(hub, OPEN, "<!-- x -->"),
}
WRITES: dict[str, Operation] = {
    "publish": lambda hub: hubrelease.publish(hub, _RELEASE),
    "edit": lambda hub: edit_body(hub, OPEN, lambda body: f"{body or ''}".rstrip("!") + "!"),
    "status": lambda hub: hubpr.set_status(hub, head(), "x", "pending", "0 of 1"),
    "comment": lambda hub: hubact.add_comment(hub, "x", "y"),
    "open-pull": lambda hub: hubpr.open_pull(hub, RELEASE_BRANCH, "main", "Release", "text"),
    "merge": lambda hub: hubact.merge(hub, OPEN, head(), "merge", hubact.Message()),
    "update": lambda hub: hubact.update_branch(hub, OPEN, head()),
    "enqueue": lambda hub: hubact.enqueue(hub, "x", head()),
    "close-pull": lambda hub: hubpr.close_pull(hub, OPEN),
}
OPERATIONS = {
    **{f"read {name}": one for name, one in READS.items()},
    **{f"write {name}": one for name, one in WRITES.items()},
}


def hub_at(url: str, token: str, told: list[str]) -> Hub:
    def wait(_seconds: float, why: str) -> None:
        told.append(why)

    return Hub(f"{url}/api/v3", "acme/shop", Token(token, "GH_TOKEN"), wait=wait, tell=told.append)


class _Taped(Hub):
    """Keeps what was answered."""

    tape: list[Answer]

    def send(self, verb: str, path: str, body: Any = None, lane: int = 0) -> Reply:
        reply = super().send(verb, path, body, lane)
        self.tape.append([reply.status, [["Content-Type", "application/json"]], reply.text])
        return reply


@cache
def recorded() -> dict[str, list[Answer]]:
    """The sandbox's answers to each operation, the same in each process."""
    tapes = {}
    with _world().on_github() as github:
        for name, operation in OPERATIONS.items():
            hub = _Taped(
                github.api_url, "acme/shop", Token(TOKEN, "GH_TOKEN"), wait=lambda *_: None, tell=lambda _: None
            )
            hub.tape = []
            # an error is an answer as well
            with suppress(ReletanError):
                operation(hub)
            tapes[name] = [
                [status, headers, text.replace(github.url, "https://github.com")] for status, headers, text in hub.tape
            ]
    return tapes


def make_exchange(source: Source) -> list[Any]:
    name = source.choice(tuple(OPERATIONS))
    answers = recorded()[name] or [[200, [], "{}"]]
    return [name, bent_answers(source, answers, msgspec.json.decode, lambda value: msgspec.json.encode(value).decode())]


def check_exchange(given: list[Any]) -> None:
    """An operation of ours against these answers."""
    name, answers = given
    server, told = any_server(), list[str]()
    server.prepare(answers)
    hub = hub_at(server.url, CANARY, told)
    try:
        OPERATIONS[name](hub)
    except HubError as problem:
        require(
            CANARY not in f"{problem.message} {problem.next} {problem.details}", "no token in an error", problem.message
        )
    require(server.asked <= MOST_REQUESTS, "an end to the questions", server.asked)
    require(CANARY not in "".join(told), "no token in what people are told", told)


# the decoders alone, which are many times as fast


@cache
def _shapes() -> list[tuple[type, str]]:
    """Every type that an answer was decoded as, and the answer."""
    found: list[tuple[type, str]] = []
    replies = [Reply(200, {}, answer[2]) for tape in recorded().values() for answer in tape]
    kinds = [Response, hubpr._Combined, hubrelease.ReleaseState, list[hubrelease.ReleaseState], list[hubpr._Pull],
    hubpr._Pull, hubrules._Repository,
             hubrules._Branch, hubrules._Classic, list[Rule], list[Ruleset],
             Ruleset]  # fmt: skip
    for reply in replies:
        for kind in kinds:
            try:
                decode(reply, kind)
            except HubError:
                continue
            found.append((kind, reply.text))
    return found


def make_answer(source: Source) -> list[Any]:
    at = source.randrange(len(_shapes()))
    text = _shapes()[at][1]
    if source.chance(4):
        return [at, source.bent(text).encode(errors="replace").decode(), {}]
    headers = {
        "date": source.text(2),
        "retry-after": source.text(1),
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": source.choice(("0", "9" * 11, source.text(1))),
    }
    return [at, msgspec.json.encode(source.bent_value(msgspec.json.decode(text))).decode(), headers]


def check_answer(given: list[Any]) -> None:
    at, text, headers = given
    kind = _shapes()[at][0]
    for status in (200, 403, 422):
        reply = Reply(status, headers, text)
        require(reply.wait >= 0 and reply.now >= -(10**12), "times", (reply.wait, reply.now))
        require(not obeyed(reply.words), "what GitHub says, on one line", reply.words)
    value = decode(Reply(200, headers, text), kind)
    if isinstance(value, Response) and value.repository is not None:
        answers(Reply(200, headers, text), value, Asked((1, 2, 99), (_SHA,)))


def check_question(name: str) -> None:
    """What we ask is GraphQL, whatever a branch is called."""
    server = any_server()
    server.prepare([[200, [], "{}"]])
    hub = _Asking(
        f"{server.url}/api/v3", "acme/shop", Token(CANARY, "GH_TOKEN"), wait=lambda *_: None, tell=lambda _: None
    )
    for ask in (
        lambda: hubask.numbers_at(hub, name, _SHA),
        lambda: hubask.is_a_base(hub, name),
        lambda: hubask.file_and_body(hub, 1, _SHA, name),
    ):
        try:
            ask()
        except HubError:
            continue


class _Asking(Hub):
    """Looks at each question on its way."""

    def send(self, verb: str, path: str, body: Any = None, lane: int = 0) -> Reply:
        assert (verb, path, lane) == ("POST", "/graphql", 0)
        try:
            parse(body["query"])
        except GraphQLError as error:
            require(False, "a question in GraphQL", (str(error), body["query"]))
        return Reply(404, {}, "{}")


FAMILIES = (
    Family(name="github-answers", weight=150, make=make_answer, check=check_answer),
    Family(name="github", weight=30, make=make_exchange, check=check_exchange),
    Family(name="questions", weight=5, make=lambda source: source.clean(3), check=check_question),
)
