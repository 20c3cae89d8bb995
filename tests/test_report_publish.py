"""The report shows the figures in their order, in whatever order they were drawn, and leaves out those of nothing."""

import re
from base64 import b64decode

from heard import Heard
from small_evidence import small_evidence

from replication.figures import FIGURES
from replication.judging import Record
from replication.report.publish import publish


def test_figures_stand_in_their_order_whichever_was_drawn_first(tmp_path):
    marks = {figure_id: f"<svg>planted {figure_id}</svg>" for figure_id in FIGURES}
    drawn = [(figure_id, None if figure_id == "3" else svg) for figure_id, svg in reversed(marks.items())]
    page = publish(tmp_path, Record(), small_evidence(), {}, drawn)
    pictures = re.findall('data:image/svg[^,]+,([^"]+)', page.read_text(encoding="utf-8"))
    shown = re.findall("planted ([^<]+)<", b"".join(map(b64decode, pictures)).decode())
    assert sorted(set(shown)) == sorted(set(FIGURES) - {"3"})
    assert shown == [figure_id for figure_id in FIGURES if figure_id in shown]


def test_each_figure_counts_as_it_is_drawn(tmp_path):
    heard = Heard()
    publish(tmp_path, Record(), small_evidence(), {}, dict.fromkeys(FIGURES).items(), progress=heard)
    assert [(title, total, task.done) for title, total, task in heard.tasks] == [
        ("draw figures", len(FIGURES), len(FIGURES))
    ]
