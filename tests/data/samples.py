"""Instances of any result model, made from its annotations: each arm of each union once."""

from __future__ import annotations

import itertools
import types
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel

_PLAIN: Final[Mapping[type, tuple[Any, ...]]] = {
    Decimal: (Decimal("1.10"), Decimal("-0.0001"), Decimal("1E+3")),
    float: (0.1, -0.0, 1e-300, 3.0),
    bool: (True, False),
    int: (1, -(2**60)),
    str: ("1.10", 'ä"\n'),
    datetime: (datetime(2021, 6, 15, 14, 30, 0, 123456, tzinfo=UTC),),
    date: (date(2021, 6, 15),),
    timedelta: (timedelta(days=2, microseconds=1),),
    types.NoneType: (None,),
}


def samples(model: type[BaseModel]) -> Iterator[BaseModel]:
    """As many instances as the field with the most kinds of values has; the others repeat."""
    values = {name: list(_values(f.annotation)) for name, f in model.model_fields.items()}
    most = max((len(each) for each in values.values()), default=1)
    cycles = {name: itertools.cycle(each) for name, each in values.items()}
    for _ in range(most):
        # Not validated: a bound that an odd sample breaks is not what is looked at.
        yield model.model_construct(**{name: next(each) for name, each in cycles.items()})


def _values(kind: Any) -> Iterator[Any]:
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        yield from _values(inside[0])
    elif origin in (Union, types.UnionType):
        for each in inside:
            yield from _values(each)
    elif origin is Literal:
        yield from inside
    elif origin in (tuple, list, frozenset):
        yield from _several(origin, inside)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield {}
        yield dict(zip(_values(inside[0]), _values(inside[1]), strict=False))
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield from kind
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from samples(kind)
    else:
        yield from _PLAIN[kind]


def _several(origin: type, inside: tuple[Any, ...]) -> Iterator[Any]:
    if origin is tuple and Ellipsis not in inside:
        yield tuple(next(_values(each)) for each in inside)
        return
    yield origin(())
    yield origin(_values(inside[0]))
