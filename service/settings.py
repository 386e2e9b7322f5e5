"""Every setting in one place, from `arrivals.toml` and `ARRIVALS_...` variables, read nowhere else."""

import os
from datetime import time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from forecast import defaults
from service.addresses import address_of, mailbox_of
from service.clock import Clock, SimulatedClock, SystemClock

LONGEST_HORIZON = 90
"""Days ahead beyond which nothing is told, scored or trusted."""


class Feed(BaseModel):
    """A CSV of counts that is pulled by URL on a schedule."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        pattern=r"^[a-z0-9-]{1,40}$", description="Name of the feed, stored as the counts' source."
    )
    url: str = Field(pattern=r"^https?://", description="Address of the CSV.")
    every_minutes: int = Field(60, ge=1, le=1440, description="Minutes between two pulls.")
    authorization: SecretStr | None = Field(None, description="Value of the Authorization header, if needed.")


class Smtp(BaseModel):
    """The server that takes mail."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1, description="Name of the mail server.")
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is secured; `none` on the own machine alone."
    )
    user: str | None = Field(None, description="User, if the server asks for one.")
    password: SecretStr | None = Field(None, description="Password of the user.")
    authorities: Path | None = Field(
        None, description="PEM file of certificate authorities that are trusted beside the system's."
    )
    timeout_seconds: float = Field(30, gt=0, le=600, description="Longest wait for one of its answers.")

    @model_validator(mode="after")
    def _login_is_hidden(self) -> "Smtp":
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together; give both or neither")
        if self.user is not None and self.security == "none":
            raise ValueError("a password does not travel in the clear; set security to starttls or tls")
        return self


class Webhook(BaseModel):
    """An address of another program that is told of alerts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        pattern=r"^[a-z0-9-]{1,40}$",
        description="Name of the webhook, by which the log and the outbox call it.",
    )
    url: SecretStr = Field(description="Address that alerts are posted to; may hold a secret of its own.")
    secret: SecretStr = Field(description="Key of the signature, at least 16 characters.")
    places: tuple[str, ...] = Field((), description="Places whose alerts it gets; empty: all.")

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("https://", "http://")):
            raise ValueError("it is no address that begins with https://")
        return url

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < 16:
            raise ValueError("it is too short to sign with; give at least 16 characters")
        return secret


class Alerting(BaseModel):
    """When an alert is raised, and when it ends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chance: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="Chance within 7 days from which an alert is raised of more than capacity.",
    )
    quiet_chance: float = Field(0.3, gt=0, lt=1, description="Chance below which it may end.")
    surge_chance: float = Field(
        0.3, gt=0, lt=1, description="Chance of a surge within 7 days from which an alert of it is raised."
    )
    surge_quiet_chance: float = Field(
        0.2, gt=0, lt=1, description="Chance of a surge below which its alert may end."
    )
    quiet_issues: int = Field(2, ge=1, le=14, description="Issues in a row below it after which it ends.")
    filling_days: float = Field(
        3.0, gt=0, le=14, description="Days to full houses at the last nights' pace from which it is raised."
    )
    wait_hours: float = Field(
        6.0, gt=0, le=168, description="Longest wait, in hours, that counts as over capacity."
    )
    silent_hours: float = Field(36.0, gt=0, le=720, description="Hours after a day's end without its count.")
    late_hours: float = Field(3.0, gt=0, le=48, description="Hours after its time without a job's success.")

    @model_validator(mode="after")
    def _apart(self) -> "Alerting":
        if self.quiet_chance > self.chance:
            raise ValueError("quiet_chance is above chance: an alert would end before it begins")
        if self.surge_quiet_chance > self.surge_chance:
            raise ValueError("surge_quiet_chance is above surge_chance: an alert would end before it begins")
        return self


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
    horizon: int = Field(defaults.HORIZON, ge=1, le=LONGEST_HORIZON, description="Days ahead.")
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
    small_counts: int = Field(
        10,
        ge=0,
        le=1_000,
        description="Counts below it are not told to roles without clearance; 0 tells all.",
    )
    small_counts_cleared: tuple[Literal["planner", "analyst", "operator"], ...] = Field(
        ("analyst", "operator"), description="Roles that are told small counts."
    )
    mail_transport: Literal["folder", "console", "smtp"] = Field(
        "folder", description="Where mail goes: files in `mail_folder`, the console, or the server of `smtp`."
    )
    mail_folder: Path | None = Field(None, description="Folder of .eml files; by default `mail` in `home`.")
    mail_sender: str = Field("Border arrivals <arrivals@localhost>", description="Sender of the mail.")
    mail_contact: str = Field("arrivals@localhost", description="Address for questions, named in every mail.")
    mail_unsubscribe: str | None = Field(
        None, description="Address that ends a subscription, read by people; by default `mail_contact`."
    )
    smtp: Smtp | None = Field(None, description="The mail server.")
    webhooks: tuple[Webhook, ...] = Field((), description="Programs that are told of alerts.")
    report_weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = (
        Field("monday", description="Day of the weekly report.")
    )
    report_at: time = Field(time(7, 0), description="Time of the weekly report, local to its region.")
    alerts: Alerting = Field(Alerting(), description="When alerts are raised and when they end.")
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

    @field_validator("feeds", "webhooks")
    @classmethod
    def _own_names(
        cls, given: tuple[Feed | Webhook, ...], field: ValidationInfo
    ) -> tuple[Feed | Webhook, ...]:
        names = [one.name for one in given]
        twice = [name for name in names if names.count(name) > 1]
        if twice:  # a feed's job and a webhook's letter go by its name: the second would get nothing
            raise ValueError(f"two {field.field_name} are called {twice[0]!r}; give each its own name")
        return given

    @field_validator("mail_sender")
    @classmethod
    def _mailbox(cls, text: str) -> str:
        mailbox_of(text)
        return text

    @field_validator("mail_contact", "mail_unsubscribe")
    @classmethod
    def _address(cls, text: str | None) -> str | None:
        return text if text is None else address_of(text)

    @model_validator(mode="after")
    def _mail_server_named(self) -> "Settings":
        if self.mail_transport == "smtp" and self.smtp is None:
            raise ValueError("mail_transport is smtp, but no server is named; set smtp.host")
        return self

    @property
    def mail_home(self) -> Path:
        """The folder that mail is laid into where no server takes it."""
        return self.mail_folder or self.home / "mail"

    @property
    def database_url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database or f"sqlite:///{self.home / 'arrivals.db'}"

    @property
    def jobs(self) -> tuple[str, ...]:
        """The names of the jobs that these settings ask for at all times, as in the ledger."""
        inbox = ("ingest",) if self.inbox else ()
        return (*inbox, *(f"feed-{feed.name}" for feed in self.feeds), "cycle", "watch")

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
