"""Column types that mean the same on every database, and how a value lies in the columns of a table."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC to the microsecond; SQLite itself keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert a moment to UTC; raises ValueError if it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return a stored moment as an aware one in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_UNHOLDABLE = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of surrogate pairs


class Words(TypeDecorator[str]):
    """Text from outside; characters that no database can hold (NUL, half a surrogate pair) become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace characters that would make the write fail: a strange camera name must not stop a clip."""
        return None if value is None else _UNHOLDABLE.sub("\ufffd", value)


T = TypeVar("T", bound="DataclassInstance")


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """One column; `write` and `read` convert a value that is not None, and a null is read as `null`."""

    column: str
    write: Callable[[Any], Any] = _as_it_is
    read: Callable[[Any], Any] = _as_it_is
    null: Any = None

    def columns_of(self, value: Any) -> dict[str, Any]:
        """Return the column with its value."""
        return {self.column: None if value is None else self.write(value)}

    def part_of(self, row: Mapping[Any, Any]) -> Any:
        """Return the field that the column holds."""
        stored = row[self.column]
        return self.null if stored is None else self.read(stored)


def enum_field(column: str, members: type[StrEnum], *, null: StrEnum | None = None) -> Field:
    """Return the field for a member of an enumeration, stored by its value."""
    return Field(column, write=lambda member: member.value, read=members, null=null)


class StoredFields(Generic[T]):
    """The columns of a dataclass."""

    def __init__(
        self,
        make: type[T],
        *,
        prefix: str = "",
        without: Collection[str] = (),
        absent_if: str | None = None,
        **others: "str | Field | StoredFields[Any]",
    ) -> None:
        """Take every field but those `without` a column; a column is called `prefix` and its field's name, or `others`.

        `absent_if` is a column that is None if there is no such value.
        """
        self._make = make
        self._absent_if = absent_if
        self._parts: dict[str, Field | StoredFields[Any]] = {}
        for name in (field.name for field in fields(make) if field.name not in without):
            part = others.get(name, prefix + name)
            self._parts[name] = Field(part) if isinstance(part, str) else part

    def columns_of(self, value: T | None) -> dict[str, Any]:
        """Return every column with its value, all None if `value` is None."""
        columns: dict[str, Any] = {}
        for name, part in self._parts.items():
            columns |= part.columns_of(None if value is None else getattr(value, name))
        return columns

    def value_of(self, row: Mapping[Any, Any], **more: Any) -> T:
        """Return the value of a row; `more` are its fields that are not stored there."""
        return self._make(**{name: part.part_of(row) for name, part in self._parts.items()}, **more)

    def part_of(self, row: Mapping[Any, Any]) -> T | None:
        """Return the value that a row holds, or None."""
        if self._absent_if is not None and row[self._absent_if] is None:
            return None
        return self.value_of(row)
