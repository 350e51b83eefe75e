"""What a command prints, as a page shows it: with the addresses of the real world instead of the sandbox's."""

import re

from reletan.sandbox.world import World

_MASKS = (
    (re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{7,40}\b"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?"), "<date>"),
    (re.compile(r"/p\d{16}\b|thread_ts=\d+\.\d+"), "<message>"),
)


def as_shown(text: str, world: World) -> str:
    """``text`` without anything of the sandbox or this machine, and without blanks at the ends of lines."""
    github, slack = world.github, world.slack
    for real, shown in (
        (f"{github.url}/api/v3", "https://api.github.com"), (github.url, "https://github.com"), (github.host, "api.github.com"),
        (slack.api_url, "https://slack.com/api/"), (slack.url.rstrip("/"), "https://acme.slack.com"),
        (world.origin.as_uri(), "https://github.com/acme/shop.git"), (str(world.clone), "~/shop"),
    ):  # fmt: skip
        text = text.replace(real, shown)
    assert "127.0.0.1" not in text
    assert str(world.folder) not in text
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


def same(documented: str, printed: str) -> bool:
    """Whether it is what the page has, but for ids and dates. ``…`` in the page stands for anything in a line, and on a line of
    its own for any lines.
    """
    pattern = ""
    for line in _masked(documented).strip("\n").split("\n"):
        pattern += r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
    return re.fullmatch(pattern, _masked(printed).strip("\n") + "\n") is not None


def _masked(text: str) -> str:
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
