"""What ``reletan doctor`` says: checks, each with what mends it; here those of the machine and of the remote."""

import re
import shlex
from collections.abc import Iterable
from typing import Literal

import msgspec

from reletan.domain.credentials import names_user, without_user
from reletan.domain.errors import ReletanError
from reletan.domain.flow import Branches, RemoteRefs

State = Literal["ok", "warning", "failed", "skipped"]

# The parts of a report, in their order: the first word of an id -> heading
PARTS = {"machine": "This machine", "clone": "The clone", "remote": "The remote", "github": "GitHub", "slack": "Slack"}
# Times of tokens, messages and identities are wrong by as much as the clock is
MOST_SECONDS_OFF = 60


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at. ``id``: stable, ``part.name``; ``fix``: the command, or the setting, that mends it.

    Texts may hold values from outside: whoever prints them makes them inert.
    """

    id: str
    state: State
    text: str
    fix: str | None = None

    @property
    def part(self) -> str:
        return self.id.partition(".")[0]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All checks, as ``--json`` prints them. ``ok``: nothing failed."""

    schema: int = 1
    checks: tuple[Check, ...]
    ok: bool


def report(checks: Iterable[Check]) -> Report:
    found = tuple(sorted(checks, key=lambda check: list(PARTS).index(check.part)))
    return Report(checks=found, ok=all(check.state != "failed" for check in found))


def good(id: str, text: str) -> Check:
    return Check(id, "ok", text)


def warning(id: str, text: str, fix: str) -> Check:
    return Check(id, "warning", text, fix)


def failed(id: str, text: str, fix: str) -> Check:
    return Check(id, "failed", text, fix)


def skipped(id: str, text: str) -> Check:
    """What could not be looked at, or does not have to be."""
    return Check(id, "skipped", text)


def failed_by(id: str, problem: ReletanError) -> Check:
    """What an error of reletan's own tells."""
    command = next((line.strip() for line in problem.details if line.strip().startswith("git config --global ")), None)
    text, said = problem.message.rstrip("."), problem.details[:1]
    if fix := command or problem.next:
        return failed(id, text, fix)
    # git failed in a way that is not known here: its own words are all that there is
    return failed(id, ": ".join((text, *said)), "mend what is said there, then run reletan doctor again")


def typed(*words: str) -> str:
    """``words`` as a command to type: what is strange in them is quoted, so that a shell takes it as it is."""
    return shlex.join(words)


# -- the machine -----------------------------------------------------------------------------------------------------


def git_check(version: str, path: str, minimum: tuple[int, int]) -> Check:
    """``version``: what ``git version`` prints."""
    id, needed = "machine.git", ".".join(map(str, minimum))
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    name = version.strip().replace(" version", "", 1)
    if numbers < minimum:
        return failed(id, f"{name} at {path} is too old", f"install git {needed} or newer")
    return good(id, f"{name} at {path}")


def clock_check(here: float, there: int, whose: str) -> Check:
    """``here`` and ``there``: the same moment by our clock and by that of ``whose``, in seconds since 1970."""
    off = round(here - there)
    if abs(off) <= MOST_SECONDS_OFF:
        return good("machine.clock", f"the same as {whose}'s")
    way = "fast" if off > 0 else "slow"
    return warning("machine.clock", f"{_duration(abs(off))} {way}, by {whose}'s clock: the times of commits and tags will be wrong",
                   "sudo timedatectl set-ntp true")  # fmt: skip


def _duration(seconds: int) -> str:
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def _count(number: int, what: str, plural: str = "s") -> str:
    return f"{number:,} {what}{'' if number == 1 else plural}"


# -- the remote ------------------------------------------------------------------------------------------------------


def address_check(remote: str, url: str, push_url: str, used: str) -> Check | None:
    """Where an address of the remote may hold a secret; None where none does.

    ``url`` and ``push_url``: as configured, "" where they are not; ``used``: as git makes it of them.
    """
    fixes = [
        typed("git", "remote", "set-url", *options, remote, without_user(address))
        for address, options in ((url, ()), (push_url, ("--push",)))
        if _may_hold_secret(address)
    ]
    if not fixes and not _may_hold_secret(used):
        return None
    # a command that unsets url.<address>.insteadOf would hold it
    where = " && ".join(fixes) or "git config --show-origin --get-regexp 'url[.].*insteadof'"
    how = "log in by a credential helper" if fixes else "remove it there, and log in by a credential helper"
    text = f"the address of {remote} holds a user or a password, either of which may be a token; every tool may show it"
    return warning("remote.address", text, f"{where}  # {how}")


def _may_hold_secret(url: str) -> bool:
    """By ssh there is always a user, and never a token."""
    return url.lower().startswith(("https://", "http://")) and names_user(url)


def reached(remote: str, url: str, refs: RemoteRefs) -> Check:
    return good(
        "remote.reachable",
        f"{remote} at {url}: {_count(len(refs.heads), 'branch', 'es')}, {_count(len(refs.tags), 'tag')}",
    )


def tags_check(prefix: str | None, *, configured: bool) -> Check:
    """``prefix``: of the release tags; None where it is not known."""
    if prefix is None:
        return skipped("remote.tags", "production was never fetched, so which tags are on it is not known")
    return good(
        "remote.tags", f"a release's tag is like {prefix}1.4.0{', as flow.tag_prefix says' if configured else ''}"
    )


def branches_check(branches: Branches) -> Check:
    if branches.single:
        return good("remote.branches", f"{branches.production} alone: releases are not merged back")
    return good("remote.branches", f"production is {branches.production}, development is {branches.development}")
