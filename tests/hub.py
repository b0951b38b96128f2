"""A JupyterHub that a test starts, with the settings that are shipped and a login that asks for no password."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import pytest

SETTINGS = Path(__file__).parents[1] / "deploy" / "jupyterhub_config.py"
PROXY = shutil.which("configurable-http-proxy")
_ABSENT = "no JupyterHub here" if not find_spec("jupyterhub") else "no configurable-http-proxy here (from npm)"
needs_jupyterhub = pytest.mark.skipif(
    not (PROXY and find_spec("jupyterhub")) and os.environ.get("CI") != "true", reason=_ABSENT
)
_TESTS = """
load_subconfig({settings!r})
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {home!r}
c.Spawner.args = ["--allow-root"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.Spawner.environment |= {{"XDG_STATE_HOME": {state!r}}}
c.JupyterHub.bind_url, c.JupyterHub.hub_port = "http://127.0.0.1:{public}", {hub}
c.ConfigurableHTTPProxy.command, c.ConfigurableHTTPProxy.api_url = [{proxy!r}], "http://127.0.0.1:{api}"
c.JupyterHub.db_url = "sqlite://"
"""


@contextmanager
def jupyterhub(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """A hub that works in this folder: its address."""
    folder.mkdir()
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(3)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        public, hub, api = (one.getsockname()[1] for one in sockets)
    ports = {"public": public, "hub": hub, "api": api}
    paths = {"settings": str(SETTINGS), "home": f"{folder}/home/{{username}}", "state": str(folder / "state")}
    (folder / "config.py").write_text(_TESTS.format(proxy=PROXY, **ports, **paths), "utf-8")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", "config.py"],
            cwd=folder,
            env=os.environ | {"CONFIGPROXY_AUTH_TOKEN": "for-this-test-only"} | settings,
            stdout=log,
            stderr=log,
        )
        try:
            _listens(f"http://127.0.0.1:{public}/hub/health")
            yield f"http://127.0.0.1:{public}"
        finally:
            server.terminate()
            server.wait(300)


def _listens(address: str) -> None:
    """Wait until it does: its proxy answers before, for nobody."""
    for _ in range(1_500):
        try:
            with urlopen(address, timeout=60):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)
