"""What git prints, as domain values."""

import re
from collections.abc import Sequence

from reletan.adapters.gitrun import Answer, readable
from reletan.domain.errors import ReletanError
from reletan.domain.flow import LocalBranch, LocalRefs, RemoteRefs, Tag
from reletan.domain.history import Commit

_LOST_RACE = (
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "reference already exists",
    "failed to update ref",
)


class PushRefused(ReletanError):
    """The remote refused the push as a whole. ``stale``: some ref is not where it was expected."""

    def __init__(self, message: str, *, stale: bool, details: Sequence[str]) -> None:
        super().__init__(message, details=details)
        self.stale = stale


def pairs(listing: str) -> list[tuple[str, str]]:
    pairs = (entry.partition("\n") for entry in listing.split("\0") if entry)
    return [(key, value if separator else "true") for key, separator, value in pairs]


def commit(record: str) -> Commit:
    """One record of ``LOG_FORMAT``."""
    ids, committed, author, message = record.split("\n", 3)
    sha, *parents = ids.split()
    return Commit(sha, tuple(parents), seconds(committed), author, message)


def seconds(told: str) -> int:
    """A commit's time; 0 where git cannot tell it, as of a header that claims to be UTF-16."""
    return int(told) if told.isdecimal() and len(told) < 16 else 0


def lines(told: str) -> list[str]:
    """As git ends them, by ``\\n`` alone: Python knows other ends, which stand in names and subjects."""
    return told.removesuffix("\n").split("\n") if told else []


def remote_refs(listing: str) -> RemoteRefs:
    heads: dict[str, str] = {}
    objects: dict[str, str] = {}
    peeled: dict[str, str] = {}
    pulls: dict[int, str] = {}
    default: str | None = None
    for line in lines(listing):
        oid, _, ref = line.partition("\t")
        if oid.startswith("ref: ") and ref == "HEAD":
            default = oid.removeprefix("ref: refs/heads/")
        elif ref.startswith("refs/heads/"):
            heads[ref[11:]] = oid
        elif ref.startswith("refs/tags/") and ref.endswith("^{}"):
            peeled[ref[10:-3]] = oid
        elif ref.startswith("refs/tags/"):
            objects[ref[10:]] = oid
        elif (number := ref.removeprefix("refs/pull/").removesuffix("/head")).isdecimal() and len(number) < 10:
            pulls[int(number)] = oid
    tags = {name: Tag(oid, peeled.get(name, oid)) for name, oid in objects.items()}
    return RemoteRefs(heads=heads, tags=tags, pulls=pulls, default=default)


def local_refs(listing: str, remote: str | None, common_dir: str) -> LocalRefs:
    heads: dict[str, LocalBranch] = {}
    tags: dict[str, Tag] = {}
    tracking: dict[str, str] = {}
    prefix = f"refs/remotes/{remote}/"
    # a folder's name may hold ends of lines
    for entry in listing.split("\0\n")[:-1]:
        ref, oid, peeled, worktree = entry.split(" ", 3)
        if ref.startswith("refs/heads/"):
            # a bare repository names itself as the place where its HEAD's branch is checked out
            heads[ref[11:]] = LocalBranch(oid, worktree if worktree and worktree != common_dir else None)
        elif ref.startswith("refs/tags/"):
            tags[ref[10:]] = Tag(oid, peeled or oid)
        elif ref.startswith(prefix) and not ref.endswith("/HEAD"):
            tracking[ref[len(prefix) :]] = oid
    return LocalRefs(heads=heads, tags=tags, tracking=tracking)


def push_error(out: str, err: str, status: int) -> ReletanError:
    rejected = [line for line in out.splitlines() if line.startswith("!")]
    said = [line.strip() for line in err.splitlines() if line.startswith("remote:")]
    details = [*rejected, *said]
    if "does not support --atomic" in err:
        return ReletanError("The remote does not support atomic pushes, so nothing was pushed.",
                            next="use a server that does: reletan never pushes half a release")  # fmt: skip
    # The client sees some lost races, the server the others: of these git's answer says only that the transaction failed.
    if rejected and re.search("|".join(_LOST_RACE), "\n".join(details)):
        return PushRefused("The remote moved meanwhile, so nothing was pushed.", stale=True, details=details)
    if rejected:
        return PushRefused("The remote refused the push: a rule, a hook or a protected branch. Nothing landed.",
                           stale=False, details=details)  # fmt: skip
    problem = readable(("push",), Answer(status, out, err))
    if problem.next is None:
        problem.message = "The push failed, so nothing landed; a pre-push hook of this clone may have said no."
        problem.next = "see git's words above, mend that, then run the command again"
    return problem
