"""The demo's world: a Discord server with two people, and their Blink accounts with a camera for every end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf

from simulators.blink import Account, Behaviour, Camera, SimBlink, World
from simulators.blink.pictures import Film
from simulators.discord import Channel, SimDiscord, User
from simulators.page import DemoPage, Guide, Login, Walk

SERVER = "The Willows"
BOT = "Blink Clips"
BOT_TOKEN = "token-of-the-demo-bot"

LISTED_AFTER = 1.5
PARTIAL_FOR = 8.0
"""Seconds that Blink takes for the entry and then for its video, so that both can be seen to come."""

# Long enough to be seen, as the bot asks each second or two; short enough not to be waited for.
QUICK = Behaviour(
    stages=(
        ("rest", "new", 0.8),
        ("cs_sent", "running", 1.2),
        ("sm", "running", 1.2),
        ("dev", "running", 3.0),
        ("is", "running", 1.5),
        ("vs", "done", 0.0),
    ),
    upload_delay=1.0,
    partial_for=1.0,
    usb_delay=1.0,
    thumbnail_seconds=1.0,
)

ALICES = (
    ("Front Door", "Quick: the video is there in ten seconds. Share here then shows it to everybody."),
    ("/snapshot All of Home", "A new picture of each camera there, in one reply."),
    ("Garage", "Its Sync Module is busy at first. The bot asks again by itself, then it records."),
    ("Doorbell", "Right after Front Door: they share a Sync Module, so it waits for its turn."),
    ("Kitchen Mini", "A plug-in camera, at the pace of a real one."),
    ("Hallway", "There are two, at Home and in the Cabin: the bot asks which one."),
    ("Shed", "Offline: the bot says so at once, and by itself to those who choose health in /notify."),
    ("Attic", "Takes the command and then fails, so the bot records its live view."),
    ("Back Yard", "Not in the Blink plan, and no USB drive: Blink keeps no video, so the bot records its live view."),
    ("Porch", "Not in the Blink plan: its videos lie on the Sync Module's USB drive, which the bot reads."),
    ("Driveway", "Its video has 14 MiB: too large for Discord as it is."),
    ("Pool", "Stays busy, until the bot gives up after 15 to 20 seconds."),
    ("Basement", "Does not exist: the bot says which cameras do."),
)
BOBS = (
    ("Balcony", "Quick. Before the link, the bot says what is missing."),
    ("Front Door", "His own: alice has one too, and neither sees the other's."),
    ("Cat's Corner", "A plug-in camera."),
    ("Front Door (alice's)", "Shared by alice. Her /share log shows each use; /share remove stops it at once."),
)


class Neighbourhood(World):
    """A Blink world whose videos are large enough to be looked at, unless they shall be tiny."""

    def film(
        self, title: str, number: int, seconds: float, *, sound: bool = True, megabytes: float | None = None
    ) -> Film:
        film = super().film(title, number, seconds, sound=sound, megabytes=megabytes)
        return film if megabytes or self.tiny_videos else replace(film, width=640, height=360)


@dataclass(frozen=True)
class Resident:
    """Somebody in Discord who has a Blink account; `linked` says whether the bot knows it from the start."""

    user: User
    account: Account
    linked: bool
    hints: Sequence[tuple[str, str]]

    def guide(self) -> Guide:
        """Return what the page shows to this person."""
        login = Login(self.account.email, self.account.password, self.linked)
        return Guide(self.user, self.hints, login, walks(self.account))


@dataclass(frozen=True)
class Street:
    """Both simulators with their people and cameras, and the ones that the tour uses."""

    discord: SimDiscord
    blink: SimBlink
    channel: Channel
    residents: Sequence[Resident]
    front: Camera
    """The camera of the tour, which the first resident has."""

    def page(self) -> DemoPage:
        """Return a page for it, on which the codes that Blink sends arrive."""
        guides = [one.guide() for one in self.residents]
        page = DemoPage(self.discord, server_name=SERVER, channel=self.channel, guides=guides)
        users = {one.account.id: one.user for one in self.residents}
        self.blink.world.on_code = lambda account, code: page.ring(
            users[account.id], f"Blink: your code is {code.text}"
        )
        return page


def walks(account: Account) -> Sequence[Walk]:
    """Return a walk past each camera of an account; two of one name differ by their network."""
    names = [camera.name for camera in account.cameras]
    return [
        Walk(
            str(camera.id),
            camera.name if names.count(camera.name) == 1 else f"{camera.name} ({camera.network.name})",
            lambda camera=camera: _pass(camera),
        )
        for camera in account.cameras
    ]


def _pass(camera: Camera) -> str:
    name, network = camera.name, camera.network
    filmed = camera.detect_motion(listed_after=LISTED_AFTER, partial_for=PARTIAL_FOR, seconds=4.0)
    if filmed and filmed.in_cloud:
        return f"{name} films you. Blink lists the recording in a moment, and its video comes a little later."
    if filmed and filmed.usb_appears is not None:
        return f"{name} films you onto the USB drive of its Sync Module, so its cloud does not know of it."
    if filmed:
        return f"{name} films you, but no Blink plan keeps that: Blink lists nothing."
    if camera.status == "offline":
        return f"{name} is offline and sees nothing."
    if not network.armed:
        return f"{network.name} is not armed, so {name} films nothing. /arm arms it."
    return f"The motion detection of {name} is off, so it films nothing. /motion turns it on."


def build(*, front: Behaviour = QUICK) -> Street:
    """Build the street; `front` are the manners of the tour's camera."""
    discord = SimDiscord(bot_token=BOT_TOKEN, application_name=BOT)
    channel = discord.add_guild(SERVER).add_channel("general")
    world = Neighbourhood(manifest_seconds=1.0, usb_upload_seconds=1.0)
    at_alices, camera = _alices(world, front)
    residents = (
        Resident(discord.add_user("alice"), at_alices, True, ALICES),
        Resident(discord.add_user("bob"), _bobs(world), False, BOBS),
    )
    return Street(discord, SimBlink(world), channel, residents, camera)


def _alices(world: World, manners: Behaviour) -> tuple[Account, Camera]:
    account = world.add_account(email="alice@example.com", password="4roses+1shed")
    home = account.add_network("Home", armed=True)
    front = home.add_camera("Front Door", behaviour=manners, temperature=61)
    home.add_camera("Doorbell", "doorbell", behaviour=QUICK, temperature=60, wifi=3)
    home.add_camera("Kitchen Mini", "mini")
    home.add_camera("Hallway", behaviour=QUICK, temperature=70, wifi=5)
    home.add_camera("Attic", behaviour=Behaviour(fail=True), temperature=84, wifi=2)
    # A Sync Module of their own, so that the slow ones do not hold up the house.
    garden = account.add_network("Garden")
    garden.add_camera("Garage", behaviour=Behaviour(stages=QUICK.stages, busy_first=5.0), temperature=55)
    garden.add_camera("Shed", status="offline", battery="low", wifi=1)
    # Blink's Basic plan covers single cameras.
    garden.add_camera("Back Yard", behaviour=replace(QUICK, covered=False), temperature=58)
    garden.add_camera("Driveway", behaviour=replace(QUICK, video_megabytes=14.0), temperature=56, wifi=3)
    garden.add_camera("Pool", behaviour=Behaviour(busy_first=inf), temperature=58)
    guests = account.add_network("Guest House", usb="active")
    guests.add_camera("Porch", behaviour=replace(QUICK, covered=False), temperature=57)
    account.add_network("Cabin", armed=True).add_camera("Hallway", behaviour=QUICK, battery="low", temperature=41)
    _remember(account)
    return account, front


def _bobs(world: World) -> Account:
    account = world.add_account(email="bob@example.com", password="3cats+1balcony", tier="e001")
    flat = account.add_network("Flat")
    flat.add_camera("Front Door", behaviour=QUICK, temperature=66)
    flat.add_camera("Balcony", behaviour=QUICK, temperature=57)
    flat.add_camera("Cat's Corner", "mini", behaviour=QUICK)
    _remember(account)
    return account


def _remember(account: Account) -> None:
    """Let each camera have filmed today and the first also yesterday, kept where videos are; `/recordings` lists it."""
    account.created_at = account.cloud.now() - timedelta(days=3)  # when its first pictures are from
    for number, camera in enumerate(account.cameras):
        camera.record_motion(account.cloud.now() - timedelta(minutes=40 + 55 * number), seconds=3.0)
    account.cameras[0].record_motion(account.cloud.now() - timedelta(hours=30), seconds=3.0)
