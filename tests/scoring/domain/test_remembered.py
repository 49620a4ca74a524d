"""What is remembered is what was found for these very objects."""

from __future__ import annotations

from banso_scoring.domain.remembered import REMEMBERED_MAX, remembered


def test_equal_objects_are_asked_for_each_and_the_same_object_once() -> None:
    asked: list[list[int]] = []

    @remembered
    def length(of: list[int]) -> int:
        asked.append(of)
        return len(of)

    one, other = [1, 2], [1, 2]
    assert [length(one), length(other), length(one)] == [2, 2, 2]
    assert len(asked) == 2


def test_no_more_is_held_than_the_limit() -> None:
    asked: list[int] = []

    @remembered
    def first(of: list[int]) -> int:
        asked.append(of[0])
        return of[0]

    many = [[number] for number in range(REMEMBERED_MAX + 1)]
    assert [first(one) for one in many] == list(range(REMEMBERED_MAX + 1))
    first(many[0])
    assert len(asked) == REMEMBERED_MAX + 2
