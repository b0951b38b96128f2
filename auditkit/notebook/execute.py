"""One notebook through papermill, and the offline page made from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from auditkit.notebook.hidden_imports import LEFT_OUT, hide_modules

with hide_modules(*LEFT_OUT):
    import nbformat
    from nbformat import NotebookNode
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import raise_for_execution_errors
    from papermill.inspection import inspect_notebook
    from papermill.iorw import load_notebook_node
    from papermill.translators import PythonTranslator, papermill_translators
    from papermill.utils import chdir

    from auditkit.notebook.page import PageExporter

from auditkit.errors.runs import CellFailed, CellLeftError, NoFinalMark, NotebookFailed, UnknownParameter
from auditkit.notebook.engine import KERNEL, InProcessEngine, OwnKernel
from auditkit.report.html.views import FINISHED, TEMPLATES, render_html
from auditkit.safety import escape_line

INJECTED = "injected-parameters"
# Our names and papermill's: cells run in this process, or in a fresh kernel for every notebook.
ENGINES = {"auditkit": "auditkit", "stock": None}


class ReadableTranslator(PythonTranslator):
    """Writes Chinese parameters as Chinese, where papermill's own writes escapes."""

    @classmethod
    def translate_str(cls, val: str) -> str:
        return repr(str(val))


for _name in ("python", "python3"):
    papermill_translators.register(_name, ReadableTranslator)
papermill_engines.register(
    "auditkit", InProcessEngine
)  # also where the package was installed before it had this engine


def run_notebook(path: Path, parameters: Mapping[str, Any], engine: str = "auditkit") -> NotebookNode:
    """Execute a notebook in its own folder and return it, cleaned; the file itself is not touched.

    `engine` is a name of ENGINES, which give the same outputs.

    Raises UnknownParameter for one that the notebook does not have, NotebookFailed where a cell raised, the kernel
    died, or the last cell left no mark.
    """
    template, known = template_of(path)
    if unknown := sorted(set(parameters) - set(known)):
        raise UnknownParameter(path.name, unknown="、".join(unknown), known="、".join(known))
    notebook = _parameterized(template, parameters)
    try:
        with chdir(path.parent):
            if engine == "auditkit" and InProcessEngine.is_possible():
                InProcessEngine.execute_managed_notebook(_Unrecorded(notebook), KERNEL)
            else:
                options = {"kernel_manager_class": OwnKernel, "shutdown_kernel": "immediate", "progress_bar": False}
                papermill_engines.execute_notebook_with_engine(None, notebook, KERNEL, **options)
        raise_for_execution_errors(notebook, None)
    except PapermillExecutionError as error:
        raise CellFailed(path.name, number=error.cell_index + 1, why=f"{error.ename}: {error.evalue}") from error
    except Exception as error:
        raise NotebookFailed(path.name, why=f"{type(error).__name__}: {error}") from error
    _check_finished(path.name, notebook)
    return clean(notebook)


class _Unrecorded:
    """In place of what papermill records of cells, their times and states: of a report nothing of that is kept."""

    def __init__(self, notebook: NotebookNode):
        self.nb = notebook

    def cell_start(self, *_: object, **__: object) -> None: ...

    autosave_cell = cell_complete = cell_exception = cell_start


def template_of(path: Path) -> tuple[NotebookNode, Mapping[str, Any]]:
    """A notebook without its outputs, as papermill reads it, and the parameters that it has.

    `papermill.execute_notebook` reads, checks and writes it for every report; every report of a run begins with the same.
    """
    return _template(path, path.stat().st_mtime_ns)


@cache
def _template(path: Path, _changed: int) -> tuple[NotebookNode, Mapping[str, Any]]:
    template = nbformat.read(path, as_version=4)
    for cell in template.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return load_notebook_node(template), inspect_notebook(template)


def _parameterized(template: NotebookNode, parameters: Mapping[str, Any]) -> NotebookNode:
    """A copy with the cell that papermill would put behind the parameters, where there are any."""
    notebook = nbformat.from_dict(template)
    if parameters:
        place = next(number for number, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.tags)
        source = ReadableTranslator.codify(dict(parameters))
        injected = {"cell_type": "code", "id": INJECTED, "metadata": {"tags": [INJECTED]}, "source": source}
        notebook.cells.insert(place + 1, nbformat.from_dict({**injected, "outputs": [], "execution_count": None}))
    return notebook


def _check_finished(name: str, notebook: NotebookNode) -> None:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if any(output.output_type == "error" for cell in cells for output in cell.outputs):
        raise CellLeftError(name)
    # papermill marks the cells of a kernel that died as completed: only the last cell's own words prove the end.
    if not any(FINISHED in output.get("data", {}).get("text/plain", "") for output in cells[-1].outputs):
        raise NoFinalMark(name, mark=FINISHED)


def clean(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what differs between two runs: clocks, paths, versions, random ids, stderr."""
    cells = [_clean_cell(cell) for cell in notebook.cells]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _clean_cell(cell: NotebookNode) -> dict[str, Any]:
    tags = list(cell.metadata.get("tags", ()))
    kept = {**cell, "metadata": {"tags": tags} if tags else {}}
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
    css = render_html("page.css.j2", size="A4")
    page, _ = _exporter().from_notebook_node(notebook, resources={"title": escape_line(title), "css": css})
    return page


@cache
def _exporter() -> PageExporter:
    """One for all pages: making it costs more than a page. Its preprocessors are for what a page of ours does not have."""
    options = {"template_name": "offline", "extra_template_basedirs": [str(TEMPLATES)], "exclude_anchor_links": True}
    return PageExporter(default_preprocessors=[], **options)
