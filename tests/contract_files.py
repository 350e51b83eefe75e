"""Where GitHub's official descriptions of its APIs are, which are not part of this repository."""

import os
from pathlib import Path


def contract_folder() -> Path:
    """``$RELETAN_CONTRACT``, else a folder beside the repository."""
    return Path(os.environ.get("RELETAN_CONTRACT") or Path(__file__).parents[2] / "shared" / "contract")


def contract_file(name: str) -> Path | None:
    """None where it is not there."""
    file = contract_folder() / name
    return file if file.is_file() else None


def missing() -> str:
    """Why the sandbox cannot be held to them, for those who wonder."""
    given = "RELETAN_CONTRACT" if os.environ.get("RELETAN_CONTRACT") else "beside the repository; see RELETAN_CONTRACT"
    return f"GitHub's descriptions are not in {contract_folder()} ({given})"
