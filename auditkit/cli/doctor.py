"""What auditkit needs and can use, and whether this machine has it."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

FONT = Path(__file__).parents[1] / "report" / "assets" / "NotoSansSC.ttf"
PACKAGES = (
    ("typer", True, "命令行", "the command line"),
    ("rich", True, "终端表格", "tables on the terminal"),
    ("lxml", True, "读取 Word 和新版 Excel", "reading Word and Excel"),
    ("selectolax", True, "读取网页", "reading web pages"),
    ("pypdfium2", True, "读取 PDF", "reading PDF"),
    ("sqlalchemy", True, "决定库", "the store of decisions"),
    ("pandas", True, "汇总表", "tables of findings"),
    ("pillow", True, "项目图表", "charts of a project"),
    ("matplotlib", True, "年度图表", "charts of a year"),
    ("jinja2", True, "网页报告", "HTML reports"),
    ("papermill", True, "批量运行笔记本", "running notebooks"),
    ("nbconvert", True, "笔记本转网页", "notebooks to HTML"),
    ("ipykernel", True, "运行笔记本", "running notebooks"),
)
# By the extra that brings them.
EXTRAS = (
    ("lab", ("jupyterlab", "ipywidgets", "jupyterlab-language-pack-zh-CN"), "交互复核", "reviewing in JupyterLab"),
    ("word", ("python-docx",), "Word 报告", "Word reports"),
    ("excel", ("openpyxl",), "Excel 复核表", "Excel working papers"),
    ("pdf", ("typst",), "PDF 报告", "PDF reports"),
    ("parquet", ("pyarrow",), "数据集", "the dataset"),
    ("team", ("psycopg",), "PostgreSQL 决定库", "a PostgreSQL store"),
    ("cluster", ("distributed", "duckdb", "fsspec"), "在集群上运行", "a cluster"),
)


@dataclass(frozen=True)
class Part:
    """One thing that auditkit uses: `found` is its version or place, empty where absent."""

    name: str
    found: str
    required: bool
    zh: str
    en: str


def examine() -> list[Part]:
    """Everything that auditkit uses, the indispensable first."""
    python = f"{platform.python_version()} {sys.executable}" if sys.version_info >= (3, 11) else ""
    programs = (
        Part("python3 kernelspec", _kernelspec(), True, "运行笔记本", "running notebooks"),
        Part(
            "NotoSansSC.ttf",
            str(FONT) if FONT.is_file() else "",
            True,
            "图表中的汉字（随程序附带）",
            "Chinese in charts (shipped)",
        ),
        Part(
            "LibreOffice",
            _program("soffice", "libreoffice"),
            False,
            "读取旧版 .doc、.wps 和 .rtf、.odt、.ods",
            "reading legacy .doc and .wps, and .rtf, .odt, .ods",
        ),
        Part("Chromium", _program("chromium", "chromium-browser", "google-chrome"), False, "仅用于测试", "tests only"),
    )
    packages = [Part(name, _version(name), *rest) for name, *rest in PACKAGES]
    extras = [
        Part(name, _version(name), False, *(f'{words}：pip install "auditkit[{extra}]"' for words in told))
        for extra, names, *told in EXTRAS
        for name in names
    ]
    return [Part("Python ≥ 3.11", python, True, "运行本程序", "running the program"), *packages, *extras, *programs]


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _program(*names: str) -> str:
    return next(filter(None, map(shutil.which, names)), "")


def _kernelspec() -> str:
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        return KernelSpecManager().find_kernel_specs().get("python3", "")
    except ImportError:
        return ""
