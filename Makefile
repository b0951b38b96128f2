# Every target sets the project up by itself, in .venv, from a fresh clone; nothing has to be installed or activated
# before but Python 3.11 or newer (with uv, not even that).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(shell command -v uv 2>/dev/null)

# A PYTHONPATH or an activated environment of the caller would be mixed into ours.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help demo test faults locality lab notebooks pictures bench precision lint format clean

help:
	@echo "make demo       审核随程序附带的八份自评表（reports/2021）、对照批复目标（reports/targets）和与上年比对的示例（reports/years）/ audit the forms that come with it"
	@echo "make test       代码检查和全部测试 / lint and all tests"
	@echo "make faults     每条命令在每一处系统故障下各试一次，运行中断 200 次，较久 / every fault of the system at every place, 200 kills"
	@echo "make locality   逐格换填三十种文字，看别的格读出的内容是否改变 / another text in every entry: does any other change?"
	@echo "make lab        在 JupyterLab 中复核（FOLDER=自评表或报告文件夹）/ review in JupyterLab (FOLDER=forms or reports)"
	@echo "make notebooks  重新生成笔记本中保存的输出 / refresh the stored outputs of the notebooks"
	@echo "make pictures   重新生成 README 中的图片，需要 Chromium / redraw the pictures of the READMEs (needs Chromium)"
	@echo "make precision  重新生成 docs/precision.md：每条规则可信到什么程度 / how far to trust each rule"
	@echo "make bench      运行全部性能比较 / run all benchmarks"
	@echo "make lint format clean"

demo: $(READY)
	$(BIN)/auditkit demo
	$(BIN)/auditkit run data/targets --year 2024 --out reports/targets
	$(BIN)/auditkit run data/years/2021 --year 2021 --out reports/years/2021
	$(BIN)/auditkit run data/years/2022 --year 2022 --out reports/years/2022 --previous reports/years/2021

test: lint
	# A file of tests is one process's: what its fixtures make is made once. A process may come to 2 GB.
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

faults: $(READY)
	AUDITKIT_FAULTS=all AUDITKIT_KILLS=200 $(BIN)/python -m pytest --timeout 0 tests/run/test_faults.py

locality: $(READY)
	$(BIN)/python tests/locality.py

lab: $(READY)
	$(BIN)/auditkit lab $(FOLDER)

notebooks: $(READY)
	$(BIN)/python notebooks/refresh.py

pictures: $(READY)
	$(BIN)/python docs/pictures.py

precision: $(READY)
	$(BIN)/python docs/precision.py

bench: $(READY)
	$(BIN)/python benchmarks

lint: $(READY)
	$(BIN)/ruff check .

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Reports and the environment stay: a report may hold a reviewer's decisions.
clean:
	rm -rf build dist .pytest_cache .ruff_cache .hypothesis
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

OFFLINE := 安装依赖失败。第一次运行需要能访问 Python 软件包索引（或本地缓存、镜像）；之后可离线使用。 \
	/ Could not install the dependencies: the first run needs a Python package index (or a cache or mirror of one).

$(READY): pyproject.toml uv.lock
ifneq ($(UV),)
	@$(UV) sync --frozen --all-extras --all-groups || { echo "$(OFFLINE)" >&2; exit 1; }
else
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "需要 Python 3.11 或更新版本，例如 make PYTHON=python3.12 / Python 3.11 or newer is needed" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "无法建立虚拟环境；在 Debian/Ubuntu 上请先 apt install python3-venv / could not make a virtual environment" >&2; exit 1; }
	@{ $(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1' && \
		$(BIN)/python -m pip install --quiet --editable '.[all]' --group dev; } || { echo "$(OFFLINE)" >&2; exit 1; }
endif
	@touch $@
