"""What auditkit needs and can use, and whether this machine has it."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from auditkit.dependencies import DEPENDENCIES, Dependency, install

FONT = Path(__file__).parents[1] / "report" / "assets" / "NotoSansSC.ttf"


@dataclass(frozen=True)
class Part:
    """One thing that auditkit uses: `found` is its version or place, empty where absent; `unsafe` versions have known faults."""

    name: str
    found: str
    required: bool
    zh: str
    en: str
    unsafe: bool = False


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
    packages = sorted(map(_part, DEPENDENCIES.values()), key=lambda part: not part.required)
    return [Part("Python ≥ 3.11", python, True, "运行本程序", "running the program"), *packages, *programs]


def _part(package: Dependency) -> Part:
    advice = f"：{install(package)}" if package.extra else ""
    zh, en = package.zh + advice, package.en + advice
    if package.unsafe:
        zh = f"{zh}；{package.safe} 以前的版本有已知安全缺陷，请升级：pip install -U {package.name}"
        en = f"{en}; versions before {package.safe} have a known security fault: pip install -U {package.name}"
    return Part(package.name, package.version, not package.extra, zh, en, package.unsafe)


def _program(*names: str) -> str:
    return next(filter(None, map(shutil.which, names)), "")


def _kernelspec() -> str:
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        return KernelSpecManager().find_kernel_specs().get("python3", "")
    except ImportError:
        return ""
