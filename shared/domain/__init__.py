"""Pure rules and models: what USO knows and how it decides.

No I/O, no SDK, no clock: the instant and every fact are passed in.
"""
