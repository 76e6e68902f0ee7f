"""WhatsApp and SMS through Twilio: texts out, and what it tells by webhook.

The SDK is loaded with the first call out; the webhooks and the media need none of it.
"""
