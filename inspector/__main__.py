"""Tools that need no window: ``python -m inspector scan [--json] PATH…``, ``verify-journal``, ``verify-record``."""

import argparse
import multiprocessing
import sys

from inspector import evidence_command
from inspector.evidence import Extent


def main(arguments: list[str] | None = None) -> int:
    """Run one of the tools; its exit code."""
    multiprocessing.freeze_support()
    parser = argparse.ArgumentParser(prog="python -m inspector", description="码上查的命令行工具")
    tools = parser.add_subparsers(dest="tool", required=True)
    scan = tools.add_parser("scan", help="读出图片里的所有二维码")
    scan.add_argument("paths", nargs="+", metavar="PATH", help="JPEG、PNG 或 WebP 图片")
    scan.add_argument("--json", action="store_true", help="每张图片输出一行 JSON")
    scan.add_argument("--all-kinds", action="store_true", help="也读条形码、Data Matrix 和 PDF417（较慢）")
    for extent, words in ((Extent.JOURNAL, "核对导出的整本台账"), (Extent.RECORD, "核对导出的一条记录和它旁边的附件")):
        verify = tools.add_parser(f"verify-{extent}", help=words)
        verify.add_argument("paths", nargs="+" if extent is Extent.JOURNAL else 1, metavar="FILE")
        verify.add_argument("--keys", required=True, metavar="FILE", help="中心公布的公钥文件")
        verify.set_defaults(extent=extent)
    given = parser.parse_args(arguments)
    if given.tool != "scan":
        return evidence_command.verify(given.paths, given.keys, given.extent, sys.stdout, sys.stderr)
    from inspector.scan.command import scan_files

    return scan_files(given.paths, as_json=given.json, all_kinds=given.all_kinds, out=sys.stdout, err=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
