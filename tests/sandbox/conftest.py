"""The sandbox GitHub needs libraries that not everybody has."""

import pytest
from github_world import need_libraries


@pytest.fixture(autouse=True)
def _with_libraries() -> None:
    need_libraries()
