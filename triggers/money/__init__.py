"""Doors of the books: statements, what partners earn and are paid, credits, the platform's own accounts."""
