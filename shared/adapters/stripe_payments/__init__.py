"""Stripe as the payment provider, through the official SDK 16, imported on the first call."""
