"""Register files, repositories and a static HTTP server for the tests of the register."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cache.packs import Fetch, Pack, Packs, folder_fetch
from central.publish.repository import KeyFolder, Repository
from central.publish.snapshot import build
from inspector.entity import Entity
from inspector.provenance import NO_WHOLE_LISTS, WholeLists
from inspector.wire import SnapshotManifest

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY = bytes(range(32))


def make_snapshot(
    path: Path,
    entities: Iterator[Entity] | list[Entity],
    version: int = 1,
    whole_lists: WholeLists = NO_WHOLE_LISTS,
) -> SnapshotManifest:
    return build(path, KEY, entities, area="heihe", epoch=1, row_version=version, made_at=NOW, whole_lists=whole_lists)


def make_repository(folder: Path, **options: int) -> Repository:
    return Repository.create(folder / "repository", KeyFolder(folder / "keys"), NOW, **options)


def publish_bytes(repository: Repository, folder: Path, data: bytes, version: int = 1) -> SnapshotManifest:
    """Publish any bytes as if they were a snapshot: fetching does not look inside."""
    manifest = SnapshotManifest("heihe", 1, version, 0, "0" * 64, NOW)
    source = folder / "source"
    source.write_bytes(data)
    repository.add_register(source, manifest)
    repository.publish(NOW)
    return manifest


def client(folder: Path, repository: Repository, fetch: Fetch | None = None) -> Packs:
    return Packs(folder / "data", repository.root_bytes(), fetch or folder_fetch(repository.folder))


def newest(packs: Packs) -> Pack:
    return packs.refresh(NOW)[-1]


class _Handler(SimpleHTTPRequestHandler):
    """Static files with ``Range: bytes=N-``; nothing is printed."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        start = int((self.headers["Range"] or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start:])


@contextmanager
def static_server(folder: Path) -> Iterator[Fetch]:
    """Serve a folder on loopback; what is yielded fetches from it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    def fetch(path: str, start: int) -> Iterator[bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        try:
            connection.request("GET", f"/{path}", headers={"Range": f"bytes={start}-"})
            answer = connection.getresponse()
            if answer.status == 404:
                raise FileNotFoundError(path)
            while piece := answer.read(65536):
                yield piece
        finally:
            connection.close()

    try:
        yield fetch
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
