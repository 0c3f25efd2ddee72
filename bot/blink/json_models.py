"""Blink's JSON as pydantic models, for this room only."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, cast

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    OnErrorOmit,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC. Raises ValueError if it is beyond the calendar."""
    if not 1970 < moment.year < 2200:  # keeps every time zone and every sum within the calendar
        raise ValueError("beyond the calendar")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("not a number")  # pydantic would read True as 1
    return value


def _page(value: Any) -> Any:
    if isinstance(value, list):
        return cast("list[object]", value)[:_MOST_RECORDINGS]
    return [] if value is None else value


def _list_or_nothing(value: Any) -> Any:
    return cast("object", value) if isinstance(value, list) else []


def _devices(value: Any) -> Any:
    return cast("list[object]", _list_or_nothing(value))[:_MOST_DEVICES]


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


# What is listed beyond this is left out: four megabytes of it would hold up everybody's commands for seconds.
_MOST_DEVICES = 500  # an account may have some tens
_MOST_RECORDINGS = 5_000  # of one page, which has 500

Item = TypeVar("Item")
Moment = Annotated[datetime, AfterValidator(in_utc)]
Id = Annotated[int, Field(ge=0, lt=10**18), BeforeValidator(_no_bool)]
Code = Annotated[int, Field(gt=-(2**31), lt=2**31), BeforeValidator(_no_bool)]  # fits every database
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_no_bool)]
# The length stands beside the pattern, since pydantic's regex engine needs megabytes for a {1,16384} inside it.
Token = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=16384)]  # fits an HTTP header
Address = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=2000)]  # whole, or a part of one
Path = Annotated[str, StringConstraints(pattern=r"^(/|https://)[\x21-\x7e]+$", max_length=2000)]
Serial = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=16)]
# A field that may be null, absent or of another type; the rest of its entry is read all the same.
Maybe = Annotated[Item | None, WrapValidator(_or_none)]
# A list that drops odd entries; an odd list is empty.
Several = Annotated[list[OnErrorOmit[Item]], BeforeValidator(_list_or_nothing)]
Devices = Annotated[list[OnErrorOmit[Item]], BeforeValidator(_devices)]


class Wire(BaseModel):
    """An answer; fields that are not named here are ignored."""

    # Validators are built when they are first needed, since an idle bot needs none.
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True, defer_build=True)


class TokenAnswer(Wire):
    """POST /oauth/token; some documents call the access token `token`.

    Tokens are read however odd the rest is, since Blink has already replaced the old ones.
    """

    access_token: Maybe[Token] = Field(None, repr=False)
    token: Maybe[Token] = Field(None, repr=False)
    refresh_token: Maybe[Token] = Field(None, repr=False)
    expires_in: Maybe[Number] = None
    account_id: Maybe[Id] = None


class TierAnswer(Wire):
    """GET /api/v1/users/tier_info."""

    tier: str
    account_id: Id


class Signals(Wire):
    """A camera's readings: temperature in °F, radio bars from 0 to 5."""

    temp: Maybe[Number] = None
    wifi: Maybe[Number] = None


class Device(Wire):
    """An entry of homescreen's `cameras`, `owls` or `doorbells`."""

    id: Id
    network_id: Id
    name: Maybe[str] = None
    type: Maybe[str] = None
    status: Maybe[str] = None
    enabled: Maybe[bool] = None
    battery: Maybe[str] = None
    thumbnail: Maybe[Address] = None
    serial: Maybe[Serial] = None
    signals: Maybe[Signals] = None


class Network(Wire):
    """An entry of homescreen's `networks`."""

    id: Id
    name: Maybe[str] = None
    armed: Maybe[bool] = None
    time_zone: Maybe[str] = None


class SyncModule(Wire):
    """An entry of homescreen's `sync_modules`."""

    id: Maybe[Id] = None
    network_id: Id
    local_storage_enabled: Maybe[bool] = None
    local_storage_status: Maybe[str] = None


# Lists of homescreen whose entries look like devices but are no cameras.
_NO_CAMERAS = frozenset({"sirens", "chimes", "doorbell_buttons"})
_MOST_LISTS = 20
_MOST_ENTRIES = 100


class Homescreen(Wire):
    """GET /api/v3/accounts/{A}/homescreen; `unknown` counts the devices in lists that this version does not know.

    Blink adds lists for new kinds of cameras: https://github.com/fronzbot/blinkpy/pull/1272.
    """

    networks: Devices[Network] = []
    sync_modules: Devices[SyncModule] = []
    cameras: Devices[Device] = []
    owls: Devices[Device] = []
    doorbells: Devices[Device] = []
    unknown: dict[str, int] = {}

    @model_validator(mode="before")
    @classmethod
    def _is_one(cls, value: Any) -> Any:
        """Reject an answer with none of the known lists; empty lists are an account without cameras."""
        known = cls.model_fields.keys() - {"unknown"}
        if not isinstance(value, dict) or not known & cast("dict[str, Any]", value).keys():
            raise ValueError("not a homescreen")
        lists = cast("dict[str, Any]", value)
        return {**lists, "unknown": _unknown(lists, known=known | _NO_CAMERAS)}


def _unknown(lists: dict[str, Any], *, known: Collection[str]) -> dict[str, int]:
    """Count the devices in lists that are not `known`, up to a limit."""
    strange = [key for key, value in lists.items() if isinstance(value, list) and key not in known]
    counts = {key: sum(map(_is_device, lists[key][:_MOST_ENTRIES])) for key in strange[:_MOST_LISTS]}
    return {key: count for key, count in counts.items() if count}


def _is_device(entry: Any) -> bool:
    try:
        return Device.model_validate(entry).name is not None
    except ValidationError:
        return False


class CommandPart(Wire):
    """One entry of a command's `commands`."""

    state_condition: Maybe[str] = Field(None, validation_alias=AliasChoices("state_condition", "state"))
    state_stage: Maybe[str] = None


class CommandStarted(CommandPart):
    """The answer to a clip call, in full or in its short form without times and stages."""

    id: Id = Field(validation_alias=AliasChoices("id", "command_id"))
    created_at: Maybe[Moment] = None
    execute_time: Maybe[Moment] = None


class LiveViewStarted(CommandStarted):
    """The answer to a live view call, whose `id` is called `command_id`; `polling_interval` is in seconds."""

    id: Id = Field(validation_alias=AliasChoices("command_id", "id"))
    server: Maybe[Address] = Field(None, repr=False)
    liveview_token: Maybe[Token] = Field(None, repr=False)
    polling_interval: Maybe[Number] = None


class CommandAnswer(Wire):
    """GET /network/{N}/command/{id}."""

    complete: bool
    status: int | None = None
    status_code: Maybe[Code] = None
    status_msg: Maybe[str] = None
    commands: Several[CommandPart] = []


class MediaAnswer(Wire):
    """An entry of media/changed."""

    id: Id
    created_at: Moment
    network_id: Id
    device_id: Id
    deleted: Maybe[bool] = None
    partial: Maybe[bool] = None
    media: Maybe[Path] = None
    thumbnail: Maybe[Address] = None
    type: Maybe[str] = None
    source: Maybe[str] = None


class MediaPage(Wire):
    """GET /api/v1/accounts/{A}/media/changed; unreadable entries count towards `limit`."""

    limit: Maybe[int] = None
    media: Annotated[list[Maybe[MediaAnswer]], BeforeValidator(_page)]


class EventAnswer(Wire):
    """An entry of the app's media list."""

    created_at: Moment
    network_id: Id
    device_id: Id
    type: Maybe[str] = None
    media: Maybe[str] = None
    no_media_reason: Maybe[str] = None


class EventPage(Wire):
    """POST /api/v4/accounts/{A}/media."""

    media: Several[EventAnswer]


class UsbClipAnswer(Wire):
    """An entry of a manifest; `size` is in KiB (nico579/blink2video), although some documents differ."""

    id: Id
    camera_name: str
    created_at: Moment
    size: Maybe[Annotated[float, Field(ge=0, allow_inf_nan=False)]] = None


class ManifestAnswer(Wire):
    """GET …/local_storage/manifest/request/{id}, once the list is ready."""

    manifest_id: Id
    clips: Several[UsbClipAnswer] = []
