"""The paths of GitHub's REST API as patterns: which words of a template may hold slashes, and what is not theirs."""

import re

_WITH_SLASHES = ("branch", "ref", "basehead", "tag")
# Addresses of their own at GitHub: else the name of a branch or of a commit would swallow them
_OTHERS = re.compile(
    r".*/branches/.+/(protection/.+|rename)|.*/commits/.+/(branches-where-head|check-suites|comments|statuses)"
)


def pattern(template: str) -> re.Pattern[str]:
    """``/pulls/{pull_number}`` as a pattern with a group for each word in braces."""
    return re.compile(re.sub(r"\{(\w+)\}", lambda word: _shape(word[1]), template))


def _shape(word: str) -> str:
    if word in _WITH_SLASHES:
        return "(.+)"
    return r"(\d+)" if word.endswith(("_number", "_id")) else "([^/]+)"


def is_other(path: str) -> bool:
    """Whether the path is one of GitHub's that only looks like one of the templates."""
    return "/rules/" not in path and _OTHERS.fullmatch(path) is not None
