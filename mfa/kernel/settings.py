"""What a person may set, and from where: environment, then file, then database, then the default.

The first place that names a setting wins. Where the home and the database are cannot come from the
database, and the home cannot come from a file inside it: those are refused, not ignored. Secrets
are secret types, so that no log line and no `repr` shows them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic.config import JsonDict
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from mfa.kernel.errors import ConfigurationError
from mfa.kernel.home import default_home
from mfa.kernel.mode import Mode

FILE_NAME: Final = "magnus.toml"
_NOT_IN_DATABASE: Final = frozenset({"home", "database_url", "redis_url", "vendor_origins"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
BEFORE_DATABASE: Final[JsonDict] = {"applies": "before the database"}
"""Marks a setting that is read before the database is open, so that it cannot come from there."""
AT_ONCE: Final[JsonDict] = {"applies": "at once"}
"""Marks a preference that is read when it is needed; all others count from the next start on."""

LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """The settings in force. Immutable; build with `load_settings`.

    The text under a field is what a person reads about it.
    """

    model_config = SettingsConfigDict(
        use_attribute_docstrings=True,
        env_prefix="MAGNUS_",
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    home: Path = Field(default_factory=default_home, json_schema_extra=BEFORE_DATABASE)
    """Where the data lives."""
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("MAGNUS_DATABASE_URL", "DATABASE_URL", "database_url"),
        json_schema_extra=BEFORE_DATABASE,
    )
    """A PostgreSQL server of your own, instead of the built-in one."""
    redis_url: SecretStr | None = None
    """Where several processes share answers; none is needed."""
    mode: Mode = Mode.PRACTICE
    """practice (built-in market), paper (live data, no real money) or live (a real account)."""
    practice_seed: int = Field(default=7, ge=0, lt=2**31)
    """Which practice market and history: another number makes another."""
    user: str = Field(default="local", min_length=1, max_length=64)
    """Whose lists and conversations these are."""
    port: int = Field(default=8501, ge=1, le=65535, json_schema_extra=BEFORE_DATABASE)
    """The page's port."""
    address: str = Field(default="127.0.0.1", min_length=1, json_schema_extra=BEFORE_DATABASE)
    """The page's address; 127.0.0.1 is this machine alone."""
    login: Literal["auto", "required"] = Field(default="auto", json_schema_extra=BEFORE_DATABASE)
    """Whether the page asks to sign in; auto: beyond this machine, once there is a user."""
    log_level: LogLevel = Field(default="info", json_schema_extra=BEFORE_DATABASE)
    """The least that is worth a line in the log."""
    log_json: bool = Field(default=False, json_schema_extra=BEFORE_DATABASE)
    """Whether log lines are JSON."""
    query_deadline: float = Field(default=2.0, gt=0, le=60)
    """Seconds that one data query may take."""
    sources: Annotated[tuple[str, ...], NoDecode] = ()
    """Vendors that are asked in PAPER and LIVE, in this order; none: every connected one."""
    account: str = Field(default="auto", min_length=1, max_length=64)
    """'auto', 'paper' (own books), 'imported', or the vendor whose account is shown."""
    exchange: str = Field(default="auto", min_length=1, max_length=64)
    """Where crypto currencies are traded: 'auto' (the one connected), or an exchange by name."""
    vendor_origins: dict[str, str] = Field(default_factory=dict, json_schema_extra=BEFORE_DATABASE)
    """For tests: servers of this machine that stand in for vendors' hosts, by vendor."""
    language_model: Literal["none", "groq", "ollama"] = "none"
    """Who is asked about a message that the built-in language is not sure of."""
    language_model_name: str = Field(default="", max_length=120)
    """Which model of that house; none: a usual one."""
    ollama_host: str = Field(default="http://127.0.0.1:11434", min_length=1)
    """Where Ollama answers."""
    scan_dte: tuple[int, int] = Field(default=(20, 50), json_schema_extra=AT_ONCE)
    """Days to expiration that a scan looks at where the question names none, from and to."""
    scan_delta: tuple[float, float] = Field(default=(0.10, 0.35), json_schema_extra=AT_ONCE)
    """Absolute delta that a scan looks at where the question names none, from and to."""
    scan_max_capital: float | None = Field(default=None, gt=0, json_schema_extra=AT_ONCE)
    """Most dollars that one contract of a scan may tie up where the question names no amount."""
    profit_target_pct: float = Field(default=50.0, gt=0, le=100, json_schema_extra=AT_ONCE)
    """Share of an option's premium, in percent, from which its profit is worth taking."""
    watchlist: str | None = Field(
        default=None, min_length=1, max_length=60, json_schema_extra=AT_ONCE
    )
    """The watchlist that is meant where the question names none."""

    limit_order_usd: float = Field(default=25_000.0, gt=0, json_schema_extra=AT_ONCE)
    """Most dollars that one order may put at stake."""
    limit_day_usd: float = Field(default=75_000.0, gt=0, json_schema_extra=AT_ONCE)
    """Most dollars that the orders of one day may put at stake together."""
    limit_contracts: int = Field(default=20, ge=1, json_schema_extra=AT_ONCE)
    """Most contracts of one kind in an order."""
    limit_positions: int = Field(default=60, ge=1, json_schema_extra=AT_ONCE)
    """Most positions open at once."""
    limit_power_pct: float = Field(default=50.0, gt=0, le=100, json_schema_extra=AT_ONCE)
    """Most of the buying power, in percent, that one order may take."""
    limit_day_loss_pct: float = Field(default=5.0, gt=0, le=100, json_schema_extra=AT_ONCE)
    """Loss of a day, in percent of the account, from which nothing new is opened."""
    limit_drawdown_pct: float = Field(default=15.0, gt=0, le=100, json_schema_extra=AT_ONCE)
    """Fall from the account's highest value, in percent, from which nothing new is opened."""
    limit_price_pct: float = Field(default=10.0, gt=0, le=100, json_schema_extra=AT_ONCE)
    """How far through the market a limit price may lie, in percent of the midpoint."""
    limit_repeat_seconds: float = Field(default=60.0, ge=0, json_schema_extra=AT_ONCE)
    """For so many seconds the very same order asks again."""
    limit_quote_seconds: float = Field(default=60.0, gt=0, json_schema_extra=AT_ONCE)
    """Oldest quote, in seconds, that an order may be made from."""
    limit_symbols: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), json_schema_extra=AT_ONCE
    )
    """Symbols that may be traded; none: all."""
    limit_strategies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), json_schema_extra=AT_ONCE
    )
    """Strategies that may be opened (csp, covered_call, vertical ...); none: all."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("scan_dte", "scan_delta")
    @classmethod
    def _ordered(cls, given: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= given[0] <= given[1]:
            raise ValueError("give a range from low to high, neither below zero")
        return given

    @field_validator("sources", "limit_symbols", "limit_strategies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """'tradier, yahoo' as a person writes it; each once."""
        parts = value.replace(",", " ").split() if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            return parts
        return tuple(
            dict.fromkeys(each.lower() if isinstance(each, str) else each for each in parts)
        )

    @field_validator("vendor_origins")
    @classmethod
    def _of_this_machine(cls, origins: dict[str, str]) -> dict[str, str]:
        """Credentials go to these addresses: only the loopback is taken."""
        for origin in origins.values():
            parts = urlsplit(origin)
            if parts.scheme != "http" or parts.hostname not in _LOOPBACK or parts.username:
                raise ValueError("only addresses like http://127.0.0.1:8000 are taken")
        return origins

    @field_validator("mode", "log_level", "account", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        overrides = init_settings() if isinstance(init_settings, InitSettingsSource) else {}
        file = InitSettingsSource(settings_cls, init_kwargs=read_file(overrides))
        return init_settings, env_settings, file

    def with_database(self, rows: Mapping[str, Any]) -> Settings:
        """These settings, with `rows` where neither the environment nor the file spoke."""
        refused = sorted(set(rows) & _NOT_IN_DATABASE)
        if refused:
            raise ConfigurationError(
                f"{', '.join(refused)} cannot be set in the database.",
                "Set it in the environment or in the settings file.",
            )
        spoken = {name: getattr(self, name) for name in self.model_fields_set}
        return _validated({**rows, **spoken, "home": self.home})


def load_settings(**overrides: Any) -> Settings:
    """The settings from environment and file; `overrides` (a command's options) win over both."""
    return _validated(overrides)


def _validated(values: dict[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigurationError(_sentence(error), "See README, 'Settings'.") from None


def _sentence(error: ValidationError) -> str:
    parts = []
    for problem in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            parts.append(f"there is no setting named {name!r}")
        else:
            parts.append(f"{name}: {problem['msg']}")
    return "Settings are wrong: " + "; ".join(parts) + "."


def read_file(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The settings file's content; an absent file is empty unless `MAGNUS_CONFIG` names it."""
    named = os.environ.get("MAGNUS_CONFIG")
    home = overrides.get("home") or os.environ.get("MAGNUS_HOME") or default_home()
    path = Path(named) if named else Path(home) / FILE_NAME
    try:
        text = path.expanduser().read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        if named:
            raise ConfigurationError(f"MAGNUS_CONFIG names {path}, which does not exist.") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The settings file {path} cannot be read: {error}.") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"The settings file {path} is not TOML: {error}.") from error
    if "home" in values:
        raise ConfigurationError(
            f"The settings file {path} names 'home'.", "Set MAGNUS_HOME in the environment instead."
        )
    return values
