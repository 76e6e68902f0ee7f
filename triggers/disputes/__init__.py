"""Doors to refunds and disputes: asked for by customers, answered by vendors, decided by admins."""
