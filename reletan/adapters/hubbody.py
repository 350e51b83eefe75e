"""The release pull request, or a deploy pull request, as a step of a plan has it: opened, or its text brought up to date."""

from typing import Any, Literal

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubedit import edit_body
from reletan.adapters.hubpr import PullText, closed_pull, find_pull, open_pull, set_status
from reletan.adapters.templates import render_notes, render_template
from reletan.domain.checklist import read, settle
from reletan.domain.plan import ChecklistText, WritePull
from reletan.domain.progress import CONTEXT, status_word
from reletan.domain.pullbody import DEPLOY, deploy_body, has_older_list, release_body


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a pull request. ``detail``: what people should know, in sentences; empty for nothing."""

    state: Literal["opened", "updated", "unchanged"]
    number: int
    url: str
    detail: str = ""


def text_of(step: WritePull, body: str | None) -> str:
    """``body`` with reletan's part as it is now. Raises Blocked where it leaves no room, UsageError for a wrong template."""
    text = step.text
    if isinstance(text, ChecklistText):
        return release_body(body, text.entries, text.notes, lambda values: _fill(step, "release_pull.md.j2", values))
    return deploy_body(
        body, text.notes, text.commits, lambda values: _fill(step, "deploy_pull.md.j2", values),
        environment=text.environment, branch=text.branch,
    )  # fmt: skip


def _fill(step: WritePull, name: str, values: dict[str, Any]) -> str:
    if step.template is not None:
        return render_notes(step.template.source, step.template.name, values)
    return render_template(name, step.language, values)


def write_pull(hub: Hub, step: WritePull) -> Written:
    """Open it, or bring it up to date; the ticks of the moment of writing count. Raises as ``open_pull`` and ``edit_body``."""
    damage: set[str] = set()

    def change(body: str | None) -> str:
        damage.add(_damage(step, body))
        return text_of(step, body)

    found = find_pull(hub, step.branch, step.base)
    opened = found is None
    pull = found or open_pull(hub, step.branch, step.base, step.title, change(_earlier(hub, step)))
    # what was adopted, since somebody else opened it at the same moment, has another text
    edited = edit_body(hub, pull.number, change, head=step.head)
    state: Literal["opened", "updated", "unchanged"] = "opened" if opened else edited.state
    if _tell(hub, step, pull, edited.body) and state == "unchanged":
        state = "updated"
    detail = " ".join(filter(None, [*damage, edited.detail]))
    return Written(state=state, number=pull.number, url=pull.url, detail=detail)


def _damage(step: WritePull, body: str | None) -> str:
    damaged = has_older_list(body) if isinstance(step.text, ChecklistText) else DEPLOY.is_damaged(body)
    return (
        "The marks around reletan's part were damaged, so an older list may stand in the text too: delete that one."
        if damaged
        else ""
    )


def _earlier(hub: Hub, step: WritePull) -> str | None:
    """The text of the release pull request that somebody closed, or merged too early: what was ticked there is ticked."""
    earlier = closed_pull(hub, step.branch, step.base) if isinstance(step.text, ChecklistText) else None
    return earlier.body if earlier else None


def _tell(hub: Hub, step: WritePull, pull: PullText, body: str) -> bool:
    """Whether the commit status had to be written."""
    if step.status is None or not isinstance(step.text, ChecklistText):
        return False
    items = settle(step.text.entries, read(body))
    word = status_word(sum(item.ticked for item in items), len(items))
    return set_status(hub, step.status, CONTEXT, word.state, word.text, pull.url) == "written"
