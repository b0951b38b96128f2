"""What the commands have in common: their options and their exit status."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from auditkit.cli.tables import Lang
from auditkit.errors.usage import EmptyPath

OK, FAILED_ON, USAGE, INCOMPLETE = range(4)
JOBS = min(os.cpu_count() or 1, 16)  # nothing is waited for in a report; each holds up to 200 MB

MOST_JOBS = 256  # processes, each with the descriptors of its pipes

RulebookOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="规则手册：名称或 .toml 文件，默认按文种选用 / rulebook: name or file, by default that of a form's kind",
    ),
]


def filled(path: str) -> str:
    """The path, unless it is empty: a shell's unset variable must not mean this folder. Raises EmptyPath."""
    if not path.strip():
        raise EmptyPath("auditkit")
    return path


OutOption = Annotated[Path, typer.Option(metavar="DIR", help="输出文件夹 / where to write")]
LimitOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="放宽或收紧限额，如 seconds=60、memory=1GB / change a limit"),
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="LIST",
        help="写哪些格式，如 html,docx；none 不逐项目出报告 / which formats, none: no reports of projects",
    ),
]


def _speak(context: typer.Context, lang: Lang) -> Lang:
    """Tell `main`, whose errors come from any command, in which language this one speaks."""
    context.ensure_object(dict)["lang"] = lang
    return lang


LangOption = Annotated[Lang, typer.Option(callback=_speak, help="程序信息的语言 / language of messages")]
JobsOption = Annotated[int, typer.Option(min=1, max=MOST_JOBS, help="同时审核的份数 / forms at a time")]
StoreOption = Annotated[
    str, typer.Option(metavar="STORE", help="决定库：文件或 postgresql:// 地址，默认在报告文件夹中 / file or URL")
]


def is_command() -> bool:
    """Whether this process is the command itself, and has nothing loaded or changed but by it."""
    begun = sys.modules["__main__"]
    script = getattr(begun, "start", None) or getattr(begun, "main", None)
    own = getattr(script, "__module__", ""), getattr(getattr(begun, "__spec__", None), "name", "")
    return bool({"auditkit.__main__", "auditkit.cli.app"} & {*own})
