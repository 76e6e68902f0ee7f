"""A mail server (RFC 5321) on loopback that keeps what it gets: STARTTLS, AUTH, refusals, lost connections.

It is strict where real ones may be: eight bits only for who has declared them, no addresses beyond ASCII.
"""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

USER, PASSWORD = "shop", "mail-password-" + "that-nobody-guesses"
HANG_UP = ""
"""An answer that never comes: the connection is lost instead."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What was taken: the envelope, and the letter byte for byte."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    over_tls: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


@dataclass(slots=True)
class SmtpPeer:
    """A running server, and what a test may do to it. `said` is every command, but not what was secret."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    """With it, STARTTLS is offered."""
    from_the_start: bool = False
    users: dict[str, str] = field(default_factory=dict)
    """With any, nobody sends without a login."""
    answers: dict[str, str] = field(default_factory=dict)
    """What is answered to a verb (or `connect`, `data` for a letter's end) instead of what it deserves."""
    breaks_within: bool = False
    """The connection is lost in the middle of a letter."""
    letters: list[Letter] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await _Session(self, reader, writer).run()
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


class _Session:
    """One connection."""

    def __init__(self, peer: SmtpPeer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.peer, self.reader, self.writer = peer, reader, writer
        self.over_tls = peer.from_the_start
        self.user = ""
        self.sender: str | None = None
        self.recipients: list[str] = []
        self.eight_bits = False

    async def run(self) -> None:
        greeting = self.peer.answers.get("connect", "220 loopback ESMTP")
        going = await self._say(greeting) and greeting.startswith("220")
        while going and not self.reader.at_eof():
            line = (await self.reader.readline()).rstrip(b"\r\n").decode("ascii")
            if not line:
                return
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            self.peer.said.append(verb if verb == "AUTH" else line)
            going = await self._obey(verb, rest) and verb != "QUIT"

    async def _obey(self, verb: str, rest: str) -> bool:
        """Do what one command says; false: the connection breaks."""
        if verb in self.peer.answers:
            return await self._say(self.peer.answers[verb])
        if verb == "STARTTLS":
            return await self._start_tls()
        if verb == "DATA":
            return await self._data()
        return await self._say(self._answer(verb, rest))

    def _answer(self, verb: str, rest: str) -> str:
        if verb == "QUIT":
            return "221 bye"
        if verb == "EHLO":
            offers = ["STARTTLS"] if self.peer.tls and not self.over_tls else []
            offers += ["AUTH PLAIN"] if self.peer.users else []
            return "\r\n".join([*(f"250-{offer}" for offer in ["loopback", *offers]), "250 SIZE 1000000"])
        if verb == "AUTH":
            return self._login(rest)
        if self.peer.users and not self.user:
            return "530 5.7.0 Authentication required"
        if verb == "MAIL" and self.sender is None:
            path, _, options = rest.removeprefix("FROM:").removeprefix("from:").partition(" ")
            self.sender, self.eight_bits = path.strip("<>"), "8BITMIME" in options.upper()
            return "250 ok"
        if verb == "RCPT" and self.sender is not None:
            self.recipients.append(rest.partition(":")[2].strip("<>"))
            return "250 ok"
        if verb == "RSET":
            self.sender, self.recipients = None, []
            return "250 ok"
        return "503 5.5.1 Bad sequence of commands"

    def _login(self, rest: str) -> str:
        mechanism, _, given = rest.partition(" ")
        _, user, password = base64.b64decode(given).decode().split("\0")
        if mechanism != "PLAIN" or self.peer.users.get(user) != password:
            return "535 5.7.8 Authentication credentials invalid"
        self.user = user
        return "235 ok"

    async def _start_tls(self) -> bool:
        if self.peer.tls is None:
            return await self._say("502 5.5.1 Not here")
        await self._say("220 go ahead")
        await self.writer.start_tls(self.peer.tls)
        self.over_tls = True
        return True

    async def _data(self) -> bool:
        """Take a letter; false: the connection breaks."""
        if not self.recipients or self.sender is None:
            return await self._say("503 5.5.1 No recipients")
        await self._say("354 go on")
        lines: list[bytes] = []
        while (line := await self.reader.readline()) != b".\r\n":
            if self.peer.breaks_within or not line.endswith(b"\r\n"):
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        raw = b"".join(lines)
        if not raw.isascii() and not self.eight_bits:
            return await self._say("554 5.6.1 Eight bits that were not declared")
        answer = self.peer.answers.get("data", "250 2.0.0 taken")
        if not answer.startswith(("4", "5")):
            letter = Letter(self.sender, tuple(self.recipients), raw, self.over_tls, self.user)
            self.peer.letters.append(letter)
            self.sender, self.recipients = None, []
        return await self._say(answer)

    async def _say(self, line: str) -> bool:
        """Answer; false: there is no answer, the connection breaks."""
        if line == HANG_UP:
            return False
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()
        return True


@contextlib.asynccontextmanager
async def running_peer(
    *, tls: ssl.SSLContext | None = None, from_the_start: bool = False
) -> AsyncIterator[SmtpPeer]:
    peer = SmtpPeer(tls=tls, from_the_start=from_the_start)
    sessions: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        sessions.add(task)
        await peer.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls if from_the_start else None)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        await asyncio.gather(*sessions, return_exceptions=True)
        await server.wait_closed()
