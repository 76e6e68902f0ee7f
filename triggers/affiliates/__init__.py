"""Doors of affiliates: their own, the admins', and the links that everyone follows (M21)."""
