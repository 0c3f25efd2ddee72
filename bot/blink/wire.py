"""Blink's JSON as it stands on the wire; nothing outside this room sees these names."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, OnErrorOmit


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _no_null(value: Any) -> Any:
    return [] if value is None else value


Item = TypeVar("Item")
Moment = Annotated[datetime, AfterValidator(_in_utc)]
# One odd entry must not hide the others, and Blink sends null for "none".
Several = Annotated[list[OnErrorOmit[Item]], BeforeValidator(_no_null)]


class Wire(BaseModel):
    """An answer of which only the named fields are read."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


class TokenAnswer(Wire):
    """POST /oauth/token; some documents call the access token `token`."""

    access_token: str = Field(validation_alias=AliasChoices("access_token", "token"), min_length=1)
    refresh_token: str | None = None
    expires_in: float = 14400


class TierAnswer(Wire):
    """GET /api/v1/users/tier_info."""

    tier: str
    account_id: int


class Signals(Wire):
    """A camera's readings: temperature in °F, radio bars from 0 to 5."""

    temp: float | None = None
    wifi: float | None = None


class Device(Wire):
    """An entry of homescreen's `cameras`, `owls` or `doorbells`."""

    id: int
    network_id: int
    name: str = ""
    type: str = ""
    status: str = ""
    enabled: bool | None = None
    battery: str | None = None
    thumbnail: str | None = None
    signals: Signals | None = None


class Network(Wire):
    """An entry of homescreen's `networks`."""

    id: int
    name: str = ""
    armed: bool | None = None


class SyncModule(Wire):
    """An entry of homescreen's `sync_modules`."""

    id: int
    network_id: int
    status: str = ""
    local_storage_enabled: bool | None = None
    local_storage_compatible: bool | None = None
    local_storage_status: str | None = None


class Homescreen(Wire):
    """GET /api/v3/accounts/{A}/homescreen."""

    networks: Several[Network] = []
    sync_modules: Several[SyncModule] = []
    cameras: Several[Device] = []
    owls: Several[Device] = []
    doorbells: Several[Device] = []


class CommandPart(Wire):
    """One entry of a command's `commands`."""

    state_condition: str | None = Field(None, validation_alias=AliasChoices("state_condition", "state"))
    state_stage: str | None = None


class CommandStarted(CommandPart):
    """What a clip call answers, in the full form or the short one (which has neither times nor stages)."""

    id: int = Field(validation_alias=AliasChoices("id", "command_id"))
    created_at: Moment | None = None
    execute_time: Moment | None = None


class CommandAnswer(Wire):
    """GET /network/{N}/command/{id}."""

    complete: bool
    status: int | None = None
    status_code: int | None = None
    status_msg: str | None = None
    commands: Several[CommandPart] = []


class MediaAnswer(Wire):
    """An entry of media/changed."""

    id: int
    created_at: Moment
    network_id: int
    device_id: int
    deleted: bool = False
    partial: bool = False
    media: str | None = None
    type: str | None = None


class MediaPage(Wire):
    """GET /api/v1/accounts/{A}/media/changed."""

    limit: int | None = None
    media: Several[MediaAnswer] = []
