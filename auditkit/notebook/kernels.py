"""A papermill engine whose kernels are forked from a process that has everything imported, and the kernels' managers.

Starting a kernel and importing in it what a report needs costs seconds, of which the report's own work is a small part.
Here a kernel is the very same `ipykernel`, but it begins in a forked process that has all that behind it; every notebook
has a kernel of its own and nothing is carried over to the next. Where a system cannot fork, or a notebook asks for another
kernel than that of this environment, a fresh one is started as papermill does it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir
from nbformat import NotebookNode
from traitlets import Type, default

from auditkit.notebook.kernel_process import FORKS, Served, Spare

_LAUNCHER = "ipykernel_launcher"


class PrivateKernel(AsyncKernelManager):
    """A kernel whose connection is its own: encrypted where it can be, and without ports where it can be."""

    @default("transport_encryption")
    def _encrypted_where_supported(self) -> str:
        return "auto"

    @default("transport")
    def _without_ports(self) -> str:
        """Sockets in the file system: of two kernels that start at once one may lose the port that it was promised."""
        return "ipc" if _sockets() else "tcp"

    @default("ip")
    def _of_this_kernel_alone(self) -> str:
        """Where the sockets lie. Jupyter's own default is one name for all kernels that start in a folder."""
        folder = _sockets()
        if not folder or self.transport == "tcp":
            return "127.0.0.1"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return str(folder / f"auditkit-{uuid4().hex[:12]}")


def _sockets() -> Path | None:
    """A folder for sockets; systems take none whose path is longer than about 100 letters, as under a long home."""
    folders = (jupyter_runtime_dir(), tempfile.gettempdir()) if os.name == "posix" else ()
    return next((Path(folder) for folder in folders if len(os.fsencode(folder)) <= 70), None)


class PromptClient(AsyncKernelClient):
    """Is ready when the kernel has answered and is heard, where Jupyter's own waits a fifth of a second for more."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (timeout or float("inf"))
        while True:
            request = self.kernel_info()
            with suppress(TimeoutError, Empty):
                reply = await self._async_recv_reply(request, timeout=1)
                await self._heard_idle(request)  # else what the first cell says could be missed
                self._handle_kernel_info_reply(reply)
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _heard_idle(self, request: str) -> None:
        heard: dict[str, Any] = {}
        while heard.get("content", {}).get("execution_state") != "idle" or heard["parent_header"]["msg_id"] != request:
            heard = await self.iopub_channel.get_msg(timeout=0.2)


class ForkedKernel(PrivateKernel):
    """A kernel forked from a loaded process, where that is the kernel asked for."""

    client_class = "auditkit.notebook.kernels.PromptClient"
    client_factory = Type(klass=AsyncKernelClient, default_value=PromptClient)

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:
            self.provisioner = ForkProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**options)

    async def _async_wait(self, pollinterval: float = 0.005) -> None:
        """Jupyter's own looks for the end of a kernel ten times a second, and a report takes not much longer than that."""
        await super()._async_wait(min(pollinterval, 0.005))


class OwnKernel(PrivateKernel):
    """The kernel of the running environment, whatever kernelspecs the user has installed elsewhere."""

    @default("kernel_spec_manager")
    def _own_environment_only(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


class OwnForkedKernel(ForkedKernel, OwnKernel):
    """The kernel of the running environment, forked."""


class ForkEngine:
    """papermill's own engine but for where a kernel comes from: `papermill --engine auditkit`.

    papermill imports this module while it is itself being imported, so its engine is not there yet to inherit from.
    """

    @staticmethod
    def execute_notebook(notebook: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        from papermill.engines import NBClientEngine

        options.setdefault("kernel_manager_class", ForkedKernel)
        return NBClientEngine.execute_notebook(notebook, kernel_name, **options)

    @staticmethod
    def nb_kernel_name(notebook: NotebookNode, name: str | None = None) -> str:
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(notebook, name)

    @staticmethod
    def nb_language(notebook: NotebookNode, language: str | None = None) -> str:
        from papermill.utils import nb_language

        return nb_language(notebook, language)


class ForkProvisioner(LocalProvisioner):
    """Launches the kernel of this environment by forking, and every other as Jupyter does."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        if not FORKS or cmd[0] != sys.executable or _LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **options)
        arguments = cmd[cmd.index(_LAUNCHER) + 1 :]
        environment = dict(options.get("env") or os.environ)
        folder = os.fspath(options.get("cwd") or os.getcwd())
        self.process = (Spare.take() or Served()).launch(arguments, folder, environment)
        self.pid = self.process.pid
        return self.connection_info
