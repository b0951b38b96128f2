"""The packages that auditkit stands on: what each serves, which extra brings it, and what this machine has of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Dependency:
    """One line of pyproject.toml, by the name that pip knows; `extra` is blank where it comes with auditkit itself.

    `module` is what is imported, where it is called otherwise; `printed` says that its version may show in what a run writes.
    Versions before `safe` have a published security fault (second-hand, from advisories); blank where none is known.
    """

    name: str
    zh: str
    en: str
    extra: str = ""
    module: str = ""
    printed: bool = False
    safe: str = ""

    @property
    def version(self) -> str:
        """The version that is installed, blank where none is."""
        return installed(self.name)

    @property
    def unsafe(self) -> bool:
        """Whether the version that is installed has a known fault."""
        return bool(self.safe and self.version) and _numbers(self.version) < _numbers(self.safe)

    @property
    def importable(self) -> bool:
        return find_spec(self.module or self.name) is not None


def _numbers(version: str) -> tuple[int, ...]:
    """The release of a version as numbers; what is before a release (rc1) counts as it."""
    return tuple(map(int, re.match(r"[\d.]*\d", version)[0].split(".")))


_WORD, _EXCEL = ("Word 报告", "Word reports"), ("Excel 复核表", "Excel working papers")
_LAB, _CLUSTER = ("交互复核", "reviewing in JupyterLab"), ("在集群上运行", "a cluster")
_NOTEBOOKS = "运行笔记本", "running notebooks"

DEPENDENCIES = {
    one.name: one
    for one in (
        Dependency("ipykernel", *_NOTEBOOKS),
        Dependency("jinja2", "网页报告", "HTML reports", printed=True),
        Dependency("jupyter-client", *_NOTEBOOKS),
        Dependency("jupyter-core", *_NOTEBOOKS),
        Dependency("lxml", "读取 Word 和新版 Excel", "reading Word and Excel", printed=True, safe="6.1"),
        Dependency("markupsafe", "网页报告", "HTML reports"),
        Dependency("matplotlib", "年度图表", "charts of a year", printed=True),
        Dependency("nbclient", *_NOTEBOOKS),
        Dependency("nbconvert", "笔记本转网页", "notebooks to HTML", printed=True, safe="7.17.1"),
        Dependency("nbformat", *_NOTEBOOKS),
        Dependency("olefile", "读取旧版 Office 文件", "reading legacy Office files"),
        Dependency("pandas", "汇总表", "tables of findings", printed=True),
        Dependency("papermill", "批量运行笔记本", "running notebooks", printed=True),
        Dependency("pillow", "项目图表", "charts of a project", module="PIL", printed=True),
        Dependency("pydantic", "读回写出的文件", "reading back what was written"),
        Dependency("pypdfium2", "读取 PDF", "reading PDF"),
        Dependency("rapidfuzz", "比对相似的文字", "comparing texts"),
        Dependency("rich", "终端表格", "tables on the terminal"),
        Dependency("selectolax", "读取网页", "reading web pages"),
        Dependency("sqlalchemy", "决定库", "the store of decisions"),
        Dependency("traitlets", *_NOTEBOOKS),
        Dependency("typer", "命令行", "the command line"),
        Dependency("xlrd", "读取旧版 Excel", "reading legacy Excel"),
        Dependency("jupyter-server", *_LAB, "lab", safe="2.20"),
        Dependency("jupyterlab", *_LAB, "lab", safe="4.6.2"),
        Dependency("ipywidgets", *_LAB, "lab"),
        Dependency("jupyterlab-language-pack-zh-CN", *_LAB, "lab"),
        Dependency("docxtpl", *_WORD, "word", printed=True),
        Dependency("python-docx", *_WORD, "word", "docx", printed=True),
        Dependency("openpyxl", *_EXCEL, "excel", printed=True),
        Dependency("typst", "PDF 报告", "PDF reports", "pdf", printed=True),
        Dependency("pyarrow", "数据集", "the dataset", "parquet", printed=True),
        Dependency("psycopg", "PostgreSQL 决定库", "a PostgreSQL store", "team"),
        Dependency("distributed", *_CLUSTER, "cluster"),
        Dependency("duckdb", *_CLUSTER, "cluster"),
        Dependency("fsspec", *_CLUSTER, "cluster"),
    )
}


def installed(package: str) -> str:
    """The version of a package by the name that pip knows, blank where it is not installed."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def versions() -> dict[str, str]:
    """Of Python, auditkit and the packages that show in what a run writes."""
    import platform

    printed = sorted(one.name for one in DEPENDENCIES.values() if one.printed)
    return {"python": platform.python_version()} | {name: installed(name) for name in ("auditkit", *printed)}


def install(*packages: Dependency) -> str:
    """What to run to have these packages."""
    extras = ",".join(sorted({one.extra for one in packages if one.extra}))
    return f'pip install "auditkit[{extras}]"' if extras else "pip install auditkit"
