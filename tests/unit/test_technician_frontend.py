"""The technician's app has tests of its own (frontend/technician/tests, vitest): they are run, and have to pass."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.needs("yarn")
@pytest.mark.skipif(
	not (ROOT / "node_modules").exists(),
	reason="node packages are not installed: run yarn install, or make test",
)
def test_the_apps_own_tests_pass():
	done = subprocess.run(
		["yarn", "--silent", "test"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
	)
	assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
	assert " passed" in done.stdout


def test_the_lock_file_names_no_registry_but_the_default():
	"""A mirror that somebody builds with is nobody else's."""
	addresses = [
		line.split('"')[1] for line in (ROOT / "yarn.lock").read_text().splitlines() if "resolved" in line
	]
	assert addresses
	assert [one for one in addresses if not one.startswith("https://registry.yarnpkg.com/")] == []
