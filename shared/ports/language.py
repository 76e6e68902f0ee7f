"""The language ports: a model's proposals, one small protocol per use (`support`, `photos` are others).

A proposal is typed and changes nothing: rules of the domain decide what becomes of it, and without one they
serve alone (rule 8). Whoever proposes answers within its time or raises Unavailable.
"""

CALLS = "language"
"""Container of what calls cost; its partitions are days."""
SPENT = "spent"
"""Id of a day's sum, beside its calls."""
