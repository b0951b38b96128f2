"""One notebook through papermill, and the offline page made from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from auditkit.notebook.hidden_imports import hide_modules

# A grammar of web addresses, which takes longer to load than all else together, and a reader of Hadoop's file system:
# what is loaded here is copied, page table by page table, whenever a process is forked for a report.
with hide_modules("rfc3987_syntax", "pyarrow"):
    import nbformat
    from nbconvert import HTMLExporter
    from nbformat import NotebookNode
    from papermill import PapermillExecutionError, execute_notebook, inspect_notebook
    from papermill.engines import papermill_engines
    from papermill.translators import PythonTranslator, papermill_translators

from auditkit import resources
from auditkit.notebook.kernel_process import load_notebooks
from auditkit.notebook.kernels import ForkEngine, OwnForkedKernel, OwnKernel
from auditkit.pipeline import audit
from auditkit.report.formats import FORMATS, HTML, choose, make_files
from auditkit.report.html.views import FINISHED, TEMPLATES, render_html
from auditkit.safety import escape_line

DEADLINE = 600
INJECTED = "injected-parameters"
# A kernel forked from a loaded process, or a fresh one for every notebook.
ENGINES = {"auditkit": OwnForkedKernel, "stock": OwnKernel}


class NotebookError(Exception):
    """A notebook was not executed to its end; the text says where it stopped."""


class ReadableTranslator(PythonTranslator):
    """Writes Chinese parameters as Chinese, where papermill's own writes escapes."""

    @classmethod
    def translate_str(cls, val: str) -> str:
        return repr(str(val))


for _name in ("python", "python3"):
    papermill_translators.register(_name, ReadableTranslator)
papermill_engines.register("auditkit", ForkEngine)  # also where the package was installed before it had this engine


def run_notebook(path: Path, parameters: Mapping[str, Any], engine: str = "auditkit") -> NotebookNode:
    """Execute a notebook in its own folder and return it, cleaned; the file itself is not touched.

    `engine` is a name of ENGINES, which give the same outputs.

    Raises ValueError for a parameter that the notebook does not have, NotebookError where a cell raised, the kernel
    died, or the last cell left no mark.
    """
    # As a path papermill would take the name for a format string, and an address for a place to fetch from.
    template, known = _template(path, path.stat().st_mtime_ns)
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
            engine_name="auditkit" if engine == "auditkit" else None,
            kernel_manager_class=ENGINES[engine],
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        raise NotebookError(f"第 {error.cell_index + 1} 格出错：{error.ename}: {error.evalue}") from error
    except Exception as error:
        raise NotebookError(f"{type(error).__name__}: {error}") from error
    _check_finished(notebook)
    return clean(notebook)


@cache
def _template(path: Path, _changed: int) -> tuple[NotebookNode, Mapping[str, Any]]:
    """A notebook without its outputs and the parameters that it has; every report of a run begins with the same.

    papermill would write, read and check the stored outputs before it throws them away.
    """
    template = nbformat.read(path, as_version=4)
    for cell in template.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return template, inspect_notebook(template)


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
    css = render_html("page.css.j2", size="A4")
    page, _ = _exporter().from_notebook_node(notebook, resources={"title": escape_line(title), "css": css})
    return page


@cache
def _exporter() -> HTMLExporter:
    """One for all pages: making it costs more than a page."""
    return HTMLExporter(template_name="offline", extra_template_basedirs=[str(TEMPLATES)], exclude_anchor_links=True)


def load_reports() -> None:
    """Import and do once all that a report needs, for the server that forks the process of every report."""
    load_notebooks()
    project = resources.notebooks() / NOTEBOOK
    template, _ = _template(project, project.stat().st_mtime_ns)
    execute_notebook(template, None, {"number": 1}, progress_bar=False, prepare_only=True)
    nbformat.v4.new_output("execute_result", {"text/plain": ""})
    render(nbformat.v4.new_notebook(), "")
    (specimen,) = audit(resources.data() / "specimen.docx")
    with hide_modules("numpy"):  # openpyxl takes it along for tables of numbers, of which a report has none
        make_files(specimen, [name for name in choose()[0] if name == HTML or not FORMATS[name].threads])


NOTEBOOK = resources.PROJECT_NOTEBOOK
