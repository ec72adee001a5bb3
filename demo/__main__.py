"""``make run``: the program with an embedded service and invented data; without a display, the tour."""

import argparse
import logging
import multiprocessing
import os
import sys
from pathlib import Path

FOLDER = Path("build")


def _has_display() -> bool:
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main() -> int:
    multiprocessing.freeze_support()
    told = argparse.ArgumentParser(prog="python -m demo", description="码上查演示")
    told.add_argument("--picture", type=Path, help="用您自己的图片代替样例执照")
    told.add_argument("--tour", action="store_true", help="有显示器时也走一遍全天流程")
    arguments = told.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if arguments.picture is not None and not arguments.picture.is_file():
        print(f"没有找到图片：{arguments.picture}。请检查路径后再试。", file=sys.stderr)
        return 2
    if arguments.tour or not _has_display():
        if not _has_display():
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
            _quieten_offscreen()
        from demo.tour.run import run

        return run(FOLDER / "tour", arguments.picture, _say)
    return _window(arguments.picture)


def _quieten_offscreen() -> None:
    """The offscreen platform says of every window that it has no size hints; that is no news."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    def tell(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if "propagateSizeHints" not in message:
            print(message, file=sys.stderr)

    qInstallMessageHandler(tell)


def _say(line: str) -> None:
    print(line, flush=True)


def _window(picture: Path | None) -> int:
    """Open the window on a laptop that is enrolled; the camera is real unless a picture was given."""
    from PySide6.QtWidgets import QApplication

    from demo.picture import Wall
    from demo.place import OFFICER, PASSWORD, Place
    from ui.app import Application, prepare

    app = QApplication(sys.argv[:1])
    prepare(app)
    with Place(FOLDER / "demo", _say) as place:
        place.enrol()
        _say(f"中心服务：{place.central.base_url}（本机可打开管理页）")
        _say(f"工号 {OFFICER}，密码 {PASSWORD}")
        source = Wall(picture).source if picture else None
        with Application(place.laptop_folder, source) as program:
            program.show()
            return app.exec()


if __name__ == "__main__":
    sys.exit(main())
