"""Remembers what a pure function found for its last few arguments, by identity.

For arguments that never change but have no hash, such as a model or a cohort: what follows from them alone is worked
out once, and not again for every few thousand accounts. They are held on to, so that no other can take their identity.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

REMEMBERED_MAX = 16
"""Sets of arguments remembered by each function."""

Arguments = ParamSpec("Arguments")
Found = TypeVar("Found")


class _Same:
    """An object that equals nothing but itself."""

    __slots__ = ("one",)

    def __init__(self, one: object) -> None:
        self.one = one

    def __hash__(self) -> int:
        return id(self.one)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.one is other.one


def remembered(find: Callable[Arguments, Found]) -> Callable[Arguments, Found]:
    """The same function, asked once for each set of objects. What it gives is shared: nobody may change it."""

    @lru_cache(maxsize=REMEMBERED_MAX)
    def found(*given: _Same) -> Found:
        return find(*(each.one for each in given))  # type: ignore[call-arg, arg-type]  # the very arguments, unwrapped

    @wraps(find)
    def ask(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Found:
        return find(*args, **kwargs) if kwargs else found(*(_Same(each) for each in args))

    return ask
