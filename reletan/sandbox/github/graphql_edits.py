"""The texts that a pull request had, in GraphQL."""

from typing import Any

from reletan.sandbox.github.answers import node
from reletan.sandbox.github.graphql_view import Connection, Look
from reletan.sandbox.github.model import Edit
from reletan.sandbox.github.view import Json, moment


class Edited:
    """What can be asked about the text of something that people edit; a method is a field."""

    _view: Look
    number: int

    def _edits(self) -> list[Edit]:
        """Newest first, as GitHub lists them; the text that it was opened with is one of them, once it was edited."""
        return [edit for edit in self._view.site.edits[::-1] if edit.number == self.number]

    def user_content_edits(self, **page: Any) -> Connection:
        return Connection(self._edits(), self._edit, **page)

    def _edit(self, edit: Edit) -> Json:
        """GitHub's ``diff`` is the whole text after the edit, and only those who may write see it."""
        told: Json = {"__typename": "UserContentEdit", "id": node("UserContentEdit", edit.id)}
        told |= dict.fromkeys(("createdAt", "editedAt", "updatedAt"), moment(edit.at))
        told |= {"editor": self._view.actor(edit.editor), "deletedAt": None, "deletedBy": None}
        return {**told, "diff": edit.text if self._view.may("write") else None}

    def last_edited_at(self) -> str | None:
        edits = self._edits()
        return moment(edits[0].at) if edits else None

    def editor(self) -> Json | None:
        edits = self._edits()
        return self._view.actor(edits[0].editor) if edits else None

    def includes_created_edit(self) -> bool:
        return bool(self._edits())
