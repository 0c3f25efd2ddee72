"""A simulated Discord on real sockets: the one object that tests and the demo hold."""

import ssl
from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulators.servers import WebServer

from . import attachments, drafts, options
from .calls import Call, Fault, Request
from .commands import CHAT_INPUT, USER
from .errors import SimError
from .gateway import Gateway
from .interactions import Interaction, Interactions
from .members import Members
from .people import People
from .places import Channel, Places, Role, User
from .rest import Rest
from .rules import Answer, Rules
from .world import Ping, World

Subscriber = Callable[[str, int | None, Any], None]
MAX_REQUEST = 128 * 1024 * 1024


class SimDiscord:
    """REST and gateway on one port, told apart by the path; everything in real time.

    `faults` are what goes wrong next, `requests` what the bot asked, `surprises` what it asked that is not modelled:
    a test ends by asserting that there are none. `pings` are the new messages that notify somebody.
    """

    def __init__(
        self,
        *,
        bot_token: str,
        application_name: str = "Clip bot",
        ack_deadline: float = 3.0,
    ) -> None:
        self.bot_token = bot_token
        self.world = World(application_name)
        self.surprises: list[str] = []
        self.command_syncs = 0
        self.shards = 1  # recommended to a bot that asks
        self.session_starts = 1000  # IDENTIFYs that a day has
        self._subscribers: list[Subscriber] = []
        self._server: WebServer | None = None
        self._places = places = Places(self.world)
        self._interactions = Interactions(self.world, ack_deadline=ack_deadline, on_silence=self._silence)
        self._rules = Rules(
            self.world, places, self._interactions, self.surprises, on_ack=self._acked, on_sync=self._synced
        )
        self._gateway = gateway = Gateway(self.world, places, token=bot_token, surprises=self.surprises)
        gateway.on_ready = lambda: self._tell("READY", None, None)
        self._rest = Rest(token=bot_token, decide=self._decide, settle=self._settle, surprises=self.surprises)
        people = People(self.world, places, self._interactions, deliver=self._deliver, limit=self._limit)
        members = Members(places)
        self.faults: list[Fault] = self._rest.faults
        self.requests: list[Request] = self._rest.requests
        self.interactions: list[Interaction] = self._interactions.all
        self.pings: list[Ping] = self.world.pings
        self.interaction = self._interactions.get

        self.add_guild = places.add_guild
        self.add_channel = places.add_channel
        self.delete_channel = places.delete_channel
        self.add_private_channel = places.add_private_channel
        self.add_user = places.add_user
        self.dm = places.dm

        self.join = members.join
        self.leave = members.leave
        self.add_role = members.add_role
        self.delete_role = members.delete_role
        self.give_role = members.give_role
        self.take_role = members.take_role
        self.make_administrator = members.make_administrator
        self.remove_bot = members.remove_bot
        self.allow = members.allow
        self.forbid = members.forbid

        self.slash = people.slash
        self.on_person = people.on_person
        self.autocomplete = people.autocomplete
        self.forge_slash = people.forge_slash
        self.click = people.click
        self.select = people.select
        self.forge = people.forge

        self.ready = gateway.ready
        self.drop_gateway = gateway.drop
        self.reconnect_gateway = gateway.reconnect
        self.invalidate_session = gateway.invalidate
        self.refuse_gateway = gateway.refuse
        self.replay_on_resume = gateway.replay_on_resume
        self.send_event = gateway.broadcast

    # ---------------------------------------------------------------------------------------------- what can be seen

    @property
    def application_id(self) -> int:
        """The application's id, which is the bot user's id too."""
        return self.world.application_id

    @property
    def commands(self) -> dict[str, dict[str, Any]]:
        """The slash commands that the bot registered for everywhere, by name."""
        return self._registered(CHAT_INPUT)

    @property
    def person_commands(self) -> dict[str, dict[str, Any]]:
        """The commands that the bot registered for the menu of a person, by name."""
        return self._registered(USER)

    def _registered(self, kind: int) -> dict[str, dict[str, Any]]:
        found = self.world.commands.get(None, {})
        return {name: command for (name, other), command in found.items() if other == kind}

    @property
    def identifies(self) -> int:
        return self._gateway.identifies

    @property
    def resumes(self) -> int:
        return self._gateway.resumes

    @property
    def gateway_closes(self) -> list[int]:
        """The codes with which the bot closed its connections; 1006: it vanished."""
        return self._gateway.closes

    def channel(self, channel_id: int | str) -> Channel:
        channel = self._places.channel(int(channel_id))
        if channel is None:
            raise SimError(f"no channel {channel_id}")
        return channel

    def messages(self, channel: Channel, viewer: User | None = None) -> list[dict[str, Any]]:
        """The channel as this person sees it, oldest first; without a person, what everybody sees."""
        return [
            self.world.wire(message)
            for message in sorted(self.world.messages[channel.id].values(), key=lambda message: message.id)
            if message.visible_to(viewer.id if viewer is not None else None)
        ]

    def resolved(self, channel: Channel, *things: User | Role | Channel, by: User | None = None) -> dict[str, Any]:
        """Return Discord's resolved data about these things for a command in this channel, for `forge_slash`."""
        return options.resolve(self._places, channel, *things, by=by)

    def file(self, attachment_url_or_id: str | int) -> bytes:
        return attachments.find(self.world.files, attachment_url_or_id).data

    async def serve_attachment(self, request: web.Request) -> web.Response:
        """A handler for `/attachments/{channel}/{id}/{name}`, for the demo page's own server too."""
        return attachments.respond(self.world.files, request)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call `callback` (event, channel id, data) for all that anybody may see; return the function that ends that.

        MESSAGE_CREATE and MESSAGE_UPDATE carry the message, MESSAGE_DELETE its id (str). INTERACTION_CREATE, _ACK and
        _TIMEOUT (nobody answered in time) carry the `Interaction`. READY and COMMANDS (synced) carry nothing.
        """
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    # ------------------------------------------------------------------------------------------------------ settings

    @property
    def ack_deadline(self) -> float:
        """Seconds until an interaction created from now on is lost; Discord's are 3."""
        return self._interactions.ack_deadline

    @ack_deadline.setter
    def ack_deadline(self, seconds: float) -> None:
        self._interactions.ack_deadline = seconds

    @property
    def attachment_size_limit(self) -> int:
        """Bytes per file if neither the channel nor the interaction says otherwise."""
        return self._rules.attachment_size_limit

    @attachment_size_limit.setter
    def attachment_size_limit(self, size: int) -> None:
        self._rules.attachment_size_limit = size

    # ------------------------------------------------------------------------------------------------------ life time

    async def start(self, context: ssl.SSLContext | None = None, *, port: int = 0) -> int:
        """Listen on 127.0.0.1 and return the port; without a TLS context, in the clear."""
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_get("/", self._gateway.serve)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self.serve_attachment)
        app.router.add_route("*", "/{path:.*}", self._rest.serve)
        self._server = WebServer(web.AppRunner(app, access_log=None, shutdown_timeout=0.2), context)
        port = await self._server.start(port)
        if context is None:
            self._gateway.url = f"ws://127.0.0.1:{port}"
        return port

    async def close(self) -> None:
        self._interactions.forget_timers()
        await self._gateway.close()
        if self._server:
            await self._server.close()

    # ------------------------------------------------------------------------------------------------------- insides

    def _decide(self, call: Call) -> Answer:
        match call.method, *call.parts:
            case "GET", "gateway":
                return 200, {"url": self._gateway.url}
            case "GET", "gateway", "bot":
                left = max(0, self.session_starts - self.identifies)
                limit = {"total": self.session_starts, "remaining": left, "reset_after": 0, "max_concurrency": 1}
                return 200, {"url": self._gateway.url, "shards": self.shards, "session_start_limit": limit}
            case _:
                return self._rules.decide(call)

    def _limit(self) -> int:
        return self.attachment_size_limit

    def _deliver(self, interaction: Interaction) -> None:
        self._gateway.broadcast("INTERACTION_CREATE", interaction.payload)
        self._tell("INTERACTION_CREATE", interaction.channel.id, interaction)

    def _settle(self) -> None:
        """Tell about the messages that a request changed, once it is through."""
        changes = self.world.changes[:]
        self.world.changes.clear()
        for change in changes:
            stored = self.world.messages[change.channel_id].get(change.message_id)
            if stored is None:
                self._tell("MESSAGE_DELETE", change.channel_id, str(change.message_id))
                continue
            message = self.world.wire(stored)
            hidden = drafts.hidden_files(stored)
            if hidden:
                self.surprises.append(f"nothing shows {', '.join(hidden)} in message {stored.id}")
            for interaction in self._interactions.showing(change.message_id):
                interaction.remember(message)
            self._tell(change.event, change.channel_id, message)

    def _acked(self, interaction: Interaction) -> None:
        self._interactions.answered(interaction)
        self._tell("INTERACTION_ACK", interaction.channel.id, interaction)

    def _silence(self, interaction: Interaction) -> None:
        self._tell("INTERACTION_TIMEOUT", interaction.channel.id, interaction)

    def _synced(self) -> None:
        self.command_syncs += 1
        self._tell("COMMANDS", None, None)

    def _tell(self, event: str, channel_id: int | None, data: Any) -> None:
        for subscriber in self._subscribers[:]:
            subscriber(event, channel_id, data)
