"""REST: commits, comparisons, refs, tags and merges of branches."""

from datetime import datetime

from reletan.sandbox.github import answers_git
from reletan.sandbox.github.merging import BASE_MODIFIED
from reletan.sandbox.github.view import Json, View, found, moment
from reletan.sandbox.github.wire import Answer, Refused
from reletan.sandbox.origin import Moved, WorldError
from reletan.sandbox.team import GITHUB, OWNER

COMPARED = 250


def commit(view: View, name: str) -> Answer:
    return Answer(200, answers_git.full_commit(view, resolved(view, name)))


def resolved(view: View, name: str) -> str:
    """The commit of a branch, tag, ``heads/…``, ``tags/…`` or object id. Raises Refused without one."""
    for place in ("refs/heads/", "refs/tags/", "refs/"):
        if f"{place}{name}" in view.git.refs:
            return view.site.bare.git("rev-parse", f"{place}{name}^{{commit}}").strip()
    sha = view.site.bare.find(f"{name}^{{commit}}") if _is_hex(name) else None
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {name}")
    return sha


def _is_hex(text: str) -> bool:
    return len(text) >= 7 and set(text) <= set("0123456789abcdef")


def compare(view: View, pair: str) -> Answer:
    """What ``head`` has since it left ``base``; each may be written with its owner."""
    base, dots, head = pair.partition("...")
    if not dots:
        raise Refused(404, "Not Found")
    try:
        old, new = (resolved(view, name.removeprefix(f"{OWNER}:")) for name in (base, head))
    except Refused:
        raise Refused(404, "Not Found") from None
    ahead, behind = view.git.between(old, new), view.git.between(new, old)
    start = view.site.bare.git("merge-base", old, new).strip()
    commits, headers = view.page(ahead[::-1], answers_git.commit, usual=COMPARED)
    state = "identical" if old == new else "diverged" if ahead and behind else "ahead" if ahead else "behind"
    api, web = f"{view.api}/compare/{pair}", f"{view.web}/compare/{pair}"
    body = {
        "url": api,
        "html_url": web,
        "permalink_url": f"{view.web}/compare/{OWNER}:{old[:7]}...{OWNER}:{new[:7]}",
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "base_commit": answers_git.commit(view, old),
        "merge_base_commit": answers_git.commit(view, start),
        "status": state,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": commits,
        "files": [answers_git.file(view, change, new) for change in view.git.changes(old, new)],
    }
    return Answer(200, body, headers)


# refs


def ref(view: View, short: str) -> Answer:
    name = f"refs/{short}"
    found(view.git.refs.get(name))
    return Answer(200, answers_git.ref(view, name))


def create_ref(view: View) -> Answer:
    view.need("write")
    name, sha = view.sent("ref", "sha")
    if not name.startswith("refs/") or name.count("/") < 2:
        raise Refused(422, "Reference name must start with 'refs/' and have at least two slashes.")
    if name in view.git.refs:
        raise Refused(422, "Reference already exists")
    if view.git.kind(sha) is None:
        raise Refused(422, "Object does not exist")
    _refuse_protected(view, name, None, sha)
    return _moved(view, name, sha, "0" * 40, 201, "Reference already exists")


def move_ref(view: View, short: str) -> Answer:
    """Only forward, unless forced."""
    view.need("write")
    name, (sha,) = f"refs/{short}", view.sent("sha")
    old = view.git.refs.get(name)
    if old is None:
        raise Refused(422, "Reference does not exist")
    if view.git.kind(sha) is None:
        raise Refused(422, "Object does not exist")
    if not view.body.get("force") and view.git.between(sha, old):
        raise Refused(422, "Update is not a fast forward")
    _refuse_protected(view, name, old, sha)
    return _moved(view, name, sha, old, 200, "Reference cannot be updated")


def delete_ref(view: View, short: str) -> Answer:
    view.need("write")
    name = f"refs/{short}"
    if name not in view.git.refs:
        raise Refused(422, "Reference does not exist")
    _refuse_protected(view, name, view.git.refs[name], None)
    view.site.bare.delete(name)
    return Answer(204)


def _moved(view: View, name: str, new: str, old: str, status: int, too_late: str) -> Answer:
    """``too_late``: GitHub's words where somebody was faster."""
    try:
        view.site.bare.move(name, new, old)
    except Moved:
        raise Refused(422, too_late) from None
    return Answer(status, answers_git.ref(view.again(), name))


def _refuse_protected(view: View, name: str, old: str | None, new: str | None) -> None:
    if refused := view.site.refused_change(name, old, new, view.me):
        raise Refused(422, refused)


def create_tag(view: View) -> Answer:
    """The tag object alone; a ref is made for it in a second request."""
    view.need("write")
    name, message, target, kind = view.sent("tag", "message", "object", "type")
    if view.git.kind(target) != kind:
        raise Refused(422, f"Could not verify object {target}")
    tagger = {**_tagger(view), **view.body.get("tagger", {})}
    seconds = int(datetime.fromisoformat(tagger["date"]).timestamp())
    who = f"{tagger['name']} <{tagger['email']}> {seconds} +0000"
    text = f"object {target}\ntype {kind}\ntag {name}\ntagger {who}\n\n{message.rstrip()}\n"
    oid = view.site.bare.git("mktag", stdin=text.encode()).strip()
    new = {"tag": name, "message": message, "object": target, "type": kind, "tagger": tagger}
    return Answer(201, answers_git.tag(view, oid, new))


def _tagger(view: View) -> Json:
    return {"name": view.person.name, "email": view.person.email, "date": moment(view.now())}


# merging branches


def merge_branches(view: View) -> Answer:
    """201 with the merge commit, 204 where base has head already."""
    view.need("write")
    base, head = view.sent("base", "head")
    ours = view.git.refs.get(f"refs/heads/{base}")
    if ours is None:
        raise Refused(404, "Base does not exist")
    try:
        theirs = resolved(view, head)
    except Refused:
        raise Refused(404, "Head does not exist") from None
    if not view.git.between(ours, theirs):
        return Answer(204)
    if refused := view.site.refused_merge(base, view.me):
        raise Refused(409, refused)
    made = merge_into(view, base, theirs, view.body.get("commit_message") or f"Merge {head} into {base}")
    return Answer(201, answers_git.full_commit(view.again(), made))


def merge_into(view: View, base: str, theirs: str, message: str) -> str:
    """Merge a commit into a branch; the merge commit. Raises Refused where they conflict."""
    try:
        return view.site.merge_into(base, theirs, message, view.person, GITHUB)
    except Moved:
        raise Refused(409, BASE_MODIFIED) from None
    except WorldError:
        raise Refused(409, "Merge conflict") from None
