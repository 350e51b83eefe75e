"""Every command that README and docs tell people to type is typed here, and does what the page says."""

import pytest
from documented.pages import lines, pages
from documented.places import Shops
from documented.running import run_page
from github_world import need_libraries


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Shops:
    need_libraries()
    return Shops(tmp_path_factory.mktemp("shops"))


@pytest.mark.parametrize("page", [page for page in pages() if lines(page)])
def test_the_page_tells_what_happens(page: str, shops: Shops) -> None:
    wrong = [f"{page}:{ran.line.number}: `{ran.line.text}`: {ran.wrong}" for ran in run_page(page, shops) if ran.wrong]
    assert not wrong, "\n\n".join(wrong)
