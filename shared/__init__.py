"""What doors, plans and steps share: rules (`domain`), use cases (`services`), `ports` and `adapters`.

Arrows point down only: services -> domain and ports; adapters implement ports, and only
`chosen_adapters` names them.
"""
