"""Strings that break programs, of the kinds people collect: markup, formulas, scripts, odd Unicode."""

import itertools

_MARKUP = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b>粗</b>", "</td></tr></table>", "<!-- x -->", "<?php echo 1 ?>",
    "<![CDATA[x]]>", "]]>", "&lt;b&gt;", "&amp;amp;", "&#x41;", "&nbsp;", "&bogus;", "<a href='javascript:x'>y</a>", "<svg/onload=x>",
    '<para fontSize="80">', '<img src="file:///etc/passwd"/>', "<font color=red>", "<br/>", "<", ">", "&", '"', "'", "`", "<<", "<>", "<qt>x</qt>",
]  # fmt: skip
_FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")", "=\"甲\"", "'=1", "\t=1", "=", "+", "-", "@", "==", "-甲",
    "=DDE(\"a\";\"b\")", "%0A=1", "|calc", "1E+17", "9.12E+17", "00123", "1,234", "1/2", "3-16", "TRUE", "FALSE", "#N/A", "#DIV/0!", "NULL", "null", "None",
    "NaN", "nan", "Infinity", "-0", "0x1F", "1e1000", "١٢٣", "１２３", "₁²³", "12345678901234567890", "0.1", "1.0", "_x000D_", "_x0041_", "_x005F_x0041_", "_x", "_x00G0_",
]  # fmt: skip
_SQL = [
    "'; DROP TABLE targets; --", "' OR 1=1 --", "%", "_", "%%", "a_b", "\\", "\\%", "a\\_b", "\\\\", "*", "?", "[a-z]", "{0}", "{}", "{x}", "%s", "%d", "%(x)s", "$x", "${x}", "$(x)",
    "#{x}", "{{x}}", "{% x %}", "../../etc/passwd", "C:\\Windows", "\\\\server\\share", "CON", "a/b", "a:b", "a|b", "a;b", "a,b", "a、b", "~", "!", "^", "()", "[]", "--", "/*x*/",
]  # fmt: skip
_UNICODE = [
    "王𬭎", "䶮", "㛃", "堃", "𠮷野家", "😀", "👨‍👩‍👧", "🇨🇳", "é", "e\u0301", "Å", "ﬁ", "ß", "İ", "ı", "Ω", "КТ", "А", "Α", "ｶﾞ", "がぎ", "한국", "ไทย", "العربية", "עברית",
    "हिन्दी", "１Ａ", "①②", "㎡", "㈱", "℃", "№", "—", "……", "“”", "‘’", "《》", "（）", "【】", "·", "•", "、", "。", "　", "\u00a0甲", "甲\u00a0乙", "甲\u3000乙", " 甲 ", "　甲　",
    "Z̀a̧l͢g͝o͠", "甲\u200b乙", "甲\u200d乙", "\u202e甲", "甲\u2066乙\u2069", "\ufeff甲", "甲\u00ad乙", "甲\u2028乙", "甲\u2029乙", "甲\ue000乙", "甲\ufdd0乙", "甲\ufffd乙", "甲\uffff乙",
    "\ud800", "甲\udfff", "\U0010ffff", "甲\U000e0041", "\u0378", "ᅟ", "⁠", "ㅤ", "𝐀𝐁", "Ⅷ", "〇", "卄", "亖",
]  # fmt: skip
_CONTROL = [f"甲{chr(code)}乙" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
_LONG = [
    "长" * 300,
    "a" * 5_000,
    "甲乙" * 17_000,
    "<" * 300,
    "，" * 200,
    "A1" * 100,
    " " * 50,
    "\n" * 20,
    "甲\n" * 50,
]
NAUGHTY = tuple(dict.fromkeys(itertools.chain(_MARKUP, _FORMULAS, _SQL, _UNICODE, _CONTROL, _LONG)))
