"""Evidence leaves the laptop and is checked by somebody who has nothing but the centre's public keys."""

import io

from demo.tour.day import Day
from inspector import wire
from inspector.evidence import Extent, PublicKeys
from inspector.evidence_command import HOLDS, verify
from ui.screens.history import HistoryScreen


def hand_out(day: Day, event_id: str) -> None:
    """The record and the journal leave the laptop; whoever has the centre's public keys checks them."""
    stage, folder = day.stage, day.wall.picture.parent / "evidence"
    folder.mkdir()
    keys = folder / "公钥.json"
    keys.write_bytes(wire.encode(PublicKeys((day.place.central.service.keys.receipt_public,))))
    stage.press("X", day.at(HistoryScreen))
    stage.settle()
    stage.shot("hand-out")
    record = day.session.hand_out_record(event_id, folder / "记录")
    journal = day.session.hand_out_journal(folder / "台账")
    for path, extent in ((record, Extent.RECORD), (journal, Extent.JOURNAL)):
        said = io.StringIO()
        code = verify([str(path)], str(keys), extent, said, said)
        stage.verify(f"{path.name} 用公钥核对：{said.getvalue().splitlines()[1].strip()}", code == HOLDS)
