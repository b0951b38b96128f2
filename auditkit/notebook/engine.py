"""papermill's engine `auditkit`, which runs cells in the process that calls it, and the kernel of its engine `stock`."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_core.paths import jupyter_runtime_dir
from traitlets import default

from auditkit.notebook.hidden_imports import LEFT_OUT, hide_modules

with hide_modules(*LEFT_OUT):
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

# The frameworks that some libraries load on macOS do not survive a fork.
FORKS = hasattr(os, "fork") and sys.platform != "darwin"
KERNEL = "python3"


class InProcessEngine:
    """Cells run in this process, by the interpreter that a kernel has, and their outputs are those of papermill's engine.

    What a cell does to its process it does to the caller: who executes many notebooks gives each a process of its own.
    That is also the only protection from a cell that ends its process. Where there is no forking, in a thread, in a
    process that has a shell already (a kernel's) and for another kernel than Python's, papermill's own engine does it.

    papermill imports this module while it is itself being imported, so its engine is not there yet to inherit from.
    """

    @classmethod
    def execute_notebook(cls, notebook: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        from papermill.engines import Engine, NBClientEngine

        if kernel_name != KERNEL or not cls.is_possible():
            return NBClientEngine.execute_notebook(notebook, kernel_name, **options)
        return Engine.execute_notebook.__func__(cls, notebook, kernel_name, **options)

    @staticmethod
    def execute_managed_notebook(manager: Any, kernel_name: str, **options: Any) -> NotebookNode:
        from papermill.log import logger

        from auditkit.notebook.interpreter import Client

        chosen = {name: value for name, value in options.items() if name not in ("input_path", "start_timeout")}
        seconds = chosen.pop("execution_timeout", None) or chosen.pop("timeout", None)
        return Client(manager, kernel_name=kernel_name, timeout=seconds, log=logger, **chosen).execute()

    @staticmethod
    def nb_kernel_name(notebook: NotebookNode, name: str | None = None) -> str:
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(notebook, name)

    @staticmethod
    def nb_language(notebook: NotebookNode, language: str | None = None) -> str:
        from papermill.utils import nb_language

        return nb_language(notebook, language)

    @staticmethod
    def is_possible() -> bool:
        """Whether cells can run in this process."""
        from auditkit.notebook.interpreter import Interpreter

        return FORKS and threading.current_thread() is threading.main_thread() and Interpreter.is_free()


class OwnKernel(AsyncKernelManager):
    """The kernel of the running environment, whatever kernelspecs the user has installed elsewhere.

    Its connection is its own: encrypted where it can be, and without ports where it can be.
    """

    @default("kernel_spec_manager")
    def _own_environment_only(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])

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
