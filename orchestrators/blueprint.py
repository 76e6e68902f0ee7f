"""Registers every plan under the name that starts it."""

import azure.durable_functions as df

from orchestrators.alert_person import alert_person
from orchestrators.close_shop_order import close_shop_order
from orchestrators.defend_chargeback import defend_chargeback
from orchestrators.follow_parcel import follow_parcel
from orchestrators.freeze_campaigns import freeze_campaigns
from orchestrators.fulfil_order import fulfil_order
from orchestrators.fulfil_shop_order import fulfil_shop_order
from orchestrators.handle_ticket import handle_ticket
from orchestrators.negotiate_change import negotiate_change
from orchestrators.pay_out import pay_out
from orchestrators.recover_leg import recover_leg
from orchestrators.refund_customer import refund_customer
from orchestrators.refund_shop_customer import refund_shop_customer
from orchestrators.release_leg import release_leg
from orchestrators.send_ticket_answer import send_ticket_answer
from orchestrators.simulated_reply import simulated_reply
from orchestrators.standing_intent import standing_intent
from orchestrators.verify_affiliate import verify_affiliate

PLANS = (
    alert_person,
    close_shop_order,
    defend_chargeback,
    follow_parcel,
    freeze_campaigns,
    fulfil_order,
    fulfil_shop_order,
    handle_ticket,
    negotiate_change,
    pay_out,
    recover_leg,
    refund_customer,
    refund_shop_customer,
    release_leg,
    send_ticket_answer,
    simulated_reply,
    standing_intent,
    verify_affiliate,
)


def blueprint() -> df.Blueprint:
    """Return a blueprint with one orchestrator per plan."""
    result = df.Blueprint()
    for plan in PLANS:
        result.orchestration_trigger(context_name="context", orchestration=plan.__name__)(plan)
    return result
