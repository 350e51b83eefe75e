"""What strangers could write, from a seed: hostile words, bent examples, and whatever else Unicode has."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

# What a terminal obeys, or what ends a line for somebody
CONTROLS = (
    "\x1b[31m", "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "\x1b]0;title\x1b\\", "\x1b", "\x9b2J",
    "\x9d52;c;?\x9c",
    "\x07", "\x08", "\x00", "\x7f", "\r", "\n", "\r\n", "\n\n", "\t", "\v", "\f", "\x1c", "\x1e", "\x85", "\u2028",
    "\u2029",
    "\u202e", "\u2066", "\u2069", "\u200b", "\u200d", "\u200f", "\ufeff", "\u00ad", "\u061c", "\U000e0041", "\ufff9",
    "\u180e",
    "\udc9b", "\ud800", "\ue000", "\uffff", "\U0010ffff", "\u0301" * 9,
)  # fmt: skip
# What Markdown, GitHub, Slack, HTML, a CI log, jinja and rich could obey
MARKUP = (
    "@hana", "@acme/team", "＠here", "#1", "GH-1", "closes #1", "fixes acme/shop#2", "https://evil.example",
    "www.evil.example",
    "a@b.example", "[x](https://evil.example)", "![x](//evil)", "[link=https://evil.example]x[/link]", "[/]",
    "<!channel>",
    "<!here|x>", "<@U0ACME0002>", "<#C0ACME0001>", "<https://evil.example|x>", "&lt;", "&amp;", "&#64;hana",
    "<img src=x onerror=y>",
    "<b>", "</details>", "<!--", "-->", "# Heading", "> quoted", "- item", "1. one", "2) two", "---", "===", "***",
    "* * *", "    code",
    "`", "``", "```", "~~~", "~~x~~", "*x*", "_x_", "__x__", "|", "| - |", "\\", "\\\\", "$x$", "::error::x",
    "##[error]x",
    "::add-mask::", "{{ 7 * 7 }}", "{% raw %}", "${{ secrets.X }}", "$(id)", "`id`", ":tada:", "• ", "＊", "＿", "｀",
    "（", "&", "<", ">",
    "[", "]", "(", ")", "!", "+", "~", "%", "%s", "{", "}", "'", '"', ";", ":", "/", "//", "..", ".", "-", "--", "=",
)  # fmt: skip
# What reletan itself writes, and looks for
OURS = (
    "<!-- reletan:notes -->", "<!-- reletan:notes:end -->", "<!-- reletan:checklist -->",
    "<!-- reletan:checklist:end -->",
    "<!-- reletan:item 12 4af6c69aa0 -->", "<!-- reletan:item 1 -->", "<!-- reletan:item 2 a66b0c1d22 +4af6c69aa0 -->",
    "<!-- reletan:item 99999999999 x -->", "<!--reletan:item 3", "- [x] ", "- [ ] ", "[X]", "* [x] ",
    "BREAKING CHANGE: x", "feat!: x", "fix(x): y",
    "Revert \"", "This reverts commit 4af6c69aa0", "Reverts acme/shop#2", "Merge pull request #3 from acme/topic",
    "Merge branch 'x' into develop",
    "Merge tag 'v1.3.0'", "(#12)", "(#0)", "(#99999999999)", "release/1.4.0", "hotfix/", "v1.4.0", "refs/heads/main",
    "refs/pull/12/head", "HEAD",
)  # fmt: skip
WORDS = (
    "Add a basket",
    "Tidy up",
    "ログイン画面を改善",
    "商品　一覧",
    "résumé",
    "x",
    "a b",
    "1.4.0",
    "0",
    "",
    " ",
    "👍🏽",
    "ﷺ",
    "İ",
    "ß",
    "١٢",
    "²",
)
NUMBERS = (0, 1, -1, 2, 12, 99, 2**31 - 1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**30)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789._-/ "
_RANGES = (
    (0x20, 0x7E),
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x300, 0x36F),
    (0x2000, 0x206F),
    (0x3040, 0x30FF),
    (0xFF00, 0xFFEF),
    (0, 0x10FFFF),
)
# How often one piece is repeated where a text is to be huge
_HUGE = (500, 5_000, 20_000)


class Source(Random):
    """Everything that a case is made of; the same seed gives the same."""

    def chance(self, one_in: int) -> bool:
        return self.randrange(one_in) == 0

    def some(self, of: Sequence[Any], most: int = 6) -> list[Any]:
        return [self.choice(of) for _ in range(self.randint(0, most))]

    def char(self) -> str:
        low, high = self.choice(_RANGES)
        return chr(self.randint(low, high))

    def piece(self) -> str:
        match self.randrange(8):
            case 0 | 1:
                return self.choice(WORDS)
            case 2 | 3:
                return self.choice(MARKUP)
            case 4 | 5:
                return self.choice(CONTROLS)
            case 6:
                return self.choice(OURS)
        return "".join(self.char() for _ in range(self.randint(1, 6)))

    def text(self, most: int = 6) -> str:
        """A title, or more: pieces one after another; seldom with a space between them."""
        between = " " if self.chance(3) else ""
        return between.join(self.piece() for _ in range(self.randint(0, most)))

    def plain(self, most: int = 12) -> str:
        """Letters, digits, and what stands in names."""
        return "".join(self.choices(_LETTERS, k=self.randint(0, most)))

    def clean(self, most: int = 6) -> str:
        """``text`` as it can come out of UTF-8: without half characters."""
        return self.text(most).encode(errors="replace").decode()

    def huge(self, most: int = 120_000) -> str:
        """A few pieces again and again: what takes time with the square of it takes minutes then."""
        pattern = "".join(self.piece() for _ in range(self.randint(1, 3)))
        again = pattern * self.choice(_HUGE)
        return (self.text(2) + again + self.text(2))[: self.randint(1_000, most)]

    def lines(self, of: Callable[[], str], most: int = 12) -> str:
        return "".join(of() + self.choice(("\n", "\n", "\n", "\r\n", "\r", "")) for _ in range(self.randint(0, most)))

    def bent(self, text: str, most: int = 3) -> str:
        """``text`` with a few changes."""
        for _ in range(self.randint(1, most)):
            at, to = sorted((self.randint(0, len(text)), self.randint(0, len(text))))
            to = min(to, at + self.choice((0, 1, 4, 40)))
            middle = self.choice(("", self.piece(), self.piece(), text[at:to] * 2, text[to : to + 20], self.char()))
            text = text[:at] + middle + text[to:]
        return text

    def bent_bytes(self, content: bytes) -> bytes:
        """The same of bytes; the result need not be UTF-8."""
        made = bytearray(content)
        for _ in range(self.randint(1, 3)):
            at = self.randint(0, len(made))
            match self.randrange(5):
                case 0:
                    del made[at : at + self.choice((1, 4, 40))]
                case 1:
                    made[at:at] = self.piece().encode(errors="surrogatepass")
                case 2:
                    made[at : at + 1] = self.randbytes(self.randint(0, 3))
                case 3:
                    made[at:at] = made[at : at + 40] * self.choice((1, 1, 1, 200))
                case _:
                    del made[at:]
        return bytes(made)

    def value(self, depth: int = 2) -> Any:
        """Any value of JSON."""
        match self.randrange(10 if depth else 7):
            case 0:
                return None
            case 1:
                return self.choice((True, False))
            case 2:
                return self.choice(NUMBERS)
            case 3:
                return self.choice((0.0, -1.5, 1e308, 0.1))
            case 4 | 5 | 6:
                return self.clean()
            case 7 | 8:
                return [self.value(depth - 1) for _ in range(self.randint(0, 3))]
        return {self.clean(2): self.value(depth - 1) for _ in range(self.randint(0, 3))}

    def bent_value(self, value: Any) -> Any:
        """A copy of ``value``, which JSON can hold, in which one to three things are different."""
        for _ in range(self.randint(1, 3)):
            value = self._bent_once(value)
        return value

    def _bent_once(self, value: Any) -> Any:
        # mostly somewhere within: what is wrong at the top is found at once
        if isinstance(value, Mapping) and value and not self.chance(12):
            key = self.choice(list(value))
            if self.chance(8):
                return {name: one for name, one in value.items() if name != key}
            return {**value, key: self._bent_once(value[key])}
        if isinstance(value, list) and value and not self.chance(8):
            at = self.randrange(len(value))
            return [
                *value[:at],
                *self.choice(([], [self._bent_once(value[at])], [self._bent_once(value[at])], [value[at]] * 2)),
                *value[at + 1 :],
            ]
        if isinstance(value, str) and self.chance(2):
            return self.bent(value).encode(errors="replace").decode()
        return self.value()
