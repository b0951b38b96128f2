"""Make data/specimen.pdf of specimen.docx as LibreOffice prints it: python data/make_pdf.py

It has the one Chinese font of the package whatever the machine has, and only the letters that are used.
"""

import os
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FONTS = HERE.parent / "auditkit" / "report" / "assets"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "fonts.conf"
        configuration.write_text(
            f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{FONTS}</dir>'
            f"<cachedir>{folder}</cachedir></fontconfig>"
        )
        command = ["soffice", f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", str(HERE), str(HERE / "specimen.docx")]
        subprocess.run(command, check=True, timeout=180, env=os.environ | {"FONTCONFIG_FILE": str(configuration)})


if __name__ == "__main__":
    main()
