# 鲁科评 Lukeping. `make help` says what can be done here.
PYTHON ?= python3
BIN := .venv/bin
UV := 0.13.9
NAME ?=
export OMP_WAIT_POLICY = PASSIVE

.PHONY: help run demo test check fix bench test-deep lock clean
.DEFAULT_GOAL := help

help: ## 说明：列出所有命令
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.run ## 安装并启动服务（首次会建立演示城市）
	@test -e "$${LUKEPING_STATE:-.lukeping}/lukeping.db" || $(BIN)/lukeping init --demo --if-missing
	@exec $(BIN)/lukeping serve

demo: .venv/.run ## 不开服务，从名单到一份带理由的评估走完全程
	@$(BIN)/lukeping demo

test: .venv/.dev ## 安装并运行测试
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not deep"

check: .venv/.dev ## 只看不改：格式、ruff、mypy、导入契约、带分支覆盖率的测试
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not deep" --cov --cov-report=term:skip-covered

fix: .venv/.dev ## 自动修正格式与可修的问题
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/.dev ## 基准：make bench NAME=x；不带 NAME 列出名称
	@$(BIN)/python -m bench $(NAME)

test-deep: .venv/.dev ## 长时间测试，最后一行是一个 JSON 对象
	@rm -f .lukeping/figures.json
	@LUKEPING_DEEP=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile
	@$(BIN)/python tests/figures.py

lock: .venv/.dev ## 重新锁定依赖
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra analysis pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra analysis --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt

clean: ## 删除环境与演示数据
	rm -rf .venv .lukeping

.venv/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新的版本。")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@touch $@

.venv/.run: requirements.txt pyproject.toml | .venv/.uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

.venv/.dev: requirements-dev.txt pyproject.toml | .venv/.uv
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@
