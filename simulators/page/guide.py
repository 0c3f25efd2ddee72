"""The panel "What to try", for a visitor who looks through one user's eyes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simulators.discord import User
from simulators.page.engine import Refused, Wire

TEXTS_KEPT = 3


@dataclass(frozen=True)
class Login:
    """The e-mail and password of this user at Blink; `linked` says whether the bot knew them from the start."""

    email: str
    password: str
    linked: bool


@dataclass(frozen=True)
class Walk:
    """A camera that a visitor may walk past, by a number; `past` does so and says what comes of it."""

    key: str
    camera: str
    past: Callable[[], str]


@dataclass(eq=False)
class Guide:
    """One user of the page; `hints` are pairs of what to try and what will happen.

    To try is a camera, or a command and its camera.
    """

    user: User
    hints: Sequence[tuple[str, str]]
    login: Login | None = None
    walks: Sequence[Walk] = ()
    texts: list[Wire] = field(default_factory=list[Wire])
    """The newest text messages on this user's phone, oldest first."""

    @property
    def linked(self) -> bool:
        """Say whether there is no account that a visitor could link."""
        return self.login is None or self.login.linked

    def ring(self, text: str) -> None:
        """Let a text message come to this user's phone."""
        self.texts = [*self.texts[1 - TEXTS_KEPT :], {"text": text, "at": time.time()}]

    def walk(self, key: str) -> str:
        """Walk past one of this user's cameras and return what comes of it."""
        for one in self.walks:
            if one.key == key:
                return one.past()
        raise Refused(f"{self.user.name} has no such camera")

    def shown(self) -> Wire:
        """Return what the panel draws."""
        login = self.login
        return {
            "hints": [{"title": title, "text": text} for title, text in self.hints],
            "login": login and {"email": login.email, "password": login.password, "linked": login.linked},
            "walks": [{"key": one.key, "camera": one.camera} for one in self.walks],
            "texts": self.texts,
        }
