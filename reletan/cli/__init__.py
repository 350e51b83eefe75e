"""The command line: parse, and one call for each command; nothing else. How a run ends stands in ``running``.

``--help`` lists the commands in the order of these imports.
"""

# isort: off
from reletan.cli import repository, release, team, automerge, selfhelp
from reletan.cli.app import EPILOG, Globals, app

__all__ = ["EPILOG", "Globals", "app", "automerge", "release", "repository", "selfhelp", "team"]
