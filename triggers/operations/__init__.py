"""Doors of the operations engine: webhooks, tickets, customers' answers, the admin's view."""
