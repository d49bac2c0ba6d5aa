# SPDX-License-Identifier: LGPL-2.1-or-later
"""What all of the binding shares: texts, numbers and lists, from C to Python and back.

Who has a pointer keeps what it belongs to: an object with references has its own (ffi.gc()), and
what is borrowed from it is turned into values at once, or keeps that pointer, too.
"""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

try:
    from ._libmhp import ffi, lib
except ModuleNotFoundError as error:
    raise ImportError(
        f"{os.path.dirname(__file__)} is the source of mhp, from which it has yet to be built: "
        "install it, and start Python from elsewhere"
    ) from error

T = TypeVar("T")
E = TypeVar("E", bound="Words")

CData = Any  # a pointer of cffi's: it is checked at run time which one
AnyPath = str | bytes | os.PathLike[str] | os.PathLike[bytes]


def text(pointer: CData) -> str:
    """A text that belongs to an object. Texts are bytes: what is no UTF-8 is kept as surrogates."""
    return str(ffi.string(pointer).decode("utf-8", "surrogateescape"))


def text_or_none(pointer: CData) -> str | None:
    """The same of what may be NULL."""
    return None if pointer == ffi.NULL else text(pointer)


def own_text(pointer: CData) -> str:
    """A text that is the caller's, for free()."""
    try:
        return text(pointer)
    finally:
        lib.free(pointer)


def own_text_or_none(pointer: CData) -> str | None:
    """The same of what may be NULL."""
    return None if pointer == ffi.NULL else own_text(pointer)


def to_bytes(value: str | bytes) -> bytes:
    """A text for C that is told with its length."""
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")


def to_c(value: AnyPath) -> bytes:
    """A text for C, which ends at the first NUL: so it may have none."""
    path = os.fspath(value)
    raw = to_bytes(path)
    if b"\0" in raw:
        raise ValueError(f"embedded NUL in {path!r}")
    return raw


def as_text(value: AnyPath) -> str:
    """How a text that was given is told again."""
    return to_c(value).decode("utf-8", "surrogateescape")


def to_c_or_null(value: AnyPath | None) -> CData:
    """The same, NULL for None."""
    return ffi.NULL if value is None else to_c(value)


def milliseconds(timeout: float | None) -> int:
    """Seconds as the library wants them, for which 0 would be the default."""
    if timeout is None or timeout == math.inf:
        return int(lib.MHP_TIMEOUT_NONE)
    if not timeout >= 0:
        raise ValueError(f"a timeout cannot be {timeout!r}")
    return max(1, min(round(timeout * 1000), 2**62))


class Words(IntEnum):
    """An enumeration of the library. A value that a later library brings is no error: it is
    a member without a name then. As text each is the library's word for it."""

    @classmethod
    def _missing_(cls: type[E], value: object) -> E | None:
        if not isinstance(value, int) or not 0 <= value < 1 << 32:  # as C has them
            return None
        member = int.__new__(cls, value)
        member._name_ = f"VALUE_{value}"
        member._value_ = value
        return member

    @property
    def word(self) -> str:
        """The library's word for it, which stays the same."""
        return self.name.lower().replace("_", "-")

    def __str__(self) -> str:
        return self.word

    def __format__(self, spec: str) -> str:
        return format(self.word, spec)


class Items(Sequence[T], Generic[T]):
    """A list that an object of the library has: each item is made when it is asked for.

    It compares as a tuple does, and never changes.
    """

    __slots__ = ("_count", "_get", "_owner")

    def __init__(self, owner: CData, count: int, get: Callable[[int], T]) -> None:
        self._owner = owner
        self._count = count
        self._get = get

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> T:
        ...

    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]:
        ...

    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(self._get(i) for i in range(*index.indices(self._count)))
        index = operator.index(index)
        if index < 0:
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError(f"there are only {self._count}")
        return self._get(index)

    def __iter__(self) -> Iterator[T]:
        return map(self.__getitem__, range(self._count))  # which keeps the owner

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Items, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self._count} items>"


class Borrowed:
    """What a snapshot keeps: it is not to be copied without it."""

    __slots__ = ("_owner", "_c")
    _owner: CData
    _c: CData

    if not TYPE_CHECKING:  # where it would allow any name

        def __getattr__(self, name):
            if name in Borrowed.__slots__:
                raise TypeError(f"this {type(self).__name__} was not made by the library")
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def _borrow(self, owner: CData, pointer: CData) -> None:
        object.__setattr__(self, "_owner", owner)
        object.__setattr__(self, "_c", pointer)

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError(
            f"a {type(self).__name__} belongs to this process and cannot be copied or pickled; "
            "dataclasses.asdict() gives what it says"
        )


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field that is None because the library could not tell it: ENODATA if the machine does
    not have it or it was not asked for, EACCES if it needs root, and so on."""

    field: str
    errno: int


class Known:
    """Collects what could be told, and why the rest could not."""

    def __init__(self, types: Any = ffi) -> None:
        self._types = types  # each module has enumerations of its own
        self._codes: dict[str, int] = {}

    def is_ok(self, name: str, code: int) -> bool:
        """Takes a code of the library's; was that a success?"""
        if code < 0:
            self._codes[name] = -code
        return code == 0

    def has(self, name: str) -> bool:
        """Could it not be told?"""
        return name in self._codes

    def fields(self) -> tuple[Unknown, ...]:
        """All that could not be told."""
        return tuple(Unknown(name, code) for name, code in self._codes.items())

    def get(self, name: str, ctype: str, function: Callable[..., int], *args: Any) -> Any:
        """What a C function puts to its last argument; None where it has nothing to tell."""
        out = self._types.new(ctype)
        return out[0] if self.is_ok(name, function(*args, out)) else None

    def text(self, name: str, function: Callable[..., int], *args: Any) -> str | None:
        """The same of a text."""
        pointer = self.get(name, "const char **", function, *args)
        return None if pointer is None else text_or_none(pointer)
