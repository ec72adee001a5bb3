"""Measures intake at any size: ``make bench-intake N=1000000`` prints rows a second, memory and ratios.

The same CSV file of made-up registrations is imported by the product and, in the same run, read by the csv module and
written with executemany into a table of one column each: what reading and writing cost without any meaning. Each
measurement is a process of its own, so that its memory can be told.
"""

import csv
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from central.intake import importing, mapping
from central.intake.importing import Order
from central.intake.readers import open_table
from central.intake.rules import kinds
from central.service import open_service
from central.settings import Settings
from inspector.identifiers import ALPHABET, check_character, organisation_check
from tests.bench.register_laptop import peak_mb
from tests.postgres import cluster

HEADER = (
    *("统一社会信用代码", "企业名称", "登记状态", "企业类型", "法定代表人", "住所（经营场所）", "经营范围"),
    *("登记机关", "成立日期", "注册资本（万元）", "注册号", "属地监管所"),
)
DAY = date(2026, 11, 1)
BATCH = 2000


def write(path: Path, count: int, change: int = 0) -> None:
    """A CSV file as a department sends it: no order, four styles of dates; ``change`` in a hundred rows differ."""
    rng = random.Random(2311)
    states = ("存续（在营、开业、在册）", "存续", "注销", "吊销，未注销")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for number in range(count):
            body = "MA" + "".join(rng.choices(ALPHABET, k=2)) + f"{number % 10_000:04d}"
            first = (
                f"{rng.choice(('91', '92'))}2311{rng.choice(('02', '81', '82', '83'))}{body}{organisation_check(body)}"
            )
            day = date(1995 + rng.randrange(30), rng.randrange(1, 13), rng.randrange(1, 29))
            style = rng.choice(("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"))
            changed = "（新）" if rng.randrange(100) < change else ""
            out.writerow(
                (
                    first + check_character(first),
                    f"黑河市{rng.choice('兴隆福顺鑫源')}{rng.choice('达旺盛泰和')}{number}号商店{changed}",
                    rng.choices(states, (60, 30, 7, 3))[0],
                    "个体工商户",
                    rng.choice("王李张刘陈杨赵") + rng.choice("伟芳娜敏静丽强磊"),
                    f"黑龙江省黑河市爱辉区中央街{rng.randrange(1, 999)}号",
                    "食品销售；日用百货零售；餐饮服务。（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
                    "黑河市爱辉区市场监督管理局",
                    day.strftime(style),
                    f"{rng.randrange(1, 500)}(万元人民币)",
                    "",
                    "兴安市场监管所",
                )
            )


def ours(path: Path, folder: Path, url: str) -> str:
    """Import with the product; the line to show."""
    service = open_service(Settings(folder, url), lambda: datetime(2026, 11, 20, tzinfo=UTC))
    table = open_table(path)
    kind = kinds()["registration"]
    columns = mapping.columns_of(mapping.guess(kind, table.header, table.sample(200), DAY))
    table.close()
    half: list[float] = []
    started, busy = time.perf_counter(), time.process_time()
    order = Order("registration", "黑河市市场监督管理局", DAY, columns)
    done = importing.run(service, path, order, progress=lambda rows: half.append(peak_mb()))
    taken, cpu = time.perf_counter() - started, time.process_time() - busy
    service.close()
    return (
        f"{done.rows / taken:,.0f} rows/s ({done.rows / cpu:,.0f} per CPU second); {taken:.1f} s; "
        f"new {done.new}, changed {done.changed}, unchanged {done.unchanged}, bad {done.bad}; "
        f"memory {half[len(half) // 10]:.0f} MB at a tenth, {peak_mb():.0f} MB at the end|{taken}"
    )


def bare(path: Path, folder: Path, url: str) -> str:
    """csv module and executemany of the same rows, one transaction."""
    names = [f"c{at}" for at in range(len(HEADER))]
    create = f"CREATE TABLE bare ({names[0]} text PRIMARY KEY, {', '.join(n + ' text' for n in names[1:])})"
    started = time.perf_counter()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        if url:
            with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string()) as db:
                db.execute("DROP TABLE IF EXISTS bare")
                db.execute(create)
                marks = ", ".join(["%s"] * len(names))
                while batch := list(islice(rows, BATCH)):
                    with db.cursor() as cursor:
                        cursor.executemany(f"INSERT INTO bare VALUES ({marks}) ON CONFLICT DO NOTHING", batch)
        else:
            plain = sqlite3.connect(folder / "bare.db")
            plain.execute("PRAGMA journal_mode = WAL")
            plain.execute(create)
            plain.executemany(f"INSERT OR IGNORE INTO bare VALUES ({', '.join('?' * len(names))})", rows)
            plain.commit()
            plain.close()
    taken = time.perf_counter() - started
    return f"{taken:.1f} s|{taken}"


def child(*arguments: object) -> tuple[str, float]:
    out = subprocess.run(
        [sys.executable, "-m", "tests.bench.intake_bench", *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    line, _, taken = out.strip().rpartition("|")
    return line, float(taken)


def measure(what: str, count: int, folder: Path, url: str) -> None:
    first, second = folder / "first.csv", folder / "second.csv"
    line, plain = child("bare", first, folder, url)
    print(f"| {what}: csv module and executemany | {line} | |", flush=True)
    for name, path, goal in (("first import", first, "≥ 20,000 rows/s"), ("again, 1 % changed", second, "")):
        line, taken = child("ours", path, folder / what, url)
        print(f"| {what}: {name} | {line}; {taken / plain:.1f} × bare | {goal} |", flush=True)


def main() -> None:
    if sys.argv[1] in ("ours", "bare"):
        work = {"ours": ours, "bare": bare}[sys.argv[1]]
        print(work(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
        return
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="intake-bench-") as name:
        folder = Path(name)
        print(f"| {count:,} rows, {os.cpu_count()} cores | measured | goal |\n|---|---|---|", flush=True)
        write(folder / "first.csv", count)
        write(folder / "second.csv", count, 1)
        measure("SQLite", count, folder, "")
        with cluster() as url:
            measure("PostgreSQL", count, folder, url)


if __name__ == "__main__":
    main()
