"""What the extension awaits while it replays actions: a leaf, any of several, all of several, a retry."""

from collections.abc import Callable


class Task:
    """Something awaited. Resolving it twice changes nothing."""

    __slots__ = ("done", "failed", "parent")

    def __init__(self) -> None:
        self.done = False
        self.failed = False
        self.parent: Task | None = None

    @classmethod
    def ended(cls, *, failed: bool = False) -> "Task":
        """Return a task that is over from the start."""
        task = Task()
        task.done, task.failed = True, failed
        return task

    def resolve(self, *, failed: bool) -> None:
        """End the task and let its parent know."""
        if self.done:
            return
        self.done, self.failed = True, failed
        if self.parent is not None:
            self.parent.child_ended(self)

    def child_ended(self, child: "Task") -> None:
        """Hear that a child has ended. A leaf has none."""
        raise NotImplementedError


class AnyOf(Task):
    """Ends with the first of its children (.NET Task.WhenAny)."""

    __slots__ = ()

    def __init__(self, children: list[Task]) -> None:
        super().__init__()
        for child in children:
            child.parent = self
        self.done = not children or any(child.done for child in children)

    def child_ended(self, child: Task) -> None:
        """End too: WhenAny succeeds whatever became of the child."""
        self.resolve(failed=False)


class AllOf(Task):
    """Ends when all of its children have ended, even after a failure (.NET Task.WhenAll)."""

    __slots__ = ("_any_failed", "_left")

    def __init__(self, children: list[Task]) -> None:
        super().__init__()
        for child in children:
            child.parent = self
        self._left = sum(not child.done for child in children)
        self._any_failed = any(child.failed for child in children)
        self.done, self.failed = self._left == 0, self._left == 0 and self._any_failed

    def child_ended(self, child: Task) -> None:
        """Count the child off and end with the last."""
        self._left -= 1
        self._any_failed = self._any_failed or child.failed
        if self._left == 0:
            self.resolve(failed=self._any_failed)


class Retry(Task):
    """Attempts, with a pause after each failure and one more after the last (DurableTask RetryInterceptor).

    Each attempt and each pause is scheduled at the moment it begins, and takes its event id then.
    """

    __slots__ = ("_attempt", "_attempts_left", "_last_pause", "_pause", "_pausing")

    def __init__(
        self,
        *,
        attempts: int,
        attempt: Callable[[], Task],
        pause: Callable[[], Task],
        last_pause: Callable[[], Task],
    ) -> None:
        super().__init__()
        self._attempts_left = attempts
        self._attempt = attempt
        self._pause = pause
        self._last_pause = last_pause
        self._pausing = False
        self._try()

    def _try(self) -> None:
        self._attempts_left -= 1
        self._pausing = False
        self._attempt().parent = self

    def child_ended(self, child: Task) -> None:
        """Succeed with the attempt, pause after a failed one, try again or give up after a pause."""
        if self._pausing:
            if self._attempts_left > 0:
                self._try()
            else:
                self.resolve(failed=True)
        elif not child.failed:
            self.resolve(failed=False)
        else:
            self._pausing = True
            pause = self._pause if self._attempts_left > 0 else self._last_pause
            pause().parent = self
