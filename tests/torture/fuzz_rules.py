"""Whether text from outside is inert where it goes to."""

import re
import unicodedata
from typing import Any

from torture.fuzz_case import require

ZERO_WIDTH = "\u200b"
_OBEYED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Signs of Arabic, Syriac and Egyptian writing, which Unicode counts among the invisible
_SEEN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd" + "".join(
    map(chr, range(0x13430, 0x13456))
)
_ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")
_LIVE_ON_GITHUB = re.compile(r"(?<!\w)[@#]\w|\bGH\\?-\d|[a-z]\\?://|www\.\w", re.IGNORECASE)
_MARKUP = set("\\`*_{}[]<>#|~!@&$+-\n")
_SLACK_SPECIAL = set("<>&`＊＿｀\n")
_SLACK_MARKS = re.compile(r"(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|[@＠](?![\u200b\s]|$)")


def obeyed(text: str, allowed: str = "") -> set[str]:
    """The characters that a terminal obeys, or that nobody sees."""
    if text.isascii() and text.isprintable():
        return set()
    return {c for c in text if unicodedata.category(c) in _OBEYED and c not in allowed}


def live(text: str) -> set[str]:
    """The characters of JSON that a terminal obeys, or that hide something; what Unicode has no sign for is neither."""
    return {c for c in obeyed(text) if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")} - set(_SEEN)


def require_terminal(line: str) -> None:
    require(not obeyed(line), "nothing that a terminal obeys", line)


def require_markdown(line: str) -> None:
    """One line, in which nothing is live."""
    require(not obeyed(line, ZERO_WIDTH), "nothing invisible in Markdown", line)
    bare = _ESCAPED.sub("", line)
    require(not _MARKUP & set(bare), "no Markdown is live", line)
    require(
        not _LIVE_ON_GITHUB.search(_ESCAPED.sub(lambda escape: escape[0][1], line)), "nothing that GitHub links", line
    )
    require(not re.match(r"\s|\d+[.)](\s|$)", line), "no list, no code", line)


def require_slack(line: str) -> None:
    """One line, in which nothing is live."""
    require(not obeyed(line, f"{ZERO_WIDTH}\u00ad"), "nothing invisible on Slack", line)
    plain = re.sub("&(amp|lt|gt);", "", line)
    require(not _SLACK_SPECIAL & set(plain), "no mrkdwn is special", line)
    require(not _SLACK_MARKS.search(plain), "no formatting, no mention", line)
    require(not line.startswith(("&gt;", "＞")), "no quote", line)


def require_pasted(line: str) -> None:
    require(not obeyed(line, ZERO_WIDTH), "nothing that a terminal obeys", line)
    require(not re.search(r"[@＠](?![\u200b\s]|$)", line), "no mention", line)


def texts_in(value: Any) -> list[str]:
    """Every text in lists and dicts of plain data."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts_in(one)]
    return [text for one in value for text in texts_in(one)] if isinstance(value, list | tuple) else []


# whole texts of Markdown, as CommonMark and GitHub's tables read them

OURS = {"text", "softbreak", "link_open", "link_close", "strong_open", "strong_close", "text_special"}
BLOCKS = {"heading", "paragraph", "list_item", "bullet_list"}


def parsed(text: str) -> list[Any]:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def require_document(text: str, items: int | None = None) -> None:
    """Headings, lists and links that are ours alone; ``items``: so many lines of lists."""
    require(not obeyed(text, f"{ZERO_WIDTH}\n"), "nothing invisible in a document", text)
    tokens = parsed(text)
    allowed = {"inline", "html_block", *(f"{kind}_{end}" for kind in BLOCKS for end in ("open", "close"))}
    require({one.type for one in tokens} <= allowed, "blocks of ours alone", {one.type for one in tokens} - allowed)
    for token in tokens:
        require(token.type != "html_block" or token.content.startswith("<!-- reletan:"), "no HTML", token.content)
        inner = {one.type for one in token.children or ()} - {"html_inline"}
        require(inner <= OURS, "no markup within a line", inner - OURS)
        for one in token.children or ():
            require(one.type != "html_inline" or one.content.startswith("<!-- reletan:item "), "no HTML", one.content)
            require(
                one.type != "link_open" or str(one.attrs["href"]).startswith("https://github.com/acme/shop"),
                "our links",
                one.attrs,
            )
    found = sum(one.type == "list_item_open" for one in tokens)
    require(items is None or found == items, f"{items} lines of lists", found)
