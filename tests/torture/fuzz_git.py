"""What git says: names of refs, lists of refs, failures, and histories with whatever people wrote into them."""

import os
import subprocess
import tempfile
from datetime import date, timedelta
from functools import cache
from typing import Any

from graphs import sha

from reletan.adapters.gitparse import local_refs, pairs, push_error, remote_refs
from reletan.adapters.gitrepo import GitRepo
from reletan.adapters.gitrun import Answer, readable
from reletan.domain.address import number_in, remote_address
from reletan.domain.config import Config
from reletan.domain.credentials import without_secrets
from reletan.domain.errors import UsageError
from reletan.domain.flow import Branches, RemoteRefs, Tag, find_branches, is_version, open_branches
from reletan.domain.refs import problem_with, problem_with_prefix
from reletan.domain.subjects import merged_branch, merged_pull, pull_number, trailing_number
from reletan.domain.version import (
    LEVELS,
    bump,
    check_above,
    check_version,
    final_releases,
    infer_prefix,
    is_final,
    level_of,
    propose,
    sort_key,
)
from torture.fuzz_case import Family, require
from torture.fuzz_source import Source

# What git lets nobody put into the name of a ref
_NO_REF = set(map(chr, range(0x21))) | set("\x7f~^:?*[\\")
_NAMES = (
    "main",
    "develop",
    "release/1.4.0",
    "hotfix/1.3.1",
    "release/1.4.0-rc.1",
    "v1.3.0",
    "1.4.0",
    "feature/x",
    "HEAD",
    "@",
    "v1",
    "backmerge/1.4.0",
)
_CALENDAR = ("YYYY", "YY", "0Y", "MM", "0M", "WW", "0W", "DD", "0D", "MICRO", "x", "")
CANARY = "c4n4ry"


def name(source: Source) -> str:
    """A name as git has them, or nearly."""
    match source.randrange(4):
        case 0:
            return source.choice(_NAMES)
        case 1:
            return source.bent(source.choice(_NAMES))
        case 2:
            return source.choice(_NAMES) + source.char() + source.plain(4)
    return source.text(2) if source.chance(2) else source.plain(source.choice((3, 12, 300)))


def refname(source: Source) -> str:
    """A name that git accepts, with all that it accepts."""
    kept = "".join(c for c in name(source) if c not in _NO_REF).encode(errors="replace").decode().replace("?", "x")
    kept = (
        kept.replace("..", ".")
        .replace("//", "/")
        .replace("@{", "@")
        .replace("/.", "/")
        .replace("./", "/")
        .replace(".lock", ".loc")
    )
    return kept.strip("/.") or "x"


# names


def check_name(text: str) -> None:
    """What reletan lets near git, git accepts, and no shell and no option parser takes it for something else."""
    if problem_with(text) is None:
        require(_NO_REF.isdisjoint(text) and text.isascii() and text[0] not in "-./", "a harmless name", text)
    if problem_with_prefix(text) is None:
        require(problem_with(f"{text}1.4.0") is None, "a prefix before a version", text)
    if is_version(text):
        require("/" not in text and problem_with(text) is None and text[0].isdigit(), "a version is a name", text)
    for digits in (text, text.strip()):
        number = pull_number(digits)
        require(number is None or str(number) == digits, "a number as GitHub writes it", digits)
    trailing_number(text), merged_branch(text), merged_pull(text), remote_address(text), without_secrets(text)
    number_in(text, "github.com", "acme/shop")


def check_git_accepts(names: list[str]) -> None:
    """The oracle is git itself: one run for many names."""
    good = list(dict.fromkeys(one for one in names if problem_with(one) is None))
    asked = "".join(f"verify refs/heads/{one} {'0' * 40}\n" for one in good)
    done = subprocess.run(
        ["git", "update-ref", "--stdin"],
        cwd=_empty(),
        input=f"start\n{asked}abort\n",
        capture_output=True,
        text=True,
        check=False,
    )
    require(done.returncode == 0, "git takes every name that we take", (done.stderr, good))


@cache
def _empty() -> str:
    folder = tempfile.mkdtemp(prefix="empty-")
    subprocess.run(["git", "init", "--quiet", "--bare", folder], check=True, env=environment_of(folder))
    return folder


def environment_of(home: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "LC_ALL": "C.UTF-8",
    }


def check_remote_url(url: str) -> None:
    """A token in an address is in no text; whatever stands around it."""
    secret = f"https://hana:{CANARY}@github.com/acme/shop"
    more = (
        secret.replace(CANARY, f"{CANARY}@{CANARY}"),
        secret.replace(CANARY, f"{CANARY}/{CANARY}"),
        f"https://{CANARY}%40:@x/{url}",
    )
    for text in (f"{url} {secret}", f"fatal: {secret} {url}", f"{secret}{url}", *more):
        require(CANARY not in without_secrets(text), "no secret in git's words", text)


# versions


def make_versions(source: Source) -> dict[str, Any]:
    tags = [source.choice(("v", "v", "", "V", "rel-", "api/")) + _version(source) for _ in range(source.randint(0, 8))]
    return {
        "tags": [*tags, *(refname(source) for _ in range(2))], "version": _version(source),
        "taken": [_version(source) for _ in range(4)],
        "titles": [source.text(2) for _ in range(3)], "prefix": source.choice(("v", "", "rel-")),
        "day": source.randint(1, 3_000_000),
        "format": ".".join(source.choices(_CALENDAR, k=source.randint(1, 5))),
    }  # fmt: skip


def _version(source: Source) -> str:
    number = ".".join(
        str(source.choice((0, 1, 2, 9, 10, 99_999_999, 10**9, "01"))) for _ in range(source.randint(1, 5))
    )
    return source.choice((number, number, f"{number}-rc.1", source.bent(number, 1)))


def check_versions(given: dict[str, Any]) -> None:
    tags = {one: Tag(sha(at), sha(at)) for at, one in enumerate(given["tags"])}
    found = final_releases(tags, given["prefix"])
    require(
        [sort_key(one.version) for one in found] == sorted((sort_key(one.version) for one in found), reverse=True),
        "newest first",
        found,
    )
    last = found[0].version if found else None
    for level in LEVELS:
        made = propose(last, given["taken"], level)
        above = not is_final(made) or last is None or sort_key(made) > sort_key(last)
        require(
            made not in given["taken"] and is_version(made) and is_version(bump(last, level)) and above,
            "a new version",
            made,
        )
    level_of(given["titles"], given["titles"], ("breaking",), ("feature",))
    _each(lambda: infer_prefix(given["tags"]), lambda: check_version(given["version"], given["prefix"], "release/"))
    _each(lambda: check_above(given["version"], found), lambda: _calendar(last, given))


def _calendar(last: str | None, given: dict[str, Any]) -> None:
    today = date(1, 1, 1) + timedelta(days=given["day"])
    made = propose(last, given["taken"], "minor", scheme="calver", format=given["format"], today=today)
    require(is_final(made) and made not in given["taken"], "a version of the calendar", made)


def _each(*calls: Any) -> None:
    """Each may refuse, and the next is tried all the same."""
    for call in calls:
        try:
            call()
        except UsageError:
            continue


# lists of refs


def make_refs(source: Source) -> list[list[str]]:
    kinds = ("refs/heads/", "refs/heads/", "refs/tags/", "refs/pull/", "refs/notes/", "refs/remotes/origin/")
    found = {
        kind + (f"{source.choice((1, 12, 999999999, 10**9, '²', '١'))}/head" if "pull" in kind else refname(source))
        for kind in source.some(kinds, 12)
    }
    return [[f"{source.getrandbits(160):040x}", ref] for ref in sorted(found)]


def check_remote_refs(refs: list[list[str]]) -> None:
    """Each name as it is: no branch of a stranger passes for another one."""
    listing = "ref: refs/heads/main\tHEAD\n" + "".join(f"{oid}\t{ref}\n" for oid, ref in refs)
    told = remote_refs(listing)
    require(told.default == "main", "the default branch", told.default)
    require(
        told.heads == {ref[11:]: oid for oid, ref in refs if ref.startswith("refs/heads/")}, "the branches", told.heads
    )
    require(
        {one: tag.object for one, tag in told.tags.items()}
        == {ref[10:]: oid for oid, ref in refs if ref.startswith("refs/tags/")},
        "the tags",
        told.tags,
    )
    require(all(0 < number < 10**9 for number in told.pulls), "numbers of pull requests", told.pulls)
    _require_flow(told)


def _require_flow(told: RemoteRefs) -> None:
    flow = Branches(production="main", development="develop", release_prefix="release/", hotfix_prefix="hotfix/")
    for branch in open_branches(flow, told):
        require(
            problem_with(branch.name) is None and told.heads[branch.name] == branch.head,
            "an open branch is a harmless name",
            branch,
        )
    find_branches(Config(), told, "origin")


def check_local_refs(given: list[Any]) -> None:
    """By git itself: a clone whose refs have these names."""
    folder = tempfile.mkdtemp(prefix="refs-")
    environment = environment_of(folder)
    subprocess.run(["git", "init", "--quiet", folder], check=True, env=environment)
    names = [ref for _, ref in given if not ref.startswith("refs/pull/")]
    stream = "".join(f"reset {ref}\ncommit {ref}\ncommitter A <a@b> 1 +0000\ndata 1\nx\n" for ref in names)
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"],
        cwd=folder,
        input=stream.encode(),
        env=environment,
        capture_output=True,
        check=False,
    )
    shown = subprocess.run(
        ["git", "for-each-ref", "--format=%(refname)%00"], cwd=folder, env=environment, capture_output=True, check=True
    ).stdout
    there = shown.decode().split("\0\n")[:-1]
    told = GitRepo(folder).local_refs("origin")
    require(
        sorted(told.heads) == sorted(ref[11:] for ref in there if ref.startswith("refs/heads/")), "the branches", there
    )
    require(sorted(told.tags) == sorted(ref[10:] for ref in there if ref.startswith("refs/tags/")), "the tags", there)


def check_words(given: list[str]) -> None:
    """git's failures, and its configuration."""
    out, err = given
    push_error(out, err, 1)
    readable(("push", "-x", err), Answer(128, out, err))
    pairs(out), local_refs("", None, out)


FAMILIES = (
    Family(name="names", weight=150, make=name, check=check_name),
    Family(
        name="names-by-git",
        weight=1,
        make=lambda source: [name(source) for _ in range(200)],
        check=check_git_accepts,
        slow=True,
    ),
    Family(
        name="addresses",
        weight=30,
        make=lambda source: source.huge() if source.chance(200) else source.text(3),
        check=check_remote_url,
    ),
    Family(name="versions", weight=30, make=make_versions, check=check_versions),
    Family(name="remote-refs", weight=60, make=make_refs, check=check_remote_refs),
    Family(
        name="git-words",
        weight=20,
        make=lambda source: [source.text(), source.huge() if source.chance(200) else source.lines(source.text)],
        check=check_words,
    ),
    Family(name="local-refs", weight=0.5, make=make_refs, check=check_local_refs, slow=True),
)
