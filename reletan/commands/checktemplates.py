"""What the doctor looks at of a team's own templates: whether each is there, and can be filled."""

from collections.abc import Callable, Mapping

from reletan.adapters.templates import commit_message
from reletan.commands.composing import markdown
from reletan.commands.releasepull import own_template
from reletan.commands.session import Session
from reletan.domain.checklist import entries_of, everything
from reletan.domain.contributors import Contributor
from reletan.domain.doctor import Check, good, skipped
from reletan.domain.listing import Listing
from reletan.domain.merging import MergeFacts
from reletan.domain.notes import Notes, Place, compose, policy_of
from reletan.domain.plan import ChecklistText, DeployText, WritePull
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text

_PAGE = "https://github.com/acme/shop"
_SINCE, _UNTIL, _MERGE, _COMMIT, _REVERT = (digit * 40 for digit in "12345")


def templates_check(session: Session) -> Check:
    """Raises UsageError for the first that cannot be filled."""
    named = {key: name for key in _FILLED if (name := _configured(session, key))}
    if not named or session.repo.top is None:
        return skipped("clone.templates", "reletan's own are used")
    for key in named:
        _FILLED[key](session)
    return good("clone.templates", f"can be filled: {', '.join(named.values())}")


def _configured(session: Session, key: str) -> str | None:
    section, _, name = key.partition(".")
    found: str | None = getattr(getattr(session.settings, section), name)
    return found


def _notes(session: Session) -> None:
    language = session.settings.notes.language
    notes = compose(_LISTING, policy_of(session.settings, None, language), _PLACE)
    markdown(session, notes, language, for_release=True)


def _commit(session: Session) -> None:
    template = own_template(session, "automerge.commit_template")
    assert template is not None  # noqa: S101 - it is configured
    facts = MergeFacts(number=12, title="Add a basket", author="hana", branch="basket", base="develop", head=_COMMIT,
                       labels=("feature",))  # fmt: skip
    commit_message(template.source, template.name, facts, ("yuki",), "It holds what is bought.")


def _checklist(session: Session) -> None:
    _fill(session, "checklist.template", ChecklistText(entries=entries_of(_LISTING, {}), notes=_everything()))


def _deploy(session: Session) -> None:
    brought = {12: _LISTING.commits_without_pull_request}
    text = DeployText(environment="live", branch="live", notes=_everything(), commits=brought)
    _fill(session, "checklist.deploy_template", text)


def _fill(session: Session, key: str, text: ChecklistText | DeployText) -> None:
    from reletan.adapters.hubbody import text_of

    step = WritePull(repository="acme/shop", branch="release/1.4.0", base="main", number=None, title="Release 1.4.0", text=text,
                     language=session.settings.notes.language, template=own_template(session, key))  # fmt: skip
    text_of(step, None)


_FILLED: Mapping[str, Callable[[Session], None]] = {
    "notes.template": _notes,
    "checklist.template": _checklist,
    "checklist.deploy_template": _deploy,
    "automerge.commit_template": _commit,
}


# -- a release that has one of everything


def _pull(number: int, title: str, reverted_by: str | None = None) -> PullRequest:
    return PullRequest(
        number=number, title=Text(title), author="hana", author_name=Text("Hana"), labels=("feature",), url=f"{_PAGE}/pull/{number}",
        merged_at="2026-11-20T10:00:00Z", commit=_MERGE, how="merge", source="github", reverted_by=reverted_by,
    )  # fmt: skip


_LISTING = Listing(
    since="v1.3.0", since_sha=_SINCE, until="release/1.4.0", until_sha=_UNTIL, compare_url=f"{_PAGE}/compare/v1.3.0...v1.4.0",
    suggested_version="1.4.0", source="github", pull_requests=(_pull(12, "Add a basket"), _pull(11, "Add a lift", _REVERT)),
    commits_without_pull_request=(LooseCommit(_COMMIT, Text("Tidy up"), Text("Yuki")),),
    contributors=(Contributor(login="hana", name=Text("Hana"), first_time=True, pull_requests=(12,)),),
)  # fmt: skip
_PLACE = Place(version="1.4.0", tag="v1.4.0", released=True, date="2026-11-20", repository="acme/shop", web_url=_PAGE,
               compare_url=_LISTING.compare_url)  # fmt: skip


def _everything() -> Notes:
    return everything(_LISTING, _PLACE)
