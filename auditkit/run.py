"""One notebook through papermill, and the offline page made from it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from papermill import PapermillExecutionError, execute_notebook, inspect_notebook
from papermill.translators import PythonTranslator, papermill_translators
from traitlets import default

from auditkit.report.html import FINISHED, TEMPLATES, render_html
from auditkit.safety import inert_line

DEADLINE = 600
INJECTED = "injected-parameters"


class NotebookError(Exception):
    """A notebook was not executed to its end; the text says where it stopped."""


class OwnKernel(AsyncKernelManager):
    """The kernel of the running environment, whatever kernelspecs the user has installed elsewhere."""

    @default("kernel_spec_manager")
    def _own_environment_only(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])

    @default("transport_encryption")
    def _encrypted_where_supported(self) -> str:
        return "auto"

    @default("transport")
    def _without_ports(self) -> str:
        """Sockets in the file system: of two kernels that start at once one may lose the port that it was promised.

        Systems take no socket whose path is longer than about 100 letters.
        """
        return "ipc" if os.name == "posix" and len(jupyter_runtime_dir()) <= 70 else "tcp"

    @default("ip")
    def _of_this_kernel_alone(self) -> str:
        """Where the sockets lie. Jupyter's own default is one name for all kernels that start in a folder."""
        if self.transport == "tcp":
            return "127.0.0.1"
        folder = Path(jupyter_runtime_dir())
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return str(folder / f"auditkit-{uuid4().hex[:12]}")


class ReadableTranslator(PythonTranslator):
    """Writes Chinese parameters as Chinese, where papermill's own writes escapes."""

    @classmethod
    def translate_str(cls, val: str) -> str:
        return repr(str(val))


for _name in ("python", "python3"):
    papermill_translators.register(_name, ReadableTranslator)


def run_notebook(path: Path, parameters: Mapping[str, Any]) -> NotebookNode:
    """Execute a notebook in its own folder and return it, cleaned; the file itself is not touched.

    Raises ValueError for a parameter that the notebook does not have, NotebookError where a cell raised, the kernel
    died, or the last cell left no mark.
    """
    # As a path papermill would take the name for a format string, and an address for a place to fetch from.
    template = nbformat.read(path, as_version=4)
    known = inspect_notebook(template)
    if unknown := sorted(set(parameters) - set(known)):
        raise ValueError(f"{path.name} 没有参数 {'、'.join(unknown)}；可用的有 {'、'.join(known)}")
    try:
        notebook = execute_notebook(
            template,
            None,
            dict(parameters),
            kernel_name="python3",
            cwd=path.parent,
            progress_bar=False,
            execution_timeout=DEADLINE,
            kernel_manager_class=OwnKernel,
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        raise NotebookError(f"第 {error.cell_index + 1} 格出错：{error.ename}: {error.evalue}") from error
    except Exception as error:
        raise NotebookError(f"{type(error).__name__}: {error}") from error
    _check_finished(notebook)
    return clean(notebook)


def _check_finished(notebook: NotebookNode) -> None:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if any(output.output_type == "error" for cell in cells for output in cell.outputs):
        raise NotebookError("有单元格记录了异常")
    # papermill marks the cells of a kernel that died as completed: only the last cell's own words prove the end.
    if not any(FINISHED in output.get("data", {}).get("text/plain", "") for output in cells[-1].outputs):
        raise NotebookError(f"最后一格没有留下“{FINISHED}”，执行未到终点")


def clean(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what differs between two runs: clocks, paths, versions, random ids, stderr."""
    cells = [_clean_cell(cell) for cell in notebook.cells]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _clean_cell(cell: NotebookNode) -> dict[str, Any]:
    tags = list(cell.metadata.get("tags", ()))
    kept = {**cell, "metadata": {"tags": tags} if tags else {}}
    if INJECTED in tags:
        kept["id"] = INJECTED
    if cell.cell_type == "code":
        kept["outputs"] = [output for output in cell.outputs if output.get("name") != "stderr"]
    return kept


def restate(notebook: NotebookNode, parameters: Mapping[str, Any]) -> NotebookNode:
    """The notebook with other parameters written in it than it was executed with: no path of this machine."""
    source = ReadableTranslator.codify(dict(parameters)).rstrip("\n")
    cells = [
        {**cell, "source": source} if INJECTED in cell.metadata.get("tags", ()) else cell for cell in notebook.cells
    ]
    return nbformat.from_dict({**notebook, "cells": cells})


def render(notebook: NotebookNode, title: str) -> str:
    """The notebook's outputs as one offline page in Chinese: no code, no scripts, nothing to fetch."""
    exporter = HTMLExporter(
        template_name="offline", extra_template_basedirs=[str(TEMPLATES)], exclude_anchor_links=True
    )
    css = render_html("page.css.j2", size="A4")
    page, _ = exporter.from_notebook_node(notebook, resources={"title": inert_line(title), "css": css})
    return page
