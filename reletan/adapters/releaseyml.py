"""``.github/release.yml``: what GitHub's own generated release notes go by."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn

from reletan.adapters.files import decode
from reletan.domain.categories import Policy
from reletan.domain.config import Category
from reletan.domain.errors import UsageError
from reletan.domain.rules import MAX_TEXT, shown
from reletan.domain.text import one_line

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_BYTES = 64 * 1024
# changelog: categories: [{exclude: {labels: [text]}}] is seven deep; what GitHub does not know may go a little deeper
_DEEPEST = 20
_TEXTS = "a list of texts"
_YAML = "tag:yaml.org,2002:"
# A label such as 1.0 or yes, which YAML takes for something else
_PLAIN = tuple(f"{_YAML}{kind}" for kind in ("str", "int", "float", "bool", "timestamp"))


def parse(content: bytes, name: str) -> Policy:
    """The headings and exclusions of the file ``name``, at most 64 KiB; as GitHub, it passes over unknown keys.

    Raises UsageError naming the file, the line and what was expected.
    """
    if len(content) > MAX_BYTES:
        raise UsageError(f"{name} is larger than {MAX_BYTES // 1024} KiB.")
    root = _compose(decode(content, name), name)
    changelog = _Entry(name, "", root)["changelog"]
    labels, authors = _exclusions(changelog)
    categories = tuple(_category(entry) for entry in changelog["categories"].items())
    return Policy(categories=categories, exclude_labels=labels, exclude_authors=authors)


def _category(entry: "_Entry") -> Category:
    exclude_labels, exclude_authors = _exclusions(entry)
    labels = entry["labels"].texts()
    if not labels:
        entry.refuse('labels, a list of texts in which "*" stands for any')
    return Category(entry["title"].text(), labels, exclude_labels, exclude_authors)


def _exclusions(entry: "_Entry") -> tuple[tuple[str, ...], tuple[str, ...]]:
    exclude = entry["exclude"]
    return exclude["labels"].texts(), exclude["authors"].texts()


class _Entry:
    """A value of the file with its place. A key without a value is as one that is not there."""

    def __init__(self, file: str, key: str, node: "Node | None", line: int = 0) -> None:
        self._file = file
        self._key = key
        self._line = line if node is None else node.start_mark.line + 1
        self._node = None if node is not None and node.tag == f"{_YAML}null" else node

    def __getitem__(self, key: str) -> "_Entry":
        """What stands under ``key``. Raises UsageError where this is no mapping, or has the key twice."""
        from yaml.nodes import MappingNode

        if self._node is not None and not (isinstance(self._node, MappingNode) and self._node.tag == f"{_YAML}map"):
            self.refuse("keys with values")
        found = [value for name, value in self._node.value if name.value == key] if self._node is not None else []
        inner = f"{self._key}.{key}".lstrip(".")
        if len(found) > 1:
            _Entry(self._file, inner, found[1]).refuse("it once; it is there twice")
        return _Entry(self._file, inner, found[0] if found else None, self._line)

    def items(self, expected: str = "a list of categories") -> "Iterator[_Entry]":
        """The values of a list. Raises UsageError where this is none."""
        from yaml.nodes import SequenceNode

        if self._node is None:
            return
        if not isinstance(self._node, SequenceNode) or self._node.tag != f"{_YAML}seq":
            self.refuse(expected)
        for at, node in enumerate(self._node.value):
            yield _Entry(self._file, f"{self._key}[{at}]", node)

    def texts(self) -> tuple[str, ...]:
        return tuple(entry.text() for entry in self.items(_TEXTS))

    def text(self) -> str:
        """Raises UsageError for anything but a text of 1 to 500 characters, or what a person writes as one."""
        from yaml.nodes import ScalarNode

        if not isinstance(self._node, ScalarNode) or self._node.tag not in _PLAIN or not one_line(self._node.value):
            self.refuse("a text")
        if len(self._node.value) > MAX_TEXT:
            self.refuse(f"a text of at most {MAX_TEXT} characters")
        return str(self._node.value)

    def refuse(self, expected: str) -> NoReturn:
        line = f", line {self._line}" if self._line else ""
        raise UsageError(f"{self._file}{line}: {self._key or 'the file'}: expected {expected}{self._found()}.")

    def _found(self) -> str:
        if self._node is None:
            return ", found nothing"
        return f", found {shown(self._node.value)}" if isinstance(self._node.value, str) else ""


def _compose(text: str, file: str) -> "Node | None":
    """The nodes of a YAML document, not yet made into values: nothing in it can call or multiply anything."""
    import yaml

    class Loader(yaml.SafeLoader):
        depth = 0

        def compose_node(self, parent: "Node | None", index: int) -> "Node | None":
            event = self.peek_event()  # type: ignore[no-untyped-call]
            if self.check_event(yaml.AliasEvent):
                raise yaml.MarkedYAMLError(problem="an alias is not understood here", problem_mark=event.start_mark)
            self.depth += 1
            if self.depth > _DEEPEST:
                raise yaml.MarkedYAMLError(problem="it is nested too deeply", problem_mark=event.start_mark)
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    try:
        return Loader(text).get_single_node()
    # PyYAML lets through what its own code trips over, such as OverflowError for a character that does not exist
    except Exception as error:
        raise _broken(error, text, file) from None


def _broken(error: Exception, text: str, file: str) -> UsageError:
    mark, position = getattr(error, "problem_mark", None), getattr(error, "position", None)
    before = mark.line if mark else text.count("\n", 0, position) if isinstance(position, int) else None
    line = f", line {before + 1}" if before is not None else ""
    words = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
    return UsageError(f"{file}{line}: broken YAML: {words}.", next="mend the file; nothing was changed")
