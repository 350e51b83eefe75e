"""What Slack says of a message's blocks before it takes them."""

from typing import Any

MAX_BLOCKS = 50
MAX_IN_ALL = 13_200
_TEXTS = {"mrkdwn": {"type", "text", "verbatim"}, "plain_text": {"type", "text", "emoji"}}
_PARTS = {
    "header": {"text"},
    "section": {"text", "fields", "expand"},
    "context": {"elements"},
    "divider": set[str](),
}


def problems(blocks: list[Any]) -> list[str]:
    """What is wrong, as Slack words it: ``must be less than 151 characters [json-pointer:/blocks/0/text/text]``."""
    if len(blocks) > MAX_BLOCKS:
        return [_at("no more than 50 items allowed", "/blocks")]
    return [said for i, block in enumerate(blocks) for said in _block(block, f"/blocks/{i}")]


def in_all(blocks: list[Any]) -> int:
    """How many characters the texts have together."""
    return sum(_characters(block) for block in blocks)


def _characters(part: Any) -> int:
    if isinstance(part, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _characters(v) for k, v in part.items())
    return sum(_characters(one) for one in part) if isinstance(part, list) else 0


def _at(said: str, pointer: str) -> str:
    return f"{said} [json-pointer:{pointer}]"


def _block(block: Any, at: str) -> list[str]:
    kind = block.get("type") if isinstance(block, dict) else None
    if kind not in _PARTS:
        return [_at(f"unsupported type: {kind}", f"{at}/type")]
    odd = set(block) - _PARTS[kind] - {"type", "block_id"}
    wrong = [_at(f"invalid additional property: {name}", at) for name in sorted(odd)]
    if kind == "header":
        return wrong + _text(block.get("text"), f"{at}/text", 150, ("plain_text",))
    if kind == "context":
        return wrong + _several(block.get("elements"), f"{at}/elements", 3000)
    return wrong + (_section(block, at) if kind == "section" else [])


def _section(block: dict[str, Any], at: str) -> list[str]:
    if "text" not in block and "fields" not in block:
        return [_at("must define either `fields` or `text`", at)]
    text = _text(block["text"], f"{at}/text", 3000) if "text" in block else []
    return text + (_several(block["fields"], f"{at}/fields", 2000) if "fields" in block else [])


def _several(texts: Any, at: str, longest: int) -> list[str]:
    if not isinstance(texts, list) or not texts:
        return [_at("must provide an array with at least 1 item", at)]
    if len(texts) > 10:
        return [_at("no more than 10 items allowed", at)]
    return [said for i, text in enumerate(texts) for said in _text(text, f"{at}/{i}", longest)]


def _text(text: Any, at: str, longest: int, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")) -> list[str]:
    """Slack tells first that no form of the text fits, then why."""
    if not isinstance(text, dict):
        return [_at("missing required field: text", at)]
    why = _why_not(text, at, longest, kinds)
    return [_at("failed to match all allowed schemas", at), *why] if why else []


def _why_not(text: dict[str, Any], at: str, longest: int, kinds: tuple[str, ...]) -> list[str]:
    kind, written = text.get("type"), text.get("text")
    if kind not in kinds:
        return [_at(f"unsupported type: {kind}", f"{at}/type")]
    if odd := sorted(set(text) - _TEXTS[kind]):
        return [_at(f"invalid additional property: {odd[0]}", at)]
    if not isinstance(written, str):
        return [_at("missing required field: text", at)]
    if not written:
        return [_at("must be more than 0 characters", f"{at}/text")]
    return [_at(f"must be less than {longest + 1} characters", f"{at}/text")] if len(written) > longest else []
