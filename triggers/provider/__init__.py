"""Doors for the payment provider."""
