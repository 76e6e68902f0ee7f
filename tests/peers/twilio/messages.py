"""Messages and contents as Twilio's OpenAPI documents have them (twilio_api_v2010, twilio_content_v1)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

Node = dict[str, Any]
ACCOUNT, TOKEN = "AC" + "0" * 32, "twilio-" + "loopback"
SMS_FROM, WHATSAPP_FROM = "+15125550199", "+15125550198"
MAX_BODY, MAX_BUTTONS, MAX_TITLE = 1600, 3, 20
WINDOW = timedelta(hours=24)
PARAMETERS = frozenset(
    {
        *("To", "From", "Body", "MediaUrl", "ContentSid", "ContentVariables", "MessagingServiceSid"),
        *("StatusCallback", "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod"),
        *("ForceDelivery", "ContentRetention", "AddressRetention", "SmartEncoded", "PersistentAction"),
        *("TrafficType", "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms", "RiskCheck"),
    }
)
"""Of CreateMessageRequest."""
_SID = re.compile(r"^HX[0-9a-fA-F]{32}$")
_NUMBER = re.compile(r"^(whatsapp:)?\+[1-9][0-9]{1,14}$")


class Refused(Exception):
    """A 4xx with Twilio's own code."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass(slots=True)
class Message:
    """A message that was created."""

    sid: str
    to: str
    sender: str
    body: str
    at: datetime
    content_sid: str = ""
    buttons: tuple[str, ...] = ()
    status_callback: str = ""
    status: str = "queued"
    error: int | None = None

    def shown(self) -> Node:
        stamp = format_datetime(self.at)
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": stamp,
            "date_sent": stamp,
            "date_updated": stamp,
            "direction": "outbound-api",
            "error_code": self.error,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "status": self.status,
            "subresource_uris": {},
            "to": self.to,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{self.sid}.json",
        }


@dataclass(slots=True)
class Content:
    """A content template. One that `is_approved` may begin a conversation."""

    sid: str
    name: str
    body: str
    buttons: tuple[tuple[str, str], ...] = ()
    """Title and payload of each."""
    is_approved: bool = False


@dataclass(slots=True)
class Ledger:
    """What an account holds."""

    messages: list[Message] = field(default_factory=list)
    contents: dict[str, Content] = field(default_factory=dict)
    heard: dict[str, datetime] = field(default_factory=dict)
    """When each user last wrote, as `whatsapp:+1...`."""
    stopped: set[str] = field(default_factory=set)
    """Who has opted out, so that nothing can be sent to them."""
    strangers: set[str] = field(default_factory=set)
    """Numbers that do not exist."""

    def create(self, form: Mapping[str, str], *, at: datetime) -> Message:
        """Create a message, or refuse it as Twilio does."""
        if unknown := set(form) - PARAMETERS:
            raise Refused(20001, f"unknown parameters {sorted(unknown)}")
        to, sender = form.get("To", ""), form.get("From", "")
        if not _NUMBER.match(to):
            raise Refused(21211, "The 'To' number is not a valid phone number.")
        if sender not in (SMS_FROM, f"whatsapp:{WHATSAPP_FROM}"):
            raise Refused(21606, "The 'From' number is not a valid sender.")
        if to.startswith("whatsapp:") != sender.startswith("whatsapp:"):
            raise Refused(21910, "The 'From' and 'To' pair violates a channel rule.")
        if to in self.stopped:
            raise Refused(21610, "Attempt to send to unsubscribed recipient")
        if to in self.strangers:
            raise Refused(63003 if to.startswith("whatsapp:") else 21614, "Could not find the recipient")
        given = [name for name in ("Body", "ContentSid", "MediaUrl") if form.get(name)]
        if not given:
            raise Refused(21602, "Message body is required.")
        message = Message(
            sid=f"{'MM' if 'ContentSid' in given else 'SM'}{len(self.messages):032x}",
            to=to,
            sender=sender,
            body=form.get("Body", ""),
            at=at,
            status_callback=form.get("StatusCallback", ""),
        )
        if len(message.body) > MAX_BODY:
            raise Refused(21617, "The concatenated message body exceeds the 1600 character limit.")
        if "ContentSid" in given:
            if "Body" in given:
                raise Refused(21620, "A content goes without a body.")
            self._fill(message, form)
        self.messages.append(message)
        self._judge(message)
        return message

    def _fill(self, message: Message, form: Mapping[str, str]) -> None:
        if not _SID.match(form["ContentSid"]):
            raise Refused(21656, "The ContentSid is invalid.", status=422)
        content = self.contents.get(form["ContentSid"])
        if content is None:
            raise Refused(20404, "The content was not found.", status=404)
        try:
            variables = json.loads(form.get("ContentVariables", "{}"))
        except ValueError:
            raise Refused(21656, "The ContentVariables parameter is invalid.") from None
        if any(re.search(r"[\n\t]| {4}", value) or not value for value in variables.values()):
            raise Refused(21656, "A variable has line ends, tabs or four spaces in a row.")
        message.body = re.sub(r"{{(\d+)}}", lambda found: variables[found[1]], content.body)
        message.content_sid = content.sid
        message.buttons = tuple(title for title, _ in content.buttons)

    def _judge(self, message: Message) -> None:
        """Only approved templates reach someone who has not written for a day; the rest fails later."""
        if not message.to.startswith("whatsapp:"):
            return
        heard = self.heard.get(message.to)
        is_open = heard is not None and message.at < heard + WINDOW
        content = self.contents.get(message.content_sid)
        if not is_open and not (content and content.is_approved):
            message.status, message.error = "failed", 63016

    def make_content(self, body: Node) -> Content:
        """Create a content of type quick-reply."""
        if set(body) != {"friendly_name", "language", "variables", "types"}:
            raise Refused(20001, "ContentCreateRequest has these four")
        reply = body["types"].get("twilio/quick-reply")
        if not reply or len(reply["actions"]) > MAX_BUTTONS:
            raise Refused(20001, "one to three quick replies")
        for action in reply["actions"]:
            if action["type"] != "QUICK_REPLY" or not 0 < len(action["title"]) <= MAX_TITLE:
                raise Refused(20001, "a title of 1 to 20 characters")
        return self.add_content(
            body["friendly_name"],
            reply["body"],
            tuple((each["title"], each["id"]) for each in reply["actions"]),
        )

    def add_content(
        self, name: str, body: str, buttons: tuple[tuple[str, str], ...] = (), *, is_approved: bool = False
    ) -> Content:
        """Put a content there."""
        sid = f"HX{len(self.contents):032x}"
        self.contents[sid] = Content(sid, name, body, buttons, is_approved)
        return self.contents[sid]
