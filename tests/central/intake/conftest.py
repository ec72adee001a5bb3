"""A service without its server, on SQLite and on PostgreSQL, and files as departments send them."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from central.intake import importing, mapping
from central.intake.importing import Order, Outcome
from central.intake.readers import open_table
from central.intake.rules import kinds
from central.models import EntityRow
from central.service import Service, open_service
from central.settings import Settings
from inspector import wire
from inspector.entity import Entity

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)
SHOP, FIRM, FARM, VILLAGE = "92231102MA1Y000189", "91231121712345672L", "93231183MA1AB2C34A", "N2231124MF0000013Y"
OFFICE = "黑河市市场监督管理局"
REGISTRATIONS = (
    "统一社会信用代码,企业名称,登记状态,法定代表人,住所（经营场所）,成立日期,注册资本（万元）\n"
    f"{SHOP},黑河老王小吃店,存续（在营、开业、在册）,王五,黑河市爱辉区兴安街１２号,2024/3/5,\n"
    f'{FIRM},嫩江某公司,"吊销，未注销",李四,嫩江市,20010203,800(万元人民币)\n'
    f"{FARM},某合作社,存续,赵六,嫩江市,2024年3月5日,100\n"
)
Import = Callable[..., Outcome]


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    url = request.getfixturevalue("fresh_postgres") if request.param == "postgresql" else ""
    service = open_service(Settings(tmp_path / "central", url), lambda: NOW)
    yield service
    service.close()


@pytest.fixture
def take(bare: Service, tmp_path: Path) -> Import:
    """Import a text (or bytes) as a file, its columns guessed."""

    def take(
        content: str | bytes,
        kind: str = "registration",
        *,
        dry: bool = False,
        errors: Path | None = None,
        **more: object,
    ) -> Outcome:
        path = tmp_path / "delivered.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        table = open_table(path)
        columns = mapping.columns_of(mapping.guess(kinds()[kind], table.header, table.sample(200), TODAY))
        table.close()
        told = {"source": OFFICE, "as_of": TODAY, "columns": columns} | more
        return importing.run(bare, path, Order(kind, **told), dry=dry, errors=errors)  # type: ignore[arg-type]

    return take


def entity(service: Service, code: str) -> Entity | None:
    with service.sessions() as session:
        row = session.get(EntityRow, code)
        return wire.decode(row.body, Entity) if row else None


def everything(service: Service) -> dict[str, bytes]:
    with service.sessions() as session:
        return {row.code: row.body for row in session.query(EntityRow)}
