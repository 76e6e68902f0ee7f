"""How a step of a plan ended: an expected failure is a value, not an exception."""

from shared.domain.model import Model


class StepResult(Model):
    """`code` and `detail` say why it is not ok."""

    ok: bool = True
    code: str = ""
    detail: str = ""


DONE = StepResult()
