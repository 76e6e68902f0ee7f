"""Doors of what the platform takes: the table of fees, each partner's own rates, the margin of a bundle."""
