"""Steps of work: one input model each, idempotent, thin over a service.

The table in `blueprint` names them; a step's module is imported when the step first runs.
"""
