"""Which names of branches, tags and remotes reletan lets near git."""

import re

MAX_LENGTH = 200
# Narrower than git: `git check-ref-format` accepts refs/heads/-x, and options hide behind such names.
_ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def problem_with(name: str) -> str | None:
    """What is wrong with ``name`` as the short name of a branch, tag or remote; None when nothing is.

    The answer continues a sentence ("… must not contain '..'") and never quotes the name.
    """
    if not name:
        return "must not be empty"
    if len(name) > MAX_LENGTH:
        return f"must not be longer than {MAX_LENGTH} characters"
    if name.startswith("-"):
        return "must not start with '-'"
    if not _ALLOWED.fullmatch(name):
        return "must start with a letter or digit and may contain only A-Z a-z 0-9 . _ / -"
    return _problem_with_parts(name)


def problem_with_prefix(prefix: str) -> str | None:
    """The same for a prefix (``release/``, ``v``) that a version follows."""
    if not prefix:
        return "must not be empty"
    return problem_with(f"{prefix}1")


def _problem_with_parts(name: str) -> str | None:
    if ".." in name or "//" in name:
        return "must not contain '..' or '//'"
    for part in name.split("/"):
        if not part or part.endswith("."):
            return "must not end with '/' or have a part that ends with '.'"
        if part.startswith("."):
            return "must not have a part that starts with '.'"
        if part.endswith(".lock"):
            return "must not have a part that ends with '.lock'"
    return None
