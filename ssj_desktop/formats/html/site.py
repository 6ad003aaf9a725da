"""The static public page: self-contained, nothing fetched, works from a local file."""

from collections.abc import Sequence
from html import escape

from ssj_desktop.domain.papers import TablePaper

_STYLE = """
body{margin:0;background:#f3f5f8;color:#1b2430;font:16px/1.6 "Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header{background:#16365f;color:#fff;padding:20px 32px}h1{font-size:24px;margin:0}
main{max-width:1160px;margin:24px auto;padding:0 16px}
section{background:#fff;border:1px solid #dde3eb;border-radius:8px;padding:16px 24px;margin-bottom:24px;overflow-x:auto}
h2{font-size:20px;margin:0 0 4px}p{margin:2px 0;color:#55606e}
table{border-collapse:collapse;width:100%;margin:12px 0}th,td{border:1px solid #97a3b2;padding:6px 8px;text-align:left}
th{background:#e8f1fe}nav a{color:#cfe0fb;margin-right:20px}
@media print{header{background:#fff;color:#000}section{border:0}}
"""


def render_site(organ: str, papers: Sequence[TablePaper]) -> bytes:
    """One HTML file with every approved publication."""
    links = "".join(f'<a href="#t{n}">{escape(p.title)}</a>' for n, p in enumerate(papers))
    body = "".join(_section(n, paper) for n, paper in enumerate(papers))
    page = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(organ)}双随机、一公开</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{escape(organ)}“双随机、一公开”公示</h1><nav>{links}</nav></header>"
        f"<main>{body or '<section>暂无公示内容。</section>'}</main></body></html>\n"
    )
    return page.encode()


def _section(number: int, paper: TablePaper) -> str:
    heads = "".join(f"<th>{escape(column.title)}</th>" for column in paper.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(t)}</td>" for t in row) + "</tr>" for row in paper.rows
    )
    lines = "".join(f"<p>{escape(left)}　{escape(right)}</p>" for left, right in paper.head_lines)
    return (
        f'<section id="t{number}"><h2>{escape(paper.title)}</h2>{lines}'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{escape(paper.foot_left)}　{escape(paper.page_foot)}</p></section>"
    )
