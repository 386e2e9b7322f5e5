"""Every setting in one place, from `arrivals.toml` and `ARRIVALS_...` variables, read nowhere else."""

import os
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from forecast import defaults
from service.clock import Clock, SimulatedClock, SystemClock


class Feed(BaseModel):
    """A CSV of counts that is pulled by URL on a schedule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        pattern=r"^[a-z0-9-]{1,40}$", description="Name of the feed, stored as the counts' source."
    )
    url: str = Field(pattern=r"^https?://", description="Address of the CSV.")
    every_minutes: int = Field(60, ge=1, le=1440, description="Minutes between two pulls.")
    authorization: SecretStr | None = Field(None, description="Value of the Authorization header, if needed.")


class Settings(BaseSettings):
    """The service's settings; `docs/operations.md` lists them."""

    model_config = SettingsConfigDict(
        env_prefix="ARRIVALS_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    home: Path = Field(Path("var"), description="Folder of the database, the inbox and locks.")
    database: str | None = Field(
        None,
        description="SQLAlchemy URL; by default SQLite in `home`. For PostgreSQL: postgresql+psycopg://...",
    )
    inbox: Path | None = Field(
        None, description="Watched folder; files laid there are taken in and moved away."
    )
    feeds: tuple[Feed, ...] = Field((), description="CSVs pulled by URL.")
    time_zone: str = Field("UTC", description="The authority's zone; its local hours name the job's slots.")
    cycle_at: time = Field(time(6, 0), description="Local time of the daily cycle.")
    horizon: int = Field(defaults.HORIZON, ge=1, le=90, description="Days ahead.")
    paths: int = Field(defaults.PATHS, ge=100, le=5000, description="Joint sample paths of an issue.")
    seed: int = Field(defaults.SEED, ge=0, description="Seed of the sample paths, recorded with each issue.")
    members: tuple[str, ...] = Field(defaults.MEMBERS, description="Forecasting methods in the ensemble.")
    slow_series: int = Field(
        defaults.SLOW_SERIES, ge=0, description="Largest series that the one-series methods take on."
    )
    first_issue_fast: bool = Field(
        False, description="First issue of an empty store by the fast members alone."
    )
    processes: int = Field(0, ge=0, le=64, description="Processes that fit models; 0 takes every core.")
    withhold_untrusted: bool = Field(
        False,
        description="Withhold the days ahead on which forecasts have lost their skill over the baseline.",
    )
    plan_safety: float = Field(
        0.8, ge=0.01, le=0.99, description="Share of futures on which the roster of a plan is to suffice."
    )
    keep_paths: int = Field(35, ge=1, description="Newest issues whose sample paths are kept.")
    host: str = Field("127.0.0.1", description="Address the service listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the service listens on; 0 takes a free one.")
    threads: int = Field(8, ge=1, le=64, description="Threads of the web server.")
    scheduler: bool = Field(True, description="Whether `serve` carries the scheduler.")
    upload_bytes: int = Field(64_000_000, ge=1_000, description="Largest upload accepted, in bytes.")
    rate_limit: str = Field("600 per minute", description="Requests allowed per key and address.")
    simulated_clock: Path | None = Field(
        None, description="File that holds a simulated instant (the demo's)."
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="Least severe log line."
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{zone!r} is no IANA time zone, such as Asia/Almaty") from None
        return zone

    @field_validator("rate_limit")
    @classmethod
    def _known_limit(cls, text: str) -> str:
        from limits import parse_many  # late: most commands never need it

        wanted = f"{text!r} is no limit of at least one request, such as 600 per minute"
        try:
            allowed = min(limit.amount for limit in parse_many(text))
        except ValueError:
            raise ValueError(wanted) from None
        if allowed < 1:
            raise ValueError(wanted)
        return text

    @field_validator("feeds")
    @classmethod
    def _own_names(cls, feeds: tuple[Feed, ...]) -> tuple[Feed, ...]:
        names = [feed.name for feed in feeds]
        twice = [name for name in names if names.count(name) > 1]
        if twice:  # a feed's job goes by its name: the second would never be pulled
            raise ValueError(f"two feeds are called {twice[0]!r}; give each its own name")
        return feeds

    @property
    def database_url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database or f"sqlite:///{self.home / 'arrivals.db'}"

    @property
    def jobs(self) -> tuple[str, ...]:
        """The names of the jobs that these settings ask for, as in the ledger."""
        inbox = ("ingest",) if self.inbox else ()
        return (*inbox, *(f"feed-{feed.name}" for feed in self.feeds), "cycle")

    @property
    def clock(self) -> Clock:
        """The clock that the settings ask for."""
        return SimulatedClock(self.simulated_clock) if self.simulated_clock else SystemClock()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=_settings_file())


def _settings_file() -> Path:
    """The settings file, which may be absent unless it was named; raises SettingsError."""
    named = os.environ.get("ARRIVALS_CONFIG")
    file = Path(named or "arrivals.toml")
    if named and not file.is_file():
        raise SettingsError(f"ARRIVALS_CONFIG: {named} is no file; name one, or unset it")
    if file.is_file():
        try:
            file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"the settings file {file} cannot be read: {error}") from None
    return file
