"""The steps that pull requests are written, merged and closed by. They look at GitHub after an answer that was lost."""

from typing import TYPE_CHECKING

from reletan.domain.errors import ReletanError
from reletan.domain.plan import ClosePull, MergePull, OpenPull, SetStatus, WritePull

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub

# Seconds before trying again where the base moved at the same moment
RETRIES = (4.0, 8.0)


def merge(step: MergePull, hub: "Hub | None") -> str:
    """What came of it, in words. Raises NotMerged for GitHub's no, HubError, Unauthorized."""
    from reletan.adapters import hubact

    hub = _require(hub)
    if step.method == "queue":
        return _enqueue(step, hub)
    for seconds in RETRIES:
        try:
            return _merged(step, hubact.merge(hub, step.number, step.head, step.method, hubact.Message(step.title)))
        except hubact.BaseMoved:
            hub.pause(seconds, f"{step.base} moved at the same moment")
    return _merged(step, hubact.merge(hub, step.number, step.head, step.method, hubact.Message(step.title)))


def _merged(step: MergePull, commit: str) -> str:
    return f"merged as {commit[:10]}" if step.method == "merge" else f"{step.method}d as {commit[:10]}"


def _enqueue(step: MergePull, hub: "Hub") -> str:
    from reletan.adapters.hubact import enqueue
    from reletan.adapters.hubmerge import Job, read_for_merge
    from reletan.adapters.hubreply import HubError

    read = read_for_merge(hub, [step.number], Job())[step.number]
    if read is None:
        raise ReletanError(f"GitHub does not show #{step.number} any more.", next="run the command again")
    try:
        enqueue(hub, read.id, step.head)
    except HubError as problem:
        now = read_for_merge(hub, [step.number], Job())[step.number] if problem.unclear else None
        if now is None or not (now.facts.queued or now.facts.merged):
            raise
    return "in the merge queue"


def open(step: OpenPull, hub: "Hub | None") -> str:
    """Its page. Raises as ``hubpr.open_pull``."""
    from reletan.adapters.hubpr import open_pull

    return open_pull(_require(hub), step.branch, step.base, step.title, step.body).url


def write(step: WritePull, hub: "Hub | None") -> tuple[bool, str]:
    """(whether there was anything to do, what came of it). Raises as ``hubbody.write_pull``."""
    from reletan.adapters.hubbody import write_pull

    written = write_pull(_require(hub), step)
    told = f"{written.state} #{written.number}: {written.url}"
    return written.state != "unchanged", f"{told}. {written.detail}" if written.detail else told


def close(step: ClosePull, hub: "Hub | None") -> bool:
    """Whether it was open. Raises as ``hubpr.close_pull``."""
    from reletan.adapters.hubpr import close_pull

    return close_pull(_require(hub), step.number)


def set_status(step: SetStatus, hub: "Hub | None") -> bool:
    """Whether it said something else before. Raises as ``hubpr.set_status``."""
    from reletan.adapters import hubpr

    return (
        hubpr.set_status(_require(hub), step.commit, step.context, step.state, step.description, step.url) == "written"
    )


def _require(hub: "Hub | None") -> "Hub":
    if hub is None:
        raise ReletanError("There is no token for GitHub any more.", next="set GH_TOKEN, or run `gh auth login`")
    return hub
