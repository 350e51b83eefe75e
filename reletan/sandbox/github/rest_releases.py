"""REST: releases. A draft is shown to those who may write, and is never found by its tag."""

from reletan.sandbox.github import answers
from reletan.sandbox.github.model import Release
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.view import LONGEST_NOTES, Json, View, found, invalid, within
from reletan.sandbox.github.wire import Answer

_EDITABLE = ("name", "body", "prerelease")


def listed(view: View) -> Answer:
    seen = [one for one in view.site.releases if view.may("write") or not one.draft]
    return view.listed(sorted(seen, key=_newest_first), answers.release)


def one(view: View, number: str) -> Answer:
    return Answer(200, answers.release(view, _release(view, number)))


def latest(view: View) -> Answer:
    return Answer(200, answers.release(view, found(latest_of(view.site))))


def latest_of(site: Site) -> Release | None:
    """What was made the latest last; else the newest. Drafts and pre-releases are never it."""
    ready = [one for one in site.releases if not one.draft and not one.prerelease]
    made = [one for one in ready if one.latest_at is not None]
    return max(made or ready, key=lambda one: (one.latest_at or one.at, one.id), default=None)


def _make_latest(release: Release, wanted: str, now: int) -> None:
    """``wanted``: true, false, or legacy, which goes by the time of creation."""
    release.latest_at = {"true": now, "false": None, "legacy": release.at}[wanted]


def by_tag(view: View, tag: str) -> Answer:
    return Answer(200, answers.release(view, found(_published(view, tag))))


def _newest_first(release: Release) -> tuple[int, int]:
    return -release.at, -release.id


def _published(view: View, tag: str) -> Release | None:
    return next((one for one in view.site.releases if one.tag == tag and not one.draft), None)


def _release(view: View, number: str) -> Release:
    release = next((one for one in view.site.releases if one.id == int(number)), None)
    return found(release if release and (view.may("write") or not release.draft) else None)


def create(view: View) -> Answer:
    """Publishing makes the tag where it is missing: a lightweight one at the target. Drafts may share a tag."""
    view.need("write")
    (tag,) = view.sent("tag_name")
    new, draft = view.body, bool(view.body.get("draft"))
    within(new.get("body"), "body", "Release", LONGEST_NOTES)
    _refuse_as_latest(new, draft, bool(new.get("prerelease")))
    target = new.get("target_commitish") or view.site.settings.default_branch
    if not draft:
        _refuse_a_second(view, tag)
        _tag(view, tag, target)
    notes = _notes(view, tag) if new.get("generate_release_notes") else {"name": None, "body": None}
    release = view.site.publish(tag, draft=draft, by=view.person.name)
    release.target, release.name = target, new.get("name") or notes["name"]
    release.body, release.prerelease = new.get("body") or notes["body"], bool(new.get("prerelease"))
    if not draft:
        _make_latest(release, new.get("make_latest", "true"), release.at)
    return Answer(201, answers.release(view, release))


def edit(view: View, number: str) -> Answer:
    view.need("write")
    release, new = _release(view, number), view.body
    within(new.get("body"), "body", "Release", LONGEST_NOTES)
    tag, target = new.get("tag_name") or release.tag, new.get("target_commitish") or release.target
    draft = bool(new.get("draft", release.draft))
    _refuse_as_latest(new, draft, new.get("prerelease", release.prerelease))
    if not draft:
        if release.draft or tag != release.tag:
            _refuse_a_second(view, tag)
        _tag(view, tag, target)
    now = view.now()
    if release.draft and not draft:
        release.published_at = now
        _make_latest(release, new.get("make_latest", "true"), now)
    elif not draft and "make_latest" in new:
        _make_latest(release, new["make_latest"], now)
    release.tag, release.target, release.draft = tag, target, draft
    for field in _EDITABLE:
        if new.get(field) is not None:
            setattr(release, field, new[field])
    return Answer(200, answers.release(view, release))


def delete(view: View, number: str) -> Answer:
    """The tag stays."""
    view.need("write")
    view.site.releases.remove(_release(view, number))
    return Answer(204)


def _refuse_as_latest(new: Json, draft: bool, prerelease: bool) -> None:
    if new.get("make_latest") == "true" and (draft or prerelease):
        raise invalid("Release", "custom", "make_latest", "Latest release cannot be draft or prerelease.")


def _refuse_a_second(view: View, tag: str) -> None:
    if _published(view, tag):
        raise invalid("Release", "already_exists", "tag_name")


def _tag(view: View, tag: str, target: str) -> None:
    if f"refs/tags/{tag}" in view.git.refs:
        return
    commit = view.git.refs.get(f"refs/heads/{target}") or view.site.bare.find(f"{target}^{{commit}}")
    if commit is None:
        raise invalid("Release", "invalid", "target_commitish")
    if refused := view.site.refused_change(f"refs/tags/{tag}", None, commit, view.me):
        raise invalid("Release", "custom", "pre_receive", f"pre_receive {refused}")
    view.site.tag(tag, commit, annotated=False)


def generate_notes(view: View) -> Answer:
    view.need("write")
    (tag,) = view.sent("tag_name")
    return Answer(200, _notes(view, tag))


def _notes(view: View, tag: str) -> Json:
    """Names the pull requests merged since the tag before, in GitHub's shape."""
    site, body = view.site, view.body
    heads = {name: f"refs/tags/{name}" for name in site.tags()}
    until = heads.get(tag) or f"refs/heads/{body.get('target_commitish') or site.settings.default_branch}"
    published = sorted((one for one in site.releases if not one.draft and one.tag != tag), key=_newest_first)
    previous = body.get("previous_tag_name") or next((one.tag for one in published if one.tag in heads), None)
    range_ = [until, f"^{heads[previous]}"] if previous in heads else [until]
    new = set(site.bare.git("rev-list", *range_).split())
    lines = [
        f"* {pull.title} by @{pull.author.login} in {view.web}/pull/{pull.number}"
        for pull in site.pulls.values()
        if pull.merged in new
    ]
    changes = f"compare/{previous}...{tag}" if previous else f"commits/{tag}"
    heading = ["## What's Changed", *lines, "", ""] if lines else []
    return {"name": tag, "body": "\n".join([*heading, f"**Full Changelog**: {view.web}/{changes}"])}
