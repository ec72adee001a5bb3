"""The program: ``python -m ui --folder DIR``."""

import argparse
import logging
import multiprocessing
import os
import sys
from pathlib import Path


def _default_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "MaShangCha"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "MaShangCha"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "mashangcha"


def main() -> int:
    # The scanner's helper process starts this program anew when it is packaged.
    multiprocessing.freeze_support()
    told = argparse.ArgumentParser(prog="mashangcha", description="码上查：离线现场检查")
    told.add_argument("--folder", type=Path, default=_default_folder(), help="数据目录")
    told.add_argument("--self-check", action="store_true", help="检查程序是否完整，然后退出")
    arguments = told.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if arguments.self_check:
        from ui import selfcheck

        return selfcheck.run(print)
    return _run(arguments.folder)


def _run(folder: Path) -> int:
    from PySide6.QtWidgets import QApplication, QMessageBox

    from inspector.errors import Problem
    from ui.app import Application, prepare

    app = QApplication(sys.argv[:1])
    prepare(app)
    try:
        program = Application(folder)
    except Problem as problem:
        print(f"{problem.sentence}{problem.advice}", file=sys.stderr)
        if app.platformName() != "offscreen":
            QMessageBox.critical(None, "码上查", f"{problem.sentence}\n{problem.advice}")
        return 1
    with program:
        program.show()
        return app.exec()


if __name__ == "__main__":
    sys.exit(main())
