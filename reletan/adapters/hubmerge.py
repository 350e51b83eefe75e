"""What GitHub knows before a merge: a pull request with its reviews, checks and rules, and its base's settings."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubask import ask, viewer
from reletan.adapters.hubreply import typed
from reletan.adapters.hubshapes import QUESTION, TEXT, AutoMergeRequest, Base, Context, Pull, Review
from reletan.domain.merging import Check, MergeFacts, Opinion

# A query must be answered within 10 seconds; each pull request brings up to 100 checks and 50 reviews.
AT_ONCE = 25
GREEN = ("SUCCESS", "NEUTRAL", "SKIPPED")
PENDING = ("EXPECTED", "PENDING")
SETTINGS_FILES = (".reletan.toml", "pyproject.toml")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """How our own check is recognised: the workflow run and the job's name on Actions, an address elsewhere."""

    run: int | None = None
    name: str | None = None
    url: str | None = None


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request as it was read. ``id`` and ``repository_id`` are GraphQL's; ``settings``: the base's own files
    (path -> text) that may hold the policy, at the commit ``facts.base_sha``.
    """

    id: str
    repository_id: str
    url: str
    facts: MergeFacts
    settings: Mapping[str, str]


def read_for_merge(hub: Hub, numbers: Sequence[int], job: Job) -> dict[int, Read | None]:
    """Number -> what is known; None for a number that is no pull request. One request for up to 25.

    Raises Unauthorized and HubError.
    """
    found: dict[int, Read | None] = {}
    for start in range(0, len(numbers), AT_ONCE):
        found |= _read(hub, numbers[start : start + AT_ONCE], job)
    return found


def _read(hub: Hub, numbers: Sequence[int], job: Job) -> dict[int, Read | None]:
    aliases = "\n".join(
        f"p{number}: pullRequest(number: {number}) {{ {QUESTION % {'number': number}} }}" for number in numbers
    )
    reply, response = ask(hub, aliases, TEXT)
    repository = response.repository or {}
    missing = {error.alias for error in response.errors}
    pulls = {
        number: typed(reply, repository.get(f"p{number}", msgspec.Raw(b"null")), Pull)
        for number in numbers
        if f"p{number}" not in missing
    }
    # Only where GitHub merges something by itself does it matter who asked for that
    me = viewer(hub) if any(pull.auto_merge_request for pull in pulls.values()) else None
    id = typed(reply, repository.get("id", msgspec.Raw(b"null")), str)
    return {number: _as_read(pulls[number], job, id, me) if number in pulls else None for number in numbers}


def _as_read(pull: Pull, job: Job, repository_id: str, me: str | None) -> Read:
    base = pull.base_ref
    rule, rules = (base.ref_update_rule, base.rules) if base else (None, None)
    wanted = [one.parameters for one in (rules.nodes or () if rules else ()) if one and one.parameters]
    required = [name for name in (rule.required_status_check_contexts or () if rule else ()) if name]
    required += [check.context for one in wanted for check in one.required_status_checks]
    approvals = [(rule.required_approving_review_count if rule else None) or 0]
    approvals += [one.required_approving_review_count or 0 for one in wanted]
    reviews = pull.latest_opinionated_reviews.nodes if pull.latest_opinionated_reviews else []
    settings, problem = _settings(base)
    problem = problem or _too_many(pull)
    # GitHub has not noticed the last push everywhere yet: then the checks are those of another commit
    settled = [node.commit.oid for node in pull.commits.nodes] == [pull.head_ref_oid]
    facts = MergeFacts(
        number=pull.number,
        title=pull.title,
        author=pull.author.login if pull.author else None,
        open=pull.state == "OPEN",
        merged=pull.merged,
        draft=pull.is_draft,
        base=pull.base_ref_name,
        base_sha=base.target.oid if base else None,
        head=pull.head_ref_oid,
        branch=pull.head_ref_name,
        fork=pull.is_cross_repository,
        labels=tuple(label.name for label in pull.labels.nodes) if pull.labels else (),
        mergeable={"MERGEABLE": True, "CONFLICTING": False}.get(pull.mergeable) if settled else None,
        state=pull.merge_state_status.lower(),
        opinions=tuple(_opinion(review) for review in reviews if review.state in ("APPROVED", "CHANGES_REQUESTED")),
        checks=_checks(pull, job),
        required_checks=tuple(dict.fromkeys(required)),
        required_approvals=max(approvals),
        queue=pull.is_merge_queue_enabled,
        queued=pull.is_in_merge_queue,
        auto_merge=pull.auto_merge_request is not None,
        auto_merge_ours=_is_ours(pull.auto_merge_request, me),
        admin=pull.viewer_can_merge_as_admin,
        problem=problem,
    )
    return Read(id=pull.id, repository_id=repository_id, url=pull.url, facts=facts, settings=settings)


def _is_ours(request: AutoMergeRequest | None, me: str | None) -> bool:
    """Whether this token turned auto-merge on. GraphQL calls an app by its bare name in one place, with "[bot]" in
    another; one that is not told its name takes what an app turned on for its own.
    """
    by = request.enabled_by if request else None
    if by is None or me is None:
        return by is not None and by.typename == "Bot"
    return by.login.casefold().removesuffix("[bot]") == me.casefold().removesuffix("[bot]")


def _too_many(pull: Pull) -> str | None:
    """Why not all that has to be known was read; another page would be another request for each."""
    rollup = pull.commits.nodes[0].commit.status_check_rollup if pull.commits.nodes else None
    if rollup and rollup.contexts.page_info.has_next_page:
        return "it has more than 100 checks, which are too many to judge"
    if pull.latest_opinionated_reviews and pull.latest_opinionated_reviews.page_info.has_next_page:
        return "it has more than 100 reviewers, who are too many to judge"
    return None


def _opinion(review: Review) -> Opinion:
    return Opinion(
        by=review.author.login if review.author else "somebody who is gone",
        approves=review.state == "APPROVED",
        commit=review.commit.oid if review.commit else None,
    )


def _settings(base: Base | None) -> tuple[dict[str, str], str | None]:
    """(the base's files, what is wrong with them)."""
    if base is None:
        return {}, "its base branch is gone"
    texts, problem = {}, None
    for path, entry in zip(SETTINGS_FILES, (base.target.own, base.target.project), strict=True):
        if entry is None:
            continue
        if entry.object is None or entry.object.text is None or entry.object.is_truncated:
            problem = f"{path} of its base branch cannot be read: it is no text, or too long"
        else:
            texts[path] = entry.object.text
    return texts, problem


# our own check, and the others


def _checks(pull: Pull, job: Job) -> tuple[Check, ...]:
    rollup = pull.commits.nodes[0].commit.status_check_rollup if pull.commits.nodes else None
    if rollup is None:
        return ()
    contexts = rollup.contexts.nodes
    own = _own(contexts, job)
    return tuple(
        Check(
            name=context.name or context.context or "?", state=state_of(context), required=context.is_required,
            ours=context is own,
        )
        for context in contexts
    )  # fmt: skip


def state_of(context: Context) -> Any:
    if context.context is not None:
        verdict, done = context.state, context.state not in PENDING
    else:
        verdict, done = context.conclusion, context.status == "COMPLETED"
    if not done:
        return "pending"
    return "green" if verdict in GREEN else "failed"


def _own(contexts: Sequence[Context], job: Job) -> Context | None:
    """The check of the job that runs now; None where that is not certain, as another job may still run."""
    pending = [one for one in contexts if state_of(one) == "pending"]
    if job.run is not None:
        run = [one for one in contexts if one.check_suite and one.check_suite.workflow_run
               and one.check_suite.workflow_run.database_id == job.run]  # fmt: skip
        found = [one for one in run if one.name == job.name]
        return found[0] if len(found) == 1 and found[0] in pending else None
    if job.url is None:
        return None
    found = [one for one in pending if _leads_to(one.target_url or one.details_url or "", job.url)]
    return found[0] if len(found) == 1 else None


def _leads_to(link: str, url: str) -> bool:
    """Whether a check links to the build at ``url``, or to a part of it."""
    place = re.split("[?#]", link)[0].rstrip("/")
    return place == url.rstrip("/") or place.startswith(f"{url.rstrip('/')}/")
