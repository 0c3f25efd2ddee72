"""An owner whose cameras others use, and what those others do and see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulators.blink import Behaviour, Camera
from tests.support.hands import menu_of
from tests.support.house import House, buttons_of, ended, key_of, text_of
from tests.support.waiting import until

EPHEMERAL, LOADING = 1 << 6, 1 << 7
LOOK = ("status", "snapshot")
RIGHTS = ("status", "snapshot", "clip", "recent", "arm")
SHARED, SHARED_HOME = "Zebra Door", "Wombat House"
SECRET = ("Quokka Nursery", "Ibex Cabin", "Lemur Porch")
KNOWN = "known"  # in place of a right: any share at all, at whichever hour
LOOKS = frozenset({"homescreen", "networks", "network", "usage", "signals", "config", "modules", "command"})
QUICK = Behaviour.quick(upload_delay=0.05, partial_for=0.05)


@dataclass
class Person:
    """Somebody, where they are now, and what they may do by which scope; nothing where `rights` is empty.

    `knows`: there is a share that names the camera to them, be it at another hour.
    """

    name: str
    user: Any
    place: Any
    rights: frozenset[str] = frozenset()
    scope: str = "camera"
    owner: bool = False
    administrator: bool = False
    knows: bool = False


class Lending:
    """The owner's Blink and the people of two servers, all of it before and while the bot runs."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.discord = house.discord
        self.elsewhere = self.discord.add_guild("Elsewhere").add_channel("general")
        self.alice, self.account = house.resident("alice")
        home = self.account.add_network(SHARED_HOME)
        self.zebra = home.add_camera(SHARED, behaviour=QUICK)
        self.quokka = home.add_camera(SECRET[0], "mini", behaviour=QUICK)
        self.lemur = self.account.add_network(SECRET[1]).add_camera(SECRET[2], behaviour=QUICK)
        self.owner = Person("owner", self.alice, house.channel, frozenset(RIGHTS), scope="network", owner=True)
        self.zoe = self.discord.add_user("zoe")  # whose share others try to revoke
        self._replies: dict[tuple[int, int], dict[str, Any]] = {}  # to a person in a place, as they came

    def person(self, name: str, **more: Any) -> Person:
        """Add somebody of the server."""
        return Person(name, self.discord.add_user(name.replace(" ", "-")), self.house.channel, **more)

    def choice(self, person: Person, choice: str) -> str:
        """Return a choice within the owner's Blink as this person chooses it."""
        return choice if person.owner else f"of.{self.alice.id}.{choice}"

    def camera(self, person: Person) -> str:
        return self.choice(person, key_of(self.zebra))

    def network(self, person: Person) -> str:
        return self.choice(person, f"network.{self.zebra.network.id}")

    async def share(
        self, who: Any, *rights: str, scope: str = "camera", camera: Camera | None = None, **more: str
    ) -> str:
        """Share as the owner, and return the share's id; what no preset allows is chosen afterwards."""
        camera = camera or self.zebra
        asked = key_of(camera) if scope == "camera" else f"network.{camera.network.id}"
        reply = await self.use(self.owner, "share add", who=who, camera=asked, preset="look", **more)
        assert "may now" in text_of(reply), text_of(reply)
        share = buttons_of(reply)["Stop sharing"].split(":")[2]
        wanted = rights or RIGHTS
        if set(wanted) != set(LOOK):
            changed = await self.discord.select(self.alice, reply["id"], menu_of(reply)["custom_id"], [*wanted])
            assert "may now" in text_of(await self.over(changed, unlike=text_of(reply)))
        return share

    async def revoke(self, share: str) -> None:
        """Use `/share remove` as the owner."""
        assert "no longer shared" in text_of(await self.use(self.owner, "share remove", share=share))

    def granted(self, who: Any) -> str | None:
        """Return the id of somebody's share, or None."""
        rows = self.house.rows("SELECT id FROM grants WHERE grantee_id = ?", who.id)
        return rows[0][0] if rows else None

    async def use(self, person: Person, command: str, **options: Any) -> dict[str, Any]:
        """Use a command and return its reply once that is over, with all that follows."""
        used = await self.discord.slash(person.user, person.place, command, options)
        return await self.over(used)

    async def over(self, used: Any, *, unlike: str = "") -> dict[str, Any]:
        """Return a reply once it is over; `unlike` is what stood there before, where it takes that one's place."""

        def done() -> dict[str, Any] | None:
            message = ended(used.message)
            if message is None or message["flags"] & LOADING or "Begun <t:" in text_of(message):
                return None
            return message if text_of(message) != unlike else None

        reply = await until(done, timeout=20)
        await until(lambda: not self.house.live(used), timeout=10)
        return done() or reply

    async def press(self, person: Person, custom_id: str, *values: str) -> dict[str, Any]:
        """Use any button or menu, under a private reply to this person, and return what came of it."""
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": 3 if values else 2}
        if values:
            data["values"] = list(values)
        under = await self.under(person)
        used = await self.discord.forge(person.user, under["id"], data)
        return await self.over(used, unlike=text_of(under))

    async def under(self, person: Person) -> dict[str, Any]:
        """Return a private reply to this person that nothing has taken the place of."""
        place = person.user.id, person.place.id
        came = self._replies.get(place)
        if came is None or self.house.shown(person.user, came) != came:
            came = self._replies[place] = await self.use(person, "share list")
        return came

    def file_of(self, message: dict[str, Any]) -> bytes | None:
        """Return the one file of a reply."""
        files = [self.discord.file(one["url"]) for one in message["attachments"]]
        assert len(files) <= 1
        return files[0] if files else None

    def shared_films(self, person: Person) -> set[bytes]:
        """Return all that was filmed within somebody's shares."""
        now = self.house.world.clock()
        cameras = self.account.cameras if person.owner else [self.zebra]
        if person.scope == "network":
            cameras = [*cameras, self.quokka]
        taken = {one.jpeg for camera in cameras for one in camera.pictures(now)}
        return taken | {one.mp4 for camera in cameras for one in camera.made}

    def hidden(self, person: Person) -> tuple[str, ...]:
        """Return the names that somebody must never read."""
        if person.owner:
            return ()
        unseen = SECRET if person.scope == "camera" else SECRET[1:]
        return unseen if person.knows else (SHARED, SHARED_HOME, *unseen)

    def asked(self, since: int) -> list[str | None]:
        """Return what Blink was asked for the owner since so many requests."""
        return [one.route for one in self.house.blink.requests[since:] if one.account_id == self.account.id]
