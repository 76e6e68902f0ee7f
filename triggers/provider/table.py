"""The payment provider's rows of the map of the house (`triggers.routes`)."""

from triggers.web.route import PUBLIC, Wing

_wing = Wing("payments", base="api/v1/webhooks", handlers="triggers.provider", personas=PUBLIC)

PROVIDER = (
    _wing.door(
        "payment_webhook",
        "POST payments",
        "webhook:embedded",
        "Take signed news of the embedded payment provider in.",
        also=(404,),
        verifies_itself=True,
    ),
    _wing.door(
        "stripe_webhook",
        "POST stripe",
        "webhook:stripe",
        "Take an event of Stripe in; signed as Stripe does, over the raw body.",
        also=(404,),
        verifies_itself=True,
    ),
)
