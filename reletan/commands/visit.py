"""One visit of the doctor: what was found on the way, for the checks that come later."""

from collections.abc import Callable, Iterator

import msgspec

from reletan.commands.session import Session
from reletan.domain.doctor import Check, failed_by
from reletan.domain.errors import ReletanError
from reletan.domain.flow import Branches, RemoteRefs


class Visit(msgspec.Struct, kw_only=True):
    """``tag_prefix``: of the release tags, None where it is not known.

    ``clock``: the same moment by our clock and by somebody else's, in seconds since 1970, and whose that is."""

    session: Session
    remote: str | None = None
    url: str | None = None
    refs: RemoteRefs | None = None
    branches: Branches | None = None
    tag_prefix: str | None = None
    clock: tuple[float, int, str] | None = None


def looked(id: str, look: Callable[[], Check]) -> Check:
    """What ``look`` finds; an error is a failed check."""
    return next(guarded(id, lambda: iter([look()])))


def guarded(id: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """All that ``look`` finds; an error ends it, and is a failed check. Nothing that it finds may have the same ``id`` before."""
    try:
        yield from look()
    except ReletanError as problem:
        yield failed_by(id, problem)
