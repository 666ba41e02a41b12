"""How Word and HTML write the numbers that they count paragraphs and items with."""

from __future__ import annotations

__all__ = ["numeral"]

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_ROWS = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
}
_ROMAN = [(1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")]
_ROMAN += [(10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")]


def numeral(number: int, form: str) -> str:
    """Write a number in a form that Word's ``numFmt`` names.

    Parameters
    ----------
    number : int
    form : str
        A value of ``w:numFmt``; one that is not known gives ASCII digits.

    Returns
    -------
    str
        Empty for ``none`` and for bullets.

    Examples
    --------
    >>> [numeral(n, "chineseCountingThousand") for n in (3, 10, 12, 20, 105, 110, 1000)]
    ['三', '十', '十二', '二十', '一百零五', '一百一十', '一千']
    >>> [numeral(12, form) for form in ("decimal", "upperLetter", "lowerRoman", "decimalEnclosedCircle")]
    ['12', 'L', 'xii', '⑫']
    >>> numeral(28, "upperLetter"), numeral(21, "decimalEnclosedCircle"), numeral(10, "ideographDigital")
    ('BB', '21', '一〇')
    """
    if form in {"none", "bullet"}:
        return ""
    if row := _ROWS.get(form):
        return row[number - 1] if 0 < number <= len(row) else str(number)
    if number <= 0 or number > 9999:
        return str(number)
    match form:
        case "upperLetter" | "lowerLetter":
            letter = chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 30)
            return letter if form == "upperLetter" else letter.lower()
        case "upperRoman" | "lowerRoman":
            return _roman(number).upper() if form == "upperRoman" else _roman(number)
        case "chineseCounting" | "chineseCountingThousand" | "taiwaneseCounting":
            return _counting(number, _DIGITS.replace("〇", "零"), "十百千")
        case "taiwaneseCountingThousand":
            return _counting(number, _DIGITS.replace("〇", "零"), "十百千")
        case "japaneseCounting":
            return _japanese(number)
        case "chineseLegalSimplified" | "ideographLegalTraditional":
            digits = _LEGAL if form == "chineseLegalSimplified" else _LEGAL_TRADITIONAL
            return _counting(number, digits, "拾佰仟", all_tens=True)
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital":
            return "".join(_DIGITS[int(d)] for d in str(number))
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(ord("０") + int(d)) for d in str(number))
        case "decimalZero":
            return f"{number:02d}"
        case "numberInDash":
            return f"- {number} -"
        case _:
            return str(number)


def _roman(number: int) -> str:
    words = ""
    for value, sign in _ROMAN:
        words += sign * (number // value)
        number %= value
    return words


def _counting(number: int, digits: str, units: str, *, all_tens: bool = False) -> str:
    """Write a number as it is counted: 一百零五; 十二 rather than 一十二 unless ``all_tens``."""
    words, gap = "", False
    figures = str(number)
    for place, figure in zip(range(len(figures) - 1, -1, -1), map(int, figures), strict=True):
        if not figure:
            gap = bool(words)
            continue
        words += digits[0] if gap else ""
        words += digits[figure] + (units[place - 1] if place else "")
        gap = False
    if not all_tens and 10 <= number < 20:
        words = words[1:]
    return words


def _japanese(number: int) -> str:
    """Write a number as Japanese counts: 百五, without a one before ten, hundred and thousand."""
    words = ""
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        figure, number = divmod(number, place)
        if figure:
            words += ("" if figure == 1 and unit else _DIGITS[figure]) + unit
    return words
