"""(b) Five sequential activities per orchestration: devhost, which is durable, against a backend in memory.

Both are driven from outside through their public API: devhost over HTTP, durabletask over gRPC. All
orchestrations are started at once and then awaited.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from tools.bench.figures import Figure, median
from tools.place import free_port

ORCHESTRATIONS = 200
ROUNDS = 3
AIM = 3.0
STEPS = 5
_APP = Path(__file__).parent / "chain_app"
_TIMEOUT = 120


def measure() -> list[Figure]:
    """Run both, turn by turn."""
    ours, peer = [], []
    for _ in range(ROUNDS):
        ours.append(asyncio.run(_devhost()))
        peer.append(_durabletask())
    return [
        Figure(
            name="five sequential activities",
            ours=median(ours),
            peer=median(peer),
            peer_name="durabletask in memory",
            unit="orchestrations/s",
            aim=AIM,
            better="more",
            note="ours commits every step to disk; the peer (durabletask 1.12.0) keeps it in memory",
        )
    ]


async def _devhost() -> float:
    import aiohttp

    from devhost.host import running_host
    from devhost.options import HostOptions

    with tempfile.TemporaryDirectory() as folder:
        options = HostOptions(app=_APP, port=0, data=Path(folder))
        async with running_host(options) as host, aiohttp.ClientSession() as client:
            base = f"{host.url}/runtime/webhooks/durabletask"
            began = time.perf_counter()
            await asyncio.gather(*(_start(client, base, n) for n in range(ORCHESTRATIONS)))
            for number in range(ORCHESTRATIONS):  # one after the other, as the peer's client waits
                await _finished(client, base, number)
            return ORCHESTRATIONS / (time.perf_counter() - began)


async def _start(client: Any, base: str, number: int) -> None:
    async with client.post(f"{base}/orchestrators/chain/it-{number}", json={"steps": STEPS}) as answer:
        answer.raise_for_status()


async def _finished(client: Any, base: str, number: int) -> None:
    for _ in range(_TIMEOUT * 50):
        async with client.get(f"{base}/instances/it-{number}") as answer:
            status = await answer.json()
        if status["runtimeStatus"] == "Completed":
            if status["output"] != STEPS:
                raise RuntimeError(f"the chain counted to {status['output']}")
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"it-{number} did not end")


def _durabletask() -> float:
    import logging

    from durabletask.client import OrchestrationStatus, TaskHubGrpcClient
    from durabletask.testing import create_test_backend
    from durabletask.worker import TaskHubGrpcWorker

    quiet = logging.getLogger("durabletask-bench")  # left to itself it prints, and waits for, every step
    quiet.setLevel(logging.CRITICAL)
    port = free_port()
    backend = create_test_backend(port=port)
    address = f"localhost:{port}"
    with contextlib.ExitStack() as clean:
        clean.callback(backend.stop)
        worker: Any = TaskHubGrpcWorker(host_address=address, logger=quiet)
        worker.add_activity(_increment)
        worker.add_orchestrator(_chain)
        worker.start()
        clean.callback(worker.stop)
        client: Any = TaskHubGrpcClient(host_address=address, logger=quiet)
        clean.callback(client.close)
        began = time.perf_counter()
        ids = [client.schedule_new_orchestration(_chain, input=0) for _ in range(ORCHESTRATIONS)]
        for id in ids:
            state = client.wait_for_orchestration_completion(id, timeout=_TIMEOUT)
            if state is None or state.runtime_status is not OrchestrationStatus.COMPLETED:
                raise RuntimeError(f"durabletask did not complete {id}")
        return ORCHESTRATIONS / (time.perf_counter() - began)


def _chain(context: Any, value: int) -> Generator[Any, Any, int]:
    for _ in range(STEPS):
        value = yield context.call_activity(_increment, input=value)
    return value


def _increment(_: Any, value: int) -> int:
    return value + 1
