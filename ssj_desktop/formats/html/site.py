"""The static public pages: self-contained, nothing fetched, they work from a local folder."""

import base64
import hashlib
import html
from collections.abc import Sequence

from ssj_desktop.domain.papers import TablePaper
from ssj_desktop.domain.public_site import PublicDraw, PublicSite
from ssj_desktop.formats.html.kit import (
    VERIFY_PAGE,
    VERIFY_SCRIPT,
    verification_page,
    verification_script,
)
from ssj_desktop.formats.plain import writable

_STYLE = """
:root{--ink:#1b2430;--soft:#55606e;--rule:#97a3b2;--deep:#16365f}
body{margin:0;background:#f3f5f8;color:var(--ink);font:16px/1.65 "Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header{background:var(--deep);color:#fff;padding:22px 32px}
h1{font:600 25px/1.4 "Noto Serif CJK SC","Noto Serif SC",SimSun,serif;margin:0}
nav{margin-top:6px}nav a{color:#cfe0fb;margin-right:22px}
main{max-width:1160px;margin:24px auto;padding:0 16px}
.group{font-size:21px;margin:30px 0 10px;color:var(--deep)}
section{background:#fff;border:1px solid #dde3eb;border-radius:8px;padding:16px 24px;margin-bottom:22px}
h3{font-size:18px;margin:0 0 4px}p{margin:2px 0;color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:12px 0;font-size:15px;border:2px solid var(--ink)}
th,td{border:1px solid var(--rule);padding:5px 9px;text-align:left}th{background:#e8f1fe;white-space:nowrap}
.center,.date{text-align:center}.date{white-space:nowrap}.code{font-family:Consolas,"DejaVu Sans Mono",monospace;white-space:nowrap}
.hash{font-family:Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.go{display:inline-block;margin-top:10px;padding:8px 24px;border-radius:5px;background:#1f5fbf;color:#fff;font-weight:600;text-decoration:none}
footer{max-width:1160px;margin:0 auto 40px;padding:0 16px;color:var(--soft);font-size:14px}
a:focus-visible,.scroll:focus-visible{outline:3px solid #f0a020;outline-offset:2px}
@media(max-width:640px){header,section{padding:14px 16px}h1{font-size:21px}}
@media print{body,header{background:#fff;color:#000}nav,.go{display:none}section{border:0;padding:0}}
"""


def render_site(organ: str, papers: Sequence[TablePaper]) -> bytes:
    """One page with these tables, without links to other files."""
    return _page(organ, (("公示", tuple(papers)),) if papers else (), "")


def site_files(site: PublicSite) -> dict[str, bytes]:
    """Name → content of the folder: index, verification page and file, public list of each draw."""
    lists = {_list_name(draw): draw.pool_pub for draw in site.draws}
    return {
        "index.html": _page(site.organ, site.groups, _checking(site.draws)),
        VERIFY_PAGE: verification_page(site.draws),
        VERIFY_SCRIPT: verification_script(),
        **lists,
    }


def _page(organ: str, groups: Sequence[tuple[str, tuple[TablePaper, ...]]], checking: str) -> bytes:
    links = "".join(f'<a href="#g{n}">{escape(head)}</a>' for n, (head, _) in enumerate(groups))
    if checking:
        links += '<a href="#check">抽取核对</a>'
    body = "".join(
        f'<h2 class="group" id="g{n}">{escape(head)}</h2>' + "".join(map(_section, papers))
        for n, (head, papers) in enumerate(groups)
    )
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    title = f"{escape(organ)}“双随机、一公开”公示"
    page = (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{title}</h1><nav>{links}</nav></header>\n"
        f"<main>{body or '<section>暂无公示内容。</section>'}{checking}</main>\n"
        f"<footer>{escape(organ)}</footer>\n</body>\n</html>\n"
    )
    return page.encode()


def _section(paper: TablePaper) -> str:
    kinds = [_class(column.kind, column.align) for column in paper.columns]
    heads = "".join(f'<th scope="col">{escape(column.title)}</th>' for column in paper.columns)
    rows = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{escape(t)}</td>" for kind, t in zip(kinds, row, strict=True))
        + "</tr>"
        for row in paper.rows
    )
    lines = "".join(f"<p>{escape(left)}　{escape(right)}</p>" for left, right in paper.head_lines)
    return (
        f"<section><h3>{escape(paper.title)}</h3>{lines}"
        f'<div class="scroll" tabindex="0"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        f"<p>{escape(paper.foot_left)}　{escape(paper.page_foot)}</p></section>\n"
    )


def _class(kind: str, align: str) -> str:
    if kind in ("code", "ticket"):
        return ' class="code"'
    if kind == "date":
        return ' class="date"'
    return ' class="center"' if align == "center" else ""


def _list_name(draw: PublicDraw) -> str:
    return f"{draw.number}_pool.pub.txt"


def _checking(draws: Sequence[PublicDraw]) -> str:
    """How anybody checks a draw: the public lists, and the page that computes tickets."""
    parts = "".join(map(_draw_section, draws))
    return (
        '<h2 class="group" id="check">抽取核对</h2>'
        "<section><h3>自己算一遍</h3><p>每次抽取的名单在见证人写数字之前已经固定，票号由随机种子和单位编码唯一确定，"
        "任何人可以重新计算。</p>"
        f'<p><a class="go" href="{VERIFY_PAGE}">打开核对页面</a></p>'
        f'<p>也可以下载 <a href="{VERIFY_SCRIPT}">{VERIFY_SCRIPT}</a>，用 Python 核对抽取记录。</p>'
        f"</section>{parts}"
    )


def _draw_section(draw: PublicDraw) -> str:
    if draw.seed:
        known = (
            f'<p>随机种子 R：<span class="hash">{draw.seed}</span></p>'
            f'<p>截止票号：<span class="hash">{"、".join(draw.cutoffs) or "无"}</span></p>'
        )
    else:
        known = "<p>本次分层抽取，公开随机种子会泄露分层；名单中的单位可以向本机关索取随机种子和本层截止票号，自行核对。</p>"
    name = escape(_list_name(draw))
    return (
        f"<section><h3>{escape(draw.number)}　{escape(draw.title)}</h3>"
        f'<p>待抽库公开名单：<a href="{name}">{name}</a></p>'
        f'<p>公开名单 SHA-256：<span class="hash">{draw.pool_hash}</span></p>{known}</section>\n'
    )


def escape(text: str) -> str:
    """Text between elements or in an attribute: never markup, never what no page can hold."""
    return html.escape(writable(text), quote=True)
