"""A recording of the terminal as an SVG picture that moves: what reletan shows on a real one, with answers typed."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from io import StringIO
from itertools import accumulate

import msgspec
import pexpect
import pyte

from reletan.sandbox.world import World

# Wider than any line, which is folded once the addresses in it are as long as GitHub's own
_WIDE = 300
_COLUMNS, _ROWS = 96, 30
_LINE, _CHARACTER, _SIZE, _MARGIN, _BAR = 18, 7.83, 13, 18, 34
# seconds
_TYPED, _PRINTED, _THOUGHT = 1.0, 0.06, 1.6
_QUESTION = "? "
# The first picture is not empty: all of the first plan is there when it begins
_BEGINS = "? Do exactly this"
_FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"


class Command(msgspec.Struct, frozen=True):
    """What is typed, and what is answered: (a part of the question, the keys)."""

    args: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


class Shown(msgspec.Struct, frozen=True):
    """A line, and the seconds that pass before it is there."""

    text: str
    after: float


def recorded(world: World, commands: Sequence[Command]) -> list[Shown]:
    """Run ``commands`` in Hana's clone, one after the other."""
    shown: list[Shown] = []
    for command in commands:
        shown.append(Shown(f"$ reletan {' '.join(command.args)}", _TYPED))
        after = _TYPED
        for text in _folded(_as_told(world, line) for line in _run(world, command)):
            shown.append(Shown(text, after))
            after = _THOUGHT if text.startswith(_QUESTION) else _PRINTED
        shown.append(Shown("", _PRINTED))
    return shown[:-1]


def _run(world: World, command: Command) -> list[str]:
    """What stands on the screen in the end."""
    argv, seen = world.command(*command.args), StringIO()
    terminal = world.environment({"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"})
    child = pexpect.spawn(
        argv[0], argv[1:], cwd=str(world.clone), env=terminal, dimensions=(200, _WIDE), encoding="utf-8", timeout=60
    )  # fmt: skip
    child.logfile_read = seen
    for question, keys in command.answers:
        child.expect_exact(question)
        child.send(keys)
    child.expect(pexpect.EOF)
    child.close()
    screen = pyte.Screen(_WIDE, 200)
    pyte.Stream(screen).feed(seen.getvalue())
    return "\n".join(line.rstrip() for line in screen.display).rstrip().split("\n")


def _as_told(world: World, line: str) -> str:
    """As on GitHub and Slack, and in the folder where a clone would be."""
    line = line.replace(str(world.clone), "~/shop").replace(world.github.url, "https://github.com")
    return re.sub(r"http://127\.0\.0\.1:\d+", "https://acme.slack.com", line)


def _folded(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line[:_COLUMNS]
        for at in range(_COLUMNS, len(line), _COLUMNS):
            yield line[at : at + _COLUMNS]


def moving(shown: Sequence[Shown], *, title: str) -> str:
    """The whole SVG. It plays once, and stays at its end; at once for those who want nothing to move."""
    width, height = round(_COLUMNS * _CHARACTER) + 2 * _MARGIN, _BAR + _ROWS * _LINE + _MARGIN
    times = _times(shown)
    body = "\n".join(_line(line.text, row, at) for row, (line, at) in enumerate(zip(shown, times, strict=True)))
    words = "\n".join(line.text for line in shown)
    last = max(0, len(shown) - _ROWS) * _LINE
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"
     aria-labelledby="title words">
<title id="title">{escape(title)}</title>
<desc id="words">{escape(words)}</desc>
<style>
text {{ font-family: {_FONTS}; font-size: {_SIZE}px; white-space: pre; fill: #d9dce3; }}
.typed {{ fill: #ffffff; font-weight: 700; }}
.asked {{ fill: #8fd0ff; }}
.done {{ fill: #9ece8f; }}
text {{ animation: show 1ms linear both; }}
g {{ transform: translateY(-{last}px); animation: scroll {times[-1]:.2f}s steps(1, end) both; }}
@keyframes show {{ from {{ opacity: 0; }} to {{ opacity: 1; }} }}
@keyframes scroll {{
{_scrolling(times)}
}}
@media (prefers-reduced-motion: reduce) {{ text, g {{ animation: none; }} }}
</style>
<rect width="{width}" height="{height}" rx="9" fill="#1b1d23"/>
<rect x="16" y="13" width="11" height="11" rx="5.5" fill="#4a4e59"/>
<rect x="34" y="13" width="11" height="11" rx="5.5" fill="#4a4e59"/>
<rect x="52" y="13" width="11" height="11" rx="5.5" fill="#4a4e59"/>
<svg x="0" y="{_BAR}" width="{width}" height="{_ROWS * _LINE + 4}">
<g>
{body}
</g>
</svg>
</svg>
"""


def _times(shown: Sequence[Shown]) -> list[float]:
    """When each line is there."""
    times = list(accumulate(line.after for line in shown))
    begin = next((at for at, line in zip(times, shown, strict=True) if line.text.startswith(_BEGINS)), 0.0)
    return [max(0.0, at - begin) for at in times]


def _line(text: str, row: int, at: float) -> str:
    look = "typed" if text.startswith("$ ") else "asked" if text.startswith(_QUESTION) else ""
    look = look or ("done" if text.startswith("done: ") else "")
    kind = f' class="{look}"' if look else ""
    place = f'x="{_MARGIN}" y="{(row + 1) * _LINE - 4}"'
    shows = f"animation-delay:{at:.2f}s" if at else "animation:none"
    return f'<text {place}{kind} style="{shows}">{escape(text)}</text>'


def _scrolling(times: Sequence[float]) -> str:
    """Where the first line stands, once more lines are there than fit."""
    steps = ["0% { transform: translateY(0); }"]
    for row in range(_ROWS, len(times)):
        part = 100 * times[row] / times[-1]
        steps.append(f"{part:.2f}% {{ transform: translateY(-{(row - _ROWS + 1) * _LINE}px); }}")
    return "\n".join(steps)
