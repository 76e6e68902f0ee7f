"""A mail server that keeps what it is given (RFC 5321, 4954), and fails where a test says so."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

USER, PASSWORD = "uso", "mail-password-that-nobody-guesses"


@dataclass
class Sink:
    """What came. `says` answers a command otherwise than usual: `{"RCPT": "550 no such user"}`.

    The answer `hang up` closes the connection instead, after the command took effect.
    """

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    letters: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    """Sender and recipients of the envelope, and the letter."""
    heard: list[str] = field(default_factory=list)
    """Every command, in order."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        with contextlib.suppress(ConnectionError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender, recipients = "", list[str]()

        async def say(command: str, usual: str) -> bool:
            answer = self.says.get(command, usual)
            if answer == "hang up":
                return False
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
            return answer.startswith(("2", "3"))

        if not await say("CONNECT", "220 sink"):
            return
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            command, _, rest = line.partition(" ")
            command = command.upper()
            self.heard.append(line)
            match command:
                case "EHLO":
                    going = await say(command, "250-sink\r\n250 AUTH PLAIN")
                case "AUTH":
                    offered = base64.b64decode(rest.partition(" ")[2]).decode()
                    known = offered == f"\0{USER}\0{PASSWORD}"
                    going = await say(command, "235 welcome" if known else "535 who are you") or known
                case "MAIL":
                    sender, going = _address(rest), await say(command, "250 ok")
                case "RCPT":
                    going = await say(command, "250 ok")
                    recipients += [_address(rest)] if going else []
                case "DATA":
                    going = await say(command, "354 go on")
                    if going:
                        text = await _text(reader)
                        if not self.says.get("LETTER", "250").startswith(("4", "5")):
                            letter = message_from_bytes(text, policy=default)
                            self.letters.append((sender, recipients, cast("EmailMessage", letter)))
                        going = await say("LETTER", "250 taken")
                case _:
                    going = await say(command, "221 bye" if command == "QUIT" else "250 ok")
            if command == "QUIT" or (not going and self._hangs_up(command)):
                return

    def _hangs_up(self, command: str) -> bool:
        said = [self.says.get(command), self.says.get("LETTER") if command == "DATA" else None]
        return "hang up" in said


@contextlib.asynccontextmanager
async def running_sink() -> AsyncIterator[Sink]:
    """Serve it for as long as the block lasts."""
    sink = Sink()
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()


async def _text(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) not in (b".\r\n", b""):
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
