"""The way to the sandbox GitHub as reletan goes it, and how an answer gets lost there."""

from reletan.adapters.hub import Hub
from reletan.adapters.token import Token
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.world import World

Waits = list[tuple[float, str]]
"""What the person would have had to wait for: seconds, and why."""

# What goes wrong -> whether the write was done all the same
LOST = {
    "an error after it": (Fault.status(502, effect=True), True),
    "an error before it": (Fault.status(502), False),
    "cut after it": (Fault.cut_after(), True),
    "cut before it": (Fault.cut_before(), False),
    "cut within": (Fault.cut_within(), True),
    "a page": (Fault.html(effect=True), True),
    "a page and nothing": (Fault.html(), False),
    "half an answer": (Fault.truncated(), True),
}


def way_to(world: World, waits: Waits, token: str = TOKEN, repository: str = "acme/shop") -> Hub:
    def wait(seconds: float, why: str) -> None:
        waits.append((seconds, why))

    return Hub(world.github.api_url, repository, Token(token, "GH_TOKEN"), wait=wait, tell=lambda _text: None)
