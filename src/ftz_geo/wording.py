"""What words of a notice say wherever they stand: numbers, units of area, labels of blocks."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "FIGURE_REASONS",
    "KM2_PER_UNIT",
    "NUMERALS",
    "UNITS",
    "decimal_in_words",
    "folded",
    "label_number",
    "number_in_words",
    "number_of",
    "numbered",
    "one_of",
    "plain_area",
    "plain_number",
    "unit_en",
    "unit_km2",
    "unit_of",
]


def one_of(words: Iterable[str]) -> str:
    """Return a regex that matches any of the words, the longest first.

    Examples
    --------
    >>> one_of(["街", "大街"])
    '(?:大街|街)'
    """
    return "(?:" + "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w))) + ")"


# --- numbers --------------------------------------------------------------------------------

NUMERALS = "一二三四五六七八九十百零〇两"
"""Characters that counting numbers are written with."""

_DIGITS = "〇一二三四五六七八九"
_VALUES = {c: i for i, c in enumerate(_DIGITS)} | {"零": 0, "两": 2}
_TENS = {"十": 10, "百": 100}


def number_of(words: str) -> int | None:
    """Return a counting number below 1000 told in Chinese or ASCII digits; None for anything else.

    Examples
    --------
    >>> [number_of(w) for w in ("八", "十二", "二十", "二十三", "一百零五", "一〇五", "24", "两", "百")]
    [8, 12, 20, 23, 105, 105, 24, 2, 100]
    """
    if words.isascii():
        return int(words) if words.isdigit() else None
    if len(words) > 1 and all(c in _VALUES for c in words):
        return int("".join(str(_VALUES[c]) for c in words))
    total = current = 0
    for c in words:
        if c in _VALUES:
            current = _VALUES[c]
        elif c in _TENS:
            total += (current or 1) * _TENS[c]
            current = 0
        else:
            return None
    return total + current


_COUNTED = r"(?:[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]|[1-9]\d?)"
_NUMBERED = re.compile(
    rf"(.*?)(?<![{NUMERALS}\d])({_COUNTED})((?:号|支|经|纬|马|横|纵)?(?:大街|大道|路|街|道|巷))"
)


def numbered(name: str) -> tuple[str, int, str] | None:
    """Return what stands before the number of a road of a numbered series, the number, and what comes after.

    None for a road of no series. A ring road (三环路) lies beside no other, and 十 in 十字街 counts nothing.

    Examples
    --------
    >>> [numbered(name) for name in ("赛达十支路", "经三路", "第12大街", "西三经路")]
    [('赛达', 10, '支路'), ('经', 3, '路'), ('第', 12, '大街'), ('西', 3, '经路')]
    >>> [numbered(name) for name in ("四平路", "三环路", "十字街", "八路")]
    [None, None, None, None]
    """
    told = _NUMBERED.fullmatch(name)
    if told is None or not (told[1] or len(told[3]) > 1):
        return None
    number = number_of(told[2])
    return None if number is None else (told[1], number, told[3])


def number_in_words(number: int) -> str:
    """Return a number below 100 as it is said in Chinese.

    Examples
    --------
    >>> [number_in_words(n) for n in (3, 10, 12, 40, 57)]
    ['三', '十', '十二', '四十', '五十七']
    """
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return ten + (_DIGITS[ones] if ones or not tens else "")


_LARGE = {"万": 10_000, "亿": 100_000_000}


def decimal_in_words(words: str) -> Decimal | None:
    """Return a number told in Chinese digits, with 点 for its point; None for anything else.

    Examples
    --------
    >>> [str(decimal_in_words(w)) for w in ("一点八二", "三千二百", "两万五千", "十二万", "半", "点")]
    ['1.82', '3200', '25000', '120000', '0.5', 'None']
    """
    if words == "半":
        return Decimal("0.5")
    whole, point, rest = words.partition("点")
    number = _large_number(whole)
    if number is None or (point and not (rest and all(c in _VALUES for c in rest))):
        return None
    return Decimal(f"{number}.{''.join(str(_VALUES[c]) for c in rest)}") if point else Decimal(number)


def _large_number(words: str) -> int | None:
    """Return a whole number told in Chinese digits up to 亿."""
    for word, times in reversed(_LARGE.items()):
        head, found, tail = words.partition(word)
        if found:
            high, low = _large_number(head), _large_number(tail) if tail else 0
            return None if high is None or low is None else high * times + low
    head, found, tail = words.partition("千")
    if found:
        high, low = number_of(head) if head else 1, number_of(tail) if tail else 0
        return None if high is None or low is None else high * 1000 + low
    return number_of(words) if words else None


# --- units of area --------------------------------------------------------------------------

KM2_PER_UNIT: Mapping[str, Decimal] = {
    "平方公里": Decimal(1),
    "平方千米": Decimal(1),
    "km²": Decimal(1),
    "万平方公里": Decimal(10_000),
    "公顷": Decimal("0.01"),
    "万公顷": Decimal(100),
    "亩": Decimal(1) / Decimal(1500),
    "万亩": Decimal(20) / Decimal(3),
    "平方米": Decimal("0.000001"),
    "万平方米": Decimal("0.01"),
}
"""Square kilometres in one unit.
1 km² = 100 公顷 = 1500 亩 (GB 3100-93 for 公顷; 亩 = 10000/15 m², State Council 1990-12-28)."""

UNITS: Mapping[str, str] = {
    **{unit: unit for unit in KM2_PER_UNIT},
    "万平方千米": "万平方公里",
    "万km²": "万平方公里",
    "万km2": "万平方公里",
    "平方km": "平方公里",
    "平km2": "平方公里",
    "km2": "km²",
    "㎢": "km²",
    "sqkm": "km²",
    "sq km": "km²",
    "sq. km": "km²",
    "square kilometers": "km²",
    "square kilometres": "km²",
    "square kilometer": "km²",
    "square kilometre": "km²",
    "hm²": "公顷",
    "hm2": "公顷",
    "ha": "公顷",
    "hectares": "公顷",
    "hectare": "公顷",
    "公頃": "公顷",
    "万公頃": "万公顷",
    "万hm²": "万公顷",
    "万hm2": "万公顷",
    "万ha": "万公顷",
    "畝": "亩",
    "市亩": "亩",
    "万平方": "万平方米",
    "万平": "万平方米",
    "万平米": "万平方米",
    "万㎡": "万平方米",
    "万m²": "万平方米",
    "万m2": "万平方米",
    "平方公尺": "平方米",
    "平米": "平方米",
    "㎡": "平方米",
    "m²": "平方米",
    "m2": "平方米",
    "square meters": "平方米",
    "square metres": "平方米",
}
"""Every spelling of a unit, and the key of :data:`KM2_PER_UNIT` it stands for."""

_UNITS_EN = {"平方公里": "km²", "平方千米": "km²", "公顷": "ha", "亩": "mu", "平方米": "m²"}


def unit_of(spelling: str) -> str:
    """Return the unit of a spelling of it, in any letter case.

    Examples
    --------
    >>> unit_of("KM2"), unit_of("亩")
    ('km²', '亩')
    """
    return UNITS.get(spelling) or UNITS[spelling.lower()]


@lru_cache(maxsize=16)
def unit_km2(unit: str) -> Fraction:
    """Return the exact km² of one unit.

    Examples
    --------
    >>> unit_km2("亩")
    Fraction(1, 1500)
    """
    # A Decimal cannot hold 1/1500; each unit is a whole fraction of a km², and none is below 1 m².
    return Fraction(KM2_PER_UNIT[unit]).limit_denominator(1_000_000)


def unit_en(unit: str) -> str:
    """Return the English sign of a unit; the unit itself where English has none."""
    return _UNITS_EN.get(unit, unit)


def plain_number(value: float | Decimal, decimals: int) -> str:
    """Return a number with as many decimals as it has, up to some: no exponent, a true minus.

    Examples
    --------
    >>> plain_number(0.5, 6), plain_number(-2.5e-05, 6), plain_number(1200.0, 1), plain_number(-1e-9, 6)
    ('0.5', '−0.000025', '1200', '0')
    """
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


_LEAST_IN_KM2 = 0.01
"""From a hectare on an area is told in km², where six decimals are a square metre; below, in m²."""


def plain_area(km2: float | Decimal, *, signed: bool = False) -> tuple[str, str]:
    """Return an area, or a difference of areas with its sign, in Chinese and English words that anyone reads.

    Examples
    --------
    >>> plain_area(0.9616200004), plain_area(2.5e-05)
    (('0.96162平方公里', '0.96162 km²'), ('25平方米', '25 m²'))
    >>> plain_area(-2.5e-05, signed=True)[0], plain_area(Decimal("0.06"), signed=True)[0], plain_area(1e-9)[0]
    ('−25平方米', '+0.06平方公里', '不足0.01平方米')
    """
    value = float(km2)
    plus = "+" if signed and value > 0 else ""
    if abs(value) >= _LEAST_IN_KM2:
        number = plus + plain_number(value, 6)
        return f"{number}平方公里", f"{number} km²"
    m2 = value * 1e6
    if 0 < abs(m2) < 0.01:
        return "不足0.01平方米", "less than 0.01 m²"
    # What is small is told to a hundredth, so that it does not vanish.
    number = plus + plain_number(m2, 0 if abs(m2) >= 10 else 2)
    return f"{number}平方米", f"{number} m²"


FIGURE_REASONS: Mapping[str, tuple[str, str]] = {
    "before": ("调整前的面积", "the area before a change"),
    "floor-area": ("建筑或使用面积", "an area of floors"),
    "phase": ("分期、起步区或某年的面积", "of a phase or a year"),
    "excluded": ("不计入的面积", "said to be left out"),
    "per-head": ("人均、单块等平均数", "an average"),
    "change": ("增减数", "a change, not an area"),
    "elsewhere": ("全省、全市等更大范围的面积", "of a larger whole"),
    "production": ("种植、养殖等生产面积", "of crops or farming"),
    "influence": ("流域、服务等影响范围", "a range of influence"),
    "net": ("净用地或可利用部分", "the net of an area"),
    "land-use": ("某类用地的面积", "of a use of land"),
    "other-unit": ("同一面积的另一单位", "the same area in another unit"),
    "within-side": ("写在四至之中", "within the words of a side"),
    "within-table": ("表中其他列的面积", "of another column of a table"),
    "nothing-named": ("不知是何处的面积", "of nothing that is named"),
    "no-number": ("数字不成数", "it is no number"),
    "range": ("只有范围，没有定数", "a range"),
    "negative": ("负数", "it is negative"),
    "masked": ("数字被隐去或夹有别的字符", "a digit is masked, or a letter stands for it"),
    "too-long": ("数字过长", "it has too many digits"),
    "no-unit": ("未写单位", "no unit is told"),
}
"""Why a figure was set aside or is unread: by code, in Chinese and English."""


# --- labels ---------------------------------------------------------------------------------


def label_number(label: str | None) -> str | None:
    """Return the number or letter that a label counts with.

    Examples
    --------
    >>> [label_number(x) for x in ("区块十二", "地块2", "(三)", "A区", "区块一百零五", "核心区", None)]
    ['12', '2', '3', 'a', '105', None, None]
    """
    if not label:
        return None
    if m := re.search(rf"[{NUMERALS}]+", label):
        number = number_of(m.group())
        if number:
            return str(number)
    if m := re.search(r"[A-Za-z]?\d+(?:-\d+)*|[A-Za-z](?![a-z])", label):
        return m.group().lower()
    return None


@lru_cache(maxsize=8192)
def folded(words: str) -> str:
    """Return the words of a label in the form that labels are compared in: no blanks, numbers in digits.

    Examples
    --------
    >>> folded("区块 十二（Ａ）"), folded("地块2"), folded("一号地块")
    ('区块12(a)', '地块2', '1号地块')
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).lower()
    return re.sub(rf"(?<=[块区])[{NUMERALS}]+|^[{NUMERALS}]+(?=号)", _in_digits, plain)


def _in_digits(found: re.Match[str]) -> str:
    number = number_of(found.group())
    return found.group() if number is None else str(number)
