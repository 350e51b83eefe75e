"""Versions: which tags are final releases, how versions compare, and which one to propose."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

from reletan.domain.errors import UsageError
from reletan.domain.flow import KINDS, Tag, is_version
from reletan.domain.refs import problem_with

Level = Literal["major", "minor", "patch"]
LEVELS: tuple[Level, ...] = ("major", "minor", "patch")
# Numbers with dots, and nothing behind them: pre-releases never count as the last release.
_FINAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}")
# A prefix and a final version. A lone number (v1, 42) is none: floating tags and build numbers look like that.
FINAL_TAG = re.compile(r"([A-Za-z][A-Za-z0-9_-]*?[/_-]?|)([0-9]{1,9}(?:\.[0-9]{1,9}){1,3})")
# The types of Conventional Commits: "Note: …" and "WIP: …" say nothing about the version
_CONVENTIONAL = re.compile(
    r"(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(?:\([^)]*\))?(!)?: ", re.IGNORECASE
)
_TOKEN = re.compile("YYYY|YY|0Y|MM|0M|WW|0W|DD|0D|MICRO")


class Release(msgspec.Struct, frozen=True):
    """A final release tag: its name, its version without the prefix, and the commit that it stands on."""

    tag: str
    version: str
    commit: str


def sort_key(version: str) -> tuple[int, ...]:
    """Numbers to compare final versions by; ``1.4`` equals ``1.4.0``. Raises ValueError for anything else."""
    if not _FINAL.fullmatch(version):
        raise ValueError(version)
    numbers = [int(part) for part in version.split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def final_releases(tags: Mapping[str, Tag], prefix: str) -> list[Release]:
    """The final release tags with this prefix, newest version first."""
    found = [
        Release(name, name[len(prefix) :], tag.commit)
        for name, tag in tags.items()
        if name.startswith(prefix) and _FINAL.fullmatch(name[len(prefix) :])
    ]
    return sorted(found, key=lambda r: (sort_key(r.version), r.tag), reverse=True)


def infer_prefix(tags: Iterable[str]) -> str:
    """The prefix of a repository's final release tags; ``v`` where there are none. Mixed prefixes are a UsageError."""
    found: dict[str, str] = {}
    for name in tags:
        if match := FINAL_TAG.fullmatch(name):
            found.setdefault(match[1], name)
    if len(found) > 1:
        examples = " and ".join(sorted(found.values())[:3])
        raise UsageError(
            f"The release tags use different prefixes: {examples}.",
            next='set the one to use: tag_prefix = "…" under [flow] in .reletan.toml, or RELETAN_FLOW_TAG_PREFIX',
        )
    return next(iter(found), "v")


def check_version(version: str, prefix: str, branch_prefix: str) -> None:
    """Refuse a version that could not be a branch, a tag and a file name. Raises UsageError."""
    problem = problem_with(f"{branch_prefix}{version}") or problem_with(f"{prefix}{version}")
    if problem or not is_version(version):
        raise UsageError(
            f"{version!r} cannot be a version: it "
            f"{problem or 'must begin with a digit and may contain only letters, digits and . _ -'}.",
            next="give one like 1.4.0",
        )


def check_word(word: str | None) -> None:
    """Refuse a word that was meant to be another: "hotfx" is no version. Raises UsageError."""
    if word is None or not word.isalpha() or word in LEVELS:
        return
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), (*KINDS, *LEVELS), n=1)
    meant = (
        f"did you mean `reletan start {near[0]}`?" if near else "give a version like 1.4.0, or major, minor or patch"
    )
    raise UsageError(f"{word!r} is neither release, hotfix nor a version.", next=meant)


def is_final(version: str) -> bool:
    return bool(_FINAL.fullmatch(version))


def bump(version: str | None, level: Level) -> str:
    """The next semantic version after ``version`` (None: there is none yet)."""
    from semver import Version

    current = Version(*sort_key(version)[:3]) if version else Version(0)
    return str(getattr(current, f"bump_{level}")())


def level_of(
    titles: Iterable[str], labels: Iterable[str] = (), major: Iterable[str] = (), minor: Iterable[str] = ()
) -> Level | None:
    """What the labels and the Conventional Commits titles ask for; None where nothing gives a signal."""
    asked: set[Level] = set()
    names = {label.lower() for label in labels}
    if names & {label.lower() for label in major}:
        asked.add("major")
    if names & {label.lower() for label in minor}:
        asked.add("minor")
    for title in titles:
        if match := _CONVENTIONAL.match(title):
            kind = match[1].lower()
            asked.add("major" if match[2] else "minor" if kind == "feat" else "patch")
    return next((level for level in LEVELS if level in asked), None)


def propose(
    last: str | None,
    taken: Iterable[str],
    level: Level,
    *,
    scheme: str = "semver",
    format: str = "",
    today: date | None = None,
) -> str:
    """The next version: above ``last`` and none of ``taken`` (open branches and tags)."""
    avoided = set(taken)
    if scheme == "calver" and today is not None:
        return _propose_calver(last, avoided, format, today)
    candidate = bump(last, level)
    while candidate in avoided:
        candidate = bump(candidate, level)
    return candidate


def _propose_calver(last: str | None, avoided: set[str], format: str, today: date) -> str:
    for micro in range(10_000):
        candidate = _calver(format, today, micro)
        if not is_final(candidate):
            raise UsageError(f"version.format is {format}, which gives {candidate}; a version is numbers with dots.",
                             next='set it to one like "YYYY.0M.MICRO"')  # fmt: skip
        if candidate not in avoided and (last is None or sort_key(candidate) > sort_key(last)):
            return candidate
        if "MICRO" not in format:
            break
    raise UsageError(
        f"There is no free version of the form {format} for {today.isoformat()}.",
        next="give a version, or add MICRO to version.format",
    )


def _calver(format: str, today: date, micro: int) -> str:
    year, week, _ = today.isocalendar()
    values = {
        "YYYY": f"{today.year}", "YY": f"{today.year % 100}", "0Y": f"{today.year % 100:02}", "MM": f"{today.month}",
        "0M": f"{today.month:02}", "WW": f"{week}", "0W": f"{week:02}", "DD": f"{today.day}", "0D": f"{today.day:02}",
        "MICRO": f"{micro}",
    }  # fmt: skip
    if "WW" in format or "0W" in format:
        values |= {"YYYY": f"{year}", "YY": f"{year % 100}", "0Y": f"{year % 100:02}"}
    return _TOKEN.sub(lambda token: values[token[0]], format)


def check_above(version: str, releases: Iterable[Release]) -> None:
    """A new version must exceed every final release on production. Raises UsageError."""
    if not is_final(version):
        return
    for release in releases:
        if sort_key(version) <= sort_key(release.version):
            raise UsageError(
                f"{version} is not above {release.version}, which is released already ({release.tag}).",
                next=f"give a version above {release.version}, or leave it out to have one proposed",
            )
