"""How the REST side writes down commits, refs, tags and changed files."""

from typing import Any

from reletan.sandbox.github.answers import code_of, node, person_with, user
from reletan.sandbox.github.history import Change, Signature
from reletan.sandbox.github.view import Json, View, found, moment

_UNVERIFIED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
_KINDS = {"A": "added", "D": "removed", "M": "modified", "T": "changed"}


def commit(view: View, sha: str) -> Json:
    """A commit as lists show it."""
    made = found(view.git.commit(sha), f"No commit found for SHA: {sha}")
    api = f"{view.api}/commits/{sha}"
    tree = view.site.bare.find(f"{sha}^{{tree}}")
    return {
        "sha": sha,
        "node_id": node("Commit", code_of(sha)),
        "url": api,
        "html_url": f"{view.web}/commit/{sha}",
        "comments_url": f"{api}/comments",
        "commit": {
            "author": signature(made.author),
            "committer": signature(made.committer),
            "message": made.message,
            "tree": {"sha": tree, "url": f"{view.api}/git/trees/{tree}"},
            "url": f"{view.api}/git/commits/{sha}",
            "comment_count": 0,
            "verification": _UNVERIFIED,
        },
        "author": _account(view, made.author),
        "committer": _account(view, made.committer),
        "parents": [
            {"sha": parent, "url": f"{view.api}/commits/{parent}", "html_url": f"{view.web}/commit/{parent}"}
            for parent in made.parents
        ],
    }


def full_commit(view: View, sha: str) -> Json:
    """A commit alone: also what it changes."""
    made = found(view.git.commit(sha))
    changes = view.git.changes(made.parents[0], sha) if made.parents else []
    added, deleted = sum(change.added for change in changes), sum(change.deleted for change in changes)
    return {
        **commit(view, sha),
        "stats": {"additions": added, "deletions": deleted, "total": added + deleted},
        "files": [file(view, change, sha) for change in changes],
    }


def signature(by: Signature) -> Json:
    return {"name": by.name, "email": by.email, "date": moment(by.at)}


def _account(view: View, by: Signature) -> Json | None:
    person = person_with(view, by.email)
    return user(view, person) if person else None


def file(view: View, change: Change, sha: str) -> Json:
    """A changed file, as it is at ``sha``."""
    return {
        "sha": view.git.find(f"{sha}:{change.path}"),
        "filename": change.path,
        "status": _KINDS[change.kind],
        "additions": change.added,
        "deletions": change.deleted,
        "changes": change.added + change.deleted,
        "blob_url": f"{view.web}/blob/{sha}/{change.path}",
        "raw_url": f"{view.web}/raw/{sha}/{change.path}",
        "contents_url": f"{view.api}/contents/{change.path}?ref={sha}",
    }


def ref(view: View, name: str) -> Json:
    """A ref by its full name; an annotated tag's object is the tag itself."""
    oid = view.git.refs[name]
    kind = view.git.kind(oid) or "commit"
    return {
        "ref": name,
        "node_id": node("Ref", code_of(name)),
        "url": f"{view.api}/git/{name}",
        "object": {"sha": oid, "type": kind, "url": f"{view.api}/git/{kind}s/{oid}"},
    }


def tag(view: View, oid: str, new: dict[str, Any]) -> Json:
    """A tag object that was made from ``new``: tag, message, object, type, tagger."""
    target, kind = new["object"], new["type"]
    return {
        "sha": oid,
        "node_id": node("Tag", code_of(oid)),
        "url": f"{view.api}/git/tags/{oid}",
        "tag": new["tag"],
        "message": new["message"],
        "tagger": new["tagger"],
        "object": {"sha": target, "type": kind, "url": f"{view.api}/git/{kind}s/{target}"},
        "verification": _UNVERIFIED,
    }
