"""Statements for where people wait: worded once for each kind of database, and handed to its driver as they are.

What SQLAlchemy does around each statement takes about twenty times as long as a look by key itself.
"""

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from types import FunctionType
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]


class Prepared:
    """One statement of SQLAlchemy's with named values (bindparam), as text and ways to convert.

    What goes in and comes out is what `Connection.execute` would take and give, and it raises what that would raise.
    """

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        """statement: one for all databases, or what words it for the database of that name."""
        self._statement = statement
        self._worded = lru_cache(maxsize=8)(self._word)

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row that is found; None when there is none."""
        worded = self._worded(connection.dialect)
        row = worded.run(connection, values).fetchone()
        return None if row is None else worded.converted(row)

    def change(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows were put in, changed or deleted."""
        count: int = self._worded(connection.dialect).run(connection, values).rowcount
        return count

    def _word(self, dialect: Dialect) -> "_Worded":
        statement = self._statement(dialect.name) if isinstance(self._statement, FunctionType) else self._statement
        return _Worded(statement, dialect)


class _Worded:
    """A statement in the words of one kind of database."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        self._compiled, self._dialect = statement.compile(dialect=dialect), dialect
        self._text = str(self._compiled)
        binds = self._compiled.binds.items()
        self._given = {name: bind.effective_value for name, bind in binds if not bind.required}
        self._asked = [name for name, bind in binds if bind.required]
        found = {name: _way_in(bind.type, dialect) for name, bind in binds}
        self._ways_in = {name: way for name, way in found.items() if way}
        columns = getattr(statement, "selected_columns", ())
        ways = [_way_out(column.type, dialect) for column in columns]
        self._ways_out = [(place, way) for place, way in enumerate(ways) if way]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The driver's cursor after the statement."""
        told: Any = {**self._given, **{name: values[name] for name in self._asked}}
        for name, way in self._ways_in.items():
            told[name] = way(told[name])
        if self._compiled.positional:
            told = [told[name] for name in self._order]
        driver: Any = connection.connection.driver_connection
        try:
            return driver.execute(self._text, told)
        except self._errors as error:
            raise self._said(error) from error

    def converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row as SQLAlchemy's types give it."""
        if not self._ways_out:
            return row
        found = list(row)
        for place, way in self._ways_out:
            found[place] = way(found[place])
        return tuple(found)

    @cached_property
    def _order(self) -> list[str]:
        return list(self._compiled.positiontup or ())

    @cached_property
    def _errors(self) -> type[Exception]:
        known: type[Exception] = self._dialect.loaded_dbapi.Error
        return known

    def _said(self, error: Exception) -> BaseException:
        """The driver's error as SQLAlchemy's, without the values: they may be what somebody answered."""
        return DBAPIError.instance(self._text, {}, error, self._errors, hide_parameters=True, dialect=self._dialect)


def _way_in(kind: Any, dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _way_out(kind: Any, dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
