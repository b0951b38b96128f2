"""What `deploy/` holds is run: the cron line as cron runs it, the units by systemd, the task as Windows reads it."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import lxml.etree
import pytest

from auditkit import resources

DEPLOY = Path(__file__).parents[1] / "deploy"
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
PARTS = ["RegistrationInfo", "Triggers", "Settings", "Actions"]  # the schema wants them in this order
posix = pytest.mark.skipif(os.name != "posix", reason="cron and systemd are of Unix")
systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ, reason="systemd-analyze is not installed"
)
shellcheck = pytest.mark.skipif(
    shutil.which("shellcheck") is None and "CI" not in os.environ, reason="shellcheck is not installed"
)


@shellcheck
def test_shell_scripts_are_clean():
    root = DEPLOY.parent
    scripts = sorted((*DEPLOY.glob("*.sh"), *(root / "findings").glob("*.sh"), root / ".ci" / "run"))
    subprocess.run(["shellcheck", *scripts], check=True)


@pytest.fixture
def opt(tmp_path: Path) -> Path:
    """A machine's folder in which the program is installed as the README of `deploy` says; one good form waits."""
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    (tmp_path / "forms").mkdir()
    shutil.copy(next((resources.data() / "2021").glob("02_*.docx")), tmp_path / "forms" / "甲 乙.docx")
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m auditkit "$@" --format html\n', "utf-8")
    program.chmod(0o755)
    settings = (DEPLOY / "auditkit.conf.example").read_text("utf-8")
    for example, own in (
        ("/opt/auditkit/.venv/bin/auditkit", program),
        ("/srv/auditkit/forms/2021", tmp_path / "forms"),
        ("/srv/auditkit/reports/2021", tmp_path / "reports"),
    ):
        assert example in settings
        settings = settings.replace(example, f"'{own}'")
    (tmp_path / "auditkit.conf").write_text(settings, "utf-8")
    return tmp_path


def cron(opt: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the one line of the crontab as cron does: by /bin/sh, in the home folder, with next to no environment."""
    environment, commands = {"HOME": str(opt), "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin", "LOGNAME": "audit"}, []
    for line in (DEPLOY / "crontab").read_text("utf-8").splitlines():
        if found := re.fullmatch(r"([A-Z_]+)=(.+)", line):
            environment[found[1]] = found[2].replace("/etc", str(opt))
        elif found := re.fullmatch(r"((?:[\d*]+ ){5})(.+)", line):
            commands.append(found[2].replace("/opt/auditkit", str(opt)))
        else:
            assert line.startswith("#")
    (command,) = commands
    return subprocess.run(
        ["/bin/sh", "-c", command], env=environment, cwd=opt, capture_output=True, check=False, timeout=600
    )


@posix
def test_the_cron_line_runs(opt: Path):
    done, out = cron(opt), opt / "reports"
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")  # cron would mail what is printed
    (row,) = csv.DictReader((out / "status.csv").read_text("utf-8-sig").splitlines())
    assert (row["file"], row["status"]) == ("甲 乙.docx", "ok")
    assert len(list(out.glob("projects/*/audit.html"))) == 1
    assert re.search(r"\d exit 0\n$", (out / "auditkit.log").read_text("utf-8"))

    (opt / "forms" / "坏.docx").write_bytes(b"PK damaged")
    (out / "auditkit.log").write_bytes(b"x" * 6_000_000)
    post = opt / "mail"
    with (opt / "auditkit.conf").open("a", encoding="utf-8") as settings:
        settings.write(f"AUDITKIT_MAIL=audit@example.gov.cn\nPATH={opt}:$PATH\n")
    post.write_text(f'#!/bin/sh\necho "$@" >"{opt}/letter"\ncat >>"{opt}/letter"\n', "utf-8")
    post.chmod(0o755)
    assert cron(opt).returncode == 3
    letter = (opt / "letter").read_text("utf-8")
    assert letter.startswith("-s auditkit 2021 (3) audit@example.gov.cn\n")
    assert "坏.docx" in letter
    assert (out / "auditkit.log.1").stat().st_size == 6_000_000
    assert re.search(r"\d exit 3\n$", (out / "auditkit.log").read_text("utf-8"))

    for path in (opt / "forms").iterdir():  # a share that is not mounted
        path.unlink()
    assert cron(opt).returncode == 4
    letter = (opt / "letter").read_text("utf-8")
    assert letter.startswith("-s auditkit 2021 (4) ")
    assert "没有可审核的文件" in letter
    assert len(list(out.glob("projects/*/audit.html"))) == 1


@posix
@systemd
def test_systemd_takes_the_units(opt: Path):
    """The program's place is another here, because the units are refused where it is absent."""
    units = []
    for name in ("auditkit.service", "auditkit.timer"):
        unit = opt / name
        unit.write_text((DEPLOY / name).read_text("utf-8").replace("/opt/auditkit", str(opt)), "utf-8")
        units.append(str(unit))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    spoilt = opt / "spoilt.service"
    spoilt.write_text((opt / "auditkit.service").read_text("utf-8").replace("Type=oneshot", "Typ=oneshot"), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(spoilt)], capture_output=True, text=True, check=False)
    assert "Typ" in done.stderr  # it does look
    calendar = re.search(r"OnCalendar=(.+)", (DEPLOY / "auditkit.timer").read_text("utf-8"))[1]
    assert subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, check=False).returncode == 0


def test_the_windows_task_has_what_its_schema_wants():
    root = lxml.etree.parse(str(DEPLOY / "auditkit-task.xml")).getroot()
    assert root.tag == f"{TASK}Task"
    assert root.get("version") == "1.2"
    assert [part.tag.removeprefix(TASK) for part in root] == PARTS
    assert root.findtext(f".//{TASK}MultipleInstancesPolicy") == "IgnoreNew"
    assert root.findtext(f".//{TASK}StartWhenAvailable") == "true"
    assert re.fullmatch(r"\d{4}(-\d\d){2}T02:10:00", root.findtext(f".//{TASK}StartBoundary"))
    command = root.findtext(f"{TASK}Actions/{TASK}Exec/{TASK}Command")
    assert (DEPLOY / command.rpartition("\\")[2]).is_file()
