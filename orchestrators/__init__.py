"""Plans: generator functions that read like the steps of a flow and may take days.

Deterministic: no clock, randomness, environment or I/O here; whatever touches the world is a step in
`activities`. Small plain JSON goes in and out.
"""
