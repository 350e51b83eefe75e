"""JSON for scripts, inert wherever somebody reads it."""

import re

import msgspec

from reletan.domain.text import Text

# Characters that JSON leaves as they are and that a terminal obeys: C1 controls, bidirectional and invisible marks.
_LIVE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_PLAIN = bytes(range(0x7F))


def to_json(value: object) -> str:
    """``value`` as JSON that is inert in a terminal too."""
    encoded = _json(value)
    text = encoded.decode()
    # Looking through megabytes takes long; through the few characters that are not plain ASCII it does not.
    for live in set(_LIVE.findall(encoded.translate(None, delete=_PLAIN).decode())):
        text = text.replace(live, _escaped(live))
    # The log of GitHub Actions obeys it wherever it stands
    return text.replace("##[", "#\\u0023[")


def _json(value: object) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=encode)
    except UnicodeEncodeError:
        # an argument or a path whose bytes are no UTF-8
        import json

        return json.dumps(msgspec.to_builtins(value, enc_hook=encode), ensure_ascii=False).encode(errors="replace")


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def encode(value: object) -> str:
    """How msgspec writes what it does not know. Raises TypeError for what nobody knows."""
    if isinstance(value, Text):
        return value.raw
    raise TypeError(type(value).__name__)
