"""Doors for texts: what a provider delivers, whose numbers they are, and the photos that came."""
