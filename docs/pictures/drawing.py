"""Lines of styled text as an SVG picture, which looks the same wherever it is shown, light or dark."""

from collections.abc import Iterable
from html import escape
from itertools import accumulate

import msgspec
from rich.cells import cell_len

WIDTH = 620
_FONTS = "system-ui,-apple-system,'Segoe UI','Hiragino Sans','Noto Sans CJK JP','Noto Sans JP',sans-serif"
_LIGHT = {
    "ground": "#ffffff", "text": "#1c1d21", "soft": "#5c5f66", "line": "#dcdee2", "link": "#0a5a9e", "avatar": "#6a3fa0",
}  # fmt: skip
_DARK = {
    "ground": "#191b1f", "text": "#e3e4e8", "soft": "#a2a6ae", "line": "#373a41", "link": "#75b8f0", "avatar": "#7d55b3",
}  # fmt: skip
# No font in use draws its letters wider than this on average; in parts of the font's size, for each column of a terminal
_WIDEST = 0.57
# Drawn, since not every machine has a font for it
_CHECK = "✅ "


class Run(msgspec.Struct, frozen=True):
    """Text of one look. ``look``: names of ``text``, ``soft``, ``link``, ``bold``, ``small`` with spaces between."""

    text: str
    look: str = "text"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text. All lengths are pixels. ``above``: the space above it; ``avatar``: a letter in a box to its left;
    ``bar``: a line along it, as quotes have; ``ruled``: a line below.
    """

    runs: tuple[Run, ...]
    x: int
    size: int = 15
    above: int = 0
    avatar: str = ""
    box: int = 36
    bar: int | None = None
    ruled: bool = False

    @property
    def height(self) -> int:
        return round(self.size * 1.5) + (6 if self.ruled else 0)


def picture(lines: Iterable[Line], *, title: str) -> str:
    """The whole SVG. Raises ValueError for a line that might be cut at the right edge."""
    margin = 20
    placed = list(lines)
    tops = list(accumulate((line.above + line.height for line in placed), initial=margin))
    drawn = [part for line, top in zip(placed, tops, strict=False) for part in _drawn(line, top + line.above)]
    height = tops[-1] + margin
    words = "\n".join("".join(run.text for run in line.runs) for line in placed)
    body = "\n".join(drawn)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img"
     aria-labelledby="title words">
<title id="title">{escape(title)}</title>
<desc id="words">{escape(words)}</desc>
<style>
text {{ font-family: {_FONTS}; white-space: pre; }}
.bold {{ font-weight: 700; }}
.small {{ font-size: 12px; }}
.check {{ fill: #2c8a4b; }}
.tick {{ fill: none; stroke: #ffffff; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }}
.letter {{ fill: #ffffff; font-weight: 700; text-anchor: middle; }}
{_colors(_LIGHT)}
@media (prefers-color-scheme: dark) {{
{_colors(_DARK)}
}}
</style>
<rect class="ground edge" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>
{body}
</svg>
"""


def _colors(colors: dict[str, str]) -> str:
    fills = [f".{name} {{ fill: {color}; }}" for name, color in colors.items()]
    return "\n".join([*fills, f".edge {{ stroke: {colors['line']}; }}"])


def _drawn(line: Line, top: int) -> list[str]:
    parts = []
    if line.bar is not None:
        parts.append(
            f'<rect class="line" x="{line.bar}" y="{top - line.above}" width="3" height="{line.above + line.height}"/>'
        )
    if line.avatar:
        parts += _avatar(line, top)
    if line.ruled:
        end = WIDTH - line.x - 20
        parts.append(f'<rect class="line" x="{line.x}" y="{top + line.height - 2}" width="{end}" height="1"/>')
    return [*parts, _text(line, top)]


def _avatar(line: Line, top: int) -> list[str]:
    x, middle = line.x - line.box - 10, line.box / 2
    letter = round(line.box * 0.42)
    return [
        f'<rect class="avatar" x="{x}" y="{top + 2}" width="{line.box}" height="{line.box}" rx="{line.box // 5}"/>',
        f'<text class="letter" x="{x + middle:g}" y="{top + 2 + middle + letter * 0.36:g}" font-size="{letter}">'
        f"{escape(line.avatar)}</text>",
    ]


def _text(line: Line, top: int) -> str:
    columns = cell_len("".join(run.text for run in line.runs))
    if line.x + columns * line.size * _WIDEST > WIDTH - 20:
        raise ValueError(f"too wide for the picture: {line}")
    checked = bool(line.runs) and line.runs[0].text.startswith(_CHECK)
    texts = [run.text.removeprefix(_CHECK) if checked and not at else run.text for at, run in enumerate(line.runs)]
    runs = "".join(
        f'<tspan class="{run.look}">{escape(text)}</tspan>' for run, text in zip(line.runs, texts, strict=True) if text
    )
    x, y = line.x + (22 if checked else 0), top + round(line.size * 1.1)
    text = f'<text x="{x}" y="{y}" font-size="{line.size}">{runs}</text>'
    return f"{_check(line.x, y)}\n{text}" if checked else text


def _check(x: int, y: int) -> str:
    box = f'<rect class="check" x="{x}" y="{y - 13}" width="16" height="16" rx="3"/>'
    return f'{box}<path class="tick" d="M{x + 4} {y - 5}l3 4 5-8"/>'
