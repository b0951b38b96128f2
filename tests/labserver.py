"""JupyterLab as `auditkit lab` starts it, for a browser of a test."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from auditkit import lab

TOKEN = "a-token-for-this-test-only"


@contextmanager
def jupyterlab(root: Path, environment: Mapping[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """A server on a workspace: its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        name: str(root / ".own" / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    options = ("--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0")
    server = subprocess.Popen(
        lab.command(root, *options),
        env=(environment or lab.environment()) | own | {"JUPYTER_TOKEN": TOKEN},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(30)


def arrive(page, address: str) -> int:
    """Go there once the server listens; returns the status of the answer."""
    from playwright.sync_api import Error

    for _ in range(100):
        try:
            return page.goto(address).status
        except Error:
            page.wait_for_timeout(200)
    raise TimeoutError(address)
