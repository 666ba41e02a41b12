"""How names end, and what kind of thing that tells.

Tables are written in simplified characters; what is looked up in them is folded to these first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftz_geo.wording import NUMERALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.model import Kind

__all__ = ["CROSSINGS", "KIND_OF_SUFFIX", "LINEAR_SUFFIXES", "suffix_of"]


def _words(table: str) -> tuple[str, ...]:
    return tuple(table.split())


_SUFFIXES: Mapping[Kind, tuple[str, ...]] = {
    "rail": _words(
        """
        铁路 铁路线 铁道 高铁 客专 客运专线 城际 城际铁路 轨道 轨道交通 轻轨 地铁 号线 铁路专用线 专用线
        铁路沿线 货运线 铁路联络线
        """
    ),
    "road": _words(
        """
        路 大路 公路 大道 道 街 大街 街道路 巷 弄 里弄 胡同 高速 高速路 高速公路 快速路 快速 快线 国道
        省道 县道 乡道 村道 市道 环 外环 内环 中环 环线 环路 联络线 复线 支线 干线 干路 支路 立交 立交桥
        高架 高架桥 高架路 隧道 匝道 大桥 桥 线 绕城 通道 步道 机耕路 小路 便道 马路 道路 主干道 次干道
        干道 辅路 辅道 绿道 巷道 路口 转盘 环岛 快速通道
        """
    ),
    "water": _words(
        """
        河 江 湖 海 溪 渠 沟 浜 港 泾 塘 浦 湾 水库 运河 引河 排干 排河 河道 水系 海岸线 岸线 江岸 河岸
        湖岸 海岸 大堤 堤 江堤 河堤 海堤 坝 泊 池 潭 泉 涌 涧 川 溇 漕 淀 洼 干渠 支渠 灌渠 明渠 暗渠
        干沟 排水沟 水渠 水道 洋 海域 水域 浜河 减河 大沟 河流 堤岸 堤防 水面 滩 沥 圳 荡 漾 洪道
        河中心线 围堤
        """
    ),
    "boundary": _words(
        """
        区界 县界 市界 镇界 乡界 村界 省界 国界 街道界 行政界 行政界线 行政区界 界 界线 分界线 开发边界
        边界 边界线 规划边界 规划范围线 范围线 红线 蓝线 绿线 紫线 黄线 控制线 用地红线 保护线 征地红线
        交界 交界处 管辖边界 规划界线 用地边界 地界
        """
    ),
    "vague": _words(
        """
        空地 耕地 农田 农用地 农地 林地 荒地 荒山 绿地 公共绿地 防护绿地 绿化带 绿化 坑塘 鱼塘 水塘 池塘
        生态空间 用地 建设用地 未利用地 山体 山脚 山麓 菜地 稻田 水田 旱地 田 沟壑 民房 住宅 住宅楼
        居民楼 民宅 房屋 围墙 院墙 墙 宅基地 排洪通道 绿带 绿化用地 防护林 草地 滩涂 规划道路 村庄 土地
        居民点 集体土地 国有土地 沿线 设施
        """
    ),
    "place": _words(
        """
        村 庄 屯 寨 堡 营 集 店 铺 坡 坪 坑 冲 坳 沱 社区 小区 公司 集团 厂 工厂 学校 大学 学院 中学
        小学 幼儿园 医院 卫生院 公园 园区 产业园 工业园 科技园 园 苑 城 广场 花园 家园 中心 站 车站
        火车站 场 机场 码头 渡口 山 岭 峰 岛 洲 山庄 尖 岗 院 局 所 基地 项目 宾馆 酒店 饭店 寺 庙 宫 塔
        楼 大楼 大厦 馆 府 市场 墓 陵 陵园 林场 农场 渔场 牧场 养殖场 停车场 污水处理厂 电厂 变电站
        加油站 水厂 镇 乡 县 区 市 省 街道 组 队 家 湾村 门 口 关 坊 阁 亭 台 区域 组团 片区 景区 街区
        开发区 度假区 保护区 生活区 家属院 宿舍 公寓 别墅 新村 新城 仓库 物流园 商务港 矿 煤矿 地块 宗地
        单位 企业 派出所 法院 政府 银行 超市 商场 商城 工地 碑 遗址 城墙 实业 酒业 化工 药业 科技 股份
        有限公司 分公司 合作社 枢纽 电站 泵站 闸 井 信箱 桥头 园林 国际 集镇 老街 旧城 古城 校区 厂区
        库区 管委会 居委会 村委会 林 森林 校园 花苑 嘉园 大院
        """
    ),
}
"""What a name ends with, by kind. 街道 as the end of a name is a subdistrict, so a place."""

KIND_OF_SUFFIX: Mapping[str, Kind] = {s: kind for kind, suffixes in _SUFFIXES.items() for s in suffixes}
LINEAR_SUFFIXES = (*_SUFFIXES["road"], *_SUFFIXES["water"], *_SUFFIXES["rail"])

CROSSINGS = _words("交叉口 交叉处 交叉 交汇处 交汇口 交汇 交会处 交会 交口 相交处 相交 路口 丁字口 十字口")
"""What follows the names of two roads where the place is meant at which they meet."""

_LONGEST = max(map(len, KIND_OF_SUFFIX))


def suffix_of(name: str) -> str | None:
    """Return the longest suffix of the tables that a name ends with, a number after it aside.

    Examples
    --------
    >>> suffix_of("津港大道"), suffix_of("规划干路五"), suffix_of("嘉")
    ('大道', '干路', None)
    """
    name = name.rstrip(NUMERALS) if len(name) > 2 else name
    for size in range(min(_LONGEST, len(name)), 0, -1):
        if name[-size:] in KIND_OF_SUFFIX:
            return name[-size:]
    return None
