"""The payment provider's rows of the map of the house (`triggers.routes`)."""

from triggers.web.route import PUBLIC, Wing

_wing = Wing("payments", base="api/v1/webhooks", handlers="triggers.provider", personas=PUBLIC)

PROVIDER = (
    _wing.door(
        "payment_webhook",
        "POST payments",
        "webhook:receive",
        "Take signed news of the payment provider in.",
        verifies_itself=True,
    ),
)
