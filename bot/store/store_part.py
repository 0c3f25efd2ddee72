"""A part of the store, and how its methods become transactions."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from .engine import Database
from .transaction import Transaction

T = TypeVar("T")
P = ParamSpec("P")
Part = TypeVar("Part", bound="StorePart")


class StorePart:
    """A part of the store; each method marked `reads` or `writes` is one transaction, away from the event loop."""

    def __init__(self, database: Database) -> None:
        self.database = database


def reads(
    method: Callable[Concatenate[Part, Transaction, P], T],
) -> Callable[Concatenate[Part, P], Coroutine[Any, Any, T]]:
    """Make a method of a StorePart a transaction that only reads; raises StoreError."""

    @wraps(method)
    async def read(part: Part, *args: P.args, **options: P.kwargs) -> T:
        return await part.database.read(lambda transaction: method(part, transaction, *args, **options))

    return read


def writes(
    method: Callable[Concatenate[Part, Transaction, P], T],
) -> Callable[Concatenate[Part, P], Coroutine[Any, Any, T]]:
    """Make a method of a StorePart a transaction that is rolled back if it raises; raises StoreError."""

    @wraps(method)
    async def write(part: Part, *args: P.args, **options: P.kwargs) -> T:
        return await part.database.write(lambda transaction: method(part, transaction, *args, **options))

    return write
