"""The admin's doors to the refund policy."""

from datetime import datetime

from pydantic import Field

from shared.domain.model import Model
from shared.domain.refund_policy import RefundPolicy, RefundRule
from triggers.web.answer import Reply
from triggers.web.call import Call


class PolicyView(Model):
    """The table, first fitting row first. Amounts are in minor units of `currency`.

    `version` 0 is the default table; `edited_at` is null then.
    """

    version: int
    currency: str
    rules: tuple[RefundRule, ...]
    edited_by: str
    edited_at: datetime | None


class PutPolicy(Model):
    """The new table, and the version that it is to replace, so that no other edit gets lost."""

    version: int = Field(ge=0)
    rules: tuple[RefundRule, ...] = Field(min_length=1, max_length=50)


async def get_policy(call: Call) -> Reply[PolicyView]:
    """Show the table."""
    return Reply(_view(await call.app.refund_policy.get()))


async def put_policy(call: Call, body: PutPolicy) -> Reply[PolicyView]:
    """Replace the table; what was filed before stays as it was decided."""
    policy = await call.app.refund_policy.replace(body.rules, version=body.version, by=call.caller.subject)
    return Reply(_view(policy))


def _view(policy: RefundPolicy) -> PolicyView:
    return PolicyView(
        version=policy.revision,
        currency=policy.currency,
        rules=policy.rules,
        edited_by=policy.edited_by,
        edited_at=policy.updated_at if policy.revision else None,
    )
