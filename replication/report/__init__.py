"""The report: one page, its Markdown twin and the verdicts for machines, from saved results alone.

In go verdicts and, where there are any, measurements; out come ``index.html``, ``report.md`` and ``verdicts.json``.
"""

from replication.report.content import Content as Content, gather as gather
from replication.report.html import render_html as render_html
from replication.report.known import UNKNOWN as UNKNOWN, Known as Known, Takeaway as Takeaway
from replication.report.markdown import render_markdown as render_markdown
from replication.report.writer import write_report as write_report
