"""What an admin gives: a worker's pay for a scan (3.2-4), an apology to a customer (M18)."""

from shared.domain.model import Model
from shared.services.credits import Apology, CreditGranted, Grant
from shared.services.payouts.gig_payments import ScanPayment
from triggers.inputs import LegId, OrderId
from triggers.web.answer import Reply
from triggers.web.call import Call
from triggers.web.plan import PathId


class PayScan(Model):
    """Which leg was scanned, and by whom; what that pays is the platform's to say."""

    order_id: OrderId
    leg_id: LegId
    worker_id: PathId


class GrantCredit(Model):
    """Who is apologised to, and for what; how much that is worth is the platform's to say."""

    customer_id: PathId
    order_id: OrderId
    reason: Apology


async def pay_scan(call: Call, body: PayScan) -> Reply[ScanPayment]:
    """Pay a worker for a leg's verified scan, once. The handshake itself comes with the hubs' app."""
    app = call.app
    order = await app.orders.get(body.order_id)
    leg = order.leg(body.leg_id)
    settings = app.settings
    paid = await app.gig_payments.pay_scan(
        order.id, leg.id, body.worker_id, settings.gig_scan_pay, settings.currency
    )
    return Reply(paid)


async def grant_credit(call: Call, body: GrantCredit) -> Reply[CreditGranted]:
    """Give the usual credit, once per order and reason; the same again is the same credit."""
    granted = await call.app.credits.grant(
        Grant(
            customer_id=body.customer_id,
            order_id=body.order_id,
            apology=body.reason,
            by=call.caller.subject,
            key=call.idempotency_key,
        )
    )
    return Reply(granted)
