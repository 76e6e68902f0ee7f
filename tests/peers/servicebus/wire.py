"""Between bytes and messages: batches taken apart, messages written as the broker hands them out.

Part 3 of AMQP 1.0 (OASIS): a message is a row of described sections. A batch of Service Bus is a message
whose data sections are messages themselves; its message format, 0x80013700, the library does not tell.
"""

from collections.abc import Iterator
from datetime import datetime

from proton import Message, symbol, timestamp

from tests.peers.servicebus.entities import DEAD_LETTERS, Entry, Sent

_DATA = 0x75
_SECTION = b"\x00\x53"
_FIXED = {0x4: 0, 0x5: 1, 0x6: 2, 0x7: 4, 0x8: 8, 0x9: 16}
"""Bytes of a value by the upper half of its format code (part 1, section 1.2)."""


def sections(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the descriptor and the encoded value of each section."""
    at = 0
    while at < len(raw):
        if raw[at : at + 2] != _SECTION:
            raise ValueError("a section begins with a descriptor")
        end = _end(raw, at + 3)
        yield raw[at + 2], raw[at + 3 : end]
        at = end


def _end(raw: bytes, at: int) -> int:
    kind = raw[at] >> 4
    if kind in _FIXED:
        return at + 1 + _FIXED[kind]
    width = 1 if kind in (0xA, 0xC, 0xE) else 4
    return at + 1 + width + int.from_bytes(raw[at + 1 : at + 1 + width], "big")


def _binary(value: bytes) -> bytes:
    return value[2:] if value[0] == 0xA0 else value[5:]


def messages_of(raw: bytes) -> list[Sent]:
    """The messages of a transfer: one, or those of a batch."""
    data = [_binary(value) for code, value in sections(raw) if code == _DATA]
    if data and all(each[:2] == _SECTION for each in data):
        return [_sent(each) for each in data]
    return [_sent(raw)]


def _sent(raw: bytes) -> Sent:
    message = decoded(raw)
    body = message.body
    return Sent(
        raw=raw,
        message_id=str(message.id or ""),
        label=message.subject or "",
        correlation_id=str(message.correlation_id or ""),
        session_id=message.group_id or "",
        content_type=str(message.content_type or ""),
        body=bytes(body) if isinstance(body, bytes | memoryview) else b"",
    )


def decoded(raw: bytes) -> Message:
    message = Message()
    message.decode(raw)
    return message


def handed_out(entry: Entry, queue: str) -> bytes:
    """The message with what the broker adds to it."""
    message = decoded(entry.sent.raw)
    annotations = dict(message.annotations or {})
    annotations[symbol("x-opt-sequence-number")] = entry.sequence
    annotations[symbol("x-opt-enqueued-time")] = instant(entry.enqueued)
    if entry.locked_until is not None:
        annotations[symbol("x-opt-locked-until")] = instant(entry.locked_until)
    if entry.reason:
        annotations[symbol("x-opt-deadletter-source")] = queue.removesuffix(DEAD_LETTERS)
        said = {"DeadLetterReason": entry.reason, "DeadLetterErrorDescription": entry.description}
        message.properties = {**(message.properties or {}), **said}
    message.annotations = annotations
    message.inferred = isinstance(message.body, bytes | memoryview)
    message.delivery_count = 0
    rest = b"".join(
        _SECTION + bytes([code]) + value for code, value in sections(message.encode()) if code != 0x70
    )
    return _header(max(entry.deliveries - 1, 0)) + rest


def _header(delivery_count: int) -> bytes:
    """The header section, which the library leaves out where it says nothing but zero."""
    return _SECTION + b"\x70\xc0\x0a\x05\x40\x40\x40\x40\x70" + delivery_count.to_bytes(4, "big")


def instant(value: datetime) -> timestamp:
    return timestamp(int(value.timestamp() * 1000))
