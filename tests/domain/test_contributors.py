"""Who contributed, and who for the first time."""

from collections.abc import Iterator

import pytest

from reletan.domain.contributors import Contributor, Person, contributors
from reletan.domain.pulls import PullRequest
from reletan.domain.text import Text

HANA = Person("hana@example.com", "Hana")


def pull(number: int, login: str | None, name: str | None = None) -> PullRequest:
    return PullRequest(
        number=number, title=Text("A title"), author=login, author_name=Text(name) if name else None,
        merged_at="2026-11-20T10:00:00Z", commit="a" * 40, how="merge",
    )  # fmt: skip


def people(
    *pulls: PullRequest, writers: dict[int, Person] | None = None, earlier: tuple[Person, ...] = ()
) -> list[Contributor]:
    return list(contributors(pulls, writers or {}, earlier))


def test_one_entry_for_each_author_in_the_order_of_the_list() -> None:
    found = people(pull(4, "yuki"), pull(3, "hana", "Hana"), pull(2, "yuki"))
    assert [(who.login, who.name, who.pull_requests) for who in found] == [
        ("yuki", None, (4, 2)),
        ("hana", Text("Hana"), (3,)),
    ]


def test_without_a_login_the_name_tells_people_apart() -> None:
    assert [who.pull_requests for who in people(pull(2, None, "Hana"), pull(1, None, "Hana"))] == [(2, 1)]


def test_nobody_knows_who_it_was() -> None:
    assert people(pull(1, None)) == []


@pytest.mark.parametrize(
    ("earlier", "first"),
    [
        (HANA, False),
        (Person("HANA@example.com", "H."), False),
        (Person("other@example.com", "hana"), False),
        (Person("12+hanako@users.noreply.github.com", "x"), False),
        (Person("hanako@users.noreply.github.com", "x"), False),
        (Person("x@example.com", "Hanako"), False),
        (Person("12+hanako@example.com", "x"), True),
        (Person("yuki@example.com", "Yuki"), True),
        (Person("", ""), True),
    ],
)
def test_who_is_known_already(earlier: Person, first: bool) -> None:
    (who,) = people(pull(1, "hanako"), writers={1: HANA}, earlier=(earlier,))
    assert who.first_time is first


def test_in_a_first_release_everybody_is_new() -> None:
    assert [who.first_time for who in people(pull(1, "hana", "Hana"), writers={1: HANA})] == [True]


def test_the_history_is_read_no_further_than_needed() -> None:
    def history() -> Iterator[Person]:
        yield Person("yuki@example.com", "Yuki")
        yield HANA
        pytest.fail("everybody has been seen")

    found = contributors([pull(2, "hana"), pull(1, "yuki")], {2: HANA}, history())
    assert [who.first_time for who in found] == [False, False]
