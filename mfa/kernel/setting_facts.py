"""What each setting is now: its value, who gave it, what it may be, when a change counts.

A secret is shown as dots, wherever it came from. A value for the database is checked by the same
model that reads it, and refused with a sentence where it could not come from there.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import AliasChoices, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from mfa.kernel.errors import InputError
from mfa.kernel.settings import AT_ONCE, BEFORE_DATABASE, Settings, read_file

Layer = Literal["command", "environment", "file", "database", "default"]
Applies = Literal["at once", "at the next start", "before the database"]

MASK: Final = "••••"
_PREFIX: Final = "MAGNUS_"
_SPAN: Final = re.compile(r"([\d.]+)\s*(?:-|to)\s*([\d.]+)")
"""'30-45' or '30 to 45'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingFact:
    """`value` and `allowed` in words. `given` is the value as JSON, None for a secret.

    `changeable` is whether a change in the database would count: not where it is read before the
    database, is secret, or another place speaks first; `why_not` says which. `pending` means that
    the running process still has another value.
    """

    name: str
    value: str
    given: Any
    layer: Layer
    description: str
    allowed: str
    applies: Applies
    changeable: bool
    why_not: str
    pending: bool


def setting_facts(
    started: Settings, rows: Mapping[str, Any], running: Settings | None = None
) -> tuple[SettingFact, ...]:
    """Every setting. `started` is what environment, file and command gave, `rows` the database."""
    now = started.with_database(rows)
    file = frozenset(read_file({"home": started.home}))
    return tuple(
        _fact(name, field, now, _layer(name, field, started, rows, file), running)
        for name, field in Settings.model_fields.items()
    )


def stored_value(name: str, given: Any) -> Any:
    """`given` (typed text or JSON) as the JSON value that the database keeps. `InputError` with
    what is wrong, or with why it cannot be set there."""
    field = _field(name)
    if _is_secret(field):
        raise InputError(
            f"{name} is secret, and the database is not encrypted.",
            f"Set {_variable(name)} in the environment.",
        )
    if _applies(field) == "before the database":
        raise InputError(
            f"{name} is read before the database is open.",
            f"Set {_variable(name)} in the environment, or {name} in magnus.toml.",
        )
    if given is None or (isinstance(given, str) and given.strip().lower() in {"", "none"}):
        if ... in get_args(_kind(field)):
            return []
        if NoneType not in get_args(field.annotation):
            raise InputError(f"{name} needs a value.", _allowed_sentence(field))
        return None
    try:
        settings = Settings(**{name: _read(given, field)})
    except ValidationError as error:
        raise _refusal(name, field, error) from None
    return settings.model_dump(mode="json", include={name})[name]


def known_name(name: str) -> str:
    """`name`, or `InputError` with what is near where there is no such setting."""
    _field(name)
    return name


def shown(given: Any) -> str:
    """A JSON value in words."""
    match given:
        case None:
            return "none"
        case bool():
            return "yes" if given else "no"
        case list() | tuple():
            return ", ".join(shown(each) for each in given) or "none"
        case float():
            return f"{given:g}"
        case _:
            return str(given)


def _fact(
    name: str, field: FieldInfo, now: Settings, layer: Layer, running: Settings | None
) -> SettingFact:
    secret, applies = _is_secret(field), _applies(field)
    value = getattr(now, name)
    given = None if secret else now.model_dump(mode="json", include={name})[name]
    why_not = ""
    if secret:
        why_not = f"It is secret: {_variable(name)} in the environment."
    elif applies == "before the database":
        why_not = f"It is read before the database: {_variable(name)}, or magnus.toml."
    elif layer in {"command", "environment", "file"}:
        place = {"file": "magnus.toml", "environment": _variable(name)}.get(layer, "the command")
        why_not = f"{place} says it, and that comes first."
    return SettingFact(
        name=name,
        value=(MASK if value is not None else "none") if secret else shown(given),
        given=given,
        layer=layer,
        description=field.description or "",
        allowed=_allowed(field),
        applies=applies,
        changeable=not why_not,
        why_not=why_not,
        pending=running is not None
        and applies == "at the next start"
        and getattr(running, name) != value,
    )


def _layer(
    name: str, field: FieldInfo, started: Settings, rows: Mapping[str, Any], file: frozenset[str]
) -> Layer:
    if any(os.environ.get(variable) for variable in _variables(name, field)):
        return "environment"
    if name in file:
        return "file"
    if name in started.model_fields_set:
        return "command"
    return "database" if name in rows else "default"


def _field(name: str) -> FieldInfo:
    field = Settings.model_fields.get(name)
    if field is None:
        near = difflib.get_close_matches(name, Settings.model_fields, n=3, cutoff=0.5)
        remedy = f"Did you mean {' or '.join(near)}?" if near else "`magnus settings` lists them."
        raise InputError(f"There is no setting {name!r}.", remedy)
    return field


def _read(given: Any, field: FieldInfo) -> Any:
    """Typed text as what the field is made of; '30-45' and '30, 45' are two values."""
    if not isinstance(given, str) or get_origin(_kind(field)) not in {tuple, list, frozenset}:
        return given
    text = given.strip()
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            raise InputError(f"{text!r} is no list.", "Write the values with commas.") from None
    if span := _SPAN.fullmatch(text):
        return list(span.groups())
    return [part.strip() for part in text.split(",") if part.strip()]


def _refusal(name: str, field: FieldInfo, error: ValidationError) -> InputError:
    problems = error.errors(include_url=False, include_input=False)
    own = [each for each in problems if each["loc"][:1] == (name,)] or problems
    said = own[0]["msg"].removeprefix("Value error, ")
    return InputError(
        f"{name} cannot be that: {said[0].lower() + said[1:]}.", _allowed_sentence(field)
    )


def _allowed_sentence(field: FieldInfo) -> str:
    allowed = _allowed(field)
    return f"It may be {allowed}." if allowed else ""


def _allowed(field: FieldInfo) -> str:
    """What the model lets through, in words; empty where anything of its kind goes."""
    kind = _kind(field)
    if kind is bool:
        return "yes or no"
    choices = _choices(kind)
    if not choices and get_origin(kind) in {tuple, list}:
        choices = tuple(c for part in get_args(kind)[:1] for c in _choices(part))
    if choices:
        text = ", ".join(choices)
    elif get_origin(kind) is tuple and ... not in get_args(kind):
        text = f"{len(get_args(kind))} numbers, for example {shown(field.default)}"
    else:
        text = " and ".join(_limits(field.metadata))
    optional = NoneType in get_args(field.annotation)
    return f"{text}, or nothing" if text and optional else text


def _limits(metadata: Sequence[Any]) -> Iterator[str]:
    for each in metadata:
        match each:
            case Ge(ge=limit):
                yield f"at least {limit}"
            case Gt(gt=limit):
                yield f"more than {limit}"
            case Le(le=limit):
                yield f"at most {limit}"
            case Lt(lt=limit):
                yield f"less than {limit}"
            case MaxLen(max_length=limit):
                yield f"up to {limit} characters"
            case _:
                continue


def _choices(kind: Any) -> tuple[str, ...]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(each.value) for each in kind)
    if get_origin(kind) is Literal:
        return tuple(str(each) for each in get_args(kind))
    return ()


def _kind(field: FieldInfo) -> Any:
    """The type behind `X` or `X | None`."""
    parts = [part for part in get_args(field.annotation) if part is not NoneType]
    optional = NoneType in get_args(field.annotation)
    return parts[0] if optional and len(parts) == 1 else field.annotation


def _is_secret(field: FieldInfo) -> bool:
    return _kind(field) is SecretStr


def _applies(field: FieldInfo) -> Applies:
    if field.json_schema_extra == BEFORE_DATABASE:
        return "before the database"
    return "at once" if field.json_schema_extra == AT_ONCE else "at the next start"


def _variable(name: str) -> str:
    return f"{_PREFIX}{name.upper()}"


def _variables(name: str, field: FieldInfo) -> tuple[str, ...]:
    if isinstance(field.validation_alias, AliasChoices):
        return tuple(str(each) for each in field.validation_alias.choices if str(each).isupper())
    return (_variable(name),)
