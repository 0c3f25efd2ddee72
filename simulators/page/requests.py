"""The requests that a browser may send over the websocket; any other is refused before it reaches the simulator."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, TypeAdapter

MAX_FRAME = 16 * 1024
"""Bytes in one websocket message; the longest honest one is a command with its options."""

Nonce = Annotated[int, Field(ge=0, le=2**53)]
Snowflake = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
Name = Annotated[str, Field(pattern=r"^[-_\w ]{1,100}$")]
CustomId = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[StrictStr, Field(max_length=1000)]
Whole = Annotated[StrictInt, Field(ge=-(2**53), le=2**53)]
Options = Annotated[dict[Name, Text | StrictBool | Whole | StrictFloat], Field(max_length=25)]
Tab = Literal["channel", "dm"]


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class View(_Request):
    """Look through another user's eyes."""

    op: Literal["view"]
    user: Snowflake


class Refresh(_Request):
    """Say again which commands there are: the bot may have registered since."""

    op: Literal["refresh"]


class Run(_Request):
    """Run a slash command."""

    op: Literal["run"]
    nonce: Nonce
    tab: Tab
    command: Name
    options: Options


class OnPerson(_Request):
    """Use a command of the menu that opens on a person."""

    op: Literal["on_person"]
    nonce: Nonce
    tab: Tab
    command: Annotated[str, Field(min_length=1, max_length=32)]
    person: Snowflake


class Complete(_Request):
    """Ask for the choices of one option."""

    op: Literal["complete"]
    nonce: Nonce
    tab: Tab
    command: Name
    options: Options
    focused: Name


class Click(_Request):
    """Press a button."""

    op: Literal["click"]
    nonce: Nonce
    message: Snowflake
    custom_id: CustomId


class Select(_Request):
    """Choose from a select menu."""

    op: Literal["select"]
    nonce: Nonce
    message: Snowflake
    custom_id: CustomId
    values: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=25)]


class Walk(_Request):
    """Walk past a camera of the user's."""

    op: Literal["walk"]
    nonce: Nonce
    camera: Snowflake


class Dismiss(_Request):
    """Take an ephemeral message out of sight."""

    op: Literal["dismiss"]
    message: Snowflake


Act = Run | OnPerson | Complete | Click | Select | Walk
Request = Annotated[View | Refresh | Act | Dismiss, Field(discriminator="op")]
_requests: TypeAdapter[View | Refresh | Act | Dismiss] = TypeAdapter(Request)


def parse(text: str) -> View | Refresh | Act | Dismiss:
    """Return the request in a websocket message, or raise ValueError."""
    return _requests.validate_json(text)
