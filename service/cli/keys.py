"""Commands for access: API keys, the audit log, and stopping the publication of a place."""

import getpass
from datetime import UTC, datetime, timedelta
from typing import get_args

import click

from service.access import AccessError, all_regions, create_key, is_valid, revoke_key, rotate_key
from service.settings import Settings
from service.store import Store
from service.store.errors import StoreError
from service.store.records import AuditEntry, Key, Role


def _opened() -> tuple[Store, datetime]:
    """The store that the settings name, and the instant of their clock."""
    settings = Settings()
    return Store.open(settings.database_url), settings.clock.now()


def _operator() -> str:
    return f"cli:{getpass.getuser()}"


class Instant(click.ParamType[datetime]):
    """An aware instant, or a day, which means its end in UTC."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read ISO 8601; fails with what was wanted."""
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            instant = datetime.fromisoformat(text)
            if len(text) == len("2026-12-31"):
                return (instant + timedelta(days=1)).replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is no instant; write 2026-12-31 or 2026-12-31T18:00:00Z", param, ctx)
        if instant.tzinfo is None:
            self.fail(f"{text!r} has no zone; end it with Z or an offset such as +05:00", param, ctx)
        return instant.astimezone(UTC)


@click.group("keys")
def keys_command() -> None:
    """Create, list, rotate and revoke API keys."""


@keys_command.command("create")
@click.option("--role", type=click.Choice(get_args(Role)), required=True, help="What the key may do.")
@click.option("--region", "regions", multiple=True, help="A region or country it covers; may be repeated.")
@click.option("--crossing", "crossings", multiple=True, help="A crossing it covers; may be repeated.")
@click.option(
    "--all-regions",
    "every_region",
    is_flag=True,
    help="Cover every region, and with them the country's total.",
)
@click.option("--expires", type=Instant(), help="Day or instant after which the key is void.")
@click.option("--label", default="", help="Who holds it, for the list and the log.")
def create(
    *,
    role: Role,
    regions: tuple[str, ...],
    crossings: tuple[str, ...],
    every_region: bool,
    expires: datetime | None,
    label: str,
) -> None:
    """Make a key and show it this once."""
    store, now = _opened()
    with store:
        granted = {*regions, *crossings, *(all_regions(store.places.all()) if every_region else ())}
        try:
            key, secret = create_key(
                store, role, granted, now=now, by=_operator(), label=label, expires_at=expires
            )
        except AccessError as error:
            raise click.ClickException(str(error)) from None
    _show(key, secret)


@keys_command.command("list")
def list_keys() -> None:
    """Show all keys: id, role, places, and whether they are valid; never the keys themselves."""
    store, now = _opened()
    with store:
        for key in store.keys.all():
            click.echo(_line(key, now))


@keys_command.command("revoke")
@click.argument("key_id", metavar="KEY")
def revoke(key_id: str) -> None:
    """End a key at once; KEY is its id or prefix as `keys list` shows it."""
    store, now = _opened()
    with store:
        try:
            revoke_key(store, key_id, now=now, by=_operator())
        except AccessError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{key_id} is revoked")


@keys_command.command("rotate")
@click.argument("key_id", metavar="KEY")
@click.option("--until", type=Instant(), help="When the old key ends; by default in seven days.")
def rotate(key_id: str, until: datetime | None) -> None:
    """Make a successor with the same rights; the old key goes on until the instant given."""
    store, now = _opened()
    end = until or now + timedelta(days=7)
    with store:
        try:
            key, secret = rotate_key(store, key_id, until=end, now=now, by=_operator())
        except AccessError as error:
            raise click.ClickException(str(error)) from None
    _show(key, secret)
    click.echo(f"{key_id} goes on until {end:%Y-%m-%d %H:%M} UTC", err=True)


@click.command("audit")
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), help="At most so many, the newest.")
@click.option("--before", type=int, help="Only entries below this number, for the page before.")
def audit_command(limit: int, before: int | None) -> None:
    """Show who did what and when, newest first."""
    store, _ = _opened()
    with store:
        for entry in store.audit.read(limit, before=before):
            click.echo(_told(entry))


@click.group("publication")
def publication_command() -> None:
    """Stop or resume what is published of a place; pages and API obey at once."""


@publication_command.command("stop")
@click.argument("place_id", metavar="PLACE")
@click.option("--reason", required=True, help="Why, for the history.")
def stop(place_id: str, reason: str) -> None:
    """Withhold a place, all that lies in it, and the totals that would give it away."""
    store, now = _opened()
    with store:
        try:
            store.places.stop(place_id, at=now, by=_operator(), reason=reason)
        except StoreError as error:
            raise click.ClickException(str(error)) from None
        store.audit.append(AuditEntry(now, _operator(), "publication.stop", place_id, {"reason": reason}))
    click.echo(f"publication of {place_id} is stopped")


@publication_command.command("resume")
@click.argument("place_id", metavar="PLACE")
def resume(place_id: str) -> None:
    """Publish a place again."""
    store, now = _opened()
    with store:
        try:
            store.places.resume(place_id, at=now, by=_operator())
        except StoreError as error:
            raise click.ClickException(str(error)) from None
        store.audit.append(AuditEntry(now, _operator(), "publication.resume", place_id))
    click.echo(f"publication of {place_id} goes on")


@publication_command.command("list")
def list_stops() -> None:
    """Show the places whose publication is stopped."""
    store, _ = _opened()
    with store:
        for one in store.places.stops():
            click.echo(
                f"{one.place_id}  since {one.stopped_at:%Y-%m-%d %H:%M} UTC  by {one.by}  {one.reason}"
            )


def _show(key: Key, secret: str) -> None:
    """The key alone on standard output, so that it can be piped to where it is kept."""
    click.echo(f"{key.id}: {key.role} for {_covered(key)}. Keep the key; it is not shown again:", err=True)
    click.echo(secret)


def _covered(key: Key) -> str:
    return ", ".join(sorted(key.places)) or "all places"


def _line(key: Key, now: datetime) -> str:
    ends = [end for end in (key.expires_at, key.revoked_at) if end is not None]
    until = f"until {min(ends):%Y-%m-%d %H:%M} UTC" if ends else "without end"
    state = until if is_valid(key, now) else f"void since {min(ends):%Y-%m-%d %H:%M} UTC"
    return f"{key.id}  {key.role:<8}  {_covered(key)}  {state}  {key.label}".rstrip()


def _told(entry: AuditEntry) -> str:
    detail = ", ".join(f"{name}={value}" for name, value in entry.detail.items())
    when = f"{entry.at:%Y-%m-%d %H:%M:%S}Z"
    return "  ".join((str(entry.number), when, entry.actor, entry.action, entry.subject, detail)).rstrip()
