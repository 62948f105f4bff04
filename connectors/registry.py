"""Discovery of connectors: dropping a file into the `connectors` package is all that joining takes.

A module that cannot be imported or a connector that cannot be built is listed with its reason and
takes nothing else down. Support packages below (`practice`, `vendors`, `portfolio`) are not walked.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Any

import connectors as home
from connectors.base import DataConnector, Query, Sources
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedConnector:
    """What did not join, and why. `name` is the module, or the feature when that is known."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Declared:
    """One query of one feature, ready to be asked."""

    connector: DataConnector
    query: Query

    @property
    def feature(self) -> str:
        return self.connector.name

    @property
    def full_name(self) -> str:
        return f"{self.feature}.{self.query.name}"


@dataclass(frozen=True, slots=True)
class Registry:
    """The connectors that work, by feature name, and those that do not."""

    connectors: Mapping[str, DataConnector]
    failed: tuple[FailedConnector, ...] = ()

    @classmethod
    def discover(cls, sources: Sources, *, package: ModuleType = home) -> Registry:
        """Import every top-level module of `package` and build the connectors defined there."""
        working: dict[str, DataConnector] = {}
        classes, failed = connector_classes(package)
        for kind in classes:
            _join(kind, sources, working, failed)
        return cls(MappingProxyType(working), tuple(failed))

    def queries(self) -> tuple[Declared, ...]:
        """Every declared query, by feature and name."""
        return tuple(
            Declared(connector, query)
            for _, connector in sorted(self.connectors.items())
            for _, query in sorted(connector.queries.items())
        )

    def find(self, feature: str, query: str) -> Declared:
        """The query, or an `InputError` that names what exists."""
        connector = self.connectors.get(feature)
        if connector is None:
            reason = next((f.reason for f in self.failed if f.name.endswith(feature)), None)
            if reason is not None:
                raise InputError(f"The feature {feature!r} could not be loaded: {reason}")
            known = ", ".join(sorted(self.connectors)) or "none"
            raise InputError(f"There is no feature {feature!r}.", f"Features: {known}.")
        declared = connector.queries.get(query)
        if declared is None:
            known = ", ".join(sorted(connector.queries)) or "none"
            raise InputError(f"{feature} has no query {query!r}.", f"Its queries: {known}.")
        return Declared(connector, declared)

    def available(self, feature: str, query: str) -> bool:
        """Whether `find` would find it."""
        connector = self.connectors.get(feature)
        return connector is not None and query in connector.queries

    def tools(self) -> list[dict[str, Any]]:
        """One function declaration per query, in the JSON-schema form that models' APIs take."""
        return [
            {
                "type": "function",
                "function": {
                    "name": f"{each.feature}__{each.query.name}",
                    "description": each.query.description,
                    "parameters": params_schema(each.query),
                },
            }
            for each in self.queries()
        ]


@dataclass(frozen=True, slots=True)
class Declarations:
    """What could be asked, with no connector built: for who speaks of queries and asks none."""

    names: frozenset[tuple[str, str]]

    @classmethod
    def discover(cls, *, package: ModuleType = home) -> Declarations:
        classes, _ = connector_classes(package)
        return cls(
            frozenset(
                (getattr(kind, "name", ""), query) for kind in classes for query in kind.queries
            )
        )

    def available(self, feature: str, query: str) -> bool:
        return (feature, query) in self.names


def params_schema(query: Query) -> dict[str, Any]:
    """JSON schema of what the query takes."""
    return query.params.model_json_schema()


def result_schema(query: Query) -> dict[str, Any]:
    """JSON schema of what the query gives."""
    return query.result.model_json_schema(mode="serialization")


def connector_classes(
    package: ModuleType = home,
) -> tuple[list[type[DataConnector]], list[FailedConnector]]:
    """Connector classes of every top-level module of `package`, and the modules that broke."""
    found: list[type[DataConnector]] = []
    failed: list[FailedConnector] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        if info.ispkg:
            continue
        name = f"{package.__name__}.{info.name}"
        try:
            found += _defined_in(importlib.import_module(name))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - any defect in a dropped file
            failed.append(_failure(name, error))
    return found, failed


def _defined_in(module: ModuleType) -> Iterator[type[DataConnector]]:
    """Connector classes defined in, not imported into, the module."""
    for _, member in inspect.getmembers(module, inspect.isclass):
        if (
            issubclass(member, DataConnector)
            and member is not DataConnector
            and member.__module__ == module.__name__
        ):
            yield member


def _join(
    kind: type[DataConnector],
    sources: Sources,
    working: dict[str, DataConnector],
    failed: list[FailedConnector],
) -> None:
    name = getattr(kind, "name", f"{kind.__module__}.{kind.__name__}")
    try:
        _check_declaration(kind)
        if name in working:
            other = type(working[name]).__module__
            raise TypeError(f"the name {name!r} is already taken by {other}")  # noqa: TRY301
        working[name] = kind(sources)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any defect in a dropped file
        failed.append(_failure(name, error))


def _check_declaration(kind: type[DataConnector]) -> None:
    for attribute in ("name", "description", "source_type"):
        if not getattr(kind, attribute, None):
            raise TypeError(f"{kind.__name__} does not set {attribute!r}")


def _failure(name: str, error: BaseException) -> FailedConnector:
    log.warning("connector.failed", connector=name, exc_info=error)
    return FailedConnector(name=name, reason=f"{type(error).__name__}: {error}")
