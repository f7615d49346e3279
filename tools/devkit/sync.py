"""The bench runs the code of the checkout this tool was called in.

`bench/apps/aftersales` is a copy made equal to the checkout (tracked and new files, not ignored ones)
at each command, unless it is the checkout itself.
"""

import hashlib
import os
import stat
import subprocess
from pathlib import Path

from devkit.ground import Ground, Stop, say

MARK = ".synced-from"
# What running the app leaves in the copy and a sync must not remove.
KEEP_DIRS = {"__pycache__", "node_modules", "dist"}
MIGRATED_BY = ("apps/aftersales/", "fixtures/", "patches/")


def is_own_checkout(ground: Ground) -> bool:
	"""True if the bench's app folder is the checkout itself (a developer's bench)."""
	return ground.copy.exists() and ground.copy.resolve() == ground.checkout


def sync(ground: Ground) -> bool:
	"""Make the copy equal to the checkout. Returns True if anything changed."""
	if is_own_checkout(ground):
		return False
	mark = ground.copy / MARK
	if ground.copy.exists() and not mark.exists():
		raise Stop(
			f"{ground.copy} is a clone of its own, not this checkout's copy: call make inside it,"
			" or remove it, or set BENCH_DIR to another bench."
		)
	with ground.lock("sync"):
		files = _read_list(ground)
		same_caller = mark.exists() and mark.read_text() == str(ground.checkout)
		if not same_caller and mark.exists():
			# Another checkout's tests may be running on this copy: they finish first.
			with ground.lock("code"):
				return _copy(ground, files, mark)
		return _copy(ground, files, mark)


def _read_list(ground: Ground) -> list[str]:
	with ground.as_root():
		if (ground.checkout / ".git").exists():
			done = subprocess.run(
				[
					"git",
					"-c",
					"safe.directory=*",
					"-C",
					str(ground.checkout),
					"ls-files",
					"--cached",
					"--others",
					"--exclude-standard",
					"-z",
				],
				capture_output=True,
				check=True,
				user=0 if os.getuid() == 0 else None,
			)
			names = sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})
		else:
			names = sorted(
				str((Path(folder) / name).relative_to(ground.checkout))
				for folder, subfolders, found in os.walk(ground.checkout)
				for name in [*found, *(sub for sub in subfolders if (Path(folder) / sub).is_symlink())]
				if not KEEP_DIRS.intersection(Path(folder).relative_to(ground.checkout).parts)
			)
		return [name for name in names if os.path.lexists(ground.checkout / name)]


def _copy(ground: Ground, files: list[str], mark: Path) -> bool:
	ground.copy.mkdir(parents=True, exist_ok=True)
	changed = False
	for name in files:
		changed |= _copy_one(ground, ground.checkout / name, ground.copy / name)
	changed |= _remove_gone(ground, set(files))
	if not mark.exists() or mark.read_text() != str(ground.checkout):
		mark.write_text(str(ground.checkout))
	return changed


def _copy_one(ground: Ground, origin: Path, target: Path) -> bool:
	with ground.as_root():
		info = os.lstat(origin)
		link = os.readlink(origin) if stat.S_ISLNK(info.st_mode) else None
	if stat.S_ISDIR(info.st_mode):
		return False  # a nested repository: not ours to copy
	try:
		there = os.lstat(target)
	except OSError:
		there = None
	if link is not None:
		if there and stat.S_ISLNK(there.st_mode) and os.readlink(target) == link:
			return False
		_make_way(target, there)
		target.symlink_to(link)
		return True
	if there and stat.S_ISREG(there.st_mode):
		if (there.st_size, there.st_mtime_ns) == (info.st_size, info.st_mtime_ns):
			return False
	with ground.as_root():
		content = origin.read_bytes()
	same = there and stat.S_ISREG(there.st_mode) and target.read_bytes() == content
	if not same:
		_make_way(target, there)
		fresh = target.with_name(f".{target.name}.{os.getpid()}")
		fresh.write_bytes(content)
		os.chmod(fresh, 0o755 if info.st_mode & 0o100 else 0o644)
		os.replace(fresh, target)
	os.utime(target, ns=(info.st_mtime_ns, info.st_mtime_ns))
	return not same


def _make_way(target: Path, there: os.stat_result | None) -> None:
	target.parent.mkdir(parents=True, exist_ok=True)
	if there and not stat.S_ISREG(there.st_mode):
		_remove(target)


def _remove(path: Path) -> None:
	if path.is_dir() and not path.is_symlink():
		for child in path.iterdir():
			_remove(child)
		path.rmdir()
	else:
		path.unlink()


def _remove_gone(ground: Ground, files: set[str]) -> bool:
	removed = False
	for folder, subfolders, names in os.walk(ground.copy, topdown=False):
		here = Path(folder).relative_to(ground.copy)
		if KEEP_DIRS.intersection(here.parts):
			continue
		links = [name for name in subfolders if (Path(folder) / name).is_symlink()]
		for name in [*names, *links]:
			relative = str(here / name)
			if relative not in files and relative != MARK:
				(Path(folder) / name).unlink(missing_ok=True)
				removed = True
		# A module whose sources are gone leaves its compiled files and an empty-looking package behind.
		left = [child for child in Path(folder).iterdir() if child.name != "__pycache__"]
		if not left and folder != str(ground.copy):
			_remove(Path(folder))
	return removed


def digests(ground: Ground) -> tuple[str, str]:
	"""Two fingerprints of the copy: all of the code, and what `migrate` acts on."""
	everything, migrated = hashlib.sha256(), hashlib.sha256()
	root = ground.copy
	names = []
	for folder, subfolders, found in os.walk(root):
		subfolders[:] = [sub for sub in subfolders if sub not in KEEP_DIRS and sub != ".git"]
		names += [os.path.relpath(os.path.join(folder, name), root) for name in found]
	for name in sorted(names):
		if name == MARK or name.endswith(".pyc"):
			continue
		path = root / name
		content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
		line = name.encode() + b"\0" + hashlib.sha256(content).digest()
		if name.startswith(MIGRATED_BY):
			everything.update(line)
			if _acts_on_migrate(name):
				migrated.update(line)
	return everything.hexdigest(), migrated.hexdigest()


def _acts_on_migrate(name: str) -> bool:
	"""False for code that only runs later: controllers, reports, demo, pages, client scripts."""
	if name.endswith((".js", ".css", ".md", ".svg", ".png", ".po", ".pot")):
		return False
	later = {"doctype", "report", "demo", "portal", "www", "public"}
	return not (name.endswith((".py", ".html")) and later.intersection(Path(name).parts))


def report(ground: Ground, changed: bool) -> None:
	if changed:
		say(f"code of {ground.checkout} copied into the bench")
