"""The shape of each component, as Discord's OpenAPI description has it: fields, kinds, lengths.

https://github.com/discord/discord-api-spec
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from .calls import as_object

CustomId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Description = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class Form(BaseModel):
    """A part of a request; like Discord, it overlooks fields that it does not know."""

    model_config = ConfigDict(strict=True, frozen=True)


class Component(Form):
    """The field that every component may have."""

    id: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class Emoji(Form):
    """An emoji, Unicode's or a server's."""

    id: str | int | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class Button(Component):
    """A button; `components.py` knows which fields go together."""

    type: Literal[2]
    style: Literal[1, 2, 3, 4, 5, 6]
    custom_id: CustomId | None = None
    label: Annotated[str, StringConstraints(max_length=80)] | None = None
    disabled: bool | None = None
    url: Annotated[str, StringConstraints(max_length=512)] | None = None
    sku_id: str | int | None = None
    emoji: Emoji | None = None


class Select(Component):
    """A menu of users, roles or channels."""

    type: Literal[3, 5, 6, 7, 8]
    custom_id: CustomId
    placeholder: Annotated[str, StringConstraints(max_length=150)] | None = None
    min_values: Annotated[int, Field(ge=0, le=25)] | None = None
    max_values: Annotated[int, Field(ge=1, le=25)] | None = None
    disabled: bool | None = None


class Option(Form):
    """One choice of a string select."""

    label: Name
    value: Name
    description: Annotated[str, StringConstraints(max_length=100)] | None = None
    default: bool | None = None
    emoji: Emoji | None = None


class StringSelect(Select):
    """A menu of words."""

    options: Annotated[list[Option], Field(min_length=1, max_length=25)]


class TextDisplay(Component):
    """A text."""

    type: Literal[10]
    content: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class Media(Form):
    """Where a picture, a video or a file is."""

    url: Annotated[str, StringConstraints(max_length=2048, pattern=r"^(https?|attachment)://\S+$")]


class OwnFile(Form):
    """A file of the message itself."""

    url: Annotated[str, StringConstraints(max_length=2048, pattern=r"^attachment://\S+$")]


class Item(Form):
    """One picture or video of a gallery."""

    media: Media
    description: Description | None = None
    spoiler: bool | None = None


class Thumbnail(Component):
    """A small picture beside a text."""

    type: Literal[11]
    media: Media
    description: Description | None = None
    spoiler: bool | None = None


class MediaGallery(Component):
    """Pictures and videos, up to ten."""

    type: Literal[12]
    items: Annotated[list[Item], Field(min_length=1, max_length=10)]


class File(Component):
    """A file to download."""

    type: Literal[13]
    file: OwnFile
    spoiler: bool | None = None


class Separator(Component):
    """Space, and perhaps a line."""

    type: Literal[14]
    spacing: Literal[1, 2] | None = None
    divider: bool | None = None


def _kind(value: Any) -> str:
    kind = as_object(value).get("type")
    return "<5-8>" if kind in (5, 6, 7, 8) else f"<{kind}>"


class Row(Component):
    """Up to five buttons, or one menu."""

    type: Literal[1]
    components: Annotated[
        list[
            Annotated[
                Annotated[Button, Tag("<2>")] | Annotated[StringSelect, Tag("<3>")] | Annotated[Select, Tag("<5-8>")],
                Discriminator(_kind),
            ]
        ],
        Field(min_length=1, max_length=5),
    ]


class Section(Component):
    """Texts with a button or a small picture at their right."""

    type: Literal[9]
    components: Annotated[list[TextDisplay], Field(min_length=1, max_length=3)]
    accessory: Annotated[
        Annotated[Button, Tag("<2>")] | Annotated[Thumbnail, Tag("<11>")],
        Discriminator(_kind),
    ]


Inner = (
    Annotated[Row, Tag("<1>")]
    | Annotated[Section, Tag("<9>")]
    | Annotated[TextDisplay, Tag("<10>")]
    | Annotated[MediaGallery, Tag("<12>")]
    | Annotated[File, Tag("<13>")]
    | Annotated[Separator, Tag("<14>")]
)


class Container(Component):
    """A box with a bar of colour at its left."""

    type: Literal[17]
    components: Annotated[list[Annotated[Inner, Discriminator(_kind)]], Field(min_length=1, max_length=40)]
    accent_color: Annotated[int, Field(ge=0, le=0xFFFFFF)] | None = None
    spoiler: bool | None = None


class V2Message(Form):
    """The components of a message with the flag IS_COMPONENTS_V2."""

    components: Annotated[
        list[Annotated[Inner | Annotated[Container, Tag("<17>")], Discriminator(_kind)]],
        Field(min_length=1, max_length=40),
    ]


class ClassicMessage(Form):
    """The components of any other message."""

    components: Annotated[list[Annotated[Annotated[Row, Tag("<1>")], Discriminator(_kind)]], Field(max_length=5)]
