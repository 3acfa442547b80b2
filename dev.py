"""Work on crm-desktop: makes the private environment ``.venv`` from the lock, then runs, tests or checks.

Standard library only; Python 3.11 or later; Windows, Linux, macOS. ``python3 dev.py --help`` lists the commands.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "made-from.txt"
LOCK = ROOT / "requirements.lock"
WINDOWS = os.name == "nt"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if WINDOWS else "bin/python")
OLDEST_PYTHON = (3, 11)

# What Qt loads from the system, and the package that has it on Debian and Ubuntu.
APT_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


def main() -> int:
    """Exit code of the command that the arguments name."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("crm-desktop needs Python 3.11 or later; this is {}.{}.".format(*sys.version_info[:2]))
    options, further = _parser().parse_known_args()
    _make_environment()
    return int(options.command(options, further))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="the workbench with the sample firm; more arguments go to `demo`")
    run.add_argument("--gallery", metavar="DIR", help="without a display: every page as a picture in DIR")
    run.set_defaults(command=run_workbench)

    test = commands.add_parser("test", help="all tests; more arguments go to pytest", add_help=False)
    test.set_defaults(command=run_tests)

    check = commands.add_parser("check", help="style, types, import rules, catalogues, sizes")
    check.set_defaults(command=run_checks)

    bench = commands.add_parser("bench", help="speed, as ratios to hand-written SQL, and what people wait for")
    bench.add_argument("--size", metavar="N", help="customers in the sample firm")
    bench.add_argument("--json", metavar="FILE", help="write the figures to FILE")
    bench.set_defaults(command=run_bench)

    gallery = commands.add_parser("gallery", help="every page, dialog and PDF page as a picture")
    gallery.add_argument("directory", metavar="DIR")
    gallery.add_argument("--lang", choices=["zh", "en"], default="zh")
    gallery.add_argument("--size", default="1366x768", help="of the window, in pixels")
    gallery.set_defaults(command=run_gallery)

    words = commands.add_parser("words", help="bring the catalogue up to date and list what is untranslated")
    words.set_defaults(command=lambda _options, _further: _python("-m", "tests.rules.words", "--update"))
    return parser


def run_workbench(options: argparse.Namespace, further: list[str]) -> int:
    """Open the workbench, or say what it needs."""
    if options.gallery:
        return _draw_gallery(options.gallery, further)
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        sys.exit("This session has no display; `python3 dev.py run --gallery DIR` draws every page to a picture.")
    _need_qt_libraries("libqxcb.so")
    return _python("-m", "crm_desktop", "demo", *further)


def run_tests(_options: argparse.Namespace, further: list[str]) -> int:
    """Run pytest in two processes, unless the arguments say otherwise."""
    _need_qt_libraries("libqoffscreen.so")
    kept = {"PYTHONDONTWRITEBYTECODE": ""}  # many tests start the program: it is compiled once for all of them
    return _python("-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *further, **kept)


def run_bench(options: argparse.Namespace, further: list[str]) -> int:
    """Measure, with the arguments as they are."""
    size = ["--size", options.size] if options.size else []
    file = ["--json", options.json] if options.json else []
    _need_qt_libraries("libqoffscreen.so")
    return _python("-m", "tests.bench", *size, *file, *further, **OFFSCREEN)


def run_gallery(options: argparse.Namespace, further: list[str]) -> int:
    """Draw every page offscreen."""
    return _draw_gallery(options.directory, ["--lang", options.lang, "--size", options.size, *further])


def _draw_gallery(directory: str, arguments: list[str]) -> int:
    _need_qt_libraries("libqoffscreen.so")
    return _python("-m", "crm_desktop.gallery", directory, *arguments, **OFFSCREEN)


def run_checks(_options: argparse.Namespace, _further: list[str]) -> int:
    """1 when any check fails; each one's words follow its name."""
    import_rules = "from importlinter.cli import lint_imports_command as lint; lint()"
    checks = {
        "types": ["-m", "mypy"],
        "style": ["-m", "ruff", "check", "--quiet", "."],
        "form": ["-m", "ruff", "format", "--check", "."],
        "import rules": ["-c", import_rules],
        "catalogues": ["-m", "tests.rules.words"],
        "files": ["-m", "tests.rules.files"],
    }
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(_captured, checks.values()))
    for name, result in zip(checks, results, strict=True):
        print(f"{name}: {'FAILED' if result.returncode else 'ok'}", flush=True)
        if result.returncode:
            print(result.stdout, flush=True)
    return int(any(result.returncode for result in results))


def _captured(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PYTHON, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"PYTHONUTF8": "1"},
        check=False,
    )


def _python(*arguments: str, **environment: str) -> int:
    """Exit code of the private Python, which takes the place of this one where the system can do that."""
    command = [str(PYTHON), *arguments]
    os.chdir(ROOT)
    os.environ.update(environment)
    if not WINDOWS:
        sys.stdout.flush()
        os.execv(PYTHON, command)
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the program's to handle: it may have a server to stop
            continue


def _make_environment() -> None:
    """Make ``.venv`` anew when the lock or this Python changed."""
    wanted = f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version_info.major}.{sys.version_info.minor}"
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    if Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
        sys.exit("The private environment is out of date; start dev.py with the system's Python to renew it.")
    _need_venv()
    print("Making the private environment in .venv from the lock; this takes a minute.", flush=True)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    install: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    steps: tuple[list[str | Path], ...] = (
        [sys.executable, "-m", "venv", ENVIRONMENT],
        [*install, "--require-hashes", "-r", LOCK],
        [*install, "--no-build-isolation", "--editable", ROOT],
    )
    for step in steps:
        if subprocess.run(step, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
            sys.exit("The private environment could not be made; the reason stands above.")
    STAMP.write_text(wanted, encoding="utf-8")


def _need_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        _apt_install([package], "This Python cannot make private environments.")


def _need_qt_libraries(plugin: str) -> None:
    """Where Linux lacks libraries that Qt loads, name the command that installs them; run it when root."""
    if sys.platform != "linux" or shutil.which("ldd") is None:
        return
    packages = next(ENVIRONMENT.glob("lib/python3.*/site-packages"))
    qt = packages / "PySide6" / "Qt"
    parts = [qt / "plugins" / "platforms" / plugin, qt / "lib" / "libQt6Widgets.so.6"]
    found = subprocess.run(["ldd", *parts], capture_output=True, text=True, check=False).stdout  # noqa: S607
    missing = {line.split()[0] for line in found.splitlines() if line.endswith("not found")}
    if missing:
        apt_packages = sorted({APT_PACKAGES[library] for library in missing & APT_PACKAGES.keys()})
        _apt_install(apt_packages, f"Qt lacks libraries of this system: {', '.join(sorted(missing))}.")


def _apt_install(packages: list[str], reason: str) -> None:
    """Install as root; otherwise end with the sentence that says what to do."""
    if not packages or shutil.which("apt-get") is None:
        sys.exit(f"{reason} Install them with the package manager of this system.")
    update, install = ["apt-get", "update"], ["apt-get", "install", "--yes", *packages]
    command = f"{' '.join(update)} && {' '.join(install)}"
    if os.name != "posix" or os.geteuid() != 0:
        sys.exit(f"{reason} Install them with:\n  sudo sh -c '{command}'")
    print(f"{reason} Running: {command}", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (update, install):
        if subprocess.run(step, env=quiet, stdin=subprocess.DEVNULL, check=False).returncode:
            sys.exit(f"{reason} `{' '.join(step)}` failed; the reason stands above.")


if __name__ == "__main__":
    sys.exit(main())
