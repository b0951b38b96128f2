from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from auditkit.errors.runs import NotebookFailed, UnknownParameter
from auditkit.notebook.execute import ENGINES, restate, run_notebook
from auditkit.notebook.project_report import execute_only, notebook_limits
from auditkit.run.pool import ProcessPool
from auditkit.safety import LIMITS
from auditkit.sandbox.forkserver import Ended
from auditkit.sandbox.process import FORKS, SandboxProcess


def notebook(folder: Path, *sources: str) -> Path:
    first = nbformat.v4.new_code_cell('source: str = "x"  # what', metadata={"tags": ["parameters"]})
    cells = [first, *(nbformat.v4.new_code_cell(source) for source in sources)]
    path = folder / "book {x}.ipynb"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def test_parameters_arrive_readable_and_only_cleaned_results_come_back(tmp_path: Path, capfd: pytest.CaptureFixture):
    stderr = "import os, sys; print('noise', file=sys.stderr)"
    path = notebook(tmp_path, stderr, "print(os.getcwd())", "f'{source} 审核完毕'")
    before, folder = path.read_bytes(), os.getcwd()

    done = run_notebook(path, {"source": '法治\'s "经费".docx'})

    injected = next(cell for cell in done.cells if "injected-parameters" in cell.metadata.get("tags", ()))
    assert injected.source == "# Parameters\nsource = '法治\\'s \"经费\".docx'\n"
    assert "法治" in done.cells[-1].outputs[0].data["text/plain"]
    assert done.cells[-2].outputs[0].text.strip() == str(tmp_path)
    assert not [output for cell in done.cells for output in cell.outputs if output.get("name") == "stderr"]
    assert all(set(cell.metadata) <= {"tags"} for cell in done.cells)
    assert set(done.metadata) == {"kernelspec", "language_info"}
    assert (path.read_bytes(), os.getcwd()) == (before, folder)
    assert capfd.readouterr().out == ""
    nbformat.validate(done)

    told = restate(done, {"source": "甲.docx"})
    assert "甲.docx" in nbformat.writes(told)
    assert "source = '法治" not in nbformat.writes(told)


def test_misspelt_parameter_is_refused_before_anything_runs(tmp_path: Path):
    with pytest.raises(UnknownParameter, match=r"sorce.*source"):
        run_notebook(notebook(tmp_path, "'审核完毕'"), {"sorce": "x"})


@pytest.mark.parametrize(
    ("sources", "complaint"),
    [
        (("raise ValueError('坏了')", "'审核完毕'"), "ValueError: 坏了"),
        (("exit()", "import time; time.sleep(0.3)", "'审核完毕'"), "Dead"),
        (("1 + 1",), "没有留下"),
    ],
    ids=["raises", "exits", "leaves no mark"],
)
def test_notebook_that_did_not_reach_its_end_is_no_report(tmp_path: Path, sources: tuple[str, ...], complaint: str):
    with pytest.raises(NotebookFailed, match=complaint):
        run_notebook(notebook(tmp_path, *sources), {})


@pytest.mark.skipif(not FORKS, reason="without fork a call's process is the server's")
def test_notebook_that_ends_its_process_is_no_report(tmp_path: Path):
    path = notebook(tmp_path, "import os; os._exit(1)", "'审核完毕'")

    def run_in(child: SandboxProcess, book: Path) -> object:
        return child.run(notebook_limits(LIMITS), run_notebook, book, {})

    with ProcessPool(1, LIMITS) as pool, pytest.raises(Ended, match="exit 1"):
        list(pool.map(run_in, [path]))


def test_both_engines_give_the_same_report(tmp_path: Path):
    path = notebook(tmp_path, "print('甲'); 1 + 1", "display('乙')", "f'{source} 审核完毕'")
    ours, stock = (run_notebook(path, {"source": "甲.docx"}, engine) for engine in ENGINES)
    for cell in [*ours.cells, *stock.cells]:
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.pop("id")
    assert ours == stock


@pytest.mark.skipif(not FORKS or not Path("/proc").is_dir(), reason="needs fork and /proc")
def test_a_user_without_a_home_gets_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/proc/nobody")
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"):
        monkeypatch.delenv(name, raising=False)
    with ProcessPool(1, LIMITS) as pool:
        assert list(pool.map(execute_only, [0])) == [None]
