"""JupyterHub for a review by several people: who is logged in signs, and nobody else. Set by the environment of the hub:

AUDITKIT_FOLDER  the forms, or the output of a run     AUDITKIT_STORE  the one store of decisions, best postgresql://…
AUDITKIT_FORMS   the forms of that run, if it is one   AUDITKIT_WORK   a folder for the notebooks, which all may read

The authenticator is that of your house; see docs/jupyterhub.md.
"""

import os
import sys
from pathlib import Path

from auditkit.notebook.lab import FOLDER, FORMS, STORE, environment, workspace

c = get_config()  # noqa: F821  (what JupyterHub gives to a file of settings)
work = workspace(Path(os.environ["AUDITKIT_WORK"]))

c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.notebook_dir = str(work)
c.Spawner.default_url = "/doc/tree/notebooks/review.ipynb"
c.Spawner.environment = {
    name: text for name, text in environment().items() if name in (FOLDER, STORE, FORMS, "JUPYTER_CONFIG_PATH")
}
