"""The engine of our own against papermill's: the same notebook, cell by cell, and what becomes of one that goes wrong."""

from __future__ import annotations

import copy
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import nbformat
import papermill
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from auditkit.notebook.engine import FORKS, OwnKernel
from auditkit.notebook.execute import ENGINES
from auditkit.notebook.project_report import notebook_limits
from auditkit.run import pool as work
from auditkit.safety import LIMITS, Limits
from auditkit.sandbox.forkserver import Ended
from auditkit.sandbox.process import SandboxProcess

pytestmark = pytest.mark.skipif(not FORKS, reason="this system cannot fork")

PLAIN = (
    "import os, sys, random, warnings\nfrom IPython.display import *\n"
    "print('甲'); print('乙', file=sys.stderr); print('丙')",
    "print(os.path.basename(os.getcwd()), sys.path[0] == '', __name__, sys.argv[0].rsplit('/')[-1])",
    "sorted(name for name in dir() if not name.startswith('_'))",
    "1 + 1",
    "_ * 21, _i, In[-1], Out[6]",
    "2 + 2;",
    "None",
    "display({'a': 1}, 'two', raw=False)",
    "shown = display('before', display_id='one')",
    "shown.update('after'); update_display(HTML('<b>again</b>'), display_id='one')",
    "print('gone'); clear_output(); print('stays'); clear_output(wait=True); display('instead')",
    "display(HTML('<p>网页</p>'), Markdown('**字**'), Latex('$x$'), SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))",
    "display(JSON({'数': [1.5, None]}), metadata={'JSON': {'expanded': True}})",
    "Image(data=bytes.fromhex('89504e470d0a1a0a'), format='png')",
    "class Rich:\n    def _repr_html_(self): return '<i>x</i>'\n    def _repr_mimebundle_(self, **kw): return {'a/b': '1'}\n"
    "Rich()",
    "import pandas; pandas.DataFrame({'项目': ['甲'], '得分': [97.8]})",
    "import matplotlib, matplotlib.pyplot as plt; plt.plot([1, 2]); print(matplotlib.get_backend())",
    "plt.figure(); plt.bar([1], [2]); plt.show()",
    "len(plt.get_fignums())",
    "os.write(1, '底层\\n'.encode()); import time; time.sleep(3)",
    "print(os.popen('echo 子进程').read())\n!echo shell",
    "%%capture kept\nprint('kept')",
    "kept.stdout, get_ipython().execution_count",
    "%time 1",
    "%who",
    "import asyncio\nasync def later(): await asyncio.sleep(0); return '等到'\nawait later()",
    "asyncio.get_event_loop().is_running()",
    "warnings.warn('小心')",
    "import threading; other = threading.Thread(target=print, args=('线',)); other.start(); other.join()",
    "print('进度 1\\r进度 2'); sys.stdout.write('无换行')",
    "from decimal import Decimal; Decimal('0.1'), float('nan'), '\\ud800'.encode('utf-8', 'surrogatepass')",
    "   ",
    "signal = __import__('signal'); signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGALRM)",
    "random.seed(7); random.random()",
)
RAISING = (
    "def deep(n):\n    return deep(n - 1) if n else 1 / 0\nprint('一半'); deep(2)",
    "raise KeyError('没有')",
    "class Bad:\n    def _repr_html_(self): raise ValueError('坏')\nBad()",
    "raise KeyboardInterrupt",
    "import no_such_module",
    "x = = 1",
    "class Own(Exception): pass\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise Own('甲') from e",
    "input('问')",
    "assert 1 == 2, '不等'",
    "%no_such_magic",
    "await nothing",
    "raise ExceptionGroup('几个', [ValueError(1), TypeError(2)])",
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def book(*sources: str, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    cells = [
        new_markdown_cell("# 题", id="m0"),
        new_code_cell("source: str = 'x'\nnumber = 1", id="p0", metadata={"tags": ["parameters"]}),
        *(new_code_cell(source, id=f"c{n}", metadata={"tags": list(tags)}) for n, source in enumerate(sources)),
    ]
    stops = not tags and any("raise " in source or "exit" in source for source in sources if len(sources) < 5)
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "stops": stops})


@pytest.fixture(scope="module")
def child():
    """A process as that of a report: every call has one of its own, forked from one that has all loaded."""
    with SandboxProcess(load=work.LOAD, network=True) as one:
        yield one


def executed(
    notebook: nbformat.NotebookNode, folder: Path, engine: str, child: SandboxProcess | None = None, **options: object
) -> nbformat.NotebookNode:
    """What papermill leaves in its output file, errors included."""
    out = folder / f"{engine}.ipynb"
    run = partial(child.run, notebook_limits(LIMITS), write_executed) if child else write_executed
    run(notebook, out, ENGINES[engine], options)
    return nbformat.read(out, as_version=4)


def write_executed(notebook: nbformat.NotebookNode, out: Path, engine: str | None, options: dict[str, object]) -> None:
    with suppress(papermill.PapermillExecutionError):  # the file is there all the same
        papermill.execute_notebook(
            copy.deepcopy(notebook),
            out,
            {"source": "报送"},
            engine_name=engine,
            kernel_name="python3",
            cwd=out.parent,
            progress_bar=False,
            kernel_manager_class=OwnKernel,
            **options,
        )


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Outputs with what was printed in one piece: on a busy machine a kernel sends it in several, whenever it comes to it."""
    whole: list[nbformat.NotebookNode] = []
    for output in outputs:
        if whole and output.output_type == "stream" and whole[-1].get("name") == output.name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def timeless(notebook: nbformat.NotebookNode) -> list[object]:
    """Cells and metadata without clocks, process numbers, addresses and ids."""
    told = nbformat.writes(notebook)
    told = re.sub(r'"(start_time|end_time|duration|output_path)": [^,\n]*', r'"\1": 0', told)
    told = re.sub(r'"\d{4}-\d\d-\d\dT[^"]*Z?"', '"time"', told)
    told = re.sub(r"[^ \"]*ipykernel_\d+", "ipykernel_N", told)
    told = re.sub(r"0x[0-9a-f]{6,}", "0xN", told)
    told = re.sub(r"(CPU times: |Wall time: |user |sys: |total: )[\d.e+]+ ?\S*s", r"\1N", told)
    notebook = nbformat.reads(told, as_version=4)
    for cell in notebook.cells:
        if "papermill-error-cell-tag" in cell.metadata.get("tags", ()) or "injected-parameters" in cell.metadata.tags:
            cell.id = "made by papermill"
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    return [*notebook.cells, notebook.metadata]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "处").mkdir()
    return tmp_path / "处"


@pytest.mark.parametrize(
    "notebook",
    [
        book(*PLAIN),
        book(*RAISING, tags=("raises-exception",)),
        book("print('前')", "raise ValueError('坏了')", "print('后')"),
        book("import sys; print('前'); sys.exit(0)", "print('后')"),
        book("exit(3)"),
    ],
    ids=["outputs", "errors", "raises", "sys.exit", "exit"],
)
def test_outputs_are_those_of_papermill(notebook: nbformat.NotebookNode, place: Path, child: SandboxProcess):
    ours = timeless(executed(notebook, place, "auditkit", child))
    stock = timeless(executed(notebook, place, "stock"))
    for number, (one, other) in enumerate(zip(ours, stock, strict=True)):
        assert one == other, f"cell {number}"
    assert ours[-2].execution_count is not None or notebook.metadata.stops  # else less was compared than it seems


def test_command_line_of_papermill_takes_it(place: Path):
    nbformat.write(book("print(source, number)"), place / "in.ipynb")
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--engine",
        "auditkit",
        "in.ipynb",
        "out.ipynb",
        "-p",
        "source",
        "报送",
    ]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert nbformat.read(place / "out.ipynb", as_version=4).cells[-1].outputs[0].text == "报送 1\n"


@pytest.mark.parametrize(
    "source", ["while True: pass", "import time; time.sleep(600)", "import asyncio; await asyncio.sleep(600)"]
)
def test_a_cell_has_its_deadline(source: str, place: Path):
    with pytest.raises(Exception, match="timed out"):  # or it never ends
        executed(book(source), place, "auditkit", execution_timeout=1)


def test_an_interrupted_cell_is_not_the_last_where_that_is_wanted(place: Path):
    options = {"execution_timeout": 1, "interrupt_on_timeout": True, "allow_errors": True}
    done = executed(book("while True: pass", "print('后')"), place, "auditkit", **options)
    assert [cell.outputs[0].get("ename") for cell in done.cells[-2:]] == ["KeyboardInterrupt", None]


def test_after_exit_the_interpreter_is_gone(place: Path):
    with pytest.raises(DeadKernelError):
        executed(book("exit()", "import time; time.sleep(0.3)", "print('后')"), place, "auditkit")


def test_the_caller_is_what_it_was(place: Path):
    """In the process of the caller, as `papermill --engine auditkit` and a test have it."""
    before = os.getcwd(), dict(os.environ), sys.argv, sys.path, [*sys.path], sys.stdout, sys.stderr, sys.excepthook
    main, interrupt = sys.modules["__main__"], signal.getsignal(signal.SIGINT)
    for _ in range(2):
        done = executed(book("import os, sys; os.environ['LEAK'] = '1'; os.chdir('/'); sys.argv"), place, "auditkit")
        assert "ipykernel_launcher.py" in done.cells[-1].outputs[0].data["text/plain"]
    after = os.getcwd(), dict(os.environ), sys.argv, sys.path, [*sys.path], sys.stdout, sys.stderr, sys.excepthook
    assert after == before
    assert (sys.modules["__main__"], signal.getsignal(signal.SIGINT)) == (main, interrupt)
    assert not InteractiveShell.initialized()


def test_papermill_does_it_itself_where_there_is_a_shell_or_another_thread(place: Path):
    source = "import os; os.getpid()"

    def number() -> int:
        return int(executed(book(source), place, "auditkit").cells[-1].outputs[0].data["text/plain"])

    assert number() == os.getpid()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(number).result() != os.getpid()
    InteractiveShell.instance()
    try:
        assert number() != os.getpid()
    finally:
        InteractiveShell.clear_instance()


def test_nothing_is_carried_over(place: Path, child: SandboxProcess):
    source = "import sys, os, json; json.leak = kept = 1; os.environ['LEAK'] = '1'; os.chdir('/')"
    executed(book(source), place, "auditkit", child)
    source = "hasattr(json, 'leak'), 'kept' in dir(), os.environ.get('LEAK'), os.path.basename(os.getcwd())"
    after = executed(book(f"import json, os; {source}"), place, "auditkit", child)
    assert after.cells[-1].outputs[0].data["text/plain"] == "(False, False, None, '处')"


def test_random_numbers_differ_between_notebooks(place: Path, child: SandboxProcess):
    source = "import random, numpy, uuid; random.random(), numpy.random.random(), uuid.uuid4()"
    texts = [executed(book(source), place, "auditkit", child).cells[-1].outputs[0].data["text/plain"] for _ in range(2)]
    assert texts[0] != texts[1]
    assert not set(re.findall(r"0\.\d+", texts[0])) & set(re.findall(r"0\.\d+", texts[1]))


def run_one(source: str, folder: str) -> str:
    """Run in the process of a report."""
    done = executed(book(source), Path(folder), "auditkit")
    return str(done.cells[-1].outputs)


def test_a_notebook_that_goes_wrong_takes_no_other_with_it(place: Path):
    with SandboxProcess(load=work.LOAD, network=True) as child:

        def ran(source: str, seconds: float = 100) -> str:
            limits = notebook_limits(Limits(notebook_seconds=seconds, patience=100, notebook_memory=2**30))
            try:
                return child.run(limits, run_one, source, str(place))
            except Ended as end:
                return f"ended {end.how} {end.detail}"

        assert "好" in ran("print('好')")
        assert ran("import os; os._exit(1)") == "ended broke exit 1"
        assert ran("import os; os._exit(0)") == "ended broke exit 0"
        assert ran("import os, signal; os.kill(os.getpid(), signal.SIGKILL)") == "ended broke SIGKILL"
        assert "坏" in ran("raise ValueError('坏')")
        assert "MemoryError" in ran("kept = []\nwhile True: kept.append(bytes([1]) * 2**24)")
        assert ran("while True: pass", seconds=3) == "ended late "
        assert "好" in ran(
            "import threading, time; threading.Thread(target=time.sleep, args=(600,)).start(); print('好')"
        )
        assert "好" in ran("import subprocess; subprocess.Popen(['sleep', '600']); print('好')")
        assert "好" in ran("import os, time\nif not os.fork(): time.sleep(600)\nprint('好')")
        assert "好" in ran("import os\nos.fork()\nprint('好')")
        pid = child._server.pid
        assert "好" in ran("print('好')")
        assert child._server.pid == pid
        assert os.popen(f"pgrep -P {pid}").read() == ""
