"""Write the report from saved results: an HTML page, its Markdown twin, and verdicts for machines.

Input: verdicts and, if available, measurements.  Output: ``index.html``, ``report.md`` and ``verdicts.json``.
"""

from replication.report.content import Content as Content, gather as gather
from replication.report.headlines import MainClaim as MainClaim
from replication.report.html import render_html as render_html
from replication.report.known import UNKNOWN as UNKNOWN, HeldOut as HeldOut, Known as Known, Takeaway as Takeaway
from replication.report.markdown import render_markdown as render_markdown
from replication.report.writer import write_report as write_report
